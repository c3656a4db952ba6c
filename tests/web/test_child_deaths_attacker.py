"""Somebody outside the partnerships who keeps all that they are shown learns of no child: pages, CSV, the API, packs.

The attack is on two releases of one quarter, between which deaths are notified, one is withdrawn, and reviews are
completed: every channel must say the same in both. Each guard is then broken, and the attack must find it.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from test_child_deaths import client_at, partnership

from parentis import workflow
from parentis.archive import find_home
from parentis.figures import Viewer
from parentis.returns import ReturnData, write_files
from parentis.services.child_deaths.practice import returns
from parentis.web.api.operations import make_token
from parentis.web.api.scopes import SCOPES
from parentis.web.child_deaths import pictures
from parentis.web.people.models import Organisation, Person

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
EARLIER, LATER, WITHDRAWN = date(2026, 1, 31), date(2026, 2, 27), date(2026, 2, 10)
MADE = re.compile(r"Worked out on [^<]*|csrfmiddlewaretoken[^>]*|nonce=\"[^\"]*\"|/figures/origins/[0-9a-f]+/")
"What differs between two answers and tells of no child: times, tokens, and the hash of what a figure was made from."
SUBMISSIONS = "Register sequence"
"A row of a pack that tells how many submissions of any return there were."
OUTSIDE = (("child-death-lead", "region"), ("child-death-investigator", "police"))
SEEN = {
    "start page": "/child-deaths/", "signals page": "/child-deaths/signals", "signals CSV": "/child-deaths/signals.csv",
    "level page": "/child-deaths/level", "level CSV": "/child-deaths/level.csv",
}  # fmt: skip
CLOSED = ("/child-deaths/themes", "/child-deaths/themes.csv", "/child-deaths/signals/budget", "/child-deaths/lessons/")
FEW = 6


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Maps and waits are made of no child, and take the longest."""
    monkeypatch.setattr(pictures, "RATES", ())
    monkeypatch.setattr("parentis.services.child_deaths.picture._waits", lambda _watch: {})


@pytest.fixture(scope="module")
def practice() -> list[ReturnData]:
    return list(returns(1))


def _handed_in(practice: list[ReturnData], day: date, folder: Path) -> None:
    """What the partnerships had told of by the end of a day, handed in and built."""
    home = find_home()
    for one in practice:
        where = folder / f"{day}" / one.return_id / one.period / "partnerships"
        tables = {name: _by(table, day) for name, table in one.tables.items()}
        write_files(
            ReturnData(return_id=one.return_id, submitter=one.submitter, period=one.period, tables=tables), where
        )
        for outcome in workflow.submit(home, [where], who="test", return_id=one.return_id, period=one.period):
            assert outcome.status in ("accepted", "unchanged"), outcome
    workflow.build(home, services=["child_deaths"])
    pictures.refresh()


def _by(table: pl.DataFrame, day: date) -> pl.DataFrame:
    for column in ("RECEIVED", "PANEL", "AGREED", "ASKED"):
        if column in table.columns:
            table = table.filter(pl.col(column) <= day)
    if "WITHDRAWN" in table.columns and day >= WITHDRAWN:
        # One that everybody knew of at the end of the quarter is taken back after it.
        first = pl.col("CASE") == table.filter(pl.col("RECEIVED") < date(2025, 12, 1))["CASE"][-1]
        table = table.with_columns(WITHDRAWN=pl.when(first).then(pl.lit(WITHDRAWN)))
        # And the likely cause of some is put right.
        table = table.with_columns(LIKELY=pl.when(pl.col("LIKELY") == "8").then(pl.lit("7")).otherwise("LIKELY"))
    return table


@pytest.fixture
def gather(
    places: dict[str, Organisation], person: Callable[..., Person], tmp_path: Path
) -> Callable[..., dict[str, str]]:
    """Everything that somebody outside is shown, by channel."""
    clients = [client_at(role, places[place]) for role, place in OUTSIDE]
    token = make_token(by=person("analyst", "camden"), name="test", scopes=SCOPES, lasts=timedelta(days=1))[1]
    api = Client(headers={"Authorization": f"Bearer {token}"})
    analyst = client_at("analyst", places["camden"])
    made = iter(range(100))

    def everything(*, pages_alone: bool = False) -> dict[str, str]:
        found = {channel: "\n".join(_text(client, address) for client in clients) for channel, address in SEEN.items()}
        if pages_alone:
            return found
        page = analyst.get("/figures/child_deaths/?place=london").content.decode()
        assert "deaths" in page.lower()
        tables = sorted(set(re.findall(r'href="([^"]+\.csv[^"]*)"', page)))
        assert tables
        found["figures page"] = MADE.sub("", page)
        found["figures CSV"] = "\n".join(_text(analyst, each.replace("&amp;", "&")) for each in tables)
        answer = api.get("/api/figures", {"measure": "child_deaths"})
        assert answer.status_code == 200
        rows = answer.json()["figures"]
        assert rows
        found["API"] = str([{k: v for k, v in row.items() if k != "provenance_id"} for row in rows])
        folder = tmp_path / f"pack-{next(made)}"
        files = workflow.pack(find_home(), "child-death-review", out=folder, viewer=Viewer.members())
        texts = [_cells(one) for one in files]
        assert any(texts)
        found["pack"] = "\n".join(texts)
        return found

    return everything


def _text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return MADE.sub("", answer.content.decode())


def _cells(file: Path) -> str:
    """What a pack's file says in its tables and cells. Hashes of submissions and times are none."""
    if file.suffix == ".html":
        rows = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", file.read_text(encoding="utf-8"), re.S)
        return "\n".join(each for each in rows if not re.search(r"[0-9a-f]{8,}|\d\d:\d\d", each))
    if file.suffix != ".xlsx":
        return ""
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True)
    rows = [row for sheet in book for row in sheet.iter_rows(values_only=True) if SUBMISSIONS not in row]
    cells = [str(each) for row in rows for each in row if each is not None]
    return "\n".join(each for each in cells if re.fullmatch(r"[\d.]+", each))


def _moved(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {channel for channel in after if before[channel] != after[channel]}


def _always(_on: date) -> date:
    return _on


def test_releases_of_a_quarter_say_the_same_in_every_channel_and_not_where_a_guard_is_broken(
    practice: list[ReturnData], gather: Callable[..., dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _handed_in(practice, EARLIER, tmp_path)
    before = gather()
    assert _few(before["API"]) == set()
    _handed_in(practice, LATER, tmp_path)
    assert pictures.picture().as_of > EARLIER, "inside, what came is seen"
    assert _moved(before, gather()) == set()

    with monkeypatch.context() as broken:  # who is outside is taken to be inside
        broken.setattr("parentis.web.child_deaths.views.may", lambda *_: True)
        assert _moved(before, gather(pages_alone=True)) == {"start page", "signals page", "signals CSV"}

    with monkeypatch.context() as broken:  # a release is made anew whenever something changes
        broken.setattr(pictures, "RELEASED_ONCE", "again")
        pictures.refresh()
        assert _moved(before, gather(pages_alone=True)) == {"signals page", "signals CSV"}

    with monkeypatch.context() as broken:  # figures leave by another door
        broken.setattr("parentis.workflow.results.queries.release", lambda held, _known, _viewer: held)
        workflow.build(find_home(), services=["child_deaths"])  # what the site remembers of figures goes
        leaked = gather()
        assert {"figures page", "figures CSV", "API", "pack"} <= _moved(before, leaked)
        assert _few(leaked["API"])

    for module in ("picture", "compute", "outside"):  # what is told of ends today, and not with the quarter
        monkeypatch.setattr(f"parentis.services.child_deaths.{module}.quarter_end", _always)
    monkeypatch.setattr("parentis.services.child_deaths.picture.ROUND", 1)
    monkeypatch.setattr(pictures, "VERSION", "broken")
    workflow.build(find_home(), services=["child_deaths"])
    pictures.refresh()
    assert _moved(before, gather()) == set(before)


def _few(answered: str) -> set[str]:
    """Counts of one to five deaths or reviews in what the API answered."""
    rows = re.findall(
        r"'measure': '(child_deaths\.(?:notified|reviewed|category|responses))'.*?'value': ([\d.]+)", answered
    )
    return {measure for measure, value in rows if 0 < float(value) < FEW}


def test_what_is_the_partnerships_alone_is_closed_to_all_others(places: dict[str, Organisation]) -> None:
    for role, place in (*OUTSIDE, ("analyst", "camden"), ("child-death-contact", "camden")):
        client = client_at(role, places[place])
        assert {client.get(address).status_code for address in CLOSED} == {403}, role
    lead = client_at("child-death-lead", places["region"])
    assert lead.get("/child-deaths/signals?picture=1").status_code == 404
    assert client_at("panel-chair", partnership()).get("/child-deaths/lessons/").status_code == 200

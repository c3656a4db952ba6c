"""Every channel serves released figures and no others: pages, CSV, the API and packs."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import polars as pl
import pytest
from django.test import Client

from parentis import lake, workflow
from parentis.archive import find_home
from parentis.figures import (
    Audience,
    Catalogue,
    Counts,
    Figures,
    FigureTable,
    Measure,
    Population,
    Provenance,
    ProvenanceInputs,
    Section,
    Viewer,
    release,
)
from parentis.services import Result, Service
from parentis.web.api.operations import make_token
from parentis.web.api.scopes import SCOPES

BROMLEY, CROYDON, SUTTON, CAMDEN = "E09000006", "E09000008", "E09000029", "E09000007"
TRUE = {BROMLEY: 4711.0, CROYDON: 3.0, SUTTON: 8123.0, "bcu-south": 12837.0, CAMDEN: 6543.0, "london": 19380.0}
HIDDEN_HERE = ("4711", "8123", "12837")
"Bromley and Sutton could each find the other's and Croydon's three; the total is shown to the nearest ten."
MEASURE = Measure(
    id="plain.children", title="Children", unit="count", definition="Counted", source="a return",
    audience=Audience.MEMBERS, people=(Counts(of=Population(id="children"), value=1),),
)  # fmt: skip
SECTION = Section(
    id="children", title="Children", packs={"spending-review": 1},
    blocks=(FigureTable(title="Children by place", measures=(MEASURE.id,), rows="authority"),),
)  # fmt: skip


def compute(tables, parameters):
    words = {"measure": MEASURE.id, "unit": "count", "audience": "members", "provenance_id": "p1", "period": "2023-24",
             "period_start": date(2023, 4, 1), "period_end": date(2024, 3, 31), "provisional": False}  # fmt: skip
    words |= dict.fromkeys(
        ("breakdown", "scenario", "authority_set", "gross_net", "cumulative", "netted", "method"), ""
    )
    nothing = dict.fromkeys(("low", "high", "level", "n", "suppressed"))
    rows = [{**nothing, **words, "geography": place, "value": value} for place, value in TRUE.items()]
    provenance = pl.DataFrame(
        [{"provenance_id": "p1", "service": "plain", "code_version": "0", "parameters": "{}", "seed": None}],
        schema_overrides={"seed": pl.Int64},
    )
    figures = Figures.validate(pl.DataFrame(rows).select(Figures.column_names()), cast=True)
    return Result(
        figures=figures,
        provenance=Provenance.validate(provenance, cast=True),
        inputs=ProvenanceInputs.create_empty(),
        frames={},
    )


@pytest.fixture
def built(db, monkeypatch):
    """A home whose one service shows a small count, and what must be hidden with it."""

    def resolved(thing):
        return SimpleNamespace(resolve=lambda: thing)

    service = Service(
        id="plain", title="Plain", needs=(), measures=resolved((MEASURE,)), compute=resolved(compute),
        sections=resolved((SECTION,)), parameters={},
    )  # fmt: skip
    known = {"plain": service}
    monkeypatch.setattr("parentis.workflow.results.build.every_service", lambda: known)
    for module in ("queries", "packs", "service_pages"):
        monkeypatch.setattr(f"parentis.workflow.results.{module}.services", lambda: known)
    workflow.build(find_home())
    return find_home()


@pytest.fixture
def frame(built):
    """What a member of Camden may see, by place."""
    true = lake.read_figures(built).collect()
    seen = release(true, Catalogue([MEASURE]), Viewer.members(CAMDEN))
    shown = dict(seen.select("geography", "value").iter_rows())
    assert shown[CROYDON] is None
    assert shown["bcu-south"] == 12840
    assert shown[CAMDEN] == 6543
    return shown


def numbers(text: str) -> set[str]:
    return {one.replace(",", "") for one in re.findall(r"\d[\d,]*", re.sub(r"<[^>]*>", " ", text))}


@pytest.mark.integration
def test_the_api_serves_exactly_the_released_frame(frame, person):
    token = make_token(by=person("analyst", "camden"), name="test", scopes=SCOPES, lasts=timedelta(days=1))[1]
    client = Client(headers={"Authorization": f"Bearer {token}"})
    answer = client.get("/api/figures", {"measure": MEASURE.id}).json()
    assert {row["geography"]: row["value"] for row in answer["figures"]} == frame


@pytest.mark.integration
def test_pages_and_their_csv_serve_no_more(frame, client_of):
    client = client_of("analyst", "camden")
    page = client.get(f"/figures/{MEASURE.id}/").content.decode()
    seen = numbers(page)
    assert "6543" in seen
    tables = set(re.findall(r'href="([^"]+\.csv[^"]*)"', page))
    assert tables
    for address in tables:
        seen |= numbers(client.get(address.replace("&amp;", "&")).content.decode())
    assert seen.isdisjoint(HIDDEN_HERE)


@pytest.mark.integration
def test_packs_serve_no_more(frame, built, tmp_path):
    files = workflow.pack(built, "spending-review", out=tmp_path / "pack", viewer=Viewer.members(CAMDEN))
    assert "6543" in numbers(files[0].read_text(encoding="utf-8"))
    for name in files:
        if name.suffix in (".html", ".csv", ".json"):
            assert numbers(name.read_text(encoding="utf-8")).isdisjoint(HIDDEN_HERE), name


@pytest.mark.integration
def test_tables_for_other_tools_hold_what_members_see(built):
    held = pl.read_delta(str(built.current / "figures"))
    shown = dict(held.select("geography", "value").iter_rows())
    assert not set(shown.values()) & {4711.0, 8123.0, 12837.0, 3.0}

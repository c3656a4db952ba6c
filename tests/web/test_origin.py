"""A number explains itself: how it was made, of which rows, what it was before, and to whom that is open."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from worker import CAMDEN, monitoring, shown_figures

from parentis import workflow
from parentis.archive import find_home
from parentis.evidence import formula
from parentis.figures import Audience, Measure, Polarity, Viewer
from parentis.web.audit.models import Entry


def figure(geography: str = CAMDEN) -> dict[str, object]:
    """A figure of Camden's monitoring that counts pounds."""
    held = workflow.figures(find_home(), geography=geography, viewer=Viewer.members(geography))
    own = held.filter(pl.col("value") != 0, pl.col("unit") == "£", pl.col("measure").str.starts_with("funding.csc"))
    return own.sort("measure").row(0, named=True)


def address(of: dict[str, object], **more: str) -> str:
    asked = {"m": of["measure"], "g": of["geography"], "t": of["period"], "b": of["breakdown"], **more}
    return f"/figures/origins/{of['provenance_id']}/?" + "&".join(f"{name}={value}" for name, value in asked.items())


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_a_figure_says_its_value_how_it_was_made_and_the_way_back(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    shown_figures(tmp_path)
    of = figure()
    where = address(of, place=CAMDEN, section="gap", **{"from": "funding"})
    page = html.unescape(client_of("analyst").get(where).content.decode())
    assert str(of["title"]) in page
    assert str(of["definition"]) in page
    assert f'href="/figures/funding/?place={CAMDEN}&section=gap"' in page
    assert "The sum of " in page, "what went in is filled in, where it adds up"
    assert "/rows/" in page
    panel = client_of("analyst").get(f"{where}&panel=1").content.decode()
    assert "<html" not in panel
    assert str(of["title"]) in html.unescape(panel)


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_the_rows_are_for_those_who_may_read_the_return_row_by_row(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    shown_figures(tmp_path)
    of = figure()
    page = html.unescape(client_of("analyst").get(address(of)).content.decode())
    rows = re.findall(r'href="(/figures/origins/[^"]*/rows/[^"]*)"', page)[0]
    seen = client_of("analyst").get(rows).content.decode()
    assert "130000000" in seen.replace(",", "").replace(".00", "")
    assert Entry.objects.filter(what="submissions.findings:viewed", authority=CAMDEN).exists()
    for role, place in (("commissioner", "camden"), ("analyst", "region"), ("analyst", "croydon")):
        assert client_of(role, place).get(rows).status_code in {403, 404}, (role, place)
        told = client_of(role, place).get(address(of))
        assert "/rows/" not in told.content.decode()
    assert client_of("analyst").get(rows.replace("lines", "nothing")).status_code == 404


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_what_it_was_before_and_why_it_changed(client_of: Callable[..., Client], tmp_path: Path) -> None:
    shown_figures(tmp_path)
    before = figure()
    paths = monitoring(tmp_path / "again", outturn=150_000_000, budget=100_000_000)
    workflow.submit(find_home(), paths, who="somebody", authority=CAMDEN, period="2024-25", accept=True)
    workflow.release_submissions(
        find_home(), who="somebody", to=Audience.MEMBERS, return_id="finance.monitoring", why="the agreement"
    )
    workflow.build(find_home(), services=["funding"])
    now = workflow.figures(
        find_home(), measure=str(before["measure"]), geography=CAMDEN, viewer=Viewer.members(CAMDEN)
    ).row(0, named=True)
    found = workflow.explain(
        find_home(), now["provenance_id"], Viewer.members(CAMDEN), now["measure"], CAMDEN, now["period"], ""
    )
    assert [one.value for one in found.earlier] == [before["value"]]
    assert found.earlier[0].why == ("Submissions behind it: 1 new, 1 no longer counted.",)
    page = client_of("analyst").get(address(now)).content.decode()
    assert "1 new, 1 no longer counted" in page


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_a_figure_that_one_does_not_see_is_not_explained(client_of: Callable[..., Client], tmp_path: Path) -> None:
    shown_figures(tmp_path)
    assert client_of("analyst", "government").get(address(figure())).status_code == 404


@pytest.mark.spec
@pytest.mark.parametrize(
    ("unit", "decimals", "value", "above", "below", "words"),
    [
        ("%", 1, 12.5, 1.0, 8.0, "1 ÷ 8 × 100 = 12.5%"),
        ("£ per child", 0, 1367.0, 2_734_000.0, 2_000.0, "2,734,000 ÷ 2,000 = £1,367 per child"),
        ("per 10,000 children", 1, 60.5, 121.0, 20_000.0, "121 ÷ 20,000 × 10,000 = 60.5 per 10,000 children"),
        ("%", 1, 12.5, 1.0, 9.0, ""),  # what does not give the value is not said to
        ("%", 1, 12.5, None, 8.0, ""),
        ("%", 1, 12.5, 1.0, 0.0, ""),
    ],
)
def test_the_counts_behind_a_figure_are_filled_in(
    unit: str, decimals: int, value: float, above: float | None, below: float, words: str
) -> None:
    measure = Measure(
        id="m.a", title="A", unit=unit, definition="d", source="s", polarity=Polarity.NEUTRAL,
        audience=Audience.PUBLISHED, decimals=decimals,
    )  # fmt: skip
    assert formula({"value": value, "numerator": above, "denominator": below}, measure) == words

"""Commissioning on the site: answers, whose prices a reader sees, files, and cards that go stale."""

from collections.abc import Callable
from datetime import date
from html import unescape

import polars as pl
import pytest
from django.test import Client

from commissioning.page_rows import JOINED, made
from parentis.figures import Viewer
from parentis.web.cases.models import Record
from parentis.web.commissioning import contract_pages, held, learning, outcome_pages, practice, price_pages, views
from parentis.web.commissioning.case_types import KIND, STALE
from parentis.web.commissioning.held import Reader, reader_of
from parentis.web.page_parts import Column, told

ClientOf = Callable[..., Client]
CAMDEN, EALING = "E09000007", "E09000009"
TODAY = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of hand-made frames, none of them kept from another test."""
    monkeypatch.setattr(held, "joined", lambda: JOINED)
    monkeypatch.setattr(views, "frame", made)
    monkeypatch.setattr(views, "made", lambda name, who: views.PAGES[name][0](made, who))
    monkeypatch.setattr(views, "drawn", lambda name, who, wanted: _draw(name, who, wanted))


def _draw(name: str, who: Reader, wanted: str) -> str:
    found = views.PAGES[name][0](made, who).picture(wanted)
    return found.draw() if found else ""


def of(authority: str) -> Reader:
    return reader_of(authority, JOINED)


@pytest.mark.integration
@pytest.mark.parametrize("name", sorted(views.PAGES))
def test_each_page_answers_and_its_tables_and_pictures_are_files(name: str, client_of: ClientOf) -> None:
    client = client_of("commissioner")
    page = views.PAGES[name][0](made, of(CAMDEN))
    shown = client.get(f"/commissioning/{name}/")
    assert shown.status_code == 200
    for sentence in page.lead:
        assert sentence in unescape(shown.text)
    for table in page.tables:
        assert table.title in shown.text
        answer = client.get(f"/commissioning/{name}/{table.name}.csv")
        assert pl.read_csv(answer.content).height == table.rows.height
    for picture in page.pictures:
        assert page.table(picture.table) is not None, "every picture has its table"
        assert client.get(f"/commissioning/{name}/{picture.name}.svg").content.startswith(b"<svg")
    assert client.get(f"/commissioning/{name}/other.csv").status_code == 404


@pytest.mark.integration
def test_who_opens_it(client_of: ClientOf) -> None:
    assert client_of("treasurer").get("/commissioning/").status_code == 200
    assert client_of("front-door").get("/commissioning/").status_code == 403
    assert client_of("commissioner").get("/commissioning/other/").status_code == 404


@pytest.mark.unit
def test_like_for_like_leads_with_ones_own_and_warns_where_it_would_turn() -> None:
    page = price_pages.like_for_like(made, of(CAMDEN))
    assert page.lead == ("NLCEP pays 7.7 % less than WLA for the same child.",)
    assert page.warnings == ("Without need the answer turns.",)
    assert [line["own"] for line in page.tables[0].lines()] == [True, False, False]
    assert "overpay" not in str(page).lower()


@pytest.mark.unit
def test_a_partnership_of_few_children_is_in_no_cell_sentence_picture_or_file() -> None:
    page = price_pages.like_for_like(made, of(EALING))
    everything = str([*page.lead, *(table.lines() for table in page.tables)]) + page.pictures[0].draw()
    everything += "".join(table.csv().decode() for table in page.tables)
    for secret in ("9999", "9998", "9990", "77"):
        assert secret not in everything.replace(",", ""), secret
    assert "fewer than 6 children" in everything


@pytest.mark.unit
@pytest.mark.parametrize(
    ("authority", "blocks", "requests"),
    [(CAMDEN, {"NLCEP"}, {"NLCEP"}), (EALING, {"WLA"}, {"WLA"}), ("", {"NLCEP", "SLCP", "WLA"},
     {"NLCEP", "SLCP", "WLA"}), ("E09000024", set(), set())],
)  # fmt: skip
def test_single_providers_prices_are_their_members(authority: str, blocks: set[str], requests: set[str]) -> None:
    arrangements, uplifts = (
        contract_pages.arrangements(made, of(authority)),
        contract_pages.uplifts(made, of(authority)),
    )
    for page, name, expected in ((arrangements, "blocks", blocks), (uplifts, "requests", requests)):
        table = page.table(name)
        assert (set(table.rows["partnership"]) if table else set()) == expected
        told_elsewhere = str([one.lines() for one in page.tables if one.name != name]) + str(page.lead)
        assert "Care Ltd" not in told_elsewhere


@pytest.mark.unit
def test_totals_of_few_providers_or_of_one_that_rules_are_not_shown() -> None:
    totals = contract_pages.uplifts(made, of("")).table("uplifts")
    assert totals is not None
    hidden = {row["partnership"]: row["because"] for row in totals.rows.iter_rows(named=True)}
    assert hidden == {
        "NLCEP": "fewer than 3 providers", "SLCP": None, "WLA": "one provider has more than 70% of it",
    }  # fmt: skip
    lines = {line["cells"][0]["text"]: [cell["text"] for cell in line["cells"][2:]] for line in totals.lines()}
    assert lines["WLA"] == ["", "", "", ""]
    assert lines["SLCP"] == ["3", "8.0\u00a0%", "4.0\u00a0%", "100.0\u00a0%"]
    blocks = contract_pages.arrangements(made, of("")).table("block-totals")
    assert blocks is not None
    assert blocks.rows["because"].to_list() == ["fewer than 3 providers", "fewer than 3 providers", None]


@pytest.mark.unit
def test_few_unregistered_children_are_no_number() -> None:
    reach = outcome_pages.reach(made, of(CAMDEN)).table("reach")
    assert reach is not None
    assert [line["hidden"] for line in reach.lines()] == ["", "fewer than 6 children"]
    assert reach.lines()[1]["cells"][2]["text"] == ""
    assert ",2," not in reach.csv().decode()


@pytest.mark.unit
def test_cashable_and_avoided_stand_apart_and_none_and_cannot_tell_are_answers() -> None:
    page = outcome_pages.scorecard(made, of(CAMDEN))
    assert page.lead == ("Prices fell by 8.8 % where SLCP began.", "No effect of NEL that matters.")
    text = str([table.lines() for table in page.tables])
    assert "Cannot tell" in text
    assert "£80,000" in text
    assert "£144,000" in text
    assert "£224,000" not in text, "the two are never added"


@pytest.mark.unit
def test_without_a_build_a_page_says_what_it_waits_for() -> None:
    for make, _ in views.PAGES.values():
        assert make(lambda _: None, of(CAMDEN)).nothing == price_pages.NOT_BUILT


@pytest.mark.unit
@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [("pounds", -4512.4, "−£4,512"),
     ("change", 7.34, "+7.3 %"), ("change", -0.04, "+0.0 %"), ("change", -7.7, "−7.7 %"),
     ("count", 1200, "1,200"), ("yes", False, "No"), ("ratio", float("nan"), ""), ("text", None, "")],
)  # fmt: skip
def test_numbers_are_told(kind: str, value: object, text: str) -> None:
    said = told({"x": value}, Column("X", "x", kind))  # type: ignore[arg-type]
    assert said.replace("\u00a0", " ") == text


def figure(value: float | None) -> Callable[..., pl.DataFrame]:
    rows = pl.DataFrame({"period": ["2024-25"], "period_end": [date(2025, 3, 31)], "value": [value], "low": [-12.0],
                         "high": [-5.0]}, schema_overrides={"value": pl.Float64})  # fmt: skip
    return lambda *_: rows


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "status"), [(-9.0, "current"), (-13.0, "current"), (-14.0, "stale"), (2.0, "stale"), (None, "unknown")]
)
def test_a_card_goes_stale_when_its_figure_leaves_the_interval(
    value: float | None, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "figures", figure(value))
    practice.make_practice_cards()
    found = {card.values["reference"]: card for card in learning.cards(Viewer.members(), TODAY)}
    assert found["SLCP-2024-1"].status == status
    marked = learning.mark_stale()
    states = dict(Record.objects.filter(case__kind=KIND).values_list("values__reference", "case__state"))
    assert (states["SLCP-2024-1"] == STALE) == (status == "stale")
    assert marked == sum(state == STALE for state in states.values())
    assert learning.mark_stale() == 0, "once"


@pytest.mark.unit
def test_a_card_expires_on_its_day() -> None:
    values = {"low": "−13 %", "high": "£-4", "expires_on": "2026-01-01"}
    assert learning.status(values, -9.0, TODAY) == "expired"
    assert learning.status(values, -9.0, date(2025, 12, 31)) == "current"
    assert learning.status({**values, "low": "a few"}, -9.0, TODAY) == "unknown"


@pytest.mark.integration
def test_cards_are_searched_by_all_their_words(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "figures", figure(-9.0))
    practice.make_practice_cards()
    client = client_of("treasurer")
    everything = client.get("/commissioning/learning/").text
    assert "3 cards." in everything
    assert "Figure holds" in everything
    found = client.get("/commissioning/learning/?q=Referral+FORMS").text
    assert "1 of 3 cards" in found
    assert "One framework for six boroughs" in found
    assert "No card has all of these words." in client.get("/commissioning/learning/?q=block+submarine").text

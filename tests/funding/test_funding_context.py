"""The place beside its neighbours and England, and the government's own numbers beside ours."""

from pathlib import Path

import polars as pl
import pytest
from funding_tables import BARNET, BRENT, CAMDEN, EALING, figure, lines, table, value
from test_funding_real import tables as real_tables

from parentis.returns import read
from parentis.returns.open_statistics.deprivation import CODE, SCORE
from parentis.services.funding.compute import compute
from parentis.services.funding.context import DEPRIVATION, EDGES, context
from parentis.services.statistics.lait import DICTIONARY, LINES

NUMBERS = {BARNET: "302", BRENT: "304", CAMDEN: "202", EALING: "307"}
OUTSIDE = "E08000025"
"Birmingham, 330."


def lait(*rows: tuple[str, str, float]) -> dict[str, pl.DataFrame]:
    """Rates of children looked after: `(number, year, rate)`."""
    said = table(
        DICTIONARY,
        "SHORT_DESC | MEASURE | TITLE | YEAR_TYPE | AXIS | DECIMALS\n"
        "LAC | Children looked after rate per 10,000 | Looked after | Annual | Rate per 10,000 | 0",
        period="2026",
    )
    text = "\n".join(f"LAC | {year} | {number} | {rate}" for number, year, rate in rows)
    return {
        DICTIONARY: said,
        LINES: table(LINES, f"SHORT_DESC | YEARS | LA_NUMBER | VALUE\n{text}", period="2026"),
    }


@pytest.mark.spec
def test_a_place_stands_beside_its_neighbours_and_england() -> None:
    """Barnet's neighbours are Brent and Birmingham, Brent's are Barnet and Ealing, which has no value."""
    held = lait(("302", "2025", 40), ("304", "2025", 60), ("330", "2025", 90), ("970", "2025", 67), ("980", "2025", 1))
    held[EDGES] = table(
        EDGES,
        "LA_NUMBER | PLACE | NEIGHBOUR\n302 | 1 | 304\n302 | 2 | 330\n304 | 1 | 302\n304 | 2 | 307",
        period="2025",
    )
    found = context(held).figures

    def of(place: str, end: str) -> tuple[float, int]:
        one = figure(found, f"context.looked_after{end}", place, "2025-03-31")
        return one["value"], one["n"]

    assert of(BARNET, "") == (40, 1)
    assert of(BARNET, ".neighbours") == (75, 2)
    assert of(BRENT, ".neighbours") == (40, 1)
    assert of(BARNET, ".england") == of(OUTSIDE, ".england") == (67, 1)
    assert found.filter(geography="england")["measure"].unique().to_list() == ["funding.context.looked_after"]


@pytest.mark.spec
def test_a_regions_neighbours_lie_outside_it() -> None:
    """London's rate is its own row; of its boroughs' neighbours Birmingham alone lies outside, and counts once."""
    held = lait(("986", "2025", 48), ("302", "2025", 40), ("304", "2025", 60), ("330", "2025", 90))
    pairs = "302 | 1 | 304\n302 | 2 | 330\n304 | 1 | 330"
    held[EDGES] = table(EDGES, f"LA_NUMBER | PLACE | NEIGHBOUR\n{pairs}", period="2025")
    found = context(held).figures
    london = found.filter(geography="london", measure="funding.context.looked_after.neighbours")
    assert london["value"].to_list() == [90]
    assert london["n"].to_list() == [1]


@pytest.mark.unit
def test_without_lait_there_is_no_context_and_no_failure() -> None:
    assert context({}).figures.is_empty()
    assert compute({}, {}).figures.is_empty()


@pytest.mark.spec
def test_deprivation_over_a_region_weighs_authorities_by_their_children() -> None:
    from parentis.region import population_0_17

    people = dict(population_0_17().filter(year=2019).select("authority", "population").iter_rows())
    held = {DEPRIVATION: table(DEPRIVATION, f"{CODE} | {SCORE}\n{BARNET} | 10\n{BRENT} | 30", period="2019")}
    found = context(held).figures
    both = value(found, "context.deprivation", "london", "2019")
    assert both == pytest.approx((10 * people[BARNET] + 30 * people[BRENT]) / (people[BARNET] + people[BRENT]))
    assert value(found, "context.deprivation", BARNET, "2019") == 10
    assert value(found, "context.deprivation.england", BARNET, "2019") == pytest.approx(both)


@pytest.mark.spec
def test_income_in_the_revenue_account_is_shown_as_what_it_gives() -> None:
    year = "2019-20"
    rows = "\n".join(
        f"{BARNET} | {line} | {label} | {amount} | net | {year}"
        for line, label, amount in (
            ("csc", "TOTAL CHILDREN'S SOCIAL CARE", 60),
            ("", "Revenue Support Grant (a)", -20),
            ("", "Retained income from Rate Retention Scheme **", -80),
            ("", "Specific and special grants inside AEF [SG line 699 as income]", -300),
            ("council_tax_requirement", "COUNCIL TAX REQUIREMENT (total of lines 900 to 985) (b)", 200),
        )
    )
    heading = "ONS_CODE | SERVICE_LINE | LABEL | AMOUNT | MEASURE | period"
    found = compute({"finance.ra/lines": table("finance.ra/lines", f"{heading}\n{rows}")}, {}).figures
    expected = {"support_grant": 20, "rates": 80, "council_tax": 200, "spending_power": 300, "specific_grants": 300}
    for name, amount in expected.items():
        assert value(found, f"treasury.{name}", BARNET, year) == amount, name
    assert value(found, "treasury.csc_share", BARNET, year) == 20


@pytest.mark.spec
def test_ours_less_the_governments_is_of_those_who_have_both() -> None:
    year = "2024-25"
    held = {
        "finance.monitoring/lines": table(
            "finance.monitoring/lines",
            f"""
            authority | period | QUARTER | SERVICE_LINE | ORIGINAL_BUDGET | REVISED_BUDGET | OUTTURN
            {BARNET}  | {year} | Q4      | csc          | 100             | 110            | 125
            {BRENT}   | {year} | Q4      | csc          | 200             | 200            | 210
            """,
        ),
        "finance.ra/lines": lines("finance.ra/lines", year, f"{BARNET} | csc | 96"),
        "finance.rs/lines": lines("finance.rs/lines", year, f"{BARNET} | csc | 120\n{BRENT} | csc | 200"),
    }
    found = compute(held, {}).figures
    assert value(found, "treasury.csc_budget_difference", BARNET, year) == 4
    assert figure(found, "treasury.csc_budget_difference", "london", year)["n"] == 1
    assert value(found, "treasury.csc_outturn_difference", "london", year) == 5 + 10


@pytest.mark.real
@pytest.mark.integration
def test_the_published_files_say_what_london_has(shared_data: Path) -> None:
    """Totals added up by hand from the Revenue Account of 2019-20, and the ministry's own scores of 2019."""
    found = compute(real_tables(shared_data / "finance" / "RA_2019-20_budget_by_LA.xlsx"), {}).figures
    assert value(found, "treasury.rates", "london", "2019-20") == pytest.approx(2_967.4e6, abs=0.05e6)
    assert value(found, "treasury.council_tax", "london", "2019-20") == pytest.approx(3_507.6e6, abs=0.05e6)
    assert value(found, "treasury.specific_grants", "london", "2019-20") == pytest.approx(7_601.0e6, abs=0.05e6)
    [reading] = read([shared_data / "population" / "imd2019_utla.csv"])
    assert (reading.return_id, reading.period, reading.tables["summary"].height) == (
        "open_statistics.deprivation", "2019", 151,
    )  # fmt: skip
    held = context(real_tables(shared_data / "population" / "imd2019_utla.csv")).figures
    assert value(held, "context.deprivation", CAMDEN, "2019") == pytest.approx(20.131)

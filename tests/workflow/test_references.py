"""Reference tables that were submitted stand in place of the packaged ones, and figures say which edition they used."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from parentis import lake, region, workflow
from parentis.archive import Home
from parentis.figures import at_rates, in_prices, references_said
from parentis.region import deflator_factor, edition_words, gdp_deflator, population_0_17, price_growth, uasc_rates

DEFLATORS = """\
,"GDP DEFLATORS AT MARKET PRICES, AND MONEY GDP",,,
,Outturn data are as at the Quarterly National Accounts from ONS - last updated 30 June 2026.,,,
,Financial year,2023-24 = 100,per cent change on previous year,
,2021-22,90.000,,
,2022-23,95.000,5.56,
,2023-24,100.000,5.26,
,2024-25,104.000,4.00,
,2025-26,,2.50,
,Financial years 2021-22 to 2024-25 taken from ONS series L8GG in data tables: Table N.,,,
"""
FORECAST = (
    "FINANCIAL_YEAR,SERIES,GROWTH_PERCENT,RELEASED\n2025-26,gdp_deflator,3.0,{day}\n2026-27,gdp_deflator,2.0,{day}\n"
)
POPULATION = """\
time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name,age_group,population_estimate
2024,Reporting year,Local authority,E92000001,England,E12000007,London,202,E09000007,Camden,Children,50000
2025,Reporting year,Local authority,E92000001,England,E12000007,London,202,E09000007,Camden,Children,60000
2025,Reporting year,Regional,E92000001,England,E12000007,London,,,,Children,1900000
"""
INSTRUCTIONS = "FINANCIAL_YEAR,TITLE,SOURCE,READ_WHOLE,RELEASED\n2024-25,Instructions 2024-25,gov.uk,yes,2024-04-24\n"
RATES = """\
VALID_FROM,VALID_TO,GROUP,BAND,COHORT,AGE_FROM,AGE_TO,RATE,UNIT,CERTAINTY,SOURCE,RELEASED
2024-04-01,2025-03-31,child,all,all,0,17,150,night,certain,paragraph 3,2024-04-24
"""


@pytest.fixture
def hand_in(home: Home, tmp_path: Path):
    def write(*texts: str, **options: str) -> list[workflow.Outcome]:
        folder = tmp_path / f"in {len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for at, text in enumerate(texts):
            (folder / f"file{at}.csv").write_text(text, encoding="utf-8")
        return workflow.submit(home, sorted(folder.iterdir()), who="ann", **options)

    return write


@pytest.mark.integration
def test_submitted_deflators_take_the_packaged_ones_place(home: Home, hand_in) -> None:
    (outcome,) = hand_in(DEFLATORS)
    assert (outcome.status, outcome.return_id, outcome.period) == ("accepted", "finance.gdp_deflators", "2026")
    packaged = deflator_factor("2022-23", "2023-24")
    with workflow.submitted_references(home):
        assert gdp_deflator().rows() == [
            ("2021-22", 90.0, "outturn"),
            ("2022-23", 95.0, "outturn"),
            ("2023-24", 100.0, "outturn"),
            ("2024-25", 104.0, "outturn"),
            ("2025-26", pytest.approx(106.6), "forecast"),
        ]
        assert deflator_factor("2022-23", "2023-24") == pytest.approx(100 / 95)
        assert edition_words("gdp_deflator") == "HM Treasury, GDP deflators at market prices, June 2026, as submitted"
        assert price_growth("2024-25", "2026-27") == pytest.approx(1.025 * 1.02 - 1)  # then the target
    assert deflator_factor("2022-23", "2023-24") == packaged
    assert "packaged with Parentis" in edition_words("gdp_deflator")
    assert edition_words("uasc_rates").endswith("packaged with Parentis, rows to March 2025")


@pytest.mark.integration
@pytest.mark.parametrize(("day", "index"), [("2026-11-26", 104 * 1.03), ("2026-03-03", 106.6)])
def test_a_forecast_counts_where_it_came_out_after_the_deflators(home: Home, hand_in, day: str, index: float) -> None:
    hand_in(DEFLATORS)
    (outcome,) = hand_in(FORECAST.format(day=day))
    assert (outcome.return_id, outcome.period) == ("finance.inflation", "2026")
    with workflow.submitted_references(home):
        held = dict(gdp_deflator().select("period", "index").iter_rows())
        assert held["2025-26"] == pytest.approx(index)
        assert ("2026-27" in held) == (day > "2026-06-30")


@pytest.mark.integration
def test_an_older_edition_of_the_deflators_needs_a_reason(home: Home, hand_in) -> None:
    hand_in(DEFLATORS)
    (older,) = hand_in(DEFLATORS.replace("30 June 2026", "31 March 2026").replace("104.000", "110.000"))
    assert older.status == "checked"
    assert "it came out on 31 March 2026, before the accepted edition of 30 June 2026" in older.sentence


@pytest.mark.integration
def test_submitted_residents_and_rates_are_used(home: Home, hand_in) -> None:
    hand_in(POPULATION)
    (rates,) = hand_in(INSTRUCTIONS, RATES)
    assert (rates.return_id, rates.period, rates.status) == ("uasc.rates", "2024-25", "accepted")
    before = uasc_rates()
    with workflow.submitted_references(home):
        assert population_0_17().rows() == [("E09000007", 2024, 50_000), ("E09000007", 2025, 60_000)]
        assert "to mid-2025, as DfE published them, as submitted" in edition_words("population_0_17")
        assert region.uasc_threshold("camden", date(2027, 5, 1)).population == 60_000
        of_year = uasc_rates().filter(pl.col("valid_from") == date(2024, 4, 1))
        assert of_year.select("group", "rate", "certainty").rows() == [("child", 150.0, "certain")]
        others = uasc_rates().filter(pl.col("valid_from") != date(2024, 4, 1))
        assert others["valid_to"].max() == date(2024, 3, 31)
        known = region.uasc_instructions().filter(period="2024-25").to_dicts()
        assert [(one["title"], one["cited"]) for one in known] == [("Instructions 2024-25", True)]
    assert before.equals(uasc_rates())


@pytest.mark.integration
def test_figures_name_the_editions_and_are_traced_to_them(home: Home, hand_in) -> None:
    outturn = "\n".join(
        [
            "Revenue Outturn Summary (RS) 2024-25",
            "Net current expenditure (£ thousand)",
            "E-code,ONS Code,Local authority,Class,Children Social Care",
            "E5011,E09000007,Camden,L,100",
        ]
    )
    hand_in(outturn)
    hand_in(DEFLATORS)
    hand_in(POPULATION)
    workflow.build(home, services=["funding"])
    made = lake.read_figures(home).filter(pl.col("geography") == "E09000007").collect()
    real, per_child = (made.filter(measure=f"funding.csc.outturn.{end}").to_dicts()[0] for end in ("real", "per_child"))
    assert real["method"].endswith(
        "in 2024-25 prices (HM Treasury, GDP deflators at market prices, June 2026, as submitted)"
    )
    assert per_child["value"] == pytest.approx(100_000 / 50_000)
    assert "to mid-2025" in per_child["method"]
    inputs = lake.read_inputs(home).collect()
    tables = {
        name: set(inputs.filter(provenance_id=one["provenance_id"])["table"])
        for name, one in (("real", real), ("per_child", per_child))
    }
    assert tables["real"] == {"finance.rs/lines", "finance.gdp_deflators/index"}
    assert tables["per_child"] == {"finance.rs/lines", "open_statistics.dfe/values"}


@pytest.mark.unit
def test_a_packaged_edition_says_its_age() -> None:
    with region.with_references(region.References(on=date(2026, 11, 29))):
        assert edition_words("gdp_deflator").endswith("December 2023, packaged with Parentis, 2 years old")
        assert edition_words("population_0_17").endswith("packaged with Parentis, rows to June 2024, 2 years old")


@pytest.mark.unit
def test_pages_gather_prices_residents_and_rates_from_methods_once_each() -> None:
    rates, prices = at_rates("Home Office rates (April)"), in_prices("2024-25", "HM Treasury")
    assert references_said([f"ledger; {rates}", f"real; {prices}", f"again; {rates}", "nothing"]) == (prices, rates)

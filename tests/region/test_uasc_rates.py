"""What the Home Office pays, and from which threshold: small tables whose answers can be looked up by hand."""

from datetime import date

import polars as pl
import pytest

from parentis.errors import PeriodError
from parentis.region import (
    default_vintage,
    financial_year_of,
    members,
    uasc_instructions,
    uasc_rates,
    uasc_threshold,
    uasc_thresholds,
)

BANDS, COHORTS = ("standard", "high"), ("national", "legacy")
CERTAINTIES = {"certain", "doubtful", "general knowledge"}


def _found(on: date, age: int, band: str, cohort: str) -> list[tuple[float, str]]:
    rows = uasc_rates().filter(
        pl.lit(on).is_between("valid_from", "valid_to"),
        pl.lit(age) >= pl.col("age_from"),
        pl.lit(age) <= pl.col("age_to").fill_null(200),
        pl.col("band").is_in([band, "all"]),
        pl.col("cohort").is_in([cohort, "all"]),
    )
    return rows.select("rate", "unit").rows()


@pytest.mark.spec
@pytest.mark.parametrize(
    ("on", "age", "band", "cohort", "expected"),
    [
        (date(2016, 6, 30), 15, "standard", "legacy", []),
        (date(2016, 7, 1), 15, "standard", "national", [(114, "night")]),
        (date(2019, 3, 31), 16, "standard", "national", [(91, "night")]),
        (date(2019, 3, 31), 15, "high", "legacy", [(95, "night")]),
        (date(2019, 3, 31), 17, "high", "legacy", [(71, "night")]),
        (date(2019, 4, 1), 17, "high", "legacy", [(114, "night")]),
        (date(2020, 3, 31), 17, "high", "national", [(114, "night")]),
        (date(2020, 4, 1), 17, "high", "national", [(143, "night")]),
        (date(2020, 4, 1), 17, "standard", "national", [(114, "night")]),
        (date(2020, 3, 31), 18, "high", "national", [(200, "week")]),
        (date(2020, 3, 31), 18, "high", "legacy", [(150, "week")]),
        (date(2020, 4, 1), 22, "high", "legacy", [(240, "week")]),
        (date(2023, 4, 24), 18, "standard", "national", [(270, "week")]),
        (date(2025, 4, 1), 17, "high", "national", []),
    ],
)
def test_the_rate_of_one_night(on: date, age: int, band: str, cohort: str, expected: list[tuple[float, str]]) -> None:
    assert _found(on, age, band, cohort) == expected


@pytest.mark.unit
def test_no_two_rates_hold_for_one_child_on_one_day() -> None:
    days = sorted({day for row in uasc_rates().iter_rows() for day in row[:2]})
    for on in days:
        for age in (0, 15, 16, 17, 18, 21):
            for band in BANDS:
                for cohort in COHORTS:
                    assert len(_found(on, age, band, cohort)) == 1, (on, age, band, cohort)


@pytest.mark.unit
def test_every_rate_says_how_sure_it_is_and_every_year_has_its_instructions() -> None:
    rates = uasc_rates()
    assert set(rates["certainty"]) <= CERTAINTIES
    assert rates["source"].str.len_chars().min() > 0
    years = {financial_year_of(day).label for row in rates.iter_rows() for day in row[:2]}
    assert years <= set(uasc_instructions()["period"])
    cited = uasc_instructions().filter("cited")["period"].to_list()
    of_cited = rates.filter((pl.col("valid_from") == date(2023, 4, 1)) & (pl.col("group") == "leaver"))
    assert cited == ["2023-24"]
    assert of_cited["source"].item().startswith("Home Office funding instructions 2023-24")


@pytest.mark.spec
def test_leavers_are_funded_at_27_per_cent_of_the_high_rate() -> None:
    (leaver,), (child,) = (_found(date(2023, 6, 1), age, "high", "national") for age in (18, 17))
    assert leaver[0] / 7 / child[0] == pytest.approx(0.27, abs=0.0005)


@pytest.mark.spec
def test_the_thresholds_of_all_london_in_heads() -> None:
    london = members("london", date(2025, 4, 1))
    heads = [uasc_threshold(gss, date(2025, 4, 1), 2024, purpose="funding").heads for gss in london]
    transfer = [uasc_threshold(gss, date(2025, 4, 1), 2024, purpose="transfer").heads for gss in london]
    assert (round(sum(heads)), round(sum(transfer))) == (1_341, 1_916)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("purpose", "on", "expected"),
    [
        ("transfer", date(2016, 6, 30), None),
        ("transfer", date(2022, 8, 23), 0.0007),
        ("transfer", date(2022, 8, 24), 0.001),
        ("funding", date(2020, 3, 31), None),
        ("funding", date(2020, 4, 1), 0.0007),
    ],
)
def test_the_threshold_of_a_day(purpose: str, on: date, expected: float | None) -> None:
    found = uasc_threshold("Camden", on, purpose=purpose)
    assert (found and found.share) == (expected and pytest.approx(expected))


@pytest.mark.spec
def test_threshold_in_heads_and_the_population_it_rests_on() -> None:
    camden = uasc_threshold("Camden", date(2026, 4, 1), vintage=2024)
    assert camden.population == 35_276
    assert round(camden.heads, 1) == 24.7
    assert default_vintage(date(2024, 6, 1)) == 2022
    assert default_vintage(date(2024, 3, 31)) == 2021
    assert uasc_threshold("Camden", date(2024, 6, 1)).vintage == 2022
    with pytest.raises(PeriodError, match="2011"):
        uasc_threshold("Camden", date(2024, 6, 1), vintage=2011)


@pytest.mark.unit
def test_thresholds_of_one_purpose_follow_one_another() -> None:
    transfer = uasc_thresholds().filter(purpose="transfer").sort("valid_from")
    assert (transfer["valid_from"][1] - transfer["valid_to"][0]).days == 1

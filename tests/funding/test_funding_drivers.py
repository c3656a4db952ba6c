"""Drivers from monitored activity, and the straight line that checks the forecast."""

from math import sqrt
from statistics import linear_regression

import numpy as np
import polars as pl
import pytest
from funding_tables import BARNET, BRENT, absent, figure, lines, table, value
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis.region import deflator_factor
from parentis.services.funding import commands
from parentis.services.funding.compute import compute
from parentis.services.funding.straight_line import LEVEL, fit_line

HEADING = "authority | period | QUARTER | PLACEMENT_GROUP | CHILD_WEEKS | SPEND"


def activity(*years: tuple[str, str, str, float, float], quarters: int = 4) -> dict[str, pl.DataFrame]:
    """A year's weeks and spend of one group, the same in every quarter."""
    rows = [
        f"{authority} | {period} | Q{quarter} | {group} | {weeks} | {spend}"
        for authority, period, group, weeks, spend in years
        for quarter in range(1, quarters + 1)
    ]
    return {"finance.monitoring/activity": table("finance.monitoring/activity", "\n".join([HEADING, *rows]))}


TWO_YEARS = (
    (BARNET, "2016-17", "foster_own", 100, 50_000),
    (BARNET, "2016-17", "residential_external", 50, 150_000),
    (BARNET, "2017-18", "foster_own", 90, 49_500),
    (BARNET, "2017-18", "residential_external", 90, 297_000),
)


@pytest.mark.spec
def test_volume_mix_and_price_of_an_authority() -> None:
    """A quarter: 150 weeks for £200,000, then 180 for £346,500; the year is four of them."""
    found = compute(activity(*TWO_YEARS), {}).figures
    volume = 4 * 30 * 200_000 / 150
    price = 4 * (90 * 50 + 90 * 300)
    assert value(found, "drivers.change", BARNET, "2017-18") == pytest.approx(4 * 146_500)
    assert value(found, "drivers.volume", BARNET, "2017-18") == pytest.approx(volume)
    assert value(found, "drivers.price", BARNET, "2017-18") == pytest.approx(price)
    assert value(found, "drivers.mix", BARNET, "2017-18") == pytest.approx(4 * 146_500 - volume - price)
    assert value(found, "drivers.weeks", BARNET, "2017-18") == 720
    assert value(found, "drivers.unit_cost", BARNET, "2017-18") == pytest.approx(346_500 / 180)
    assert value(found, "drivers.unit_cost", BARNET, "2017-18", "placement=foster_own") == pytest.approx(550)
    inflation = deflator_factor("2016-17", "2017-18") - 1
    whole = 4 * inflation * (90 * 500 + 90 * 3_000)
    assert value(found, "drivers.price_inflation", BARNET, "2017-18") == pytest.approx(whole)
    assert value(found, "drivers.price_beyond_inflation", BARNET, "2017-18") == pytest.approx(price - whole)


@pytest.mark.spec
@pytest.mark.parametrize("suffix", ["", ".shapley"])
def test_placements_sum_to_parts_and_parts_to_the_change(suffix: str) -> None:
    found = compute(activity(*TWO_YEARS), {}).figures.filter(geography="london", period="2017-18")
    parts = {f"funding.drivers.{part}{suffix}" for part in ("volume", "mix", "price")}
    held = found.filter(pl.col("measure").is_in(parts))
    whole = held.filter(breakdown="")
    assert whole["value"].sum() == pytest.approx(value(found, "drivers.change", "london", "2017-18"))
    by_placement = held.filter(pl.col("breakdown") != "")
    assert by_placement.is_empty() == bool(suffix)
    if not suffix:
        assert by_placement["value"].sum() == pytest.approx(whole["value"].sum())


@pytest.mark.spec
def test_a_place_is_compared_with_itself() -> None:
    """Brent sent one year only: London's change is Barnet's."""
    found = compute(activity(*TWO_YEARS, (BRENT, "2017-18", "other", 10, 10_000)), {}).figures
    london = figure(found, "drivers.change", "london", "2017-18")
    assert london["value"] == pytest.approx(4 * 146_500)
    assert london["authority_set"] == "1 of 33 London authorities"
    assert absent(found, "drivers.change", BRENT, "2017-18")


@pytest.mark.spec
def test_a_year_of_three_quarters_is_no_year() -> None:
    assert compute(activity(*TWO_YEARS, quarters=3), {}).figures.is_empty()


@pytest.mark.spec
def test_spend_without_weeks_leaves_the_authority_out() -> None:
    odd = (BRENT, "2016-17", "other", 0, 500), (BRENT, "2017-18", "other", 5, 500)
    found = compute(activity(*TWO_YEARS, *odd), {}).figures
    assert absent(found, "drivers.change", BRENT, "2017-18")
    assert value(found, "drivers.change", "london", "2017-18") == pytest.approx(4 * 146_500)


@pytest.mark.spec
def test_both_years_rows_stand_behind_a_driver() -> None:
    result = compute(activity(*TWO_YEARS), {})
    found = figure(result.figures, "drivers.volume", BARNET, "2017-18")
    [inputs] = result.inputs.filter(provenance_id=found["provenance_id"]).to_dicts()
    assert inputs["rows"] == list(range(16))


@pytest.mark.unit
def test_the_command_gives_one_place_and_year() -> None:
    found = commands.drivers(activity(*TWO_YEARS), geography=BARNET, period="2017-18")
    assert set(found["geography"]) == {BARNET}
    assert found.filter(measure="funding.drivers.change", breakdown="")["value"].item() == pytest.approx(586_000)
    assert commands.drivers({}).is_empty()


YEARS = [f"20{year}-{year + 1}" for year in range(12, 18)]


def trend_tables(outturns: list[float], authority: str = BARNET) -> dict[str, pl.DataFrame]:
    """Budgets of 100 and these outturns, all in the prices of the last year, deflated to each year's own."""
    worth = [deflator_factor(YEARS[-1], year) for year in YEARS]
    ra = [lines("finance.ra/lines", y, f"{authority} | csc | {100 * w:.2f}") for y, w in zip(YEARS, worth, strict=True)]
    rs = [
        lines("finance.rs/lines", y, f"{authority} | csc | {out * w:.2f}")
        for y, w, out in zip(YEARS, worth, outturns, strict=True)
    ]
    return {"finance.ra/lines": pl.concat(ra), "finance.rs/lines": pl.concat(rs)}


@pytest.mark.spec
def test_a_straight_line_is_carried_on() -> None:
    """Outturn of £1.00m rising £0.02m a year in real terms: £1.10m in the sixth year, £1.20m in the eleventh."""
    rising = [1_000_000 + 20_000 * step for step in range(6)]
    found = compute(trend_tables(rising), {}).figures
    last = figure(found, "check.csc_outturn_rs.real", BARNET, "2022-23")
    assert last["value"] == pytest.approx(1_200_000, abs=1)  # pence are rounded in each year's own prices
    assert last["level"] == LEVEL
    assert "no ask: straight line" in last["method"]
    gap = figure(found, "check.csc_variance_rs.real", BARNET, "2022-23")
    assert gap["value"] == pytest.approx(1_200_000 - 100, abs=1)
    assert last["low"] == pytest.approx(last["high"], abs=10)  # nothing strays from the line


def monitored_tables(outturns: list[float], spends: list[float]) -> dict[str, pl.DataFrame]:
    """Barnet's monitoring: revised budgets and funding of 100,000, in the prices of the last year."""
    rows = [
        (year, deflator_factor(YEARS[-1], year), outturn, spend)
        for year, outturn, spend in zip(YEARS, outturns, spends, strict=True)
    ]
    return {
        "finance.monitoring/lines": table(
            "finance.monitoring/lines",
            "authority | period | QUARTER | SERVICE_LINE | REVISED_BUDGET | OUTTURN\n"
            + "\n".join(f"{BARNET} | {y} | Q4 | csc | {100_000 * w:.2f} | {out * w:.2f}" for y, w, out, _ in rows),
        ),
        "finance.monitoring/high_needs": table(
            "finance.monitoring/high_needs",
            "authority | period | QUARTER | ALLOCATION_AFTER_DEDUCTIONS | TRANSFERS_IN | SPEND\n"
            + "\n".join(f"{BARNET} | {y} | Q4 | {100_000 * w:.2f} | 0 | {put * w:.2f}" for y, w, _, put in rows),
        ),
    }


@pytest.mark.spec
def test_the_lines_gap_is_of_the_monitoring_basis_alone() -> None:
    """Outturn of £1.00m rising £0.02m a year, high needs of £0.50m rising £0.01m: £1.20m and £0.60m in the eleventh
    year, against £0.1m each. RA and RS, which say otherwise, are another measure."""
    rising = [1_000_000 + 20_000 * step for step in range(6)]
    tables = monitored_tables(rising, [cost / 2 for cost in rising])
    found = compute({**tables, **trend_tables([2 * cost for cost in rising])}, {}).figures
    expected = {
        "check.csc_outturn.real": 1_200_000,
        "check.csc_gap.real": 1_100_000,
        "check.hn_gap.real": 500_000,
        "check.gap.real": 1_600_000,
        "check.csc_variance_rs.real": 2_400_000 - 100,
    }
    for measure, amount in expected.items():
        one = figure(found, measure, BARNET, "2022-23")
        assert one["value"] == pytest.approx(amount, abs=2), measure
        assert one["audience"] == ("published" if measure == "check.csc_variance_rs.real" else "own")
    total = figure(found, "check.gap.real", BARNET, "2022-23")
    assert "RA/RS" not in total["method"]


@pytest.mark.generative
@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(500_000, 2_000_000), min_size=6, max_size=6))
def test_the_trend_is_the_one_that_the_standard_library_fits(outturns: list[int]) -> None:
    found = compute(monitored_tables(outturns, outturns), {}).figures
    slope, start = linear_regression(range(6), outturns)
    last = value(found, "check.csc_outturn.real", BARNET, "2022-23")
    assert last == pytest.approx(start + 10 * slope, abs=10)


@pytest.mark.spec
def test_too_few_years_or_a_partial_response_are_not_projected() -> None:
    rising = [1_000_000 + 20_000 * step for step in range(6)]
    tables = trend_tables(rising)
    assert absent(compute(tables, {}).figures, "check.csc_outturn_rs.real", "london", "2018-19")
    short = {name: frame.filter(pl.col("period") > YEARS[1]) for name, frame in tables.items()}
    assert absent(compute(short, {}).figures, "check.csc_outturn_rs.real", BARNET, "2018-19")


@pytest.mark.spec
def test_a_trend_is_set_against_the_budget_of_its_last_year_and_no_other() -> None:
    """Without that budget no gap is made: an older one would pass the growth of budgets for a shortfall."""
    tables = trend_tables([1_000_000 + 20_000 * step for step in range(6)])
    tables["finance.ra/lines"] = tables["finance.ra/lines"].filter(pl.col("period") < YEARS[-1])
    found = compute(tables, {}).figures
    assert not absent(found, "check.csc_outturn_rs.real", BARNET, "2018-19")
    assert absent(found, "check.csc_variance_rs.real", BARNET, "2018-19")
    whole = compute(trend_tables([1_000_000] * 6), {}).figures
    assert f"less the budget of {YEARS[-1]}" in figure(whole, "check.csc_variance_rs.real", BARNET, "2018-19")["method"]


@pytest.mark.spec
@pytest.mark.parametrize(("points", "tabled"), [(5, 1.638), (6, 1.533), (11, 1.383), (32, 1.310)])
def test_the_prediction_interval_is_the_textbooks(points: int, tabled: float) -> None:
    """`tabled` is Student's t that leaves a tenth above it, with two degrees of freedom fewer than points."""
    years = np.arange(2010.0, 2010.0 + points)
    bent = 3 * years + np.where(years % 3 == 0, 7.0, -2.0)
    slope, start = linear_regression(years, bent)
    spread = sqrt(sum((bent - start - slope * years) ** 2) / (points - 2))
    for ahead in (2010.0, 2010.0 + 2 * points):
        leverage = 1 / points + (ahead - years.mean()) ** 2 / sum((years - years.mean()) ** 2)
        half = fit_line(years, bent).half_width(np.array([ahead]), 0.8)
        assert half == pytest.approx(tabled * spread * sqrt(1 + leverage), rel=5e-4)


@pytest.mark.unit
def test_the_prediction_interval_holds_its_nominal_coverage() -> None:
    """2,000 simulated lines with known truth; the bounds are three standard errors of a share of 0.8."""
    rng = np.random.default_rng(20180331)
    x, ahead = np.arange(8.0), np.array([10.0])
    held = 0
    for _ in range(2_000):
        y = 5 + 2 * x + rng.normal(0, 3, x.size)
        line = fit_line(x, y)
        truth = 5 + 2 * ahead + rng.normal(0, 3)
        held += bool(abs(truth - line.at(ahead)) <= line.half_width(ahead, LEVEL))
    assert abs(held / 2_000 - LEVEL) < 3 * np.sqrt(LEVEL * (1 - LEVEL) / 2_000)


@pytest.mark.spec
def test_the_line_of_both_pots_is_one_line_through_their_sum() -> None:
    """Social care strays one way where high needs strays the other: the sum is a line, and has no band. Two bands
    added up would have a wide one."""
    bent = [1_000_000 + 20_000 * step + (30_000 if step % 2 else -30_000) for step in range(6)]
    against = [1_000_000 + 20_000 * step - (30_000 if step % 2 else -30_000) for step in range(6)]
    found = compute(monitored_tables(bent, against), {}).figures
    both = figure(found, "check.gap.real", BARNET, "2022-23")
    assert both["value"] == pytest.approx(2_400_000 - 200_000, abs=5)
    assert both["high"] - both["low"] < 20
    alone = figure(found, "check.csc_gap.real", BARNET, "2022-23")
    assert alone["high"] - alone["low"] > 100_000


@pytest.mark.unit
def test_half_of_a_total_is_none() -> None:
    tables = monitored_tables([1_000_000.0] * 6, [500_000.0] * 6)
    tables["finance.monitoring/high_needs"] = tables["finance.monitoring/high_needs"].clear()
    found = compute(tables, {}).figures
    assert not absent(found, "check.csc_gap.real", BARNET, "2022-23")
    assert absent(found, "check.gap.real", BARNET, "2022-23")

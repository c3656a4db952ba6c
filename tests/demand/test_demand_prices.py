"""Prices per night: known answers, intervals on worlds of known truth, and what happens where prices are missing."""

import numpy as np
import polars as pl
import pytest
from price_worlds import LONDON, YEAR, cost_rows, price_world

from parentis.services.demand import COMMISSIONING
from parentis.services.demand.money.price_sources import cells_of_return
from parentis.services.demand.money.prices import prices
from parentis.services.demand.money.uplifts import uplifts
from parentis.services.demand.tables import ACTIVITY, COSTS, HOMES, LAIT

CAMDEN, BARNET = "E09000007", "E09000003"
RESIDENTIAL = COMMISSIONING.names.index("residential")
WORLDS = 40
"Worlds × 33 authorities: the standard error of a coverage of 80 % is about 1.1 points, twice that if they share luck."


def lait(**weekly: float) -> pl.DataFrame:
    numbers = ["202", "302", "306"]
    rows = [(short, number, value) for short, value in weekly.items() for number in numbers]
    return pl.DataFrame(
        {
            "SHORT_DESC": [row[0] for row in rows],
            "LA_NUMBER": [row[1] for row in rows],
            "VALUE": [row[2] for row in rows],
            "YEARS": f"{YEAR} (OT)",
            "sequence": 1,
        }
    )


@pytest.mark.unit
def test_a_price_is_committed_cost_over_the_nights_in_the_year_gross_and_net() -> None:
    rows = cost_rows([(CAMDEN, "K2", "PR4", 100, 80_000.0)] * 60, **{"Contribution from health provider/s": 8_000.0})
    found = prices({COSTS: rows}, COMMISSIONING, [CAMDEN])
    cell = found.cells.row(0, named=True)
    assert (cell["provider"], cell["nights"], cell["gross_per_night"], cell["net_per_night"]) == (
        "private",
        6000,
        800,
        720,
    )
    row = found.frame().row(0, named=True)
    assert row["gross"] == pytest.approx(800, rel=1e-6)
    assert row["net"] == pytest.approx(720, rel=1e-6)


@pytest.mark.unit
def test_nights_before_and_after_the_year_short_breaks_and_blanks_do_not_count() -> None:
    rows = pl.concat(
        [
            cost_rows([(CAMDEN, "K2", "PR4", 900, 36_500.0)]),
            cost_rows([(CAMDEN, "K2", "PR4", 30, 99_999.0)], **{"Legal status": "V4"}),
            cost_rows([(CAMDEN, "K2", "PR4", 30, 0.0)]),
        ]
    )
    cells, notes = cells_of_return(rows, pl.DataFrame(), COMMISSIONING)
    assert cells.select("nights", "rate").rows() == [(365, 100.0)]
    assert "1 of 2 placements" in notes[0]


@pytest.mark.unit
def test_what_an_own_home_cost_is_shared_over_the_nights_in_it() -> None:
    rows = cost_rows([(CAMDEN, "K2", "PR1", 100, 0.0), (CAMDEN, "K2", "PR1", 300, 0.0)])
    homes = pl.DataFrame(
        {
            "authority": [CAMDEN],
            "period": YEAR,
            "sequence": 1,
            "Ofsted URN": "SYN",
            "Total committed cost accrued in FY to date": 200_000.0,
        }
    )
    cells, _ = cells_of_return(rows, homes, COMMISSIONING)
    assert cells.select("nights", "gross", "provider").rows() == [(100, 50_000.0, "own"), (300, 150_000.0, "own")]
    assert prices({COSTS: rows, HOMES: homes}, COMMISSIONING, [CAMDEN]).known[RESIDENTIAL]


@pytest.mark.unit
def test_without_placement_costs_section_251_stands_in_and_says_what_it_does_not_cover() -> None:
    found = prices({LAIT: lait(RescareFinance=7000.0, FosteringFinance=700.0)}, COMMISSIONING, [CAMDEN, BARNET])
    priced = dict(zip(COMMISSIONING.names, found.known.tolist(), strict=True))
    assert [name for name, known in priced.items() if known] == [
        "fostering in-house", "fostering independent", "secure", "residential",
    ]  # fmt: skip
    by_group = {row["group"]: row for row in found.frame().filter(pl.col("authority") == CAMDEN).to_dicts()}
    assert by_group["residential"]["gross"] == pytest.approx(1000)
    assert by_group["residential"]["source"].startswith("last resort")
    assert "31 March" in by_group["fostering independent"]["source"]
    assert any("kinship" in note and "not costed" in note for note in found.notes)


@pytest.mark.unit
def test_with_nothing_held_no_group_has_a_price() -> None:
    found = prices({}, COMMISSIONING, [CAMDEN])
    assert not found.known.any()
    assert found.frame().is_empty()
    assert np.isnan(found.draw(0, range(3))).all()


@pytest.mark.unit
def test_draws_depend_on_the_replicates_own_number_alone_and_boroughs_share_the_regions_error() -> None:
    rows, _, _ = price_world(1)
    found = prices({COSTS: rows}, COMMISSIONING, LONDON)
    whole = found.draw(7, range(400))
    assert np.array_equal(whole[10:20], found.draw(7, range(10, 20)), equal_nan=True)
    region = prices({LAIT: lait(RescareFinance=7000.0)}, COMMISSIONING, [CAMDEN, BARNET])
    logs = np.log(region.draw(7, range(400))[:, :, RESIDENTIAL])
    assert np.corrcoef(logs[:, 0], logs[:, 1])[0, 1] > 0.3


@pytest.mark.generative
@pytest.mark.parametrize(("spread", "within"), [(0.05, 0.45), (0.25, 0.6)])
def test_intervals_hold_the_truth_as_often_as_they_say(spread: float, within: float) -> None:
    inside = {("mean", 0.8): [], ("mean", 0.95): [], ("next year", 0.8): [], ("next year", 0.95): []}
    for world in range(WORLDS):
        rows, truth, after = price_world(world, spread=spread, within=within)
        found = prices({COSTS: rows}, COMMISSIONING, LONDON)
        for what, target, chance in (("mean", truth, False), ("next year", after, True)):
            drawn = found.draw(world, range(400), chance=chance)[:, :, RESIDENTIAL]
            for level in (0.8, 0.95):
                low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0)
                inside[what, level].append(((low <= target) & (target <= high)).mean())
    for (what, level), shares in inside.items():
        assert np.mean(shares) == pytest.approx(level, abs=0.05 if level == 0.8 else 0.03), (what, level)


@pytest.mark.unit
def test_uplifts_learn_from_the_regions_own_prices() -> None:
    years = [f"{year}-{(year + 1) % 100:02}" for year in range(2014, 2025)]
    rows = [
        (CAMDEN, period, quarter, "residential_external", 1300.0, 5_200_000.0 * 1.08**at)
        for at, period in enumerate(years)
        for quarter in ("Q1", "Q2", "Q3", "Q4")
    ]
    names = ("authority", "period", "QUARTER", "PLACEMENT_GROUP", "CHILD_WEEKS", "SPEND")
    activity = pl.DataFrame(rows, schema=names, orient="row").with_columns(sequence=pl.lit(1))
    found = uplifts({ACTIVITY: activity}, COMMISSIONING, "2024-25", 5)
    untaught = uplifts({}, COMMISSIONING, "2024-25", 5)
    # 8 % nominal, less about 2.6 % a year of general inflation over those years.
    assert found.rise[RESIDENTIAL] == pytest.approx(0.05, abs=0.01)
    assert found.spread[RESIDENTIAL] < untaught.spread[RESIDENTIAL]
    general, index = found.draw(3, range(2000))
    assert general.shape == (2000, 5)
    assert index.shape == (2000, len(COMMISSIONING.names), 5)
    assert np.log(index[:, RESIDENTIAL, 4] / general[:, 4]).mean() == pytest.approx(
        5 * np.log1p(found.rise[RESIDENTIAL]), abs=0.01
    )

"""The synthetic money: the published year to the pound, sums that hold, balances that carry forward."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.practice.money import YEARS
from parentis.practice.monitoring import shared_out

MILLION = 1_000_000


def outturn(money, period):
    final = money["lines"].filter(pl.col("period") == period, pl.col("QUARTER") == "Q4")
    return final.with_columns(over=pl.col("OUTTURN") - pl.col("REVISED_BUDGET"))


@pytest.mark.spec
def test_2017_18_is_what_the_region_published(money):
    children = outturn(money, "2017-18").filter(pl.col("SERVICE_LINE") == "csc")
    assert children.height == 33
    assert children["over"].sum() == 108 * MILLION
    assert children["REVISED_BUDGET"].sum() == 1200 * MILLION  # 108 of it are 9 %
    assert (children["over"] > 0).sum() == 27
    needs = money["high_needs"].filter(pl.col("period") == "2017-18", pl.col("QUARTER") == "Q4")
    short = needs["SPEND"] - needs["ALLOCATION_AFTER_DEDUCTIONS"] - needs["TRANSFERS_IN"]
    assert short.sum() == 77 * MILLION
    assert (short > 0).sum() == 32
    assert round(100 * 77 / 1100) == 7
    assert children["over"].sum() + short.sum() == 185 * MILLION


@pytest.mark.spec
def test_independent_homes_grew_as_published(money):
    homes = money["activity"].filter(pl.col("PLACEMENT_GROUP") == "residential_external")
    sums = homes.group_by("period").agg(pl.col("CHILD_WEEKS", "SPEND").sum()).rows_by_key("period", unique=True)
    assert sums["2017-18"][0] / sums["2014-15"][0] == pytest.approx(1.16, abs=1e-9)
    assert float(sums["2017-18"][1] / sums["2014-15"][1]) == pytest.approx(1.46, abs=1e-9)


@pytest.mark.integration
@pytest.mark.parametrize("column", ["ORIGINAL_BUDGET", "REVISED_BUDGET", "FORECAST_OUTTURN", "OUTTURN"])
def test_lines_sum_to_their_totals(money, column):
    lines = money["lines"].filter(pl.col(column).is_not_null())
    part = pl.col("SERVICE_LINE")
    depth = part.str.count_matches(".", literal=True)
    key = ["authority", "period", "QUARTER"]
    for total, parts in {
        "csc": (depth == 1) & part.str.starts_with("csc."),
        "csc.looked_after": part.str.starts_with("csc.looked_after."),
    }.items():
        summed = lines.filter(parts).group_by(key).agg(pl.col(column).sum().alias("sum"))
        both = lines.filter(part == total).join(summed, on=key)
        assert both.height == lines.select(key).n_unique()
        assert both.filter(pl.col(column) != pl.col("sum")).is_empty()


@pytest.mark.integration
def test_a_year_s_balance_is_the_next_one_s_brought_forward(money):
    final = money["high_needs"].filter(pl.col("QUARTER") == "Q4").sort("authority", "period")
    carried = (
        pl.col("BROUGHT_FORWARD") + pl.col("ALLOCATION_AFTER_DEDUCTIONS") + pl.col("TRANSFERS_IN") - pl.col("SPEND")
    )
    pairs = final.with_columns(
        carried=carried, following=pl.col("BROUGHT_FORWARD").shift(-1).over("authority")
    ).drop_nulls("following")
    assert pairs.height == 33 * 5
    assert pairs.filter(pl.col("carried") != pl.col("following")).is_empty()
    settings = [name for name in final.columns if name.startswith("SPEND_")]
    assert final.filter(pl.sum_horizontal(settings) != pl.col("SPEND")).is_empty()


@pytest.mark.integration
def test_activity_and_lines_tell_one_story(money):
    """Residential spend by placement is the residential line's outturn."""
    homes = ["residential_own", "residential_external", "secure"]
    key = ["authority", "period"]
    spent = money["activity"].filter(pl.col("PLACEMENT_GROUP").is_in(homes)).group_by(key).agg(pl.col("SPEND").sum())
    line = money["lines"].filter(pl.col("QUARTER") == "Q4", pl.col("SERVICE_LINE") == "csc.looked_after.residential")
    both = line.join(spent, on=key)
    assert both.height == 33 * 6
    assert both.filter(pl.col("OUTTURN") != pl.col("SPEND")).is_empty()


@pytest.mark.integration
def test_every_year_is_as_its_path_says_and_every_row_is_labelled(money):
    for period in money["lines"]["period"].unique():
        children = outturn(money, period).filter(pl.col("SERVICE_LINE") == "csc")
        assert float(children["over"].sum()) == YEARS[period].children_over * MILLION
        assert (children["over"] > 0).sum() == YEARS[period].authorities_over
    assert all(table["NOTE"].str.contains("SYNTHETIC").all() for table in money.values())


@pytest.mark.generative
@given(st.integers(0, 10**12), st.lists(st.floats(0.001, 1e6), min_size=1, max_size=40))
def test_shares_sum_to_the_whole_and_are_near_their_weight(total, weights):
    weight = np.array(weights)
    parts = shared_out(total, weight)
    assert parts.sum() == total
    assert (np.abs(parts - total * weight / weight.sum()) <= 1 + 1e-3).all()

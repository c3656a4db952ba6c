"""The older children: the planted risk is the one drawn, the returns show it, and their rows are credible."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from parentis.practice.calendar import april
from parentis.practice.older_risk import BEHAVIOUR_DAYS, MISSING_DAYS, NO_SIGNAL, PLANTED, RESIDENTIAL, YEAR_DAYS
from parentis.practice.parts import World, by_authority, parts
from parentis.practice.ssda903 import simulated, year_tables
from parentis.practice.targets import london
from parentis.returns import read, the_return, type_cells, write_files
from parentis.returns.ssda903.rules.check import check

EPOCH = date(1970, 1, 1)
# Five standard errors of about 8,000 events: a wrong sign or a covariate of another day is far outside.
SLOPE_TOLERANCE, INTERCEPT_TOLERANCE = 0.055, 0.18


@pytest.fixture(scope="module")
def months(world):
    return world.older.months.filter("whole")


def _logistic(log_odds, happened):
    """Intercept and slope by Newton's method."""
    design, beta = np.c_[np.ones(len(log_odds)), log_odds], np.array([0.0, 1.0])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (happened - chance)
        beta = beta + np.linalg.solve((design * (chance * (1 - chance))[:, None]).T @ design, gradient)
    return beta


@pytest.mark.integration
def test_events_follow_the_planted_log_odds(months):
    intercept, slope = _logistic(months["log_odds"].to_numpy(), months["event"].is_not_null().to_numpy().astype(float))
    assert slope == pytest.approx(1, abs=SLOPE_TOLERANCE)
    assert intercept == pytest.approx(0, abs=INTERCEPT_TOLERANCE)


@pytest.mark.integration
def test_the_returns_show_what_the_risk_is_a_function_of(world, months, children):
    """A second route: placements, behaviour, missing and entry from the tables, on one day and for one child each."""
    day = april(2024) + 91
    held = months.filter(pl.col("day") == day)
    dfe = np.array([one.dfe for one in london()])[held["authority"].to_numpy()]
    held = held.with_columns(
        CHILD=pl.Series([f"SYN{code}{child:06}" for code, child in zip(dfe, held["child"], strict=True)])
    )
    first = EPOCH + timedelta(days=day)
    episodes = (
        children["Episodes"].unique(["CHILD", "DECOM"], keep="last").filter(pl.col("LS") != "V4").sort("CHILD", "DECOM")
    )
    begun = pl.col("RNE").is_in(["S", "P", "B"]) & (pl.col("DECOM") < first)
    moved = begun & (pl.col("RNE") != "S") & (pl.col("DECOM") >= first - timedelta(days=YEAR_DAYS))
    upset = pl.col("REASON_PLACE_CHANGE") == "CREQB"
    upset &= pl.col("DEC").is_between(first - timedelta(days=BEHAVIOUR_DAYS), first - timedelta(days=1))
    shown = episodes.group_by("CHILD").agg(
        placements_shown=1 + moved.sum(),
        behaviour_shown=upset.any(),
        new_shown=pl.col("DECOM").filter(begun).max() >= first - timedelta(days=90),
    )
    gone = children["Missing"].filter(
        pl.col("MIS_START").is_between(first - timedelta(days=MISSING_DAYS), first - timedelta(days=1))
    )
    both = held.join(shown, on="CHILD", how="left").join(
        gone.group_by("CHILD").len("missing_shown"), on="CHILD", how="left"
    )
    assert both.height > 4_000
    assert both["missing"].to_list() == both["missing_shown"].fill_null(0).to_list()
    assert both["behaviour"].to_list() == both["behaviour_shown"].to_list()
    assert both["placements"].to_list() == both["placements_shown"].to_list()
    # A placement that began before the first return is of no day that the tables show.
    assert both["new_placement"].to_list() == both["new_shown"].fill_null(False).to_list()


@pytest.mark.integration
def test_without_a_signal_every_child_at_risk_has_the_same_chance():
    months = simulated(1, NO_SIGNAL).older.months.filter("whole")
    assert months["log_odds"].unique().to_list() == [NO_SIGNAL.intercept]
    by_number = months.group_by("placements").agg(pl.col("event").is_not_null().mean(), pl.len()).sort("placements")
    (one, few), (two, many) = by_number.select("event", "len").iter_rows()
    # Four standard errors of the difference of two shares near 1.2 %.
    assert one == pytest.approx(two, abs=4 * (0.012 * (1 / few + 1 / many)) ** 0.5)


@pytest.mark.integration
def test_counts_of_the_older_cohort_are_credible(children):
    """DfE, London: 10 % of moves for behaviour; 15 % of children looked after missing in 2023-24, 8 times each. K1, R1
    and S1 are few; of those who go missing, fewer than half go three times."""
    year = children["Missing"].filter(pl.col("period") == "2023-24", pl.col("MISSING") == "M")
    times = year.group_by("authority", "CHILD").len()
    looked_after = children["Header"].filter(pl.col("period") == "2023-24").height
    assert times.height / looked_after == pytest.approx(0.15, abs=0.02)
    assert times["len"].mean() == pytest.approx(8.2, abs=1.2)
    assert (times["len"] >= 3).mean() < 0.5
    rows = children["Episodes"].filter(pl.col("period") == "2024-25")
    moves = rows.filter(pl.col("REASON_PLACE_CHANGE").is_not_null())
    assert (moves["REASON_PLACE_CHANGE"] == "CREQB").mean() == pytest.approx(0.10, abs=0.02)
    count = dict(rows.filter(pl.col("PLACE").is_in(RESIDENTIAL)).group_by("PLACE").len().iter_rows())
    assert 60 <= count["K1"] <= 150
    assert 30 <= count["S1"] <= 90
    assert 150 <= count["R1"] <= 350
    assert 2_000 <= count["K2"] <= 2_800
    far = rows.filter(
        pl.col("DECOM") >= date(2024, 4, 1), pl.col("RNE").is_in(["S", "P", "B"]), pl.col("PL_POST").is_not_null()
    )
    assert far["PL_POST"].str.contains("^(CT|ME|BN|NN|CM|LU|SS|IP|PE|RG|B|M)[0-9]").mean() == pytest.approx(
        0.11, abs=0.04
    )


@pytest.mark.integration
def test_orders_are_in_the_returns_from_2026_27_on_and_their_rules_pass(world, tmp_path):
    spec, typed = the_return("ssda903").spec, {}
    for year, period in ((2025, "2025-26"), (2026, "2026-27")):
        tables = year_tables(1, world, year)
        assert ("DoLo" in tables) == (year == 2026)
        for one in by_authority("ssda903", period, tables):
            if one.submitter == "E09000008":
                (reading,) = read(write_files(one, tmp_path / period))
                typed[period] = type_cells(reading, spec.at(period)).tables
    assert typed["2026-27"]["DoLo"].height >= 5
    checked = check(typed["2026-27"], collection_year="2026-27", last_year=typed["2025-26"], authority="E09000008")
    assert checked.findings.is_empty()
    in_year = world.older.orders.filter(pl.col("start").is_between(april(2026), april(2027) - 1))
    assert 120 <= in_year.height <= 260


@pytest.mark.unit
def test_one_placement_cannot_become_a_third_by_one_move():
    assert PLANTED.shares[1][1] == 0
    assert [round(sum(share), 9) for share in PLANTED.shares.values()] == [1, 1]
    assert abs(PLANTED.boroughs().sum()) < 1e-9
    assert PLANTED.boroughs().std() == pytest.approx(PLANTED.borough_sd)


@pytest.mark.integration
def test_placement_costs_are_of_the_children_of_the_return(world, children):
    returns = (
        one
        for part in parts()
        if part.id == "placement_costs"
        for one in part.returns(World(seed=1, children=world), YEAR)
    )
    costs = pl.concat([one.tables["placements"].with_columns(authority=pl.lit(one.submitter)) for one in returns])
    header = children["Header"].filter(pl.col("period") == "2024-25").select("authority", CHILD="CHILD")
    assert costs.join(header, left_on=["authority", "Child ID"], right_on=["authority", "CHILD"], how="anti").is_empty()
    # The practice budget monitoring of placements of that year, about £640m.
    total = costs["Total committed cost accrued in FY to date"].cast(pl.Float64).sum()
    assert total == pytest.approx(640e6, rel=0.05)
    days = (
        pl.col("Placement end date").fill_null(date(2025, 4, 1))
        - pl.max_horizontal("Placement start date", pl.lit(date(2024, 4, 1)))
    ).dt.total_days()
    dear = costs.filter(pl.col("Total committed cost accrued in FY to date") / days * 7 >= 10_000)
    # The Local Government Association counted about 1,510 in England in 2022-23, of whom London has about a tenth.
    assert 100 <= dear["Child ID"].n_unique() <= 250


YEAR = frozenset({"2024-25"})

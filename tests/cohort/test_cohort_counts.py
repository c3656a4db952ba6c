"""Counts, rates, flows, overlap and disparity, on answers made by hand; and the service's run."""

from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from cohort_tables import returns
from scipy.stats import poisson

from parentis.figures import Catalogue, Viewer, guard, release
from parentis.services import services
from parentis.services.cohort import MEMBER, cohort_members, definitions, read_definition
from parentis.services.cohort.cohort_cost import cohort_cost
from parentis.services.cohort.comparisons import OTHERS, disparity, flow, flow_because, overlap
from parentis.services.cohort.counts import counts, doubts, poisson_rate, residents_10_17, rule_counts
from parentis.services.cohort.measures import MEASURES
from parentis.services.cohort.small_counts import hide_small
from parentis.services.demand.money.prices import prices
from parentis.services.demand.states import COMMISSIONING

DAY, BARKING, BARNET = date(2025, 3, 31), "E09000002", "E09000003"
OF = read_definition("""
id = "test"
version = 1
title = "A test"
in_force = 2025-04-01
author = "A tester"
reason = "To try."
ages = [10, 17]
combination = "any"
[[rules]]
name = "a"
marker = "placements"
[[rules]]
name = "b"
marker = "missing"
""")
SHAPE = {
    "day": pl.Date, "authority": pl.String, "child": pl.String, "age": pl.Int32, "sex": pl.String,
    "ethnicity": pl.String,
    "place": pl.String, "provider": pl.String, "a": pl.Boolean, "b": pl.Boolean, MEMBER: pl.Boolean,
}  # fmt: skip


def _answers(*groups: tuple[int, dict[str, Any]]) -> pl.DataFrame:
    """So many children of each kind; in where a or b."""
    rows, at = [], 0
    for number, like in groups:
        for _ in range(number):
            at += 1
            rows.append({"day": DAY, "authority": BARKING, "child": f"C{at}", "age": 15, "sex": "F",
                         "ethnicity": "WBRI",
                         "place": "K2", "provider": "PR4", "a": False, "b": False} | like)  # fmt: skip
    return pl.DataFrame(rows, SHAPE).with_columns((pl.col("a") | pl.col("b")).alias(MEMBER))


@pytest.mark.spec
def test_counts_and_rates_by_borough_and_region() -> None:
    answers = _answers((12, {"a": True}), (8, {"b": None}), (30, {}), (7, {"a": True, "authority": BARNET}))
    told = pl.DataFrame({"day": [DAY] * 3, "authority": [BARKING, BARNET, "E09000004"]})
    found = {row["geography"]: row for row in counts(answers, told).iter_rows(named=True)}
    assert [found[BARKING][name] for name in ("children", "not_known", "looked_after")] == [12, 8, 50]
    assert found["E09000004"]["children"] == 0
    assert found[BARKING]["rate"] == pytest.approx(10_000 * 12 / residents_10_17()[BARKING])
    assert found["london"]["children"] == 20, "19, to the nearest ten"
    assert found["london"]["authorities"] == 3
    assert found["london"]["population"] == sum(residents_10_17()[one] for one in (BARKING, BARNET, "E09000004"))


@pytest.mark.spec
@pytest.mark.parametrize("count", [0, 1, 7, 40])
def test_the_interval_of_a_rate_is_where_the_count_would_be_an_extreme(count: int) -> None:
    rate, low, high = (one[0] for one in poisson_rate(pl.Series([count]), pl.Series([20_000])))
    assert rate == count / 2
    assert poisson.cdf(count, 2 * high) == pytest.approx(0.025)
    if count:
        assert poisson.sf(count - 1, 2 * low) == pytest.approx(0.025)
    else:
        assert low == 0


@pytest.mark.spec
def test_each_rule_is_counted_in_three_ways() -> None:
    answers = _answers((12, {"a": True}), (8, {"b": None}), (30, {}))
    found = rule_counts(answers, OF).filter(pl.col("geography") == BARKING)
    assert found.select("name", "yes", "no", "not_known").rows() == [("a", 12, 38, 0), ("b", 0, 42, 8)]


@pytest.mark.spec
def test_who_enters_and_leaves_when_a_version_changes() -> None:
    before = _answers((10, {"a": True}), (20, {}), (9, {}), (3, {"a": True}))
    after = before.with_columns(pl.Series("b", [True] * 10 + [False] * 20 + [True] * 9 + [False] * 3)).with_columns(
        pl.col("b").alias(MEMBER)
    )
    found = flow(before, after)
    own = found.filter(pl.col("geography") == BARKING)
    assert {(was, is_): n for was, is_, n in own.select("was", "is", "children").rows()} == {
        ("in", "in"): 10, ("in", "out"): 3, ("out", "in"): 9, ("out", "out"): 20,
    }  # fmt: skip
    assert not own["masked"].any()
    region = {
        (row["was"], row["is"]): row["children"] for row in found.filter(pl.col("geography") == "london").to_dicts()
    }
    assert region == {("in", "in"): 10, ("in", "out"): None, ("out", "in"): None, ("out", "out"): 20}
    assert flow_because(before, after, OF).filter(pl.col("geography") == BARKING).select("name", "children").rows() == [
        ("b", 9)
    ]


@pytest.mark.spec
def test_a_child_outside_one_versions_ages_is_out_there() -> None:
    young = _answers((10, {"a": True}))
    found = flow(young.clear(), young).filter(pl.col("geography") == BARKING)
    assert found.select("was", "is", "children").rows() == [("out", "in", 10)]


@pytest.mark.spec
def test_small_combinations_are_shown_together_and_the_next_hidden_with_one_alone() -> None:
    answers = _answers((40, {"a": True}), (20, {"b": True}), (3, {"a": True, "b": True}))
    assert overlap(answers, OF).select("names", "children").rows() == [("a", 40), (OTHERS, 20)]
    answers = _answers((40, {"a": True}), (20, {"b": True}), (11, {"a": True, "b": True}))
    assert overlap(answers, OF).select("names", "rules", "children").rows() == [
        ("a", 1, 40),
        ("b", 1, 20),
        ("a + b", 2, 10),
    ]


@pytest.mark.spec
def test_disparity_compares_each_group_with_the_rest_and_hides_small_ones() -> None:
    answers = _answers(
        (40, {"a": True, "ethnicity": "BCRB"}), (60, {"ethnicity": "BAFR"}), (20, {"a": True}), (80, {}),
        (4, {"a": True, "ethnicity": "OOTH"}), (40, {"ethnicity": "OOTH"}), (10, {"a": True, "ethnicity": "MOTH"}),
        (40, {"ethnicity": "MWBA"}),
    )  # fmt: skip
    found = {row["group"]: row for row in disparity(answers).filter(pl.col("by") == "ethnicity").to_dicts()}
    assert found["Other"]["masked"]
    assert found["Mixed"]["masked"], "the next smallest, else the total gives the other"
    assert found["Other"]["cohort"] is None
    black = found["Black"]
    assert (black["share"], black["ratio"]) == (40.0, pytest.approx(2.0))
    error = (1 / 40 - 1 / 100 + 1 / 20 - 1 / 100) ** 0.5
    assert black["low"] == pytest.approx(2 * 2.718281828 ** (-1.959964 * error), rel=1e-6)


@pytest.mark.unit
def test_hide_small_hides_where_those_not_in_it_are_few() -> None:
    frame = pl.DataFrame({"x": [1, 1, 1], "n": [50, 60, 30], "rest": [3, 40, 50]})
    assert hide_small(frame, ["x"], "n", rest="rest")["masked"].to_list() == [True, False, True]
    assert hide_small(frame, ["x"], "n")["masked"].to_list() == [False, False, False]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (_answers((20, {})), "selects nobody: its thresholds"),
        (_answers((20, {"a": True})), "selects every child"),
        (_answers((20, {"b": None})), "nothing is known of b"),
        (_answers(), "no children aged 10 to 17"),
    ],
)
def test_thresholds_that_select_nobody_or_everybody_are_said(answers: pl.DataFrame, says: str) -> None:
    assert any(says in one for one in doubts(answers, OF)), doubts(answers, OF)
    assert doubts(_answers((5, {"a": True}), (20, {})), OF) == []


@pytest.mark.integration
def test_the_cohorts_cost_is_its_nights_at_the_demand_models_prices() -> None:
    answers = _answers((10, {"a": True}), (30, {}), (10, {"place": "P1", "a": True}))
    costs = pl.DataFrame(
        {
            "authority": [BARKING] * 30, "period": ["2024-25"] * 30, "sequence": [1] * 30,
            "Placement start date": [date(2024, 4, 1)] * 30, "Placement end date": [None] * 30,
            "Placement type": ["K2"] * 30, "Provider type": ["PR4"] * 30, "Legal status": ["C2"] * 30,
            "Total committed cost accrued in FY to date": [365 * 800.0] * 30,
            "Contribution from health provider/s": [0.0] * 30, "Contribution from education provider/s": [0.0] * 30,
        },
        schema_overrides={"Placement end date": pl.Date},
    )  # fmt: skip
    priced = prices({"placements.costs/placements": costs}, COMMISSIONING, [BARKING])
    row = cohort_cost(answers, priced).filter(pl.col("geography") == BARKING).to_dicts()[0]
    assert (row["children"], row["priced"]) == (20, 10)
    assert row["weekly"] == pytest.approx(10 * 800 * 7, rel=0.02)
    assert row["low"] <= row["weekly"] <= row["high"]
    assert row["share_children"] == 40
    assert row["share_cost"] == pytest.approx(25)


def _world() -> dict[str, pl.DataFrame]:
    """Twenty children each of two boroughs in two years; of Barking's, twelve move twice."""
    stays: list[dict[str, Any]] = []
    for authority in (BARKING, BARNET):
        for at in range(20):
            child = {"CHILD": f"{authority[-2:]}{at}", "authority": authority}
            for period, year in (("2023-24", 2023), ("2024-25", 2024)):
                moves = authority == BARKING and at < 12 and year == 2024
                days = [f"{year}-05-01", f"{year}-08-01", f"{year}-12-01", None] if moves else [f"{year}-05-01", None]
                stays += [child | {"period": period, "DECOM": a, "DEC": b, "RNE": "P", "REC": "X1" if b else None}
                          for a, b in pairwise(days)]  # fmt: skip
    told = returns(episode=stays)
    empty = pl.DataFrame(schema={"authority": pl.String, "period": pl.String, "load_id": pl.String})
    needs = services()["cohort"].needs
    return {name: told.get(name, empty) for name in needs}


@pytest.mark.integration
def test_the_services_run_gives_figures_that_hide_the_few() -> None:
    made = services()["cohort"].compute.resolve()(_world(), {"seed": 0})
    figures = made.figures
    own = figures.filter(pl.col("geography") == BARKING, pl.col("period") == "2024-25", pl.col("breakdown") == "")
    values = dict(own.select("measure", "value").iter_rows())
    assert values["cohort.looked_after"] == 20
    definition = definitions()[-1]
    answers = cohort_members(_world(), [definition], [DAY], None)[definition.name].filter(
        pl.col("authority") == BARKING
    )
    assert values["cohort.children"] == answers[MEMBER].fill_null(value=False).sum()
    assert values["cohort.not_known"] == answers[MEMBER].null_count()
    assert definition.sha256[:12] in own["method"][0]
    seen = release(guard(figures, Catalogue(MEASURES)).figures, Catalogue(MEASURES), Viewer.members(BARNET))
    whole = seen.filter(
        pl.col("measure") == "cohort.looked_after", pl.col("geography") == "london", pl.col("breakdown") == ""
    )
    assert set(whole["value"].drop_nulls()) <= {40.0}
    assert set(made.frames) >= {"definitions", "definition_rules", "regimes", "counts", "rule_counts", "overlap",
                                "disparity", "cost", "flow", "flow_because", "notes"}  # fmt: skip


@pytest.mark.integration
def test_without_returns_the_definitions_are_there_and_no_figure() -> None:
    empty = pl.DataFrame(schema={"authority": pl.String, "period": pl.String})
    made = services()["cohort"].compute.resolve()(dict.fromkeys(services()["cohort"].needs, empty), {})
    assert made.figures.is_empty()
    assert made.frames["definitions"].height == len(definitions())

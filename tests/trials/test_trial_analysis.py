"""An analysis runs from the frozen plan alone, says what is missing, and refuses what the plan does not name."""

from dataclasses import replace
from datetime import date
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from parentis.errors import SpecificationError
from parentis.services.trials import (
    Analysis,
    Stopping,
    allocate,
    amended,
    analyse,
    frozen,
    planned_end,
    seal_of,
    with_operating,
)
from parentis.services.trials.allocation.draw import Allocation
from parentis.services.trials.protocol.frozen import Frozen
from trials.protocols import LONDON, children, parallel, protocol, wedge

SEAL = seal_of("seed", "salt")
THREE = LONDON[:3]


def ran(made, data, allocation=None, look=1):
    return analyse(made, data, expected_hash=made.sha256, look=look, allocation=allocation)


def families(made: Frozen, count: int = 240, *, effect: float = -0.2, seed: int = 0) -> tuple[pl.DataFrame, Allocation]:
    drawn = allocate(made, children(count, THREE), SEAL)
    rng = np.random.default_rng(seed)
    arm = drawn.rows["arm"].to_numpy()
    outcome = (rng.random(count) < 0.45 + effect * arm).astype(float)
    return pl.DataFrame({"unit": drawn.rows["unit"], "outcome": outcome}), drawn


def cluster(made: Frozen, *, effect: float = -0.15, each: int = 60, seed: int = 0) -> tuple[pl.DataFrame, Allocation]:
    codes = made.protocol.boroughs
    drawn = allocate(made, pl.DataFrame({"borough": codes}), SEAL)
    rng, parts = np.random.default_rng(seed), []
    for borough, arm in drawn.rows.select("borough", "arm").iter_rows():
        share = 0.45 + effect * arm + rng.normal(0, 0.04)
        parts.append(pl.DataFrame({"borough": [borough] * each, "outcome": (rng.random(each) < share).astype(float)}))
    return pl.concat(parts), drawn


def stepped(made: Frozen, *, effect: float = -0.15, each: int = 10, seed: int = 0) -> tuple[pl.DataFrame, Allocation]:
    drawn = allocate(made, pl.DataFrame({"borough": made.protocol.boroughs}), SEAL)
    rng, rows = np.random.default_rng(seed), []
    for borough, step in drawn.rows.select("borough", "step").iter_rows():
        own = rng.normal(0, 0.05)
        for period in range(1, made.protocol.timing.periods + 1):
            share = 0.5 + own - 0.02 * period + effect * (period > step)
            rows += [(borough, period, float(rng.random() < share), int(period > step)) for _ in range(each)]
    return pl.DataFrame(rows, schema=["borough", "period", "outcome", "treated"], orient="row"), drawn


@pytest.mark.spec
def test_a_cluster_trial_by_hand_is_welchs_test_of_borough_means() -> None:
    made = frozen(protocol(analysis=Analysis(method="cluster robust", icc=0.0)))
    data, drawn = cluster(made)
    found = ran(made, data, drawn)
    means = data.group_by("borough").agg(pl.col("outcome").mean()).join(drawn.rows, on="borough")
    new, old = (means.filter(pl.col("arm") == arm)["outcome"].to_numpy() for arm in (1, 0))
    error = np.sqrt(new.var(ddof=1) / 6 + old.var(ddof=1) / 6)
    # Equal numbers in each borough: CR2 is Welch's variance, and Satterthwaite's degrees of freedom those of the
    # design. sert found.effect == pytest.approx(new.mean() - old.mean())
    assert found.high - found.effect == pytest.approx(2.228139 * error, rel=1e-5)  # t, 10 degrees of freedom, .975
    assert found.degrees == pytest.approx(10)
    assert (found.n, found.clusters) == (720, 12)


# The same rows through diff-diff 3.13 (Bell & McCaffrey's CR2) and statsmodels 0.15 (the coefficient).
@pytest.mark.spec
def test_unequal_families_agree_with_another_program() -> None:
    from parentis.services.trials.analysis.cluster_robust import children_in_families

    family = np.repeat(np.arange(9), [1, 2, 3, 1, 2, 3, 4, 1, 2])
    arm = np.isin(family, [0, 2, 4, 6]).astype(float)
    block = np.where(family < 5, "x", "y")
    outcome = np.array([3.1, 2.0, 4.2, 5.5, 1.2, 2.8, 3.9, 4.4, 0.7, 2.2, 3.3, 4.1, 1.9, 2.5, 3.6, 4.8, 5.1, 0.4, 2.9])
    prepared, outcomes = children_in_families(outcome, arm, family, block)
    found = prepared.estimate(outcomes)
    assert float(found.effect) == pytest.approx(-0.0803030, abs=1e-6)
    assert float(found.error) == pytest.approx(0.4393967, abs=1e-6)
    assert float(found.degrees) == pytest.approx(3.2987516, abs=1e-4)


@pytest.mark.spec
def test_a_permutation_test_counts_every_allocation() -> None:
    made = frozen(protocol(boroughs=LONDON[:7], analysis=Analysis(method="permutation")))
    data, drawn = cluster(made, effect=-0.4)
    found = ran(made, data, drawn)
    means = data.group_by("borough").agg(pl.col("outcome").mean()).sort("borough")["outcome"].to_numpy()
    arm = drawn.rows.sort("borough")["arm"].to_numpy()
    observed = means[arm == 1].mean() - means[arm == 0].mean()
    size = int(arm.sum())
    all_of_them = []
    for chosen in combinations(range(7), size):
        new = np.isin(np.arange(7), chosen)
        all_of_them.append(means[new].mean() - means[~new].mean())
    by_hand = np.mean(np.abs(all_of_them) >= abs(observed) - 1e-12)
    assert found.p == pytest.approx(by_hand)
    assert found.low < found.effect < found.high
    assert f"all of the possible allocations ({len(all_of_them)})" in found.notes[-1]


@pytest.mark.spec
@pytest.mark.parametrize(("count", "smallest"), [(4, "0.333"), (5, "0.100"), (6, "0.100")])
def test_few_boroughs_cannot_reach_05_and_the_result_says_so(count: int, smallest: str) -> None:
    made = frozen(protocol(boroughs=LONDON[:count], analysis=Analysis(method="permutation")))
    data, drawn = cluster(made, effect=-0.44)
    found = ran(made, data, drawn)
    assert found.p > 0.05
    assert (found.low, found.high) == (None, None)
    assert f"smallest possible p is {smallest}" in " ".join(found.notes)
    assert ("no permutation test can reach .05" in " ".join(found.notes)) == (count < 6)


@pytest.mark.unit
def test_a_minimised_trial_is_compared_with_minimisations_drawn_again() -> None:
    made = frozen(protocol(allocation="minimisation", analysis=Analysis(method="permutation")))
    data, drawn = cluster(made, effect=-0.4)
    found = ran(made, data, drawn)
    assert found.p < 0.01
    assert "a sample of the possible allocations (2,000)" in found.notes[-1]


@pytest.mark.unit
def test_permutations_of_a_wedge_give_the_weighted_estimate() -> None:
    made = frozen(wedge(10, (2, 2, 2, 2, 2), analysis=Analysis(method="cluster robust", icc=0.03, cac=0.8)))
    data, drawn = stepped(made, each=40)
    robust = ran(made, data, drawn)
    permuting = frozen(replace(made.protocol, analysis=replace(made.protocol.analysis, method="permutation")))
    permuted = ran(permuting, data, drawn)
    assert permuted.effect == pytest.approx(robust.effect, abs=1e-9)
    assert permuted.p < 0.05
    assert "all of the possible allocations (14,400)" in " ".join(permuted.notes)


@pytest.mark.unit
def test_a_wedge_of_thirty_boroughs_samples_its_allocations() -> None:
    made = frozen(wedge(analysis=Analysis(method="permutation", icc=0.03)))
    data, drawn = stepped(made)
    found = ran(made, data, drawn)
    assert found.p <= 5e-4
    assert "a sample of the possible allocations (10,000)" in " ".join(found.notes)


@pytest.mark.unit
def test_only_the_frozen_plan_is_run() -> None:
    made = frozen(parallel())
    data, drawn = families(made)
    other = replace(made, protocol=replace(made.protocol, analysis=Analysis(method="cluster robust", level=0.6)))
    with pytest.raises(SpecificationError, match="the protocol that was frozen"):
        ran(other, data, drawn)
    with pytest.raises(SpecificationError, match="the protocol that was frozen"):
        analyse(frozen(other.protocol), data, expected_hash=made.sha256, allocation=drawn)


@pytest.mark.unit
def test_a_protocol_that_was_never_frozen_under_its_hash_is_refused() -> None:
    made = frozen(parallel())
    data, drawn = families(made)
    with pytest.raises(SpecificationError, match="the protocol that was frozen"):
        analyse(replace(made, sha256="0" * 64), data, expected_hash=made.sha256, allocation=drawn)


@pytest.mark.unit
def test_a_result_names_the_version_it_was_run_from() -> None:
    first = frozen(parallel())
    data, drawn = families(first)
    later = amended(first, reason="Level.", allocated=True, analysis=Analysis(method="cluster robust", level=0.9))
    found = ran(later, data, drawn)
    assert (found.reference, found.sha256) == (later.reference, later.sha256)
    assert found.reference == "trial:family-group-conferences@2"


POCOCK = parallel(looks=(40, 80, 120), stopping=Stopping(rule="pocock"))


@pytest.mark.unit
@pytest.mark.parametrize("look", [0, 4, -1])
def test_a_look_that_the_plan_does_not_name_is_refused(look: int) -> None:
    made = frozen(POCOCK)
    data, drawn = families(made)
    with pytest.raises(SpecificationError, match=r"one of the 3 planned looks.*Amend the protocol"):
        ran(made, data, drawn, look)


@pytest.mark.unit
def test_a_look_before_its_time_is_refused() -> None:
    made = frozen(POCOCK)
    data, drawn = families(made)
    with pytest.raises(SpecificationError, match="40 children with a known outcome in each arm at look 1"):
        ran(made, data.head(60), drawn, 1)


@pytest.mark.unit
def test_a_look_counts_the_children_that_were_planned_and_no_more() -> None:
    made = frozen(POCOCK)
    data, drawn = families(made)
    found = ran(made, data, drawn, 1)
    assert found.n == 80
    assert found.decision in ("go on", "stop: benefit")


@pytest.mark.unit
@pytest.mark.parametrize(("effect", "decision"), [(-0.44, "stop: benefit"), (0.5, "stop: harm"), (0.0, "go on")])
def test_boundaries_decide(effect: float, decision: str) -> None:
    made = frozen(POCOCK)
    data, drawn = families(made, effect=effect)
    found = ran(made, data, drawn, 2)
    assert found.decision == decision
    # The interval is that of the boundary: it leaves 0 out where the boundary is crossed, and only there.
    assert (found.low * found.high > 0) == (decision != "go on")


@pytest.mark.unit
def test_bayesian_looks_decide_as_their_characteristics_say() -> None:
    plan = parallel(
        analysis=Analysis(method="bayesian sequential"), looks=(20, 40, 60), stopping=Stopping(rule="bayesian")
    )
    made = frozen(with_operating(plan))
    assert made.protocol.operating.benefit_if_none == pytest.approx(0.0526, abs=5e-5)
    data, drawn = families(made, effect=-0.4)
    found = ran(made, data, drawn, 3)
    assert found.decision == "stop: benefit"
    assert found.probability > 0.975
    assert found.low < found.effect < found.high
    assert found.p is None


@pytest.mark.unit
def test_a_bayesian_plan_with_others_characteristics_is_refused() -> None:
    plan = parallel(
        analysis=Analysis(method="bayesian sequential"), looks=(20, 40, 60), stopping=Stopping(rule="bayesian")
    )
    right = with_operating(plan)
    made = frozen(replace(right, operating=replace(right.operating, benefit_if_none=0.01)))
    data, drawn = families(made)
    with pytest.raises(SpecificationError, match="operating characteristics"):
        ran(made, data, drawn, 3)


@pytest.mark.unit
def test_a_borough_that_did_not_return_is_named_and_the_result_is_bounded() -> None:
    made = frozen(parallel())
    data, drawn = families(made)
    whole = ran(made, data, drawn)
    absent = drawn.rows.filter(pl.col("borough") == THREE[1])["unit"]
    gaps = data.with_columns(outcome=pl.when(~pl.col("unit").is_in(absent.implode())).then("outcome"))
    for missing in (gaps, gaps.drop_nulls()):  # a row without an outcome, and no row at all, are the same
        found = ran(made, missing, drawn)
        assert "No outcome is known from Barking and Dagenham" in " ".join(found.notes)
        assert found.missing == 80
        lowest, highest = (one.value for one in found.beside)
        assert lowest < whole.effect < highest


@pytest.mark.unit
def test_a_cluster_that_did_not_return_leaves_the_others() -> None:
    made = frozen(protocol())
    data, drawn = cluster(made)
    gone = data.filter(pl.col("borough") != LONDON[3])
    found = ran(made, gone, drawn)
    assert found.clusters == 11
    assert "did not return" in " ".join(found.notes)
    by_rows = ran(made, data.with_columns(outcome=pl.when(pl.col("borough") != LONDON[3]).then("outcome")), drawn)
    assert by_rows.effect == pytest.approx(found.effect)
    assert [one.name for one in by_rows.beside] == ["lowest effect with the missing", "highest effect with the missing"]


@pytest.mark.unit
def test_siblings_in_both_ways_of_working_are_said_and_analysed_as_allocated() -> None:
    made = frozen(parallel())
    data, drawn = families(made)
    received = drawn.rows["arm"].to_numpy().copy()
    received[:10:2] = 1 - received[:10:2]
    found = ran(made, data.with_columns(received=pl.Series(received)), drawn)
    assert found.effect == ran(made, data, drawn).effect
    assert "5 children got the other arm's way of working" in " ".join(found.notes)
    assert "In 5 families brothers and sisters got different ways" in " ".join(found.notes)
    assert [one.name for one in found.beside] == ["as received"]


@pytest.mark.unit
def test_an_allocation_that_parts_a_family_is_refused() -> None:
    made = frozen(parallel())
    data, drawn = families(made)
    parted = replace(drawn, rows=drawn.rows.with_columns(arm=pl.int_range(pl.len()) % 2))
    with pytest.raises(SpecificationError, match="brothers and sisters in one arm"):
        ran(made, data, parted)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("earlier", lambda period, step: period > step - 1),
        ("later", lambda period, step: period > step + 1),
        ("never", lambda period, step: period > 99),
    ],
)
def test_a_borough_that_crosses_over_otherwise_is_said_and_analysed_as_allocated(kind, changed) -> None:
    made = frozen(wedge())
    data, drawn = stepped(made)
    borough, step = drawn.rows.filter(pl.col("step") == 3).row(0, named=True)["borough"], 3
    treated = (
        pl.when(pl.col("borough") == borough).then(changed(pl.col("period"), step).cast(pl.Int64)).otherwise("treated")
    )
    found = ran(made, data.with_columns(treated=treated), drawn)
    said = " ".join(found.notes)
    assert ("never crossed over" if kind == "never" else f"crossed over {kind} than allocated") in said
    assert "analysed as allocated" in said
    assert found.effect == ran(made, data, drawn).effect
    assert [one.name for one in found.beside] == ["as crossed over"]
    assert found.beside[0].value != found.effect


@pytest.mark.unit
def test_the_harm_rule_pauses_a_trial_that_works() -> None:
    made = frozen(parallel())
    data, drawn = families(made, effect=-0.4)
    harmed = data.with_columns(harm=drawn.rows["arm"].cast(pl.Float64))
    found = ran(made, harmed, drawn)
    assert found.decision == "pause: the harm rule is met"
    assert found.harm == 1.0
    assert "The director of the trial pauses it." in " ".join(found.notes)


def panel(starts: dict[str, int | None], effect: float = -5.0) -> pl.DataFrame:
    rng = np.random.default_rng(2)
    rows = []
    for at, (unit, first) in enumerate(starts.items()):
        for time in range(1, 9):
            on = first is not None and time >= first
            grown = effect * (1 + 0.3 * (time - first)) if on else 0.0
            rows.append((unit, time, first, 40 + at + 0.5 * time + grown + rng.normal(0, 0.3)))
    return pl.DataFrame(
        rows, schema={"unit": pl.String, "time": pl.Int64, "first": pl.Int64, "value": pl.Float64}, orient="row"
    )


STARTS = dict.fromkeys(LONDON[:5], 3) | dict.fromkeys(LONDON[5:10], 6) | dict.fromkeys(LONDON[10:20])
MATCHED = protocol(design="matched", boroughs=LONDON[:10], analysis=Analysis(method="staggered starts"))


@pytest.mark.unit
def test_staggered_starts_show_the_wrong_number_beside_the_right_one() -> None:
    found = ran(frozen(MATCHED), panel(STARTS))
    wrong = {one.name: one for one in found.beside}["two-way fixed effects"]
    assert wrong.wrong
    assert "wrong number" in wrong.says
    truth = np.mean([-5.0 * (1 + 0.3 * k) for k in [*range(6), *range(3)]])
    assert found.low < truth < found.high
    assert abs(wrong.value - truth) > 5 * abs(found.effect - truth)
    assert "Chance did not decide" in found.notes[0] or "Chance does not decide" in found.notes[0]


@pytest.mark.unit
def test_a_borough_that_never_began_or_did_not_return_is_named() -> None:
    never = ran(frozen(MATCHED), panel(STARTS | {LONDON[0]: None}))
    assert "City of London: never began" in " ".join(never.notes)
    with pytest.raises(SpecificationError, match="1 others that began"):
        ran(frozen(MATCHED), panel(STARTS | {LONDON[15]: 4}))
    gaps = panel(STARTS).filter((pl.col("unit") != LONDON[1]) | (pl.col("time") != 4))
    assert "Barking and Dagenham: did not return at every time" in " ".join(ran(frozen(MATCHED), gaps).notes)


@pytest.mark.unit
def test_a_synthetic_control_ranks_the_one_that_began() -> None:
    one = frozen(
        protocol(design="synthetic control", boroughs=LONDON[9:10], analysis=Analysis(method="synthetic control"))
    )
    found = ran(one, panel(dict.fromkeys(LONDON[:25]) | {LONDON[9]: 5}))
    assert found.p == pytest.approx(1 / 25)
    assert found.low < -5 * 1.45 < found.high
    few = ran(one, panel(dict.fromkeys(LONDON[4:12]) | {LONDON[9]: 5}))
    assert few.low is None
    assert "too few for an interval" in " ".join(few.notes)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows.drop("outcome"), "columns unit, outcome"),
        (lambda rows: rows.with_columns(outcome=pl.lit(2.0)), "outcomes 0 or 1"),
        (lambda rows: rows.with_columns(outcome=pl.lit("yes")), "outcomes that are numbers"),
        (lambda rows: pl.concat([rows, rows]), "one row for each child"),
        (lambda rows: rows.with_columns(unit="x" + pl.col("unit")), "children who were allocated"),
    ],
)
def test_data_that_cannot_be_the_trials_are_refused(change, says: str) -> None:
    made = frozen(parallel())
    data, drawn = families(made)
    with pytest.raises(SpecificationError, match=says) as refused:
        ran(made, change(data), drawn)
    assert "c1" not in str(refused.value).split()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows.with_columns(period=pl.col("period") + 1), "a period from 1 to 6"),
        (lambda rows: rows.with_columns(borough=pl.lit("E06000001")), "boroughs that take part"),
        (lambda rows: rows.filter(pl.col("period") < 6), "outcomes of all 6 periods, found outcomes of 5"),
    ],
)
def test_a_wedge_with_rows_outside_its_plan_is_refused(change, says: str) -> None:
    made = frozen(wedge())
    data, drawn = stepped(made)
    with pytest.raises(SpecificationError, match=says):
        ran(made, change(data), drawn)


@pytest.mark.unit
def test_outcomes_of_one_arm_alone_tell_nothing() -> None:
    made = frozen(protocol())
    data, drawn = cluster(made)
    old = drawn.rows.filter(pl.col("arm") == 0)["borough"]
    with pytest.raises(SpecificationError, match="too few to tell the new way from the passing of time"):
        ran(made, data.filter(pl.col("borough").is_in(old.implode())), drawn)


@pytest.mark.unit
def test_a_trial_that_is_looked_at_once_is_not_looked_at_before_its_end() -> None:
    made = frozen(parallel())  # a year of recruiting from April 2026, and a year to each outcome
    data, drawn = families(made)
    assert planned_end(made.protocol) == date(2028, 4, 1)
    with pytest.raises(SpecificationError, match=r"planned for 2028-04-01 or later, found one on 2028-03-31"):
        analyse(made, data, expected_hash=made.sha256, allocation=drawn, on=date(2028, 3, 31))
    assert analyse(made, data, expected_hash=made.sha256, allocation=drawn, on=date(2028, 4, 1)).decision == "final"


@pytest.mark.unit
def test_an_analysis_follows_this_trials_draw() -> None:
    made = frozen(parallel())
    data, drawn = families(made)
    with pytest.raises(SpecificationError, match="Allocate first"):
        ran(made, data)
    with pytest.raises(SpecificationError, match="this trial's allocation"):
        ran(made, data, replace(drawn, reference="trial:another@1"))


@pytest.mark.unit
def test_a_result_is_a_table_too() -> None:
    made = frozen(parallel())
    data, drawn = families(made)
    rows = ran(made, data.head(200), drawn).as_rows()
    assert rows["name"].to_list() == ["effect", "lowest effect with the missing", "highest effect with the missing"]

"""Power on the demand model's children: the kernel against formulas, the trials against the same trials' closed
forms."""

from dataclasses import replace

import numpy as np
import pytest

from parentis.errors import SpecificationError
from parentis.services.demand.estimation.bands import N_AGES, cells
from parentis.services.trials import (
    Change,
    Children,
    Plan,
    Reading,
    cluster_power,
    matched_power,
    parallel_power,
    simulated_power,
    stepped_wedge_power,
)
from parentis.services.trials.analysis.cluster_robust import borough_periods
from parentis.services.trials.design.closed_form import wedge

BOROUGHS, GROUPS = 12, ("fostering", "residential", "other")
EXIT, MOVE = 0.001, 0.002
"A day, whatever the age, place and time: every answer is then a formula."


@pytest.fixture(scope="module")
def pool() -> Children:
    count = cells(len(GROUPS))
    mix = np.tile(np.array([0.5, 0.8, 2.0]), (count, 1))  # half to fostering, 3 in 10 to residential
    makeup = np.zeros((1, BOROUGHS, len(GROUPS) * N_AGES * 2))
    makeup[..., 5 * 2 :] = 2.0  # all fostered, 13 to 15 years old
    ages = np.tile(np.linspace(13.0, 14.0, 5) * 365.25, (N_AGES, 1))
    return Children(
        boroughs=tuple(f"B{at:02}" for at in range(BOROUGHS)), groups=GROUPS, expected=np.full((1, BOROUGHS), 8.0),
        makeup=makeup, ages=ages, rates=np.tile(np.array([EXIT, MOVE]), (1, count, 1)),
        exit_factors=np.ones((1, BOROUGHS)), move_factors=np.ones((1, BOROUGHS)), move_row=np.arange(count),
        move_mixes=mix[None], stays=np.zeros(1),
    )  # fmt: skip


def share(pool: Children, reading: Reading, change: Change = Change(), *, new: int = 1) -> float:  # noqa: B008 - frozen
    counts = np.full((40, BOROUGHS, 4), 100, dtype=np.int64)
    events = pool.outcomes(counts, np.full(counts.shape, new, dtype=np.uint8), reading, change, seed=1)
    return float(events.sum() / counts.sum())


DAYS = 12 * 30.4375
GONE = 1 - np.exp(-(EXIT + MOVE) * DAYS)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("reading", "change", "expected"),
    [
        (Reading(kind="moved", moves=1), Change(), MOVE / (MOVE + EXIT) * GONE),
        (
            Reading(kind="moved", moves=2), Change(),
            (MOVE / (MOVE + EXIT)) ** 2 * (GONE - (EXIT + MOVE) * DAYS * np.exp(-(EXIT + MOVE) * DAYS)),
        ),
        (Reading(kind="in care"), Change(), np.exp(-EXIT * DAYS)),
        (Reading(kind="in care"), Change(exits=2.0), np.exp(-2 * EXIT * DAYS)),
        (
            Reading(kind="moved", moves=1), Change(moves=0.5),
            0.5 * MOVE / (0.5 * MOVE + EXIT) * (1 - np.exp(-(EXIT + 0.5 * MOVE) * DAYS)),
        ),
        # A child reaches a home at 3 in 10 of the rate of moves, from foster care or after another move within it.
        (
            Reading(kind="reached", groups=("residential",)), Change(),
            0.3 * MOVE / (0.3 * MOVE + EXIT) * (1 - np.exp(-(EXIT + 0.3 * MOVE) * DAYS)),
        ),
        (
            Reading(kind="reached", groups=("residential",)), Change(moves=0.5, to=("residential",)),
            0.15 * MOVE / (0.15 * MOVE + EXIT) * (1 - np.exp(-(EXIT + 0.15 * MOVE) * DAYS)),
        ),
    ],
)  # fmt: skip
def test_shares_are_those_of_the_formula(pool, reading, change, expected) -> None:
    error = np.sqrt(expected * (1 - expected) / (40 * BOROUGHS * 400))
    assert share(pool, reading, change) == pytest.approx(expected, abs=4 * error)


@pytest.mark.unit
def test_a_child_who_turns_18_leaves(pool: Children) -> None:
    old = replace(pool, ages=np.full_like(pool.ages, 17.5 * 365.25))
    assert share(old, Reading(kind="in care")) == 0.0
    assert share(replace(old, stays=np.ones(1)), Reading(kind="in care")) == pytest.approx(
        np.exp(-EXIT * DAYS), abs=0.01
    )


@pytest.mark.unit
def test_the_comparison_is_untouched_by_the_change_and_the_same_children_are_in_both(pool: Children) -> None:
    reading, change = Reading(kind="moved", moves=1), Change(moves=0.5)
    assert share(pool, reading, change, new=0) == share(pool, reading, Change(), new=1)


@pytest.mark.unit
def test_boroughs_keep_their_own_rates(pool: Children) -> None:
    uneven = replace(pool, move_factors=np.where(np.arange(BOROUGHS) < 6, 0.5, 2.0)[None, :])
    counts = np.full((20, BOROUGHS, 4), 100, dtype=np.int64)
    events = uneven.outcomes(
        counts, np.zeros(counts.shape, dtype=np.uint8), Reading(kind="moved", moves=1), Change(), seed=1
    )
    by_borough = events.sum(axis=(0, 2)) / counts.sum(axis=(0, 2))
    assert by_borough[:6].max() < by_borough[6:].min()


@pytest.mark.generative
def test_power_is_that_of_the_formula_where_boroughs_do_not_differ(pool: Children) -> None:
    old, new = (share(pool, Reading(kind="in care"), Change(exits=factor)) for factor in (1.0, 1.5))
    plan = Plan(design="cluster", steps=(6,), periods=1, children=60, icc=0.0)
    found = simulated_power(pool, Reading(kind="in care"), Change(exits=1.5), plan, simulations=2000, threads=1)
    formula = cluster_power(6, 60, old, new, icc=0.0).power
    assert found.power == pytest.approx(formula, abs=0.035)
    assert found.type_one == pytest.approx(0.05, abs=0.016)
    assert found.effect == pytest.approx(new - old, abs=0.01)
    parallel = Plan(design="parallel", children=15)
    found = simulated_power(pool, Reading(kind="in care"), Change(exits=1.5), parallel, simulations=2000, threads=1)
    assert found.power == pytest.approx(parallel_power(15 * BOROUGHS, old, new).power, abs=0.035)
    matched = Plan(design="matched", steps=(6,), periods=6, children=20)
    found = simulated_power(pool, Reading(kind="in care"), Change(exits=1.5), matched, simulations=2000, threads=1)
    formula = matched_power(6, 6, 20, old, new, icc=0.0, cac=1.0, before=3, after=3).power
    # The formula takes the normal for Student's t of ten degrees of freedom, which costs some points.
    assert formula - 0.1 < found.power < formula
    steps = Plan(design="stepped wedge", steps=(4, 4, 4), periods=4, children=20, icc=0.0)
    found = simulated_power(pool, Reading(kind="in care"), Change(exits=1.5), steps, simulations=2000, threads=1)
    formula = stepped_wedge_power((4, 4, 4), 20, old, new, icc=0.0).power
    assert formula - 0.13 < found.power < formula


@pytest.mark.generative
@pytest.mark.parametrize(("children", "icc", "cac"), [(10, 0.03, 1.0), (20, 0.01, 0.8)])
def test_londons_two_answers_are_those_of_simulated_trials_too(children: int, icc: float, cac: float) -> None:
    """Shares that differ by borough and by period of a borough as much as the correlations say."""
    trials, rng = 3000, np.random.default_rng(5)
    treated = wedge([6] * 5, 6)
    total = icc / (1 - icc) * 0.405 * 0.595
    own = rng.normal(0, np.sqrt(total * cac), (trials, 30, 1)) + rng.normal(
        0, np.sqrt(total * (1 - cac)), (trials, 30, 6)
    )
    prepared = borough_periods(treated, np.full(treated.shape, float(children)), icc, cac)

    def rejected(effect: float) -> float:
        events = rng.binomial(children, (0.448 + own + effect * treated).clip(0.001, 0.999))
        return float((prepared.estimate(events / children).p() < 0.05).mean())

    formula = stepped_wedge_power([6] * 5, children, 0.448, 0.362, icc=icc, cac=cac).power
    # An interval that is right for thirty boroughs of unknown correlation costs up to four points of the formula's
    # power.
    assert formula - 0.05 < rejected(-0.086) < formula + 0.015
    assert rejected(0.0) == pytest.approx(0.05, abs=0.01)


@pytest.mark.unit
@pytest.mark.parametrize(
    "plan",
    [
        Plan(design="stepped wedge", steps=(4, 4, 4), periods=4, children=10),
        Plan(design="cluster", periods=2),
        Plan(design="parallel", periods=2),
        Plan(design="matched", steps=(6,), periods=6, children=20),
        Plan(design="synthetic control", periods=8, children=20),
    ],
)
def test_every_design_is_simulated_and_larger_effects_are_found_more_often(pool: Children, plan: Plan) -> None:
    reading = Reading(kind="in care")
    runs = 60 if plan.design == "synthetic control" else 300
    small, large = (
        simulated_power(pool, reading, Change(exits=factor), plan, simulations=runs, threads=1) for factor in (1.2, 3.0)
    )
    assert small.type_one < 0.1
    assert small.effect < 0
    assert large.power >= small.power
    assert large.type_one == small.type_one  # the same children, allocated alike
    assert large.low <= large.power <= large.high


@pytest.mark.unit
def test_threads_do_not_change_the_answer(pool: Children) -> None:
    plan = Plan(design="stepped wedge", steps=(4, 4, 4), periods=4)
    given = (pool, Reading(kind="in care"), Change(exits=1.3), plan)
    assert simulated_power(*given, simulations=600, threads=1) == simulated_power(*given, simulations=600, threads=2)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (Plan(design="before and after"), "one of parallel"),
        (Plan(design="stepped wedge", steps=(6, 5), periods=3), "steps that take 12 boroughs"),
        (Plan(design="matched", steps=(10,), periods=8), "3 boroughs that do not begin"),
        (Plan(design="cluster", children=0), "at least 1 child"),
    ],
)
def test_plans_that_cannot_be_filled_are_refused(pool: Children, plan: Plan, says: str) -> None:
    with pytest.raises(SpecificationError, match=says):
        simulated_power(pool, Reading(kind="in care"), Change(exits=1.5), plan, simulations=10)


@pytest.mark.unit
def test_unknown_groups_and_readings_are_refused(pool: Children) -> None:
    for reading, change in (
        (Reading(kind="happy"), Change()),
        (Reading(kind="reached", groups=("castle",)), Change()),
        (Reading(kind="in care"), Change(moves=0.5, to=("castle",))),
    ):
        with pytest.raises(SpecificationError):
            share(pool, reading, change)

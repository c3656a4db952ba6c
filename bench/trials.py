"""Trials: simulated power beside its peer, a design of 10,000 trials, staggered starts, permutations, and the Bayesian
rule.

Peer of the simulation: `swSimPwr` of R's swCRTdesign 4.0 with glmer took 31.9 s for 40 trials of 30 boroughs, 6
periods and 20 children, .7975 s each (power .875). The limit of a trial here is a two-hundredth of that. Peer of
staggered starts: csdid 0.4.3 took .07 s on the minimum wage's 500 counties.
"""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from measuring import Clock, benchmark

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "demand"))

PEER = 31.9 / 40
SHARED = Path(__file__).parents[2] / "shared" / "truth" / "cohort_trials"


def _london() -> Any:
    """The children of a fitted model of thirty boroughs, whose rates and sizes differ."""
    from dataclasses import replace

    from worlds import world

    from parentis.services.demand.estimation.model import fit_histories
    from parentis.services.trials import children_of_demand

    known = world("constant", 9_000, 1).known
    names = tuple(f"A{at:02}" for at in range(30))
    # Larger boroughs first: children are dealt out by the square of a uniform number.
    luck = (known.child % np.uint64(2**20)).astype(np.float64) / 2**20
    of = np.minimum((luck**1.5 * 30).astype(np.int64), 29)
    return children_of_demand(fit_histories(replace(known, authorities=names, authority=of, runs=known.runs * 30)))


@benchmark("trials: 10,000 stepped wedges of 30 × 6 × 20 on the demand model's children", seconds=40, mebibytes=2048)
def design(clock: Clock) -> None:
    from parentis.services.trials import Change, Plan, Reading, simulated_power

    children = _london()
    plan = Plan(design="stepped wedge", steps=(6,) * 5, periods=6, children=20, icc=0.01, cac=0.8)
    given = (children, Reading(kind="moved", moves=1), Change(moves=0.7), plan)
    simulated_power(*given, simulations=250)
    used = time.process_time()
    with clock.timing():
        found = simulated_power(*given)
    processor = (time.process_time() - used) / found.simulations
    clock.note("power", f"{found.power:.3f}")
    clock.note("type I", f"{found.type_one:.4f} (wanted .04 to .06)")
    clock.note(
        "a trial, with and without the effect",
        f"{1000 * processor:.2f} ms of processor, {PEER / processor:.0f} × the peer",
    )
    if abs(found.type_one - 0.05) > 0.01:
        raise RuntimeError(f"the type I error is {found.type_one}")


@benchmark("trials: staggered starts of 500 counties", seconds=0.07)
def staggered(clock: Clock) -> None:
    import polars as pl

    from parentis.services.trials.analysis.staggered import Panel, staggered_effects

    rows = pl.read_csv(SHARED / "mpdta.csv")
    first = pl.when(pl.col("first.treat") > 0).then(pl.col("first.treat"))
    data = rows.select(unit="countyreal", time="year", first=first, value="lemp")
    staggered_effects(Panel.of(data))
    used = time.process_time()
    with clock.timing():
        found = staggered_effects(Panel.of(data))
    clock.note("peer", "csdid 0.4.3, .07 s")
    clock.note("processor", f"{time.process_time() - used:.3f} s")
    clock.note("simple", f"{found.simple.effect:.4f}")


@benchmark("trials: a permutation test of a wedge by a sample of 10,000 allocations", seconds=2)
def permutations(clock: Clock) -> None:
    from parentis.services.trials.allocation.boroughs import some, step_blocks
    from parentis.services.trials.analysis.cluster_robust import working_covariance
    from parentis.services.trials.analysis.permutation import permutation_test, wedge_estimates

    rng = np.random.default_rng(0)
    labels = some(step_blocks([1.0] * 30, [6] * 5), 10_000, rng)
    cells = (np.arange(6) >= np.arange(6)[:, None]).astype(float)
    outcomes, covariance = rng.random((30, 6)), working_covariance(np.full((30, 6), 20.0), 0.03, 0.8)
    with clock.timing():
        both = (outcomes, cells[labels[0]])
        estimates, shifts = (wedge_estimates(one, labels, cells, covariance) for one in both)
        found = permutation_test(estimates, shifts, exact=False)
    clock.note("p", f"{found.p:.3f}")


@benchmark("trials: a Bayesian rule's characteristics, exact, three looks", seconds=1)
def bayesian(clock: Clock) -> None:
    from parentis.services.trials import operating_characteristics

    given = ((20, 40, 60), 0.975, 0.10)
    operating_characteristics(0.4, 0.4, (5, 10), benefit=0.975, futility=0.10)
    with clock.timing():
        found = operating_characteristics(0.448, 0.448, given[0], benefit=given[1], futility=given[2])
    clock.note("benefit", f"{found.benefit:.4f}")

"""Power by simulation: trials run on the demand model's children, each analysed as its protocol would analyse it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parentis.errors import SpecificationError
from parentis.services.demand import generator
from parentis.services.trials.allocation.boroughs import arm_blocks, some, step_blocks
from parentis.services.trials.analysis.cluster_robust import Estimates, borough_periods
from parentis.services.trials.analysis.synthetic_control import synthetic_control
from parentis.services.trials.design.children import Change, Children, Reading
from parentis.services.trials.protocol.record import (
    CLUSTER,
    DESIGNS,
    MATCHED,
    PARALLEL,
    STEPPED_WEDGE,
    SYNTHETIC_CONTROL,
)

BLOCK = 250
"Trials simulated at once, each block with random numbers of its own: the same results for any number of threads."
THREADS = 2
SIMULATIONS = 10_000

_COUNTS, _ORDER, _SHOCKS = 5, 6, 7

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The shape of a trial.

    Attributes:
        steps: boroughs at each step (stepped wedge); for other designs of boroughs one number: those that begin.
        periods, months: periods and months in each; designs without chance begin after half of the periods.
        children: in each borough and period; None for as many as come into care there.
        icc, cac: what the weights of the analysis assume.
        fading: spread (log scale) of a borough's rates from period to period.
    """

    design: str
    steps: tuple[int, ...] = ()
    periods: int = 1
    months: int = 6
    children: int | None = None
    icc: float = 0.02
    cac: float = 1.0
    fading: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPower:
    """Shares of simulated trials with p below `alpha`: `power` with the change, with its 95 % Monte Carlo interval, and
    `type_one` with none. `effect` is the mean estimate, `baseline` the comparison's share, `children` the mean
    number."""

    power: float
    low: float
    high: float
    type_one: float
    effect: float
    baseline: float
    children: float
    simulations: int
    alpha: float


def simulated_power(
    children: Children, reading: Reading, change: Change, plan: Plan, *, simulations: int = SIMULATIONS, seed: int = 0,
    alpha: float = 0.05, threads: int = THREADS,
) -> SimulatedPower:  # fmt: skip
    """Run the trial so often, with and without the change, on the same children. Seconds long: not for a web request.

    Raises SpecificationError for a plan that the children's boroughs cannot fill.
    """
    _require_possible(children, plan)
    blocks = [(first, min(BLOCK, simulations - first)) for first in range(0, simulations, BLOCK)]

    def run(block: tuple[int, int]) -> tuple[Floats, Floats, Floats, int, int]:
        return _block(children, reading, change, plan, *block, seed)

    if threads == 1:
        parts = [run(block) for block in blocks]
    else:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(run, blocks))
    with_change, without, effects = (np.concatenate([part[at] for part in parts]) for at in range(3))
    power = float((with_change < alpha).mean())
    half = 1.96 * float(np.sqrt(max(power * (1 - power), 1 / simulations) / simulations))
    events, everyone = sum(part[3] for part in parts), sum(part[4] for part in parts)
    return SimulatedPower(
        power=power, low=max(power - half, 0.0), high=min(power + half, 1.0), type_one=float((without < alpha).mean()),
        effect=float(effects.mean()), baseline=events / max(everyone, 1), children=everyone / simulations,
        simulations=simulations, alpha=alpha,
    )  # fmt: skip


def _require_possible(children: Children, plan: Plan) -> None:
    here = len(children.boroughs)
    if plan.design not in DESIGNS:
        raise _wrong(f"one of {', '.join(DESIGNS)}", repr(plan.design), "Choose the design.")
    if plan.design == STEPPED_WEDGE and (sum(plan.steps) != here or plan.periods < len(plan.steps) + 1):
        raise _wrong(
            f"steps that take {here} boroughs, and a period more than steps",
            f"{plan.steps} in {plan.periods}",
            "Correct it.",
        )
    if plan.design in (MATCHED, SYNTHETIC_CONTROL) and (plan.periods < 4 or not 0 < _starting(plan) <= here - 3):
        raise _wrong("4 periods, and 3 boroughs that do not begin", "fewer", "Add periods or boroughs.")
    if plan.children is not None and plan.children < 1:
        raise _wrong("at least 1 child in a borough and period", f"{plan.children}", "Correct it.")


def _starting(plan: Plan) -> int:
    return 1 if plan.design == SYNTHETIC_CONTROL else sum(plan.steps)


def _block(
    children: Children, reading: Reading, change: Change, plan: Plan, first: int, trials: int, seed: int
) -> tuple[Floats, Floats, Floats, int, int]:
    """p values with and without the change, effects with it, events without it, and children."""
    counts = _counts(children, plan, first, trials, seed)
    treated = _treated(children, plan, first, trials, seed)
    shocks = np.zeros(counts.shape)
    if plan.fading > 0:
        shocks = generator(seed, first, _SHOCKS).normal(0.0, plan.fading, counts.shape)
    new = treated.astype(np.uint8)
    none = children.outcomes(counts, np.zeros_like(new), reading, change, seed=seed, first=first, shocks=shocks)
    # Cells without the new way are the same children in both: only the others are run again.
    only = np.where(new > 0, counts, 0)
    some_new = children.outcomes(only, new, reading, change, seed=seed, first=first, shocks=shocks)
    events = np.where(new > 0, some_new, none)
    test = _TESTS[plan.design](plan, counts, treated)
    (p_with, effects), (p_without, _) = test(events), test(none)
    return p_with, p_without, effects, int(none.sum()), int(counts.sum())


def _counts(children: Children, plan: Plan, first: int, trials: int, seed: int) -> Counts:
    here = len(children.boroughs)
    columns = 2 if plan.design == PARALLEL else plan.periods
    if plan.children is not None:
        return np.full((trials, here, columns), plan.children, dtype=np.int64)
    own = children.expected[(first + np.arange(trials)) % children.draws] * plan.months
    if plan.design == PARALLEL:
        own = own * plan.periods / 2  # the children of all periods, dealt out to two arms
    return generator(seed, first, _COUNTS).poisson(own[..., None], (trials, here, columns)).astype(np.int64)


def _treated(children: Children, plan: Plan, first: int, trials: int, seed: int) -> Floats:
    """Cells with the new way, (trials, boroughs, columns): each trial draws its own allocation."""
    here, stream = len(children.boroughs), generator(seed, first, _ORDER)
    sizes = children.expected.mean(axis=0).tolist()
    if plan.design == PARALLEL:
        return np.broadcast_to(np.array([0.0, 1.0]), (trials, here, 2))
    if plan.design == STEPPED_WEDGE:
        steps = some(step_blocks(sizes, plan.steps), trials, stream)
        return (np.arange(plan.periods) >= steps[..., None]).astype(np.float64)
    if plan.design == CLUSTER:
        arms = some(arm_blocks(sizes), trials, stream)
        return np.repeat(arms[..., None].astype(np.float64), plan.periods, axis=2)
    ranks = np.argsort(np.argsort(stream.random((trials, here)), axis=1), axis=1)
    begun = (ranks < _starting(plan))[..., None] & (np.arange(plan.periods) >= plan.periods // 2)
    return begun.astype(np.float64)


_Tested = Callable[[Counts], tuple[Floats, Floats]]
"From events (trials, boroughs, columns) to p values and effects, each (trials,)."


def _of_boroughs(plan: Plan, counts: Counts, treated: Floats) -> _Tested:
    """Cluster trials and stepped wedges: cluster-robust, a cluster trial on the means of all its periods."""
    if plan.design == CLUSTER:
        counts, treated = counts.sum(axis=2)[..., None], treated[..., :1]
    prepared = borough_periods(treated, counts.astype(np.float64), plan.icc, plan.cac)

    def tested(events: Counts) -> tuple[Floats, Floats]:
        own = events.sum(axis=2)[..., None] if plan.design == CLUSTER else events
        found = prepared.estimate(own / np.maximum(counts, 1))
        return found.p(), found.effect

    return tested


def _of_children(plan: Plan, counts: Counts, treated: Floats) -> _Tested:
    """Children allocated within boroughs: the difference with an effect of each borough, and its robust variance. The
    model knows no brothers and sisters: each child is a family."""
    n = counts.astype(np.float64)
    known = np.asarray((n > 1).all(axis=2))
    weight = np.where(known, n[..., 0] * n[..., 1] / np.maximum(n.sum(axis=2), 1), 0.0)
    weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    degrees = np.maximum((n * known[..., None]).sum(axis=(1, 2)) - 2 * known.sum(axis=1), 1.0)

    def tested(events: Counts) -> tuple[Floats, Floats]:
        share = events / np.maximum(n, 1)
        effect = (weight * (share[..., 1] - share[..., 0])).sum(axis=1)
        variance = (share * (1 - share) / np.maximum(n - 1, 1)).sum(axis=2)
        error = np.sqrt(np.maximum((weight**2 * variance).sum(axis=1), 1e-12))
        return Estimates(effect, error, degrees).p(), effect

    return tested


def _of_matched(plan: Plan, counts: Counts, treated: Floats) -> _Tested:
    """Boroughs that begin beside others: the change from before to after, compared by Welch's test."""
    half, begun = plan.periods // 2, treated[..., -1] > 0

    def tested(events: Counts) -> tuple[Floats, Floats]:
        means = events / np.maximum(counts, 1)
        change = means[..., half:].mean(axis=2) - means[..., :half].mean(axis=2)
        effect, total, lost = np.zeros(len(change)), np.zeros(len(change)), np.zeros(len(change))
        for sign, group in ((1.0, begun), (-1.0, ~begun)):
            size = group.sum(axis=1)
            mean = (change * group).sum(axis=1) / size
            share = (((change - mean[:, None]) ** 2) * group).sum(axis=1) / np.maximum(size - 1, 1) / size
            effect, total, lost = effect + sign * mean, total + share, lost + share**2 / np.maximum(size - 1, 1)
        error, degrees = np.sqrt(np.maximum(total, 1e-12)), total**2 / np.maximum(lost, 1e-18)
        return Estimates(effect, error, np.maximum(degrees, 1.0)).p(), effect

    return tested


def _of_synthetic(plan: Plan, counts: Counts, treated: Floats) -> _Tested:
    begun = np.asarray(treated[..., -1] > 0)

    def tested(events: Counts) -> tuple[Floats, Floats]:
        means = np.asarray(events / np.maximum(counts, 1))
        found = [
            synthetic_control(own[first][0], own[~first], plan.periods // 2)
            for own, first in zip(means, begun, strict=True)
        ]
        # A rank of exactly one in twenty is beyond chance: below alpha, as the other tests have it.
        return np.array([one.p - 1e-9 for one in found]), np.array([one.effect for one in found])

    return tested


_TESTS: dict[str, Callable[[Plan, Counts, Floats], _Tested]] = {
    PARALLEL: _of_children, CLUSTER: _of_boroughs, STEPPED_WEDGE: _of_boroughs, MATCHED: _of_matched,
    SYNTHETIC_CONTROL: _of_synthetic,
}  # fmt: skip


def _wrong(expected: str, found: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where="trial design", do=do)

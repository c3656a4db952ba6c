"""Trials with a planted effect, one design each: what their intervals and p values do over many of them.

The worlds are not the estimators': boroughs differ by a normal on the share itself, drift together from period to
period and apart from it, are of unequal size, and brothers and sisters share a part of their chance.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from parentis.services.trials.allocation.boroughs import Block, arm_blocks, every, possible, some, step_blocks
from parentis.services.trials.analysis.bayes import difference_interval
from parentis.services.trials.analysis.boroughs import SAMPLED
from parentis.services.trials.analysis.boundaries import boundaries
from parentis.services.trials.analysis.cluster_robust import borough_periods, children_in_families, working_covariance
from parentis.services.trials.analysis.permutation import MOST, mean_differences, permutation_test, wedge_estimates
from parentis.services.trials.analysis.staggered import panel_from, staggered_effects
from parentis.services.trials.analysis.synthetic_control import synthetic_control

BASELINE = 0.448


@dataclass(frozen=True)
class Covered:
    """Shares of trials whose interval held the planted effect, and whose p value was at most .05."""

    trials: int
    covered: float
    rejected: float


def _shares(rng: np.random.Generator, trials: int, boroughs: int, periods: int) -> np.ndarray:
    own = rng.normal(0, 0.06, (trials, boroughs, 1))
    of_cell = rng.normal(0, 0.03, (trials, boroughs, periods))
    together = rng.normal(0, 0.02, (trials, 1, periods)).cumsum(axis=2)
    return BASELINE + own + of_cell + together


def _cells(
    rng: np.random.Generator, shares: np.ndarray, least: int = 12, most: int = 60
) -> tuple[np.ndarray, np.ndarray]:
    counts = np.broadcast_to(rng.integers(least, most, shares.shape[:2])[..., None], shares.shape)
    return rng.binomial(counts, shares.clip(0.01, 0.99)) / counts, counts.astype(float)


def _covered(low: np.ndarray, high: np.ndarray, p: np.ndarray, effect: float) -> Covered:
    return Covered(len(low), float(((low <= effect) & (effect <= high)).mean()), float((p <= 0.05).mean()))


def _robust(treated: np.ndarray, means: np.ndarray, counts: np.ndarray, effect: float) -> Covered:
    found = borough_periods(treated, counts, 0.03, 0.8).estimate(means)
    half = found.half_width(0.95)
    return _covered(found.effect - half, found.effect + half, found.p(), effect)


def cluster(trials: int, boroughs: int, effect: float, seed: int) -> Covered:
    rng = np.random.default_rng([seed, boroughs, 1])
    arms = some(arm_blocks([1.0] * boroughs), trials, rng)[..., None].astype(float)
    means, counts = _cells(rng, _shares(rng, trials, boroughs, 1) + effect * arms)
    return _robust(arms, means, counts, effect)


STEPS = {6: (2, 2, 2), 12: (3, 3, 3, 3), 30: (6, 6, 6, 6, 6)}


def wedge(trials: int, boroughs: int, effect: float, seed: int) -> Covered:
    rng = np.random.default_rng([seed, boroughs, 2])
    steps = STEPS[boroughs]
    order = some(step_blocks([1.0] * boroughs, steps), trials, rng)
    treated = (np.arange(len(steps) + 1) >= order[..., None]).astype(float)
    means, counts = _cells(rng, _shares(rng, trials, boroughs, len(steps) + 1) + effect * treated, 8, 30)
    return _robust(treated, means, counts, effect)


def _permuted(
    trials: int, boroughs: int, effect: float, seed: int, blocks: list[Block], treat: Callable, estimate: Callable,
    periods: int,
) -> Covered:  # fmt: skip
    rng = np.random.default_rng([seed, boroughs, 3 + periods])
    exact = possible(blocks) <= MOST
    reference = every(blocks, 0, possible(blocks)) if exact else some(blocks, SAMPLED, rng)
    low, high, p = [], [], []
    for own in some(blocks, trials, rng):
        treated = treat(own)
        means, counts = _cells(rng, _shares(rng, 1, boroughs, periods) + effect * treated)
        others = reference[(reference != own).any(axis=1)] if exact else reference
        labels = np.concatenate([own[None, :], others])
        found = permutation_test(
            estimate(means[0], labels, counts[0]), estimate(treated, labels, counts[0]), exact=exact
        )
        low.append(-np.inf if found.low is None else found.low)
        high.append(np.inf if found.high is None else found.high)
        p.append(found.p)
    return _covered(np.array(low), np.array(high), np.array(p), effect)


def permuted_cluster(trials: int, boroughs: int, effect: float, seed: int) -> Covered:
    return _permuted(
        trials, boroughs, effect, seed, arm_blocks([1.0] * boroughs), lambda own: own[:, None].astype(float),
        lambda values, labels, _: mean_differences(values[:, 0], labels), 1,
    )  # fmt: skip


def permuted_wedge(trials: int, boroughs: int, effect: float, seed: int) -> Covered:
    steps = STEPS[boroughs]
    periods = len(steps) + 1

    def treat(labels: np.ndarray) -> np.ndarray:
        return (np.arange(periods) >= labels[..., None]).astype(float)

    return _permuted(
        trials, boroughs, effect, seed, step_blocks([1.0] * boroughs, steps), treat,
        lambda values, labels, counts: wedge_estimates(
            values, labels, treat(np.arange(periods)), working_covariance(counts, 0.03, 0.8)
        ),
        periods,
    )  # fmt: skip


def families(trials: int, count: int, effect: float, seed: int) -> Covered:
    """Children in `count` families of one to four, within three boroughs."""
    rng = np.random.default_rng([seed, count, 20])
    low, high, p = [], [], []
    for _ in range(trials):
        size = rng.choice([1, 2, 3, 4], count, p=[0.5, 0.3, 0.15, 0.05])
        block = rng.integers(0, 3, count)
        arm = np.zeros(count)
        for one in range(3):
            here = np.flatnonzero(block == one)
            arm[here] = rng.permutation(np.arange(len(here)) % 2)
        share = BASELINE + rng.normal(0, 0.08, 3)[block] + rng.choice([-0.25, 0.25], count) + effect * arm
        family = np.repeat(np.arange(count), size)
        outcome = (rng.random(len(family)) < share.clip(0.01, 0.99)[family]).astype(float)
        prepared, outcomes = children_in_families(outcome, arm[family], family, block[family])
        found = prepared.estimate(outcomes)
        half = float(found.half_width(0.95))
        low.append(float(found.effect) - half)
        high.append(float(found.effect) + half)
        p.append(float(found.p()))
    return _covered(np.array(low), np.array(high), np.array(p), effect)


def staggered(trials: int, boroughs: int, effect: float, seed: int) -> Covered:
    """A third begin early, a third later, a third never; the effect is the same at all times."""
    rng = np.random.default_rng([seed, boroughs, 30])
    low, high, p = [], [], []
    times = np.arange(8.0)
    for _ in range(trials):
        first = rng.permutation(np.repeat([3.0, 5.0, np.nan], boroughs // 3))
        on = np.where(np.isnan(first)[:, None], 0.0, times >= first[:, None])
        means, _ = _cells(rng, _shares(rng, 1, len(first), 8)[0][None] + effect * on)
        found = staggered_effects(panel_from(times, first, means[0])).simple
        bounds = found.interval()
        low.append(bounds[0])
        high.append(bounds[1])
        p.append(found.p)
    return _covered(np.array(low), np.array(high), np.array(p), effect)


def synthetic(trials: int, boroughs: int, effect: float, seed: int) -> Covered:
    rng = np.random.default_rng([seed, boroughs, 40])
    low, high, p = [], [], []
    for _ in range(trials):
        means, _ = _cells(rng, _shares(rng, 1, boroughs, 12))
        own = means[0, 0] + effect * (np.arange(12) >= 8)
        found = synthetic_control(own, means[0, 1:], 8)
        low.append(found.low)
        high.append(found.high)
        p.append(found.p)
    return _covered(np.array(low), np.array(high), np.array(p), effect)


def pocock(trials: int, look: int, effect: float, seed: int) -> Covered:
    """Three looks at children allocated alone; the interval is the one at the look where the trial stops."""
    rng = np.random.default_rng([seed, look, 50])
    t = [special.stdtrit(2 * number * look - 2, special.ndtr(boundaries("pocock", 3)[0])) for number in (1, 2, 3)]
    hits = rejected = 0
    for _ in range(trials):
        new, old = rng.random(3 * look) < BASELINE + effect, rng.random(3 * look) < BASELINE
        for number in range(1, 4):
            shares = new[: number * look].mean(), old[: number * look].mean()
            error = np.sqrt(sum(one * (1 - one) for one in shares) / (number * look - 1))
            difference = shares[0] - shares[1]
            if abs(difference) > t[number - 1] * error or number == 3:
                hits += abs(difference - effect) <= t[number - 1] * error
                rejected += abs(difference) > t[number - 1] * error
                break
    return Covered(trials, hits / trials, rejected / trials)


def bayesian(trials: int, look: int, effect: float, seed: int) -> Covered:
    """Shares drawn from the prior: the posterior interval at one look holds the difference of 95 in 100; `effect` is
    not used."""
    rng = np.random.default_rng([seed, look, 60])
    shares = rng.random((trials, 2))
    events = rng.binomial(look, shares)
    bounds = [difference_interval(int(new), look, int(old), look, level=0.95) for new, old in events]
    held = [low <= new - old <= high for (low, high), (new, old) in zip(bounds, shares, strict=True)]
    return Covered(trials, float(np.mean(held)), float("nan"))

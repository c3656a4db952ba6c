"""Ranks with their uncertainty: a hierarchical model of the units' true values, and the posterior of each rank.

True values θ are Normal(μ, σ) on the scale of the likelihood: logit of a proportion, log of a rate, the value itself
where only a standard error is known. μ has a flat prior; σ one that is flat, or that of a Gamma(0.001, 0.001) precision
as in the Surgical example of BUGS. μ and σ are integrated over a grid, each θ over a grid that all units share: the
answer has no Monte Carlo error and needs no seed. After Goldstein and Spiegelhalter (1996).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Prior = Literal["flat", "vague gamma"]
QUARTER: Final = 4
TAIL: Final = 0.025
"Probability outside a 95 % interval on each side."
NARROWEST: Final = 0.75
"The minimum standard deviation of a likelihood, in grid steps: narrower ones are widened to it."
MANY: Final = 60
"Units from which μ is so well known that only its centre is used for ranks."
_FEWEST_POINTS, _MOST_POINTS = 96, 288
_REACH = 5.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of each unit, shape (units,): a centre and a standard error on the model's scale, the log
    likelihood on a grid, and the way back to the measure's own scale."""

    centre: "Array"
    error: "Array"
    log_likelihood: "Callable[[Array], Array]"
    "Grid of shape (points,) to (units, points)."
    back: "Callable[[Array], Array]"


@dataclass(frozen=True, slots=True)
class Ranks:
    """Posterior of each unit's true value and of its rank; 1 is the lowest value. All of shape (units,)."""

    mean: "Array"
    "Shrunk value, on the measure's own scale."
    deviation: "Array"
    low: "Array"
    high: "Array"
    rank_mean: "Array"
    rank_median: "NDArray[np.int64]"
    rank_low: "NDArray[np.int64]"
    rank_high: "NDArray[np.int64]"
    p_lowest_quarter: "Array"
    p_highest_quarter: "Array"
    p_highest_half: "Array"
    p_highest: "Array"
    "Probability of having the highest value of all."
    spread: float
    "Posterior mean of σ, on the model's scale."


def proportions(numerator: "Array", denominator: "Array") -> Evidence:
    """Binomial counts: numerators out of denominators."""
    share = (numerator + 0.5) / (denominator + 1)
    centre = np.log(share / (1 - share))

    def log_likelihood(grid: "Array") -> "Array":
        return numerator[:, None] * grid - denominator[:, None] * np.logaddexp(0, grid)

    return Evidence(centre, 1 / np.sqrt((denominator + 1) * share * (1 - share)), log_likelihood, _expit)


def rates(events: "Array", exposure: "Array") -> Evidence:
    """Poisson counts over an exposure."""
    centre = np.log((events + 0.5) / exposure)

    def log_likelihood(grid: "Array") -> "Array":
        return events[:, None] * grid - exposure[:, None] * np.exp(grid)

    return Evidence(centre, 1 / np.sqrt(events + 0.5), log_likelihood, np.exp)


def measured(value: "Array", error: "Array") -> Evidence:
    """Values of which only a standard error is known."""

    def log_likelihood(grid: "Array") -> "Array":
        return -0.5 * ((grid - value[:, None]) / error[:, None]) ** 2

    return Evidence(value, error, log_likelihood, lambda grid: grid)


def rank_posterior(evidence: Evidence, *, prior: Prior = "flat") -> Ranks:
    """The posterior of `evidence`'s units. At least three units; errors above zero."""
    from parentis.figures.benchmarks.rank_kernel import rank_distribution

    units = len(evidence.centre)
    grid = _grid(evidence)
    step = grid[1] - grid[0]
    likelihood = _likelihood(evidence, grid, step)
    nodes = _nodes(likelihood, grid, evidence, prior)
    ranks, posterior = np.zeros((units, units)), np.zeros_like(likelihood)
    for centre, spread, weight in nodes:
        mass = likelihood * np.exp(-0.5 * ((grid - centre) / spread) ** 2)
        mass /= mass.sum(axis=1, keepdims=True)
        posterior += weight * mass
        rank_distribution(mass, weight, ranks)
    ranks /= ranks.sum(axis=1, keepdims=True)
    return _summary(ranks, posterior, evidence.back(grid), sum(spread * weight for _, spread, weight in nodes))


def _grid(evidence: Evidence) -> "Array":
    """Grid points that cover every unit's posterior, given its own likelihood and the spread between units."""
    middle, spread = np.average(evidence.centre, weights=evidence.error**-2), _rough_spread(evidence)
    kept = spread**2 / (spread**2 + evidence.error**2)
    at, width = middle + kept * (evidence.centre - middle), _REACH * np.sqrt(kept) * evidence.error
    low, high = float((at - width).min()), float((at + width).max())
    wanted = (high - low) / (0.5 * np.quantile(np.sqrt(kept) * evidence.error, 0.1))
    return np.linspace(low, high, int(np.clip(wanted, _FEWEST_POINTS, _MOST_POINTS)))


def _rough_spread(evidence: Evidence) -> float:
    """A generous σ: the spread of the centres, not less than a third of a usual error."""
    low, high = np.quantile(evidence.centre, [0.16, 0.84])
    between = max(float(high - low) / 2, float(np.std(evidence.centre)) / 2)
    return max(between, float(np.median(evidence.error)) / 3, 1e-9)


def _likelihood(evidence: Evidence, grid: "Array", step: float) -> "Array":
    """Likelihoods scaled so that each row's maximum is 1. A row too narrow for the grid becomes the narrowest normal
    that the grid can hold."""
    logs = evidence.log_likelihood(grid)
    narrow = evidence.error < NARROWEST * step
    if narrow.any():
        logs[narrow] = -0.5 * ((grid - evidence.centre[narrow, None]) / (NARROWEST * step)) ** 2
    return np.asarray(np.exp(logs - logs.max(axis=1, keepdims=True)))


def _nodes(likelihood: "Array", grid: "Array", evidence: Evidence, prior: Prior) -> "list[tuple[float, float, float]]":
    """Points `(μ, σ, weight)` that represent the posterior of μ and σ; weights sum to one."""
    units, rough = len(likelihood), _rough_spread(evidence)
    few = units < MANY
    spreads = rough * np.geomspace(0.05, 4.0 if few else 2.5, 48 if few else 32)
    middle = float(np.average(evidence.centre, weights=1 / (evidence.error**2 + rough**2)))
    shift = float(np.sqrt(1 / (1 / (evidence.error**2 + rough**2)).sum()))
    centres = middle + shift * np.linspace(-4, 4, 17 if few else 9)
    log_posterior = _log_marginal(likelihood, grid, centres, spreads)
    # a geometric grid has density 1/σ; a flat prior has density 1, the vague gamma's precision σ^-1 · σ^-0.002 …
    log_spread = np.log(spreads)
    log_posterior += log_spread if prior == "flat" else -0.002 * log_spread - 0.001 / spreads**2
    weight = np.exp(log_posterior - log_posterior.max())
    weight /= weight.sum()
    by_spread = weight.sum(axis=0)
    if few:
        kept = [(c, s) for s in np.flatnonzero(by_spread > 1e-3) for c in np.flatnonzero(weight[:, s] > 1e-4)]
        found = [(float(centres[c]), float(spreads[s]), float(weight[c, s])) for c, s in kept]
    else:
        found = [_middle(centres, spreads, weight, by_spread, low, high) for low, high in ((0, 1), (1, 2), (2, 3))]
    total = sum(one[2] for one in found)
    return [(centre, spread, share / total) for centre, spread, share in found]


def _middle(
    centres: "Array", spreads: "Array", weight: "Array", by_spread: "Array", low: int, high: int
) -> tuple[float, float, float]:
    """The middle of one third of σ's posterior, with the mean of μ there."""
    reached = np.cumsum(by_spread)
    share = np.clip(reached, low / 3, high / 3) - np.clip(reached - by_spread, low / 3, high / 3)
    at_spread = share / by_spread.clip(1e-300)
    joint = weight * at_spread
    return (
        float((joint.sum(axis=1) @ centres) / joint.sum()),
        float((joint.sum(axis=0) @ spreads) / joint.sum()),
        float(joint.sum()),
    )


def _log_marginal(likelihood: "Array", grid: "Array", centres: "Array", spreads: "Array") -> "Array":
    """Log of the data's probability, shape (centres, spreads)."""
    z = (grid[:, None, None] - centres[None, :, None]) / spreads[None, None, :]
    density = np.exp(-0.5 * z**2) / spreads
    found = likelihood @ density.reshape(len(grid), -1)
    return np.asarray(np.log(found.clip(1e-300)).sum(axis=0).reshape(len(centres), len(spreads)))


def _summary(ranks: "Array", posterior: "Array", values: "Array", spread: float) -> Ranks:
    units = len(ranks)
    places = np.arange(1, units + 1)
    reached = np.cumsum(ranks, axis=1)
    quarter, half = max(units // QUARTER, 1), units // 2
    mean = posterior @ values
    inside = np.cumsum(posterior, axis=1)
    return Ranks(
        mean=mean,
        deviation=np.sqrt((posterior @ values**2 - mean**2).clip(0)),
        low=values[(inside < TAIL).sum(axis=1).clip(0, len(values) - 1)],
        high=values[(inside < 1 - TAIL).sum(axis=1).clip(0, len(values) - 1)],
        rank_mean=ranks @ places,
        rank_median=_at(reached, 0.5),
        rank_low=_at(reached, TAIL),
        rank_high=_at(reached, 1 - TAIL),
        p_lowest_quarter=ranks[:, :quarter].sum(axis=1),
        p_highest_quarter=ranks[:, -quarter:].sum(axis=1),
        p_highest_half=ranks[:, units - half :].sum(axis=1),
        p_highest=ranks[:, -1],
        spread=spread,
    )


def _at(reached: "Array", probability: float) -> "NDArray[np.int64]":
    return np.minimum((reached < probability).sum(axis=1) + 1, reached.shape[1])


def _expit(grid: "Array") -> "Array":
    return np.asarray(1 / (1 + np.exp(-grid)))

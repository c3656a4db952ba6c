"""Ratios of observed to expected deaths, shrunk towards the region's mean, more where deaths are few (gamma–Poisson).

Counts are Poisson with mean expected × ratio, and ratios are gamma with shape `shape` and mean `mean`, both estimated
by maximum marginal likelihood (Clayton and Kaldor 1987); an area's ratio given its count is then gamma again.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import gamma

from parentis.errors import DeclarationError

ALIKE = 1e6
"A shape so large that areas do not differ: the estimate where counts vary less than by chance."


@dataclass(frozen=True, slots=True)
class Ratios:
    """`ratio`, `low`, `high`, `above` (probability above `limit`): shape (areas,)."""

    shape: float
    mean: float
    ratio: np.ndarray
    low: np.ndarray
    high: np.ndarray
    above: np.ndarray
    limit: float


def shrink(counts: np.ndarray, expected: np.ndarray, *, limit: float = 1.5, level: float = 0.95) -> Ratios:
    """Areas' ratios with intervals. `counts` and `expected` have shape (areas,); expected are above zero."""
    counts, expected = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    if counts.shape != expected.shape or counts.size < 2 or (expected <= 0).any() or (counts < 0).any():
        raise DeclarationError("ratios need counts of two areas or more, and deaths expected in each")
    if counts.sum() == 0:
        raise DeclarationError("no deaths at all: there are no ratios to tell apart")
    shape, mean = _fitted(counts, expected)
    rate = shape / mean
    after, by = counts + shape, expected + rate
    tail = (1 - level) / 2
    return Ratios(
        shape=shape, mean=mean, ratio=after / by,
        low=gamma.ppf(tail, after, scale=1 / by), high=gamma.ppf(1 - tail, after, scale=1 / by),
        above=gamma.sf(limit, after, scale=1 / by), limit=limit,
    )  # fmt: skip


def _fitted(counts: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    def unlikely(at: np.ndarray) -> float:
        shape, mean = np.exp(at)
        rate = shape / mean
        return -float(
            np.sum(
                gammaln(counts + shape) - gammaln(shape) + shape * np.log(rate / (rate + expected))
                + counts * np.log(expected / (rate + expected))
            )
        )  # fmt: skip

    start = np.log([2.0, counts.sum() / expected.sum()])
    bounds = [(np.log(1e-3), np.log(ALIKE)), (None, None)]
    rough = minimize(unlikely, start, method="L-BFGS-B", bounds=bounds).x
    if rough[0] > np.log(ALIKE) / 2:
        rough[0] = np.log(ALIKE)
        return ALIKE, float(counts.sum() / expected.sum())
    fine = minimize(unlikely, rough, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000}).x
    shape, mean = np.exp(fine)
    return float(shape), float(mean)

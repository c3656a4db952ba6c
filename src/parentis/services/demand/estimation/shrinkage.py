"""Partial pooling: each authority's own mean where it is well known, the region's where it is not.

The usual normal hierarchy on the log scale: `y_a ~ N(θ_a, v_a)`, `θ_a ~ N(μ, τ²)`, with a flat prior on μ and a
half-normal one on τ. τ is kept on a grid with its posterior, not fixed at its best value, so that the intervals
allow for how poorly a few authorities determine the spread between them.
"""

from dataclasses import dataclass

import numpy as np

TAUS = np.geomspace(0.01, 1.5, 48)
TAU_PRIOR = 0.5
"Scale of the half-normal prior of the spread between authorities, on the log scale."


@dataclass(frozen=True, slots=True)
class Pooled:
    """The posterior of the authorities' means on the log scale.

    Attributes:
        weight: posterior probability of each τ of `TAUS`, (taus,).
        mean, variance: of μ given τ, (taus,).
        observed: y_a, NaN where the authority has no data, (authorities,).
        error: v_a, (authorities,).
    """

    weight: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    observed: np.ndarray
    error: np.ndarray

    def draw(self, uniform: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """θ of every authority, (replicates, authorities).

        `uniform`, (replicates,), picks τ; `normal` is (replicates, 1 + authorities).
        """
        at = np.minimum(np.searchsorted(np.cumsum(self.weight), uniform), len(TAUS) - 1)
        tau2 = TAUS[at][:, None] ** 2
        mu = (self.mean[at] + np.sqrt(self.variance[at]) * normal[:, 0])[:, None]
        known = np.isfinite(self.observed)
        error = np.where(known, self.error, np.inf)
        observed = np.where(known, self.observed, 0.0)
        # Precision-weighted average of the authority's mean and the region's; without data of its own, the region's
        # mean.
        own = tau2 / (tau2 + error)
        return mu + own * (observed - mu) * known + np.sqrt(tau2 * (1 - own)) * normal[:, 1:]

    def median(self) -> np.ndarray:
        """The posterior median on the log scale, (authorities,)."""
        known = np.isfinite(self.observed)
        own = TAUS[:, None] ** 2 / (TAUS[:, None] ** 2 + np.where(known, self.error, np.inf))
        observed = np.where(known, self.observed, 0.0)
        return self.weight @ (self.mean[:, None] + own * (observed - self.mean[:, None]) * known)


def pool(observed: np.ndarray, error: np.ndarray) -> Pooled:
    """Pool the authorities' own means on the log scale (NaN where none), given their variances, both (authorities,)."""
    known = np.isfinite(observed)
    y, v = observed[known], error[known]
    total = TAUS[:, None] ** 2 + v
    precision = (1 / total).sum(axis=1)
    mean = (y / total).sum(axis=1) / precision
    log = -0.5 * (np.log(total) + (y - mean[:, None]) ** 2 / total).sum(axis=1) - 0.5 * np.log(precision)
    # The grid is even in log τ, so each point is weighted by the width of its step.
    log += np.log(TAUS) - 0.5 * (TAUS / TAU_PRIOR) ** 2
    weight = np.exp(log - log.max())
    return Pooled(weight / weight.sum(), mean, 1 / precision, observed, error)

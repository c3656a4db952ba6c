"""Referrals a year where months vary more than by chance.

Referrals of a month are Poisson with the year's rate times a gamma variable, independent between months and common to
all boroughs: a negative binomial by month, with a wider interval than the Poisson.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

MONTHS: Final = 12
WIDEST_BUNCHING: Final = 2.0
"Largest variance over squared mean of a month's rate: above it one crisis would outweigh the year."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Posterior draws, shape (draws,): referrals `a_year`, and `bunching`, the variance of a month's rate
    over its squared mean."""

    a_year: np.ndarray
    bunching: np.ndarray


def rate(months: np.ndarray, draws: int, rng: np.random.Generator) -> Rate:
    """The rate behind referrals counted by month, shape (months,); flat priors on the logarithm of the rate and on
    bunching.

    `ValueError` for fewer than 12 months or no referral at all.
    """
    from scipy.special import gammaln

    if len(months) < MONTHS or months.sum() == 0:
        raise ValueError(f"a rate needs 12 months and a referral; there are {len(months)} and {int(months.sum())}")
    mean = months.mean()
    # The grid covers six standard errors at the largest bunching compatible with the counts.
    spread = np.sqrt(1 / months.sum() + max(months.var() / mean**2, 1 / mean) / len(months))
    logs = np.linspace(np.log(mean) - 6 * spread, np.log(mean) + 6 * spread, 161)
    shapes = np.geomspace(1e-3, WIDEST_BUNCHING, 120)
    m, f = np.exp(logs)[:, None], shapes[None, :]
    size = 1 / f
    total = np.zeros((len(logs), len(shapes)))
    for count, times in zip(*np.unique(months, return_counts=True), strict=True):
        total += times * (
            gammaln(count + size) - gammaln(size) + count * np.log(m * f / (1 + m * f)) - size * np.log1p(m * f)
        )
    # The grid of bunching is even in its logarithm, so that each value is proportional to its step width.
    chance = np.exp(total - total.max()) * f
    at = rng.choice(chance.size, draws, p=(chance / chance.sum()).ravel())
    rows, columns = np.unravel_index(at, chance.shape)
    within = rng.uniform(-0.5, 0.5, draws) * (logs[1] - logs[0])
    return Rate(a_year=MONTHS * np.exp(logs[rows] + within), bunching=shapes[columns])


def parts(counts: np.ndarray, draws: int, rng: np.random.Generator, prior: np.ndarray | None = None) -> np.ndarray:
    """Draws of how referrals divide, shape (draws, cells), from `counts`, shape (cells,), and a `prior` of the
    division (sums to 1; uniform if None), with the weight of half a child for each cell."""
    expected = np.full(len(counts), 1 / len(counts)) if prior is None else prior / prior.sum()
    drawn = rng.standard_gamma(counts + expected * len(counts) / 2, (draws, len(counts)))
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))

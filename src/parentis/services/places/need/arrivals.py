"""How many children are referred a year, when referrals come in bunches: a rate that itself goes up and down by the
month.

Referrals of a month are Poisson around a mean that a gamma variable, new every month and shared by all boroughs,
moves about the year's rate: a negative binomial by month, whose interval is wider than that of counts alone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

MONTHS: Final = 12
WIDEST_BUNCHING: Final = 2.0
"Of a month's rate, the variance over the squared mean: more would be one crisis and no year to speak of."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Draws of what is not known, shape (draws,): referrals `a_year`, and `bunching`, the variance of a month's rate
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
    # The grid reaches six standard errors of the widest bunching that the counts leave possible.
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
    # The grid of bunching is even in its logarithm: its own value is the width of a step.
    chance = np.exp(total - total.max()) * f
    at = rng.choice(chance.size, draws, p=(chance / chance.sum()).ravel())
    rows, columns = np.unravel_index(at, chance.shape)
    within = rng.uniform(-0.5, 0.5, draws) * (logs[1] - logs[0])
    return Rate(a_year=MONTHS * np.exp(logs[rows] + within), bunching=shapes[columns])


def parts(counts: np.ndarray, draws: int, rng: np.random.Generator, prior: np.ndarray | None = None) -> np.ndarray:
    """Draws of how referrals divide, shape (draws, cells), from `counts`, shape (cells,), and what was thought before
    of the division (`prior`, adding up to 1; even if None), which weighs as much as half a child for each cell."""
    expected = np.full(len(counts), 1 / len(counts)) if prior is None else prior / prior.sum()
    drawn = rng.standard_gamma(counts + expected * len(counts) / 2, (draws, len(counts)))
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))

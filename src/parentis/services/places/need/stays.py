"""Lengths of stay: a skewed distribution, with spikes at legal limits, and censored stays.

A place without a court's order ends after 72 hours, and a first order after three months; other stays are lognormal
or Weibull, weighted by fit (Akaike weights). A stay that has not ended is treated as censored at its length so far.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

HOURS_72: Final = 3
MONTHS_3: Final = (89, 90, 91, 92)
"Possible lengths of three calendar months in days, taken as equally likely."
LOGNORMAL, WEIBULL = 0, 1
FEWEST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """Stays, each array of shape (n,): whole `days` so far, and whether they have `ended`."""

    days: np.ndarray
    ended: np.ndarray

    def __post_init__(self) -> None:
        if (self.days < 0).any():
            raise ValueError(f"stays of 0 days or more; {int((self.days < 0).sum())} end before they begin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Posterior draws, shape (draws,): the share that ends `at_72_hours`, the share `at_3_months`; of the
    body its `family`, and its `place` and `spread` (lognormal: mean and standard deviation of the logarithm; Weibull:
    logarithm of the scale, and the shape)."""

    at_72_hours: np.ndarray
    at_3_months: np.ndarray
    family: np.ndarray
    place: np.ndarray
    spread: np.ndarray

    def mean(self) -> np.ndarray:
        """Mean days of each draw."""
        from scipy.special import gamma

        # Each formula gets a harmless value for the other family's draws.
        weibull = self.family == WEIBULL
        wide, shape = np.where(weibull, 1.0, self.spread), np.where(weibull, self.spread, 1.0)
        body = np.exp(self.place) * np.where(weibull, gamma(1 + 1 / shape), np.exp(wide**2 / 2))
        rest = 1 - self.at_72_hours - self.at_3_months
        return np.asarray(self.at_72_hours * HOURS_72 + self.at_3_months * np.mean(MONTHS_3) + rest * body)

    def at(self, draw: int) -> "Mixture":
        """One of the draws, as arrays of shape (1,)."""
        return Mixture(**{name: getattr(self, name)[draw : draw + 1] for name in self.__dataclass_fields__})

    def days(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Stays of `n` children by the first draw, shape (n,)."""
        from scipy.special import ndtr

        kind, luck = rng.uniform(size=n), rng.standard_normal(n)
        body = luck if self.family[0] == LOGNORMAL else np.log(-np.log(ndtr(-luck)))
        wide = self.spread[0] if self.family[0] == LOGNORMAL else 1 / self.spread[0]
        first = self.at_72_hours[0]
        second = first + self.at_3_months[0]
        months = rng.choice(np.array(MONTHS_3), n)
        return np.where(kind < first, HOURS_72, np.where(kind < second, months, np.exp(self.place[0] + wide * body)))


def fit(stays: Stays, draws: int, rng: np.random.Generator) -> Mixture:
    """The mixture by maximum likelihood in each family, and draws around it by its curvature, from each family in
    proportion to its Akaike weight. `ValueError` for fewer than `FEWEST` ended stays."""
    from scipy.optimize import minimize

    if stays.ended.sum() < FEWEST:
        raise ValueError(f"stays need {FEWEST} that have ended; there are {int(stays.ended.sum())}")
    logs = np.log(np.maximum(stays.days, 1.0))
    wide = max(float(logs.std()), 0.3)
    likely, drawn = [], []
    for family, start in ((LOGNORMAL, np.log(wide)), (WEIBULL, 0.0)):

        def worse(given: np.ndarray, family: int = family) -> float:
            return -_log_likelihood(given, stays, family)

        first = np.array([-2.5, -2.0, float(np.median(logs)), start])
        found = minimize(worse, first, method="Nelder-Mead", options={"maxiter": 4000, "maxfev": 4000})
        values, vectors = np.linalg.eigh(_curvature(worse, found.x))
        # A direction without information (no stay on a spike) gets a wide spread, but not an infinite one.
        root = vectors * (1 / np.sqrt(np.maximum(values, 0.1)))
        likely.append(-found.fun)
        drawn.append(found.x + rng.standard_normal((draws, 4)) @ root.T)
    weight = 1 / (1 + np.exp(np.clip(likely[LOGNORMAL] - likely[WEIBULL], -500, 500)))
    family = (rng.uniform(size=draws) < weight).astype(np.int64)
    chosen = np.where((family == WEIBULL)[:, None], drawn[WEIBULL], drawn[LOGNORMAL])
    one, two = _shares(chosen[:, 0], chosen[:, 1])
    return Mixture(at_72_hours=one, at_3_months=two, family=family, place=chosen[:, 2], spread=np.exp(chosen[:, 3]))


def _shares(one: np.ndarray, two: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of the two spikes from their log odds against the body."""
    a, b = np.exp(one), np.exp(two)
    return a / (1 + a + b), b / (1 + a + b)


def _log_likelihood(given: np.ndarray, stays: Stays, family: int) -> float:
    from scipy.special import ndtr

    first, second = _shares(given[0], given[1])
    place, spread = given[2], np.exp(np.clip(given[3], -5, 5))

    def below(days: np.ndarray) -> np.ndarray:
        logs = np.log(np.maximum(days, 1e-9)) - place
        return np.asarray(
            ndtr(logs / spread) if family == LOGNORMAL else -np.expm1(-np.exp(np.minimum(logs * spread, 50)))
        )

    body = 1 - first - second
    to = below(stays.days + 0.5)
    density = (
        first * (stays.days == HOURS_72)
        + second * np.isin(stays.days, MONTHS_3) / len(MONTHS_3)
        + body * (to - np.where(stays.days > 0, below(stays.days - 0.5), 0.0))
    )
    longer = (np.array(MONTHS_3)[:, None] > stays.days).mean(axis=0)
    beyond = first * (stays.days < HOURS_72) + second * longer + body * (1 - to)
    return float(np.log(np.maximum(np.where(stays.ended, density, beyond), 1e-300)).sum())


def _curvature(function: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Second derivatives by central differences, shape (k, k)."""
    k = len(at)
    found = np.empty((k, k))
    for i in range(k):
        for j in range(i, k):
            one, two = np.eye(k)[i] * step, np.eye(k)[j] * step
            found[i, j] = found[j, i] = (
                function(at + one + two)
                - function(at + one - two)
                - function(at - one + two)
                + function(at - one - two)
            ) / (4 * step**2)
    return found

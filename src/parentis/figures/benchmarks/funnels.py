"""Funnel plots: which places differ from the pooled value by more than chance and the usual variation between places.

Plain limits use a place's z-score against the pooled value, with sampling variation alone. Exact limits use the
binomial or Poisson tail. Where z-scores are overdispersed (φ, with z winsorised by a tenth at each end), limits are
widened by τ², the variance between places on the arcsine or square-root scale (Spiegelhalter 2005; DerSimonian and
Laird's estimator).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]

WINSORISED: Final = 0.1
"Share of z-scores winsorised at each end (quantiles of type 7)."
TAILS: Final = (0.025, 0.001)
"Chance beyond either limit: 95 % and 99.8 %."
BEYOND_CHANCE: Final = 0.05
"φ is taken as above 1 if chance alone would give so large a value with a lower probability than this."


class Family(StrEnum):
    """The distribution of a count: out of a number of people (binomial), or over an exposure (Poisson)."""

    BINOMIAL = "binomial"
    POISSON = "poisson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Places against their pooled value. Arrays have shape (places,); pairs are for 95 % and 99.8 %."""

    family: Family
    pooled: float
    z: "Array"
    "From sampling variation alone; not winsorised."
    phi: float
    "Mean square of z, winsorised."
    phi_transformed: float
    "The same on the arcsine (binomial) or square-root (Poisson) scale."
    tau2: float
    "Variance between places on that scale."
    overdispersed: bool
    "φ is above 1 by more than chance, so the wider limits apply."
    plain: "tuple[Flags, Flags]"
    exact: "tuple[Flags, Flags]"
    wide: "tuple[Flags, Flags]"

    @property
    def beyond(self) -> "tuple[Flags, Flags]":
        """Places outside the limits that apply."""
        return self.wide if self.overdispersed else self.exact

    def limits(self, denominator: "Array", tail: float) -> "tuple[Array, Array]":
        """Lower and upper limit for places of these sizes, as a share or rate."""
        from scipy.special import ndtri

        if not self.overdispersed:
            low, high = (_count_at(self.family, one, denominator, self.pooled) for one in (tail, 1 - tail))
            return low / denominator, high / denominator
        distance = -ndtri(tail)
        target, error = _scale(self.family, self.pooled, denominator)
        half = distance * np.sqrt(error**2 + self.tau2)
        most = np.pi / 2 if self.family is Family.BINOMIAL else np.inf
        low, high = (target - half).clip(0), (target + half).clip(0, most)
        if self.family is Family.BINOMIAL:
            return np.sin(low) ** 2, np.sin(high) ** 2
        return low**2, high**2


def funnel(numerator: "Array", denominator: "Array", family: Family = Family.BINOMIAL) -> Funnel:
    """The funnel for places' counts. Needs at least two places, with denominators above zero."""
    # scipy.special alone: scipy.stats takes seconds to import, and a page would wait for it
    from scipy.special import chdtri, ndtri

    pooled = float(numerator.sum() / denominator.sum())
    share = numerator / denominator
    binomial = family is Family.BINOMIAL
    variance = (pooled * (1 - pooled) if binomial else pooled) / denominator
    z = (share - pooled) / np.sqrt(np.maximum(variance, 1e-300))
    target, error = _scale(family, pooled, denominator)
    place = np.arcsin(np.sqrt(share.clip(0, 1))) if binomial else np.sqrt(share)
    moved = place - target
    phi = float(np.mean(_winsorised(moved / error) ** 2))
    weight = error**-2
    units = len(numerator)
    between = (units * phi - (units - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(float(between), 0.0)
    fewer, more = _tails(family, numerator, denominator, pooled)
    rarity: Array = np.minimum(fewer, more)
    return Funnel(
        family=family,
        pooled=pooled,
        z=z,
        phi=float(np.mean(_winsorised(z) ** 2)),
        phi_transformed=phi,
        tau2=tau2,
        overdispersed=bool(units * phi > chdtri(units - 1, BEYOND_CHANCE)),
        plain=tuple(np.abs(z) > -ndtri(tail) for tail in TAILS),
        exact=(rarity < TAILS[0], rarity < TAILS[1]),
        wide=tuple(np.abs(moved) > -ndtri(tail) * np.sqrt(error**2 + tau2) for tail in TAILS),
    )


def _tails(family: Family, count: "Array", denominator: "Array", pooled: float) -> "tuple[Array, Array]":
    """P(this count or fewer) and P(this count or more), for places of these sizes."""
    from scipy.special import betainc, gammainc, gammaincc

    least = np.maximum(count, 1e-12)  # a count of 0 or more is certain
    if family is Family.POISSON:
        expected = denominator * pooled
        return gammaincc(count + 1, expected), np.where(count > 0, gammainc(least, expected), 1.0)
    rest = np.maximum(denominator - count, 1e-12)
    fewer = np.where(count < denominator, betainc(rest, count + 1, 1 - pooled), 1.0)
    return fewer, np.where(count > 0, betainc(least, denominator - count + 1, pooled), 1.0)


def _count_at(family: Family, probability: float, denominator: "Array", pooled: float) -> "Array":
    """The smallest counts whose cumulative probability reaches this level, for places of these sizes."""
    from scipy.special import bdtrik, pdtrik

    if family is Family.BINOMIAL:
        found = np.ceil(bdtrik(probability, denominator, pooled))
    else:
        found = np.ceil(pdtrik(probability, denominator * pooled))
    fewer = np.maximum(np.nan_to_num(found) - 1, 0)
    return np.asarray(np.where(_tails(family, fewer, denominator, pooled)[0] >= probability, fewer, fewer + 1))


def _scale(family: Family, pooled: float, denominator: "Array") -> "tuple[float, Array]":
    """The pooled value on the variance-stabilised scale, and each place's standard error there."""
    if family is Family.BINOMIAL:
        return float(np.arcsin(np.sqrt(pooled))), 1 / (2 * np.sqrt(denominator))
    return float(np.sqrt(pooled)), 1 / (2 * np.sqrt(denominator))


def _winsorised(z: "Array") -> "Array":
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    return np.asarray(z.clip(low, high))

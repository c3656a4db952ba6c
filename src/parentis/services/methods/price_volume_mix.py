"""Price, volume and mix: why spending on placements changed between two years.

With V the volume (child-weeks), s a placement type's share of it and p its price per week, a year costs
`V · Σ s p`. Both forms below split the change between two years exactly, type by type.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parentis.errors import ParentisError

Floats = npt.NDArray[np.float64]


class NoVolumeError(ParentisError):
    """Nothing was bought in a year, so that it has no mix and no price."""


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A change in spend, in pounds. Each array has shape (…, placement types); all three sum to the change."""

    volume: Floats
    mix: Floats
    price: Floats

    @property
    def change(self) -> Floats:
        """Shape (…)."""
        whole: Floats = (self.volume + self.mix + self.price).sum(axis=-1)
        return whole


Pair = tuple[Floats, Floats]
"The earlier year's and the later's."


@dataclass(frozen=True, slots=True)
class _Years:
    """Volumes have shape (…, 1); shares and prices (…, placement types)."""

    volumes: Pair
    shares: Pair
    prices: Pair


def sequential(weeks: Floats, spend: Floats) -> Decomposition:
    """Volume first at the old mix and prices, then mix at the old prices, then price.

    `weeks` and `spend` have shape (…, 2, placement types): the earlier year, then the later.
    """
    years = _split(weeks, spend)
    (v0, v1), (s0, s1), (p0, p1) = years.volumes, years.shares, years.prices
    return Decomposition(volume=(v1 - v0) * s0 * p0, mix=v1 * (s1 - s0) * p0, price=v1 * s1 * (p1 - p0))


def from_price(weeks: Floats, spend: Floats) -> Decomposition:
    """The other order: price first at the old volume and mix, then mix at the new prices, then volume. Same shapes."""
    years = _split(weeks, spend)
    (v0, v1), (s0, s1), (p0, p1) = years.volumes, years.shares, years.prices
    return Decomposition(volume=(v1 - v0) * s1 * p1, mix=v0 * (s1 - s0) * p1, price=v0 * s0 * (p1 - p0))


def shapley(weeks: Floats, spend: Floats) -> Decomposition:
    """The average over all six orders in which volume, mix and price could have changed. Same shapes.

    The result does not depend on the order of the changes, and swapping the years only changes the signs.
    """
    years = _split(weeks, spend)
    return Decomposition(
        volume=_average_effect(years.volumes, years.shares, years.prices),
        mix=_average_effect(years.shares, years.volumes, years.prices),
        price=_average_effect(years.prices, years.volumes, years.shares),
    )


def _average_effect(moved: Pair, a: Pair, b: Pair) -> Floats:
    """Shapley value of a factor of three: moving first or last weighs a third, in between a sixth."""
    others = (a[0] * b[0] + a[1] * b[1]) / 3 + (a[0] * b[1] + a[1] * b[0]) / 6
    return (moved[1] - moved[0]) * others


def _split(weeks: Floats, spend: Floats) -> _Years:
    """A type bought in one year only has no price in the other: it takes the price it had, so that its
    coming or going is mix and not price."""
    weeks, spend = np.asarray(weeks, dtype=np.float64), np.asarray(spend, dtype=np.float64)
    if weeks.shape != spend.shape or weeks.ndim < 2 or weeks.shape[-2] != 2:
        raise ValueError(f"weeks and spend are each (…, 2, placement types), not {weeks.shape} and {spend.shape}")
    volume = weeks.sum(axis=-1, keepdims=True)
    if (volume <= 0).any() or (weeks < 0).any():
        raise NoVolumeError("a year without child-weeks cannot be split into price, volume and mix")
    bought = weeks > 0
    if (~bought & (spend != 0)).any():
        raise NoVolumeError("money was spent on a placement type with no child-weeks: it has no price")
    prices = np.divide(spend, weeks, out=np.zeros_like(spend), where=bought)
    prices = np.where(bought, prices, prices[..., ::-1, :])
    return _Years(volumes=_pair(volume), shares=_pair(weeks / volume), prices=_pair(prices))


def _pair(years: Floats) -> Pair:
    return years[..., 0, :], years[..., 1, :]

"""Regression to the mean: how the worst boroughs' values change in the next year without any help.

A value is part level, part chance. Boroughs selected for the worst values are also selected for bad luck, which does
not last: the next year's value is nearer the mean, on average by one minus the correlation of the two years.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FIFTH: Final = 0.2
FEWEST: Final = 25
"Fewest boroughs with both years; a measure-year with fewer is left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """Over measure-years: mean gain of the worst fifth in standard deviations, the gain predicted by chance alone,
    the share of measure-years in which they improved more than the rest, and the share still in the worst fifth."""

    measure_years: int
    gain: float
    predicted: float
    improved_more: float
    still_worst: float


@dataclass(frozen=True, slots=True)
class Panel:
    """A measure's values, worse upwards: shape (places, years), NaN where there is none. Places in order of name."""

    places: tuple[str, ...]
    years: tuple[int, ...]
    values: "Array"


def regression_to_the_mean(panels: Mapping[str, Panel]) -> Regression:
    """Over every pair of consecutive years of every measure."""
    rows = [found for panel in panels.values() for pair in _pairs(panel) if (found := _measure_year(*pair)) is not None]
    if not rows:
        return Regression(measure_years=0, gain=np.nan, predicted=np.nan, improved_more=np.nan, still_worst=np.nan)
    gain, predicted, more, still = (float(np.mean(column)) for column in zip(*rows, strict=True))
    return Regression(
        measure_years=len(rows), gain=gain, predicted=predicted, improved_more=more, still_worst=still
    )  # fmt: skip


def worst_fifth(values: "Array") -> "NDArray[np.bool_]":
    """The fifth of the places with the highest values; ties go to the last in order."""
    chosen = np.zeros(len(values), dtype=bool)
    many = round(len(values) * FIFTH)
    chosen[np.argsort(values, kind="stable")[len(values) - many :]] = True
    return chosen


def standardised(values: "Array") -> "Array":
    """Standard deviations from the mean of the places that have a value."""
    return np.asarray((values - np.nanmean(values)) / np.nanstd(values))


def _pairs(panel: Panel) -> Iterable[tuple["Array", "Array"]]:
    for at, year in enumerate(panel.years[:-1]):
        if panel.years[at + 1] == year + 1:
            before, after = panel.values[:, at], panel.values[:, at + 1]
            both = ~np.isnan(before) & ~np.isnan(after)
            yield before[both], after[both]


def _measure_year(before: "Array", after: "Array") -> tuple[float, float, bool, float] | None:
    if len(before) < FEWEST or before.std() == 0 or after.std() == 0:
        return None
    first, second = standardised(before), standardised(after)
    worst, later = worst_fifth(first), worst_fifth(second)
    gained = first - second
    correlation = float(np.corrcoef(first, second)[0, 1])
    return (
        float(gained[worst].mean()),
        (1 - correlation) * float(first[worst].mean()),
        bool(gained[worst].mean() > gained[~worst].mean()),
        float(later[worst].mean()),
    )

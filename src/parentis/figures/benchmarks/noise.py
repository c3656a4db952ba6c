"""Estimates chance in a measure's values from changes between years, where no denominator is published.

The variance of change in a drifting true value doubles from one year to two; that of chance does not. With V₁ and V₂
the variances of one-year and two-year changes, less the change common to all places, chance is s² = (2·V₁ − V₂) / 2.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_SHARE: Final = 0.1
"The minimum share of the variance of one-year changes attributed to chance."
FEWEST: Final = 40
"The minimum number of changes for an estimate."


@dataclass(frozen=True, slots=True)
class Noise:
    """`error` is the standard deviation of chance in one value; `changes` is how many changes it rests on."""

    error: float
    changes: int
    reliability: float
    "The share of the variance between places in a year that is not chance."


def noise(panel: "Array") -> Noise | None:
    """The noise in a panel of shape (places, consecutive years), NaN where unknown. None where there are too few
    values."""
    one, two = _spread(panel, 1), _spread(panel, 2)
    if one is None or one[1] < FEWEST:
        return None
    first, changes = one
    variance = (2 * first - two[0]) / 2 if two is not None and two[1] >= FEWEST else first / 2
    variance = min(max(variance, LEAST_SHARE * first / 2), first / 2)
    years = [column[~np.isnan(column)] for column in panel.T]
    between = float(np.mean([np.var(year, ddof=1) for year in years if len(year) > 2]))
    if variance <= 0 or between <= 0:
        return None
    return Noise(float(np.sqrt(variance)), changes, float(np.clip(1 - variance / between, 0, 1)))


def _spread(panel: "Array", apart: int) -> tuple[float, int] | None:
    """The variance of changes over this many years, and the number of changes. The year's common change is removed,
    and the variance is estimated from quartiles so that a few breaks do not dominate it."""
    changes = panel[:, apart:] - panel[:, :-apart]
    if not changes.size:
        return None
    known = ~np.isnan(changes)
    columns = [column[held] for column, held in zip(changes.T, known.T, strict=True) if held.sum() > 2]
    if not columns:
        return None
    rest = np.concatenate([column - np.median(column) for column in columns])
    low, high = np.quantile(rest, [0.25, 0.75])
    scale = (high - low) / 1.349 if high > low else float(np.std(rest))
    return float(scale**2), len(rest)

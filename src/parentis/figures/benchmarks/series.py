"""Series over time: which points vary by more than chance (statistical process control, XmR charts).

Limits are the mean ± 2.66 mean moving ranges, leaving out ranges that are themselves beyond 3.267 times the mean.
A point takes the name of the first rule it meets. A page of many series controls the false discovery rate across all
of them: each series' last points have a p-value, and the Benjamini–Hochberg procedure chooses which to flag.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LIMIT: Final = 2.66
"Mean moving ranges from the mean to a process limit: 3 ÷ 1.128."
RANGE_LIMIT: Final = 3.267
"Mean moving ranges beyond which a moving range is left out of their mean."
RUN: Final = 7
"Points on one side of the mean, or rising or falling, that are more than chance."
TRIAL: Final = 13
"With fewer points, limits are provisional."
FALSE_DISCOVERIES: Final = 0.1
"The share of the flagged series on a page that may be due to chance."


class Variation(StrEnum):
    """The classification of a point."""

    ABOVE = "above upper limit"
    BELOW = "below lower limit"
    RISING = "rising"
    FALLING = "falling"
    HIGH = "run above mean"
    LOW = "run below mean"
    NEAR_LIMIT = "two of three near a limit"
    COMMON = "usual variation"


@dataclass(frozen=True, slots=True)
class Control:
    """A series with its limits."""

    mean: float
    lower: float
    upper: float
    points: tuple[Variation, ...]
    trial: bool
    "Too few points for limits to be relied on."


def control(values: "Array", rebased_at: tuple[int, ...] = ()) -> tuple[Control, ...]:
    """The segments of a series; each has its own limits, from the point where it was rebased."""
    starts = (0, *sorted(one for one in rebased_at if 0 < one < len(values)), len(values))
    return tuple(_stretch(values[start:end]) for start, end in pairwise(starts) if end > start)


def _stretch(values: "Array") -> Control:
    mean = float(values.mean())
    reach = LIMIT * _usual_range(values)
    return Control(mean, mean - reach, mean + reach, _points(values, mean, reach), trial=len(values) < TRIAL)


def _usual_range(values: "Array") -> float:
    ranges = np.abs(np.diff(values))
    if not len(ranges):
        return 0.0
    kept = ranges[ranges <= RANGE_LIMIT * ranges.mean()]
    return float(kept.mean()) if len(kept) else 0.0


def _points(values: "Array", mean: float, reach: float) -> tuple[Variation, ...]:
    found = [Variation.COMMON] * len(values)
    side = np.sign(values - mean)
    near = np.abs(values - mean) > reach * 2 / 3
    for at in range(2, len(values)):
        three = slice(at - 2, at + 1)
        for which in (-1, 1):
            close = near[three] & (side[three] == which)
            if close.sum() >= 2:
                for point in np.flatnonzero(close) + at - 2:
                    found[point] = Variation.NEAR_LIMIT
    for start, end in _runs(side, RUN):
        found[start:end] = [Variation.HIGH if side[start] > 0 else Variation.LOW] * (end - start)
    steps = np.sign(np.diff(values))
    for start, end in _runs(steps, RUN - 1):
        found[start : end + 1] = [Variation.RISING if steps[start] > 0 else Variation.FALLING] * (end + 1 - start)
    for at, value in enumerate(values):
        if value > mean + reach:
            found[at] = Variation.ABOVE
        elif value < mean - reach:
            found[at] = Variation.BELOW
    return tuple(found)


def _runs(signs: "Array", least: int) -> list[tuple[int, int]]:
    """The start and end of each run of at least this many equal, non-zero signs."""
    found, start = [], 0
    for at in range(1, len(signs) + 1):
        if at == len(signs) or signs[at] != signs[start]:
            if signs[start] != 0 and at - start >= least:
                found.append((start, at))
            start = at
    return found


def chance_of_last(values: "Array") -> float:
    """The p-value of the last point of an independent series; 1 where there are fewer than five points.

    It is twice the smaller of two tests: the last point against those before it (Student's t for a new value), and the
    length of the final run in one direction."""
    from scipy.special import gammaln, stdtr

    if len(values) < 5:
        return 1.0
    before, last = values[:-1], float(values[-1])
    spread = float(before.std(ddof=1))
    if spread == 0:
        return 1.0 if last == before[0] else 0.0
    moved = abs(last - float(before.mean())) / (spread * np.sqrt(1 + 1 / len(before)))
    steps = np.sign(np.diff(values))
    way = 1
    while way < len(steps) and steps[-1 - way] == steps[-1] != 0:
        way += 1
    return float(min(2 * min(2 * stdtr(len(before) - 1, -moved), 2 * np.exp(-gammaln(way + 2))), 1.0))


def discoveries(chances: "Array", rate: float = FALSE_DISCOVERIES) -> "NDArray[np.bool_]":
    """Which series of the page to flag so that, on average, no more than `rate` of those flagged are chance."""
    order = np.argsort(chances, kind="stable")
    passed = chances[order] <= rate * np.arange(1, len(chances) + 1) / len(chances)
    flagged = np.zeros(len(chances), dtype=bool)
    if passed.any():
        flagged[order[: np.flatnonzero(passed)[-1] + 1]] = True
    return flagged

"""The trend of a series since its definition last changed, and whether it is more than chance."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from parentis.figures.measures import Polarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SURE: Final = 0.95
"The minimum probability of the direction for a change to be called a trend."
FEWEST: Final = 4


class Direction(StrEnum):
    """The direction of a series."""

    BETTER = "getting better"
    WORSE = "getting worse"
    CANNOT_TELL = "cannot tell"
    SHORT = "too few years"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """`slope` is in the measure's unit per year, over the `years` since the last break."""

    direction: Direction
    slope: float | None
    p_better: float | None
    years: int


def trend(years: "Array", values: "Array", polarity: Polarity, *, breaks: tuple[float, ...] = ()) -> Trend:
    """The trend of a place's values by year, NaN where there is none. A break is the first year of a new definition;
    values before the last break are not used."""
    from scipy.special import stdtr

    start = max((one for one in breaks if one <= years.max()), default=-np.inf)
    held = ~np.isnan(values) & (years >= start)
    x, y = years[held].astype(float), values[held]
    if len(np.unique(x)) < FEWEST:  # several values of one year are no trend
        return Trend(direction=Direction.SHORT, slope=None, p_better=None, years=len(x))
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    rest = y - y.mean() - slope * centred
    error = float(np.sqrt(rest @ rest / (len(x) - 2) / (centred @ centred)))
    wanted = -1.0 if polarity is Polarity.LOWER else 1.0
    # even a series exactly on a line is known only to the digits it is printed with
    p = float(stdtr(len(x) - 2, wanted * slope / error)) if error > 0 else 0.5 + 0.5 * float(np.sign(wanted * slope))
    if polarity is Polarity.NEUTRAL or 1 - SURE < p < SURE:
        direction = Direction.CANNOT_TELL
    else:
        direction = Direction.BETTER if p >= SURE else Direction.WORSE
    return Trend(direction=direction, slope=slope, p_better=p, years=len(x))

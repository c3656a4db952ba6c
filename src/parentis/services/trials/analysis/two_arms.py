"""Two shares compared by hand: the arithmetic of a published trial, with what its clustering does to the interval."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The new arm's share less the comparison's, its 95 % interval, the unadjusted odds ratio, and how many children
    are treated for one outcome fewer (or more)."""

    difference: float
    low: float
    high: float
    odds_ratio: float
    children_per_outcome: float


def two_arm_difference(new: float, old: float, n_new: int, n_old: int, *, design_effect: float = 1.0) -> Difference:
    """The difference of two shares. `design_effect` is by how much families (or boroughs) widen its variance: 1 if
    children were independent."""
    difference = new - old
    half = Z95 * sqrt(design_effect * (new * (1 - new) / n_new + old * (1 - old) / n_old))
    return Difference(
        difference=difference,
        low=difference - half,
        high=difference + half,
        odds_ratio=(new / (1 - new)) / (old / (1 - old)),
        children_per_outcome=1 / abs(difference),
    )

"""The ratio of two rates with an exact interval."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, log
from typing import Final

LEVEL: Final = 0.95
_STEPS: Final = 60
"Halvings of the search for a limit: to the last digit of a float."


@dataclass(frozen=True, slots=True)
class Ratio:
    """`high` is None where the second count is zero, and so is `value`: the ratio has no upper limit."""

    value: float | None
    low: float
    high: float | None


def rate_ratio(events: int, exposure: float, other_events: int, other_exposure: float, level: float = LEVEL) -> Ratio:
    """`(events ÷ exposure) ÷ (other_events ÷ other_exposure)`, with its conditional exact interval.

    Given their sum, the first of two Poisson counts is binomial with chance `r·E ÷ (r·E + E')`; its Clopper-Pearson
    limits become limits of r (Przyborowski and Wilenski, 1940). For shares of one exposure, which are not Poisson
    but binomial, the interval is too wide rather than too narrow. Exposures must be above zero.
    """
    if exposure <= 0 or other_exposure <= 0:
        raise ValueError("a rate needs an exposure above zero")
    low, high = _clopper_pearson(events, events + other_events, level)
    scale = other_exposure / exposure
    return Ratio(
        value=events / other_events * scale if other_events else None,
        low=low / (1 - low) * scale if low < 1 else 0.0,
        high=high / (1 - high) * scale if high < 1 else None,
    )


def _clopper_pearson(k: int, n: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else _where(lambda p: _at_least(k, n, p) >= tail)
    high = 1.0 if k == n else _where(lambda p: 1 - _at_least(k + 1, n, p) <= tail)
    return low, high


def _where(holds: Callable[[float], bool]) -> float:
    """The chance from which on it holds, by halving."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _at_least(k: int, n: int, p: float) -> float:
    """Chance of k or more successes in n."""
    if p in (0.0, 1.0):
        return p if k > 0 else 1.0
    return min(1.0, sum(exp(_log_choose(n, i) + i * log(p) + (n - i) * log(1 - p)) for i in range(k, n + 1)))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)

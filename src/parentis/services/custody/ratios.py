"""The ratio of two rates with an exact interval."""

from dataclasses import dataclass
from typing import Final

LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Ratio:
    """`high` and `value` are None where the second count is zero: the ratio then has no upper limit."""

    value: float | None
    low: float
    high: float | None


def rate_ratio(events: int, exposure: float, other_events: int, other_exposure: float, level: float = LEVEL) -> Ratio:
    """`(events ÷ exposure) ÷ (other_events ÷ other_exposure)`, with its conditional exact interval.

    Given their sum, the first of two Poisson counts is binomial with probability `r·E ÷ (r·E + E')`; its
    Clopper-Pearson limits become limits of r (Przyborowski and Wilenski, 1940). Shares of one exposure are binomial,
    not Poisson; for these the interval is too wide rather than too narrow. Exposures must be above zero.
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
    from scipy.special import betaincinv  # imported late: takes a third of a second, and only this function needs it

    tail = (1 - level) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    return low, high

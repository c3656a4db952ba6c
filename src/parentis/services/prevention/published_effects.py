"""A published effect as a distribution of what the demand model changes: a factor on a rate or a price, or a share."""

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from parentis.errors import SpecificationError

if TYPE_CHECKING:
    import numpy as np

QUANTITIES: Final = ("entry", "exit", "move", "mix", "price")
"What an effect may act on: the quantities that the demand model's scenarios change."


class Scale(StrEnum):
    """How a study states its effect."""

    RISK_RATIO = "risk_ratio"
    RATE_RATIO = "rate_ratio"
    ODDS_RATIO = "odds_ratio"
    RISK_DIFFERENCE = "risk_difference"
    SHARE = "share"


TITLES: Final = {
    Scale.RISK_RATIO: "risk ratio",
    Scale.RATE_RATIO: "rate ratio",
    Scale.ODDS_RATIO: "odds ratio",
    Scale.RISK_DIFFERENCE: "difference of risks",
    Scale.SHARE: "share of children",
}
NEEDS_BASELINE: Final = frozenset({Scale.ODDS_RATIO, Scale.RISK_DIFFERENCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEffect:
    """An effect as published.

    Attributes:
        quantity: one of `QUANTITIES`.
        low, high: the interval of `level`, on the study's own scale.
        baseline: the risk without the programme, 0 to 1; needed for odds ratios and differences of risks.
        n: who was counted in the study.
        measured_months: how long after its start the study still measured: the evidence for persistence.
        until: the last month of the study's intake, `YYYY-MM`; '' where not published.
        widening: the factor on the standard error for being carried to other children, places and years.
    """

    quantity: str
    scale: Scale
    estimate: float
    low: float
    high: float
    level: float = 0.95
    baseline: float | None = None
    design: str
    n: str
    source: str
    measured_months: int
    until: str = ""
    widening: float = 1.0
    why_widening: str = ""
    states: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What is drawn. A factor is log-normal: `mean` and `sd` are of its logarithm. A share is normal, cut at 0 and 1.

    `sentences` say what was converted."""

    is_factor: bool
    mean: float
    sd: float
    sentences: tuple[str, ...] = ()

    @property
    def centre(self) -> float:
        """The median of what is drawn."""
        return math.exp(self.mean) if self.is_factor else self.mean

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The central interval of what is drawn."""
        z = NormalDist().inv_cdf(0.5 + level / 2)
        low, high = self.mean - z * self.sd, self.mean + z * self.sd
        return (math.exp(low), math.exp(high)) if self.is_factor else (max(low, 0.0), min(high, 1.0))

    def at(self, normal: "np.ndarray") -> "np.ndarray":
        """Effects from standard normal draws, one each: the caller chooses the draws, so that luck can be shared."""
        import numpy as np

        drawn = self.mean + self.sd * normal
        return np.exp(drawn) if self.is_factor else np.clip(drawn, 0.0, 1.0)


def distribution(effect: PublishedEffect, *, where: str = "effect", widening: float | None = None) -> Distribution:
    """The distribution of a published effect, widened for being carried elsewhere (`widening` in place of its own).

    Raises SpecificationError for an interval that excludes its estimate and for a scale that needs a baseline."""
    _checked(effect, where)
    wide = effect.widening if widening is None else widening
    z = NormalDist().inv_cdf(0.5 + effect.level / 2)
    if effect.scale is Scale.SHARE:
        return Distribution(
            is_factor=False, mean=effect.estimate, sd=wide * (effect.high - effect.low) / (2 * z), sentences=()
        )
    ratio, low, high = (risk_ratio(effect.scale, one, effect.baseline) for one in (
        effect.estimate, effect.low, effect.high
    ))  # fmt: skip
    return Distribution(
        is_factor=True,
        mean=math.log(ratio),
        sd=wide * (math.log(high) - math.log(low)) / (2 * z),
        sentences=_converted(effect, ratio),
    )


def risk_ratio(scale: Scale, value: float, baseline: float | None) -> float:
    """The risk ratio of a value on another scale. An odds ratio o at a baseline risk p is o / (1 − p + p·o)."""
    if scale is Scale.ODDS_RATIO and baseline is not None:
        return value / (1 - baseline + baseline * value)
    if scale is Scale.RISK_DIFFERENCE and baseline is not None:
        return (baseline + value) / baseline
    return value


def _converted(effect: PublishedEffect, ratio: float) -> tuple[str, ...]:
    if effect.scale not in NEEDS_BASELINE or effect.baseline is None:
        return ()
    said = f"{effect.estimate:+.3g}" if effect.scale is Scale.RISK_DIFFERENCE else f"{effect.estimate:.3g}"
    return (
        f"The {TITLES[effect.scale]} of {said} is used as a risk ratio of {ratio:.3f}: "
        f"converted at a baseline risk of {100 * effect.baseline:.1f} %.",
    )


def _checked(effect: PublishedEffect, where: str) -> None:
    if effect.quantity not in QUANTITIES:
        raise _wrong(f"one of {', '.join(QUANTITIES)}", repr(effect.quantity), where, "Name the quantity it changes.")
    if not effect.low <= effect.estimate <= effect.high:
        raise _wrong(
            "an interval that holds its estimate",
            f"{effect.estimate:g} outside {effect.low:g} to {effect.high:g}",
            where,
            "Copy the estimate and its interval again from one table of the source.",
        )
    if effect.low == effect.high:
        raise _wrong("an interval", "its two ends are the same", where, "Enter the interval that was published.")
    if effect.scale in NEEDS_BASELINE and effect.baseline is None:
        raise _wrong(
            "the risk without the programme",
            f"an {TITLES[effect.scale]} alone" if effect.scale is Scale.ODDS_RATIO else f"a {TITLES[effect.scale]}",
            where,
            "Enter the baseline risk, from 0 to 1: it cannot be used as a risk ratio without it.",
        )
    if effect.baseline is not None and not 0 < effect.baseline < 1:
        raise _wrong("a baseline risk between 0 and 1", f"{effect.baseline:g}", where, "Enter 0.448 for 44.8 %.")
    ratios = [risk_ratio(effect.scale, one, effect.baseline) for one in (effect.low, effect.high)]
    if effect.scale is not Scale.SHARE and min(ratios) <= 0:
        raise _wrong("a ratio above 0 throughout the interval", f"{min(ratios):g}", where, "Check scale and baseline.")
    if effect.scale is Scale.SHARE and not 0 <= effect.estimate <= 1:
        raise _wrong("a share from 0 to 1", f"{effect.estimate:g}", where, "Enter 0.15 for 15 %.")


def _wrong(expected: str, found: str, where: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where=where, do=do)

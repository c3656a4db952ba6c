"""Sensitivity of an answer: each measured term left out in turn, and how strong an unmeasured confounder would have
to be to reverse it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from parentis.services.commissioning.hedonic import PARTNERSHIP, Contrast, Hedonic, as_percent, contrast, hedonic
from parentis.services.commissioning.placement_prices import HELD, NOBODY, TERMS

TITLES: Final = {term.column: term.title for term in TERMS}
FAIR: Final = tuple(term for term in TERMS if term.column not in (PARTNERSHIP, "census"))
STANDARD: Final = 0.91
"A standardised difference d as a risk ratio: exp(0.91 d) (VanderWeele & Ding 2017; Chinn 2000)."


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The contrast without one measured term. `shift` is the change, in logarithms."""

    term: str
    effect: float
    error: float
    shift: float
    flips: bool

    @property
    def title(self) -> str:
        return TITLES[self.term]

    @property
    def percent(self) -> float:
        return as_percent(self.effect)


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """How strong an unmeasured confounder would have to be to reduce a contrast to zero.

    `robustness`, `robustness_interval`: the share of the residual variance of both price and partnership that it
    would have to explain to bring the estimate, or the near end of its interval, to zero (Cinelli & Hazlett 2020,
    equation 9). `e_value`, `e_value_interval`: as the ratio by which it would have to raise both. `step`: the price
    of one more band of need, in logarithms; `gap` how many more children in a hundred of one partnership would need a
    confounder as costly as that; None where need is not in the model. `times_need`: its effect relative to that of
    the measured needs.
    """

    robustness: float
    robustness_interval: float
    e_value: float
    e_value_interval: float
    step: float | None
    gap: float | None
    times_need: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A contrast with its sensitivity analyses."""

    contrast: Contrast
    plain_percent: float
    left_out: tuple[LeftOut, ...]
    unmeasured: Unmeasured

    @property
    def flips(self) -> tuple[LeftOut, ...]:
        """The terms whose omission would reverse the answer."""
        return tuple(one for one in self.left_out if one.flips)

    @property
    def main_reason(self) -> LeftOut | None:
        """The term whose omission moves the contrast most towards the plain averages; None where none does."""
        way = np.sign(self.plain_percent - self.contrast.percent)
        towards = [one for one in self.left_out if one.shift * way > 0]
        return max(towards, key=lambda one: abs(one.shift), default=None)


def answer(model: Hedonic, level: str, other: str, lacking: Mapping[str, Hedonic] | None = None) -> Answer:
    """The full answer on two partnerships; `lacking` are the models of `lacking_each`, if fitted before."""
    of = contrast(model, level, other)
    left_out = without_each(of, lacking_each(model) if lacking is None else lacking)
    plain = dict(
        model.rows.group_by(pl.col(PARTNERSHIP).fill_null("none")).agg(pl.col("weekly_price").cast(pl.Float64).mean())
        .iter_rows()
    )  # fmt: skip
    return Answer(of, 100.0 * (plain[level] / plain[other] - 1.0), left_out, unmeasured(model, of, left_out))


def lacking_each(model: Hedonic) -> dict[str, Hedonic]:
    """Models without one term each, by term; terms without a column are skipped."""
    held = {term for term, _ in model.design.names}
    return {
        term.column: hedonic(model.rows, [one for one in HELD if one.column != term.column], model.fitted.theta)
        for term in FAIR
        if term.column in held
    }


def without_each(of: Contrast, lacking: Mapping[str, Hedonic]) -> tuple[LeftOut, ...]:
    """The contrast from each of `lacking`. It is reversed where the sign changes and the contrast's interval excludes
    zero."""
    found = []
    for term, model in lacking.items():
        then = contrast(model, of.level, of.other)
        flips = bool(np.sign(then.effect) != np.sign(of.effect) and not of.low <= 0.0 <= of.high)
        found.append(LeftOut(term, then.effect, then.error, then.effect - of.effect, flips))
    return tuple(found)


def unmeasured(model: Hedonic, of: Contrast, left_out: tuple[LeftOut, ...]) -> Unmeasured:
    """See `Unmeasured`; `left_out` gives the effect of needs."""
    free = model.rows.height - len(model.design.names) - 1
    near = 0.0 if of.low <= 0.0 <= of.high else min(abs(of.low), abs(of.high))
    step = _band(model)
    needs = next((one.shift for one in left_out if one.term == "need"), None)
    return Unmeasured(
        robustness=robustness_value(of.effect / of.error, free),
        robustness_interval=robustness_value(near / of.error, free),
        e_value=e_value(of.effect / model.fitted.sigma),
        e_value_interval=e_value(near / model.fitted.sigma),
        step=step,
        gap=None if not step else 100.0 * abs(of.effect) / abs(step),
        times_need=None if not needs else abs(of.effect) / abs(needs),
    )


def robustness_value(t: float, free: int) -> float:
    """½(√(f⁴ + 4f²) − f²) with f = |t| / √degrees of freedom."""
    f2 = t * t / free
    return 0.5 * (float(np.sqrt(f2 * f2 + 4.0 * f2)) - f2)


def e_value(standardised: float) -> float:
    """RR + √(RR (RR − 1)) of a difference in units of the residual standard deviation of the price."""
    ratio = float(np.exp(STANDARD * abs(standardised)))
    return ratio + float(np.sqrt(ratio * (ratio - 1.0)))


def _band(model: Hedonic) -> float | None:
    """The mean price of one more band of need, in logarithms: the slope through the bands' coefficients."""
    bands = {level: at for at, (term, level) in enumerate(model.design.names) if term == "need" and level.isdigit()}
    reference = model.design.references.get("need", "")
    if not bands or not reference.isdigit():
        return None
    x = np.array([float(reference), *(float(level) for level in bands)])
    y = np.array([0.0, *(model.fitted.beta[at] for at in bands.values())])
    return float(np.polyfit(x, y, 1)[0])


def in_a_sentence(found: Answer) -> str:
    """The answer for a councillor: plain average first, then like for like, then why they differ."""
    of = _called(found.contrast)
    first = f"On plain averages {of.level} pays {_beside(found.plain_percent)} {of.other}"
    if of.low <= 0.0 <= of.high:
        return (
            f"{first}; for the same child, place and month we cannot tell which pays more: {of.level} may pay "
            f"{_beside(of.percent_low)} {of.other}, or {_beside(of.percent_high)} {of.other}."
        )
    turned = np.sign(found.plain_percent) != np.sign(of.effect)
    near, far = sorted((abs(of.percent_low), abs(of.percent_high)))
    reason = f", and the difference lies mostly in {found.main_reason.title}" if found.main_reason else ""
    return (
        f"{first}{', but' if turned else ', and'} for the same child, place and month it pays "
        f"{_beside(of.percent, than=False)} (95 % sure: {near:.1f} % to {far:.1f} %){reason}."
    )


def _called(of: Contrast) -> Contrast:
    """The contrast with words for placements bought outside partnerships."""
    level, other = (WHOEVER if name == NOBODY else name for name in (of.level, of.other))
    return replace(of, level=level, other=other)


WHOEVER: Final = "whoever buys outside partnerships"


def _beside(percent: float, *, than: bool = True) -> str:
    word = "more" if percent > 0 else "less"
    return f"{abs(percent):.1f} % {word}" + (" than" if than else "")


def warnings(found: Answer) -> tuple[str, ...]:
    """Warnings for the page: measured terms whose omission reverses the answer, and what was not measured."""
    of = _called(found.contrast)
    return tuple(
        f"Without {one.title} the answer would turn: {of.level} would seem to pay {_beside(one.percent)} "
        f"{of.other}. It holds only if this is recorded alike in both."
        for one in found.flips
    )


def strength_in_words(found: Answer) -> str:
    """How strong an unmeasured confounder would have to be, in words for a page."""
    of, hidden = _called(found.contrast), found.unmeasured
    if hidden.gap is None or hidden.step is None:
        return (
            f"Something unmeasured would have to explain {100 * hidden.robustness:.1f} % of what is left of both the "
            f"price and the choice of partnership to make nothing of the difference between {of.level} and {of.other}."
        )
    return (
        f"Something unmeasured that costs as much as one more band of need ({as_percent(hidden.step):.0f} % a week) "
        f"would have to be there for {hidden.gap:.0f} more children in a hundred of one partnership than of the other "
        f"to make nothing of the difference between {of.level} and {of.other}."
    )

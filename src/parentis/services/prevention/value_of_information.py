"""What it would be worth to know more before deciding: everything, one quantity, or what a trial of a size would show.

The decision is between doing the programme and not doing it (an NPV of 0). All values are pounds of the NPV's own year,
for one decision. The value of a trial uses the Gaussian approximation: a trial's result is a weighted mean of what is
known already and of what it finds, with weights by their variances (Jalal and Alarid-Escudero, Medical Decision Making
2018).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from parentis.services.prevention.conditional_mean import Curve, curve

_NORMAL: Final = NormalDist()


def perfect_by_formula(mean: float, sd: float) -> float:
    """Expected value of perfect information where the NPV is normal: sd·φ(m/sd) − |m|·Φ(−|m|/sd)."""
    if sd <= 0:
        return 0.0
    z = abs(mean) / sd
    return sd * _NORMAL.pdf(z) - abs(mean) * _NORMAL.cdf(-z)


def perfect(npv: np.ndarray) -> float:
    """Expected value of perfect information from draws of the NPV, shape (draws,)."""
    return float(np.maximum(npv, 0.0).mean() - max(float(npv.mean()), 0.0))


def partial(npv: np.ndarray, quantity: np.ndarray) -> float:
    """Expected value of knowing one quantity, from draws of both: never below nothing, never above `perfect`."""
    return min(_of_curve(curve(quantity, npv), quantity), perfect(npv))


@dataclass(frozen=True, slots=True)
class Worth:
    """What knowing a quantity would be worth, in pounds."""

    quantity: str
    pounds: float


def partials(npv: np.ndarray, drawn: Mapping[str, np.ndarray]) -> tuple[Worth, ...]:
    """Of each quantity, the one that is worth most first."""
    found = [Worth(name, partial(npv, values)) for name, values in drawn.items()]
    return tuple(sorted(found, key=lambda one: -one.pounds))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialWorth:
    """A trial of `n` units of both arms: what it would be worth, what it costs, and the difference."""

    n: int
    worth: float
    cost: float

    @property
    def gain(self) -> float:
        return self.worth - self.cost


def log_ratio_variance(n: int, baseline: float, ratio: float, design_effect: float = 1.0) -> float:
    """Variance of the logarithm of a risk ratio from a trial of `n` units, half in each arm."""
    arm, treated = n / 2, min(baseline * ratio, 1 - 1e-9)
    return design_effect * ((1 - baseline) / (arm * baseline) + (1 - treated) / (arm * treated))


def trial(npv: np.ndarray, quantity: np.ndarray, n: int, variance: float, cost: float) -> TrialWorth:
    """What a trial of `n` would be worth. `quantity`: draws on the scale on which the trial's result has `variance`."""
    prior = float(quantity.var())
    kept = math.sqrt(prior / (prior + variance)) if prior > 0 else 0.0
    centre = float(quantity.mean())
    fitted = curve(quantity, npv)
    worth = min(_of_curve(fitted, centre + kept * (quantity - centre), around=float(npv.mean())), perfect(npv))
    return TrialWorth(n=n, worth=worth, cost=cost)


def trials(
    npv: np.ndarray, log_factor: np.ndarray, *, sizes: Sequence[int], baseline: float, fixed: float, each: float,
    design_effect: float = 1.0,
) -> tuple[TrialWorth, ...]:  # fmt: skip
    """Trials of several sizes of an effect that is a factor. `each`: pounds for each unit; `fixed`: pounds besides."""
    ratio = float(np.exp(log_factor.mean()))
    return tuple(
        trial(npv, log_factor, n, log_ratio_variance(n, baseline, ratio, design_effect), fixed + each * n)
        for n in sizes
    )


def sentence(effect_worth: float, best: TrialWorth) -> str:
    """What knowing the effect would be worth, beside what a trial costs."""
    verdict = "It pays for itself" if best.gain > 0 else "It does not pay for itself"
    return (
        f"Knowing the effect would be worth £{effect_worth:,.0f}; a trial of {best.n:,} would find out "
        f"£{best.worth:,.0f} of it and costs £{best.cost:,.0f}. {verdict}."
    )


def _of_curve(fitted: Curve, at: np.ndarray, around: float | None = None) -> float:
    values = fitted.at(at)
    if around is not None:  # a bent curve at shrunken values has another mean; the decision's mean does not change
        values = values - values.mean() + around
    return max(float(np.maximum(values, 0.0).mean() - max(float(values.mean()), 0.0)), 0.0)

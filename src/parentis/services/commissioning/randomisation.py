"""Inference from who might have been chosen instead: permutation p, its interval, and the effect that could have been
seen (Rosenbaum 2002, chapter 2; Fisher 1935).

A statistic that is linear in the outcomes is worked out for every way in which the treated could have been chosen: of
the outcomes (`outcomes`) and of the treatment itself (`treatment`, 1 for the way that was chosen). Under an effect τ
that is the same for all, the statistic of another way is `outcomes − τ treatment`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from parentis.services.commissioning.mixed_models import Floats

ALPHA: Final = 0.05
POWER: Final = 0.8
FEWEST_WAYS: Final = 20
"With fewer ways to choose the treated no p can be as small as 1 in 20."


class Verdict(StrEnum):
    """What may be said of an effect."""

    FOUND = "found"
    NONE = "none"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect in the outcome's unit. `low` to `high` are the effects that the data do not speak against at 5 %;
    None where they speak against none. `detectable`: the smallest effect that would have been found 4 times in 5.
    `before`: the same statistic of the period before, which should be nothing, with its p."""

    estimate: float
    p: float
    low: float | None
    high: float | None
    detectable: float | None
    ways: int
    before: float | None
    before_p: float | None
    verdict: Verdict
    because: str


def judged(
    estimate: float, outcomes: Floats, treatment: Floats, *, matters: float, before: tuple[float, Floats] | None = None
) -> Effect:
    """The effect, with the verdict: *found* where p is at most 5 %; *none* where the interval lies within ± `matters`;
    else *cannot tell*, as where things did not go alike before or there are too few ways to choose.

    `outcomes`, `treatment` (ways,): the statistics of other ways; the one chosen counts besides.
    """
    ways = len(outcomes) + 1
    p = p_of(estimate, outcomes)
    before_p = None if before is None else p_of(*before)
    was = None if before is None else before[0]
    if ways < FEWEST_WAYS:
        because = f"there are only {ways} ways in which the treated could have been chosen: no p can be under 1 in 20"
        return Effect(estimate, p, None, None, None, ways, was, before_p, Verdict.CANNOT_TELL, because)
    low, high = interval(estimate, outcomes, treatment)
    seen = detectable(estimate, outcomes, treatment)
    if before_p is not None and before_p <= ALPHA:
        verdict, because = Verdict.CANNOT_TELL, "the treated and the others did not go alike before"
    elif p <= ALPHA:
        verdict, because = Verdict.FOUND, "chance alone would seldom have made so much of a difference"
    elif low is not None and high is not None and -matters <= low and high <= matters:
        verdict, because = Verdict.NONE, "an effect that matters can be ruled out"
    else:
        verdict, because = Verdict.CANNOT_TELL, "neither no effect nor one that matters can be ruled out"
    return Effect(estimate, p, low, high, seen, ways, was, before_p, verdict, because)


def p_of(estimate: float, others: Floats) -> float:
    """The share of ways, the one chosen among them, whose statistic is as far from nothing."""
    return float((1 + (np.abs(others) >= abs(estimate) - 1e-12).sum()) / (1 + len(others)))


def interval(estimate: float, outcomes: Floats, treatment: Floats) -> tuple[float | None, float | None]:
    """The least and greatest effect with p above 5 %, by bisection on either side of the estimate."""

    def stands(effect: float) -> bool:
        return p_of(estimate - effect, outcomes - effect * treatment) > ALPHA

    ends: list[float | None] = []
    for way in (-1.0, 1.0):
        step = max(float(np.abs(outcomes).max()), abs(estimate), 1e-6)
        inside, outside = 0.0, step
        while stands(estimate + way * outside):
            inside, outside = outside, 2 * outside
            if outside > 64 * step:
                break
        if outside > 64 * step:
            ends.append(None)
            continue
        for _ in range(40):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if stands(estimate + way * middle) else (inside, middle)
        ends.append(estimate + way * inside)
    return ends[0], ends[1]


def detectable(estimate: float, outcomes: Floats, treatment: Floats) -> float:
    """What an effect must be for p ≤ 5 % four times in five, were chance as it is once the estimate is taken out."""
    chance = outcomes - estimate * treatment
    critical = float(np.quantile(np.abs(chance), 1 - ALPHA))
    return critical + float(np.quantile(np.abs(chance), 2 * POWER - 1))

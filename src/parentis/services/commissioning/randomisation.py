"""Randomisation inference: permutation p, its interval, and the detectable effect (Rosenbaum 2002, chapter 2; Fisher
1935).

A statistic that is linear in the outcomes is computed for every assignment of the treatment: of the outcomes
(`outcomes`) and of the actual treatment (`treatment`, 1 for the actual assignment). Under an effect τ that is the
same for all, the statistic of another assignment is `outcomes − τ treatment`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from parentis.services.commissioning.mixed_models import Floats

ALPHA: Final = 0.05
POWER: Final = 0.8
FEWEST_WAYS: Final = 20
"With fewer assignments no p can be as small as 1 in 20."


class Verdict(StrEnum):
    """Conclusion on an effect."""

    FOUND = "found"
    NONE = "none"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect in the outcome's unit. `low` to `high` are the effects that the data do not reject at 5 %; None where
    they reject none. `detectable`: the smallest effect detected with probability 0.8. `before`: the same statistic of
    the period before, which should be zero, with its p."""

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
    """The effect, with the verdict: *found* where p is at most 5 %; *none* where the interval lies within ±
    `matters`; else *cannot tell*, also where earlier trends differed or there are too few assignments.

    `outcomes`, `treatment` (ways,): the statistics of other assignments; the actual one is counted in addition.
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
    """The share of assignments, including the actual one, whose statistic is at least as far from zero."""
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
    """The effect that gives p ≤ 5 % with probability 0.8, under the permutation distribution without the estimate."""
    chance = outcomes - estimate * treatment
    critical = float(np.quantile(np.abs(chance), 1 - ALPHA))
    return critical + float(np.quantile(np.abs(chance), 2 * POWER - 1))

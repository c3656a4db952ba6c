"""Did it move because of what was done? Change, less what being picked for a bad year explains, less the neighbours'.

Of the boroughs that nobody worked with, the change is regressed on where they started: that is what a borough with the
same start was to expect, with the year's common change in it. What a borough's neighbours moved beyond their own
expectation is taken off as far as neighbours have gone together. The residual spread of the untouched gives the
interval, and their residuals from a like start the permutation probability.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CHANCE: Final = 0.05
"""Of programmes without any effect, the share that would be called *moved more* or *less* if residuals were normal,
half of it either way: the usual 95 % interval, not fitted to LAIT. Its residuals have longer tails: over its past 4 in
100 random programmes are called *moved more*, in no half of its measures or years more than 5."""
WORTHWHILE: Final = 0.5
"Standard deviations: an effect below this is not what a year's work is for."
FEWEST: Final = 8
"Untouched boroughs, below which nothing can be told."
PRIOR: Final = (0.4, 0.5)
"Of LAIT's measures: the usual slope of gain on start, and how many boroughs' worth of evidence it is."
MOST_STRENGTH: Final = 30.0


class Impact(StrEnum):
    """What a check concludes."""

    MORE = "moved more than expected"
    CHANCE = "as chance would"
    LESS = "moved less than expected"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactCheck:
    """In standard deviations between boroughs at the start; above zero is better. `effect` = `change` − `regression`
    (what the start alone explains) − `neighbours`."""

    boroughs: int
    untouched: int
    change: float
    regression: float
    neighbours: float
    effect: float
    low: float
    high: float
    p_permutation: float
    "Of as many untouched boroughs from the likest starts, the share of draws that moved at least so much."
    power: float
    "Chance that the check would have found an effect of `WORTHWHILE`."
    verdict: Impact


def impact_check(
    before: "Array",
    after: "Array",
    touched: "NDArray[np.bool_]",
    *,
    near: "Mapping[int, Sequence[int]] | None" = None,
    prior: tuple[float, float] = PRIOR,
    seed: int = 0,
) -> ImpactCheck | None:
    """Of a measure's values at start and check, worse upwards, shape (places,), NaN where there is none.

    `touched` says who took part; `near` lists each place's neighbours by position; `prior` is the slope of gain on
    start that the measure's past lets one expect, with its strength (`prior_of`). None where too few boroughs are
    known or nobody took part."""
    both = ~np.isnan(before) & ~np.isnan(after)
    mine, others = both & touched, both & ~touched
    if others.sum() < FEWEST or not mine.any() or np.std(before[both]) == 0:
        return None
    scale = float(np.std(before[both]))
    start = (before - before[both].mean()) / scale
    better = (before - after) / scale
    expected = _expected(start, better, others, prior)
    rest = better - expected
    together, share = _with_neighbours(rest, mine, others, near or {})
    effects = rest[mine] - share * together[mine]
    spread = _spread(rest - share * together, others)
    error = spread * np.sqrt(1 / mine.sum() + _leverage(start, mine, others, prior[1]))
    freedom = int(others.sum()) - 2
    effect, reach = float(effects.mean()), _t(freedom) * error
    return ImpactCheck(
        boroughs=int(mine.sum()),
        untouched=int(others.sum()),
        change=float(better[mine].mean()),
        regression=float(expected[mine].mean()),
        neighbours=float((share * together[mine]).mean()),
        effect=effect,
        low=effect - reach,
        high=effect + reach,
        p_permutation=_permuted(effect, rest - share * together, start, mine, others, seed),
        power=power(error, freedom),
        verdict=_verdict(effect, reach),
    )


def power(error: float, freedom: int, effect: float = WORTHWHILE) -> float:
    """Chance that a check with this standard error calls a true `effect` *moved more than expected*."""
    from scipy.special import nctdtr

    if error <= 0:
        return 1.0
    return float(1 - nctdtr(freedom, effect / error, _t(freedom)))


def prior_of(values: "Array") -> tuple[float, float]:
    """Slope and strength from a measure's past, shape (places, consecutive years): an empirical Bayes prior.

    The strength is what the slope's spread between years leaves of it, beyond the error of each."""
    slopes, errors = [], []
    for before, after in zip(values.T[:-1], values.T[1:], strict=True):
        both = ~np.isnan(before) & ~np.isnan(after)
        if both.sum() < FEWEST or np.std(before[both]) == 0:
            continue
        start = (before[both] - before[both].mean()) / np.std(before[both])
        gain = (before[both] - after[both]) / np.std(before[both])
        slope = float(start @ gain / (start @ start))
        rest = gain - gain.mean() - slope * start
        slopes.append(slope)
        errors.append(float(rest @ rest / (len(rest) - 2) / (start @ start)))
    if len(slopes) < 3:
        return PRIOR
    usual = float(np.median(errors))
    between = max(float(np.var(slopes, ddof=1)) - usual, usual / MOST_STRENGTH)
    return float(np.mean(slopes)), min(usual * int((~np.isnan(values)).sum(axis=0).max()) / between, MOST_STRENGTH)


def _expected(start: "Array", better: "Array", others: "NDArray[np.bool_]", prior: tuple[float, float]) -> "Array":
    """The regression of the untouched, its slope drawn towards the prior's."""
    x, y = start[others], better[others]
    centred = x - x.mean()
    size = float(centred @ centred)
    slope = (float(centred @ y) + prior[0] * prior[1]) / (size + prior[1])
    return np.asarray(y.mean() + slope * (start - x.mean()))


def _with_neighbours(
    rest: "Array", mine: "NDArray[np.bool_]", others: "NDArray[np.bool_]", near: "Mapping[int, Sequence[int]]"
) -> "tuple[Array, float]":
    """Each place's mean of its untouched neighbours' residuals, and how far a place goes with them (0 to 1)."""
    together = np.zeros(len(rest))
    for place, listed in near.items():
        held = [one for one in listed if others[one] and one != place]
        if held:
            together[place] = float(np.mean(rest[held]))
    x, y = together[others], rest[others]
    size = float(x @ x)
    return together, float(np.clip(x @ y / (size + len(x) * 0.25 * np.var(y)), 0, 1)) if size > 0 else 0.0


def _spread(rest: "Array", others: "NDArray[np.bool_]") -> float:
    held = rest[others]
    return float(np.sqrt(((held - held.mean()) ** 2).sum() / (len(held) - 2)))


def _leverage(start: "Array", mine: "NDArray[np.bool_]", others: "NDArray[np.bool_]", strength: float) -> float:
    """What not knowing the regression adds, where the touched start far from the rest."""
    x = start[others]
    away = float(start[mine].mean() - x.mean())
    return 1 / len(x) + away**2 / (float(((x - x.mean()) ** 2).sum()) + strength)


def _t(freedom: int) -> float:
    from scipy.special import stdtrit

    return float(-stdtrit(freedom, CHANCE / 2))


def _permuted(
    effect: float, rest: "Array", start: "Array", mine: "NDArray[np.bool_]", others: "NDArray[np.bool_]", seed: int
) -> float:
    rng = np.random.Generator(np.random.Philox(key=np.array([seed, int(mine.sum())], dtype=np.uint64)))
    distance = np.abs(start[others] - start[mine].mean())
    likest = rest[others][np.argsort(distance, kind="stable")[: max(FEWEST, int(others.sum()) // 2)]]
    draws = likest[rng.integers(0, len(likest), (2000, int(mine.sum())))].mean(axis=1)
    return float((1 + (draws >= effect).sum()) / 2001)


def _verdict(effect: float, reach: float) -> Impact:
    if effect - reach > 0:
        return Impact.MORE
    if effect + reach < 0:
        return Impact.LESS
    return Impact.CHANCE if effect + reach < WORTHWHILE else Impact.CANNOT_TELL

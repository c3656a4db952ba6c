"""Effect of a programme: the change, less regression to the mean, less the change of neighbours.

Over the boroughs outside the programme, the change is regressed on the starting value: this predicts the change of a
borough with the same start, including the common change of the year. The neighbours' change beyond their own
prediction is subtracted in proportion to how far neighbours' residuals agree. The residual spread of the boroughs
outside gives the interval, and their residuals at similar starts the permutation probability.
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
"""Share of programmes without effect that would be called *moved more* or *moved less* if residuals were normal, half
each way: the usual 95 % interval, not fitted to LAIT. LAIT's residuals have longer tails: over its past, 4 in 100
random programmes are called *moved more*, and no more than 5 in either half of its measures or years."""
WORTHWHILE: Final = 0.5
"Standard deviations: the least effect that justifies a year's work."
FEWEST: Final = 8
"Fewest boroughs outside the programme for a check."
PRIOR: Final = (0.4, 0.5)
"From LAIT's measures: the usual slope of gain on start, and its weight as a number of boroughs."
MOST_STRENGTH: Final = 30.0


class Impact(StrEnum):
    """Conclusion of a check."""

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
    "Share of draws of as many other boroughs with the most similar starts that changed at least as much."
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

    `touched` marks the participants; `near` lists each place's neighbours by position; `prior` is the slope of gain
    on start expected from the measure's past, with its strength (`prior_of`). None where too few boroughs have values
    or nobody took part."""
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

    The strength follows from the variance of the slope between years beyond each year's sampling error."""
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
    """The regression over boroughs outside the programme, its slope shrunk towards the prior's."""
    x, y = start[others], better[others]
    centred = x - x.mean()
    size = float(centred @ centred)
    slope = (float(centred @ y) + prior[0] * prior[1]) / (size + prior[1])
    return np.asarray(y.mean() + slope * (start - x.mean()))


def _with_neighbours(
    rest: "Array", mine: "NDArray[np.bool_]", others: "NDArray[np.bool_]", near: "Mapping[int, Sequence[int]]"
) -> "tuple[Array, float]":
    """For each place, the mean residual of its neighbours outside the programme; and the slope on that mean (0 to
    1)."""
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
    """Variance added by the estimated regression, which grows where participants start far from the others."""
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

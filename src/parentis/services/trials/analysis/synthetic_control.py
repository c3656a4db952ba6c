"""Synthetic control: one borough beside a weighted mean of others that was like it before it began.

Abadie, Diamond & Hainmueller 2010 (Journal of the American Statistical Association 105: 493–505). Weights are at least
0 and sum to 1. Without predictors the outcomes before the start are matched; with predictors, their importance is
searched for so that the outcomes before the start fit best. What chance does is read from the other boroughs, each
treated in turn
as if it had begun: the p value is the rank of the real one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parentis.errors import SpecificationError

Floats = npt.NDArray[np.float64]

FEWEST_OTHERS = 3
_SUM_WEIGHT = 1e3
"How heavily the sum of the weights is held to 1 within the least squares; they are scaled to it afterwards."
_SEARCH_STEPS = 4000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Synthetic:
    """The treated unit beside its synthetic control.

    Attributes:
        weights: of the others, (others,).
        gaps: outcome less synthetic outcome at every time, (times,).
        before: mean squared gap before the start; `effect`: mean gap after it.
        rank, of: place of the ratio of mean squared gaps after and before among all units, 1 the largest; p = rank /
        of.
        low, high: effects that placebos do not exclude; None where there are too few others for this level.
    """

    weights: Floats
    gaps: Floats
    before: float
    effect: float
    rank: int
    of: int
    low: float | None
    high: float | None

    @property
    def p(self) -> float:
        return self.rank / self.of


def synthetic_control(
    treated: Floats, others: Floats, start: int, *, predictors: tuple[Floats, Floats] | None = None,
    fit: slice | None = None, level: float = 0.95, placebos: bool = True,
) -> Synthetic:  # fmt: skip
    """Fit to the times before `start`.

    Args:
        treated, others: outcomes, (times,) and (others, times).
        start: index of the first time with the new way.
        predictors: of the treated (predictors,) and of the others (others, predictors), to be matched instead.
        fit: the times before the start whose gaps count; all by default.
        placebos: whether to rank; with predictors it takes a search for every other unit.

    Raises SpecificationError for too few others or times.
    """
    if len(others) < FEWEST_OTHERS or start < 2 or start >= len(treated):
        raise SpecificationError(
            expected=f"{FEWEST_OTHERS} other boroughs, two times before the start and one after",
            found=f"{len(others)} others, {start} times before, {len(treated) - start} after",
            where="trial data",
            do="Add boroughs or periods: a synthetic control cannot be fitted to less.",
        )
    if np.isnan(treated).any() or np.isnan(others).any():
        raise SpecificationError(
            expected="a value of every borough at every time",
            found="gaps",
            where="trial data",
            do="Leave out the boroughs that did not hand in their returns, and say so.",
        )
    when = fit or slice(0, start)
    units = np.vstack([treated, others])
    facts = None if predictors is None else np.vstack([predictors[0], predictors[1]])
    weights = _weights(units, facts, 0, when)
    gaps = treated - weights @ others
    before, effect = float((gaps[when] ** 2).mean()), float(gaps[start:].mean())
    if not placebos:
        return Synthetic(weights=weights, gaps=gaps, before=before, effect=effect, rank=1, of=1, low=None, high=None)
    ratios, scaled = [_ratio(gaps, start, when)], []
    for unit in range(1, len(units)):
        # The treated unit is no other's control: what it has after its start is not what would have been.
        own = np.delete(units, 0, axis=0)
        placebo_weights = _weights(own, None if facts is None else np.delete(facts, 0, axis=0), unit - 1, when)
        placebo = own[unit - 1] - placebo_weights @ np.delete(own, unit - 1, axis=0)
        ratios.append(_ratio(placebo, start, when))
        scaled.append(abs(float(placebo[start:].mean())) / _root(placebo[when]))
    rank = int(sum(one >= ratios[0] for one in ratios))
    half = _excluded(scaled, 1.0 - level)
    low, high = (None, None) if half is None else (effect - half * _root(gaps[when]), effect + half * _root(gaps[when]))
    return Synthetic(
        weights=weights, gaps=gaps, before=before, effect=effect, rank=rank, of=len(units), low=low, high=high
    )


def _excluded(placebos: list[float], alpha: float) -> float | None:
    """What the share `alpha` of all units (the treated one too) exceeds, between two placebos where it is no whole
    number."""
    rank = alpha * (len(placebos) + 1)
    if rank < 1.0 - 1e-9:
        return None
    # Units that are matched almost exactly before have gaps many times as large as that: between two, on the log scale.
    ordered = np.log(np.maximum(sorted(placebos, reverse=True), 1e-300))
    return float(np.exp(np.interp(rank, np.arange(1, len(placebos) + 1), ordered)))


def _root(gaps: Floats) -> float:
    return float(np.sqrt(max((gaps**2).mean(), 1e-300)))


def _ratio(gaps: Floats, start: int, when: slice) -> float:
    return float((gaps[start:] ** 2).mean()) / max(float((gaps[when] ** 2).mean()), 1e-300)


def _weights(units: Floats, facts: Floats | None, unit: int, when: slice) -> Floats:
    """Weights of the other units for `unit`."""
    rest = np.delete(units, unit, axis=0)
    if facts is None:
        return _simplex(units[unit, when], rest[:, when])
    scale = facts.std(axis=0, ddof=1)
    own = facts / np.where(scale > 0, scale, 1.0)
    return _searched(own[unit], np.delete(own, unit, axis=0), units[unit, when], rest[:, when])


def _simplex(target: Floats, others: Floats) -> Floats:
    """Weights at least 0 that sum to 1, with the least squared distance: non-negative least squares with the sum as
    one more, heavy row."""
    from scipy import optimize

    scale = max(float(np.abs(others).max()), 1e-12) * _SUM_WEIGHT
    rows = np.vstack([others.T, np.full(len(others), scale)])
    found, _ = optimize.nnls(rows, np.append(target, scale), maxiter=50 * len(others))
    return np.asarray(found / found.sum())


def _searched(target: Floats, others: Floats, outcome: Floats, outcomes: Floats) -> Floats:
    """The importance of each predictor is searched for from equal importance and from that of a regression of the
    outcomes on the predictors; the better fit counts."""
    from scipy import optimize

    def weights(importance: Floats) -> Floats:
        root = np.sqrt(np.exp(importance - importance.max()))
        return _simplex(target * root, others * root)

    def loss(importance: Floats) -> float:
        return float(((outcome - weights(importance) @ outcomes) ** 2).mean())

    everyone, results = np.vstack([target, others]), np.vstack([outcome, outcomes])
    slopes, *_ = np.linalg.lstsq(np.column_stack([np.ones(len(everyone)), everyone]), results, rcond=None)
    regression = np.log((slopes[1:] ** 2).sum(axis=1) + 1e-6)
    best = min(
        (
            optimize.minimize(
                loss, start, method="Nelder-Mead", options={"maxfev": _SEARCH_STEPS, "xatol": 1e-4, "fatol": 1e-9}
            )
            for start in (np.zeros(len(target)), regression - regression.max())
        ),
        key=lambda one: float(one.fun),
    )
    return weights(best.x)

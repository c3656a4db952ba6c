"""Gray's test: is the cumulative incidence of one exit the same in all groups, when other exits compete?

R. J. Gray (1988), "A class of K-sample tests for comparing the cumulative incidence of a competing risk", Annals of
Statistics 16: 1141–1154, with ρ = 0. Each group's number at risk is weighted by one minus the exit's own incidence,
so that groups are compared on the scale on which the page shows them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from parentis.services.methods.competing_risks import Floats, Waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """χ² on `freedom` degrees of freedom, and its p-value."""

    statistic: float
    freedom: int
    p: float


def gray(waits: Waits, group: npt.NDArray[np.int64], way: str) -> Compared | None:
    """Compare `way` among the groups 0, 1, … of each person; `None` with one group, or where nobody left that way.

    Gray's derivation has no late entry: pass only people observed from their first day.
    """
    from scipy import stats

    groups = int(group.max()) + 1 if len(group) else 0
    counted = _count(waits, group, groups, waits.ways.index(way))
    if groups < 2 or not counted.exits.sum():
        return None
    score, variance = _score(counted)
    kept = groups - 1
    statistic = float(score[:kept] @ np.linalg.solve(variance[:kept, :kept], score[:kept]))
    return Compared(statistic=statistic, freedom=kept, p=float(stats.chi2.sf(statistic, kept)))


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """Groups × days: at risk, exits by the way that is compared, and by all others."""

    at_risk: Floats
    exits: Floats
    others: Floats


def _count(waits: Waits, group: npt.NDArray[np.int64], groups: int, way: int) -> _Counted:
    days = np.unique(waits.end[waits.exit >= 0])
    shape = (groups, len(days))
    at_risk, exits, others = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for one in range(groups):
        ours = waits.chosen(group == one)
        at_risk[one] = np.searchsorted(np.sort(ours.entry), days, side="left") - np.searchsorted(
            np.sort(ours.end), days, side="left"
        )
        for into, went in ((exits, ours.exit == way), (others, (ours.exit >= 0) & (ours.exit != way))):
            np.add.at(into[one], np.searchsorted(days, ours.end[went]), 1.0)
    return _Counted(at_risk, exits, others)


def _score(counted: _Counted) -> tuple[Floats, Floats]:
    """Observed less expected of each group, and its covariance (Gray 1988, section 3)."""
    risk = counted.at_risk
    some = risk > 0
    safe = np.where(some, risk, 1.0)
    out = counted.exits + counted.others
    after = np.cumprod(1.0 - out / safe, axis=1)  # the chance of still waiting, after each day and just before it
    before: Floats = np.concatenate([np.ones((len(risk), 1)), after[:, :-1]], axis=1)
    step = np.where(some, before * counted.exits / safe, 0.0)
    own = np.concatenate([np.zeros((len(risk), 1)), np.cumsum(step, axis=1)[:, :-1]], axis=1)

    waiting = np.where(before > 0, before, 1.0)
    weight = np.where(some, risk / waiting, 0.0)  # people at risk, had nobody left by another exit
    pooled_weight = weight.sum(axis=0)
    all_exits = counted.exits.sum(axis=0)
    adjusted = weight * (1.0 - own)
    score = (counted.exits - all_exits * adjusted / adjusted.sum(axis=0)).sum(axis=1)

    pooled: Floats = np.cumsum(
        all_exits / pooled_weight
    )  # incidence of all groups together, after each day and before it
    pooled_before: Floats = np.concatenate([np.zeros(1), pooled[:-1]])
    return score, _covariance(counted, weight, pooled_weight, pooled, pooled_before, before, after)


def _covariance(
    counted: _Counted,
    weight: npt.NDArray[Any],
    pooled_weight: npt.NDArray[Any],
    pooled: npt.NDArray[Any],
    pooled_before: npt.NDArray[Any],
    before: npt.NDArray[Any],
    after: npt.NDArray[Any],
) -> npt.NDArray[Any]:
    """The sum over exits of the squared influence of each on all scores: directly on its day, and later through the
    weights of those who remain."""
    groups = len(weight)
    share = weight / pooled_weight
    at_once = -weight[:, None, :] * share[None, :, :]  # score i × group k × day
    at_once[np.arange(groups), np.arange(groups), :] += weight
    all_exits = counted.exits.sum(axis=0)
    reach = np.cumsum(at_once * (all_exits / (pooled_weight * (1.0 - pooled_before))), axis=2)
    later = reach[:, :, -1:] - reach
    some = counted.at_risk > 0
    covariance = np.zeros((groups, groups))
    for k in range(groups):
        left = np.where(after[k] > 0, (1.0 - pooled) / np.where(after[k] > 0, after[k], 1.0), 0.0)
        # an exit of the way compared, with a correction for several on one day
        carried = np.where(after[k] > 0, 1.0 - left, 1.0)
        several = all_exits > 1
        together = 1.0 - np.where(several, all_exits - 1.0, 0.0) / np.where(
            several, pooled_weight * before[k] - 1.0, 1.0
        )
        safe = np.where(some[k], counted.at_risk[k], 1.0)
        size = np.where(some[k], together * before[k] * all_exits / (pooled_weight * safe), 0.0)
        effect = at_once[:, k, :] + carried * later[:, k, :]
        covariance += (effect * size) @ effect.T
        # an exit by another way
        several = np.where(counted.others[k] > 1, 1.0 - (counted.others[k] - 1.0) / np.maximum(safe - 1.0, 1.0), 1.0)
        size = np.where(some[k] & (after[k] > 0), several * before[k] ** 2 * counted.others[k] / safe**2, 0.0)
        effect = left * later[:, k, :]
        covariance += (effect * size) @ effect.T
    return covariance

"""The page's scan: where recent deaths cluster, with boroughs' usual shares of deaths estimated and not known.

A borough's usual share is estimated from the months before the scan's window. If this uncertain estimate were taken
as true, its errors would look like clusters several times as often as promised. So null worlds are made by permuting
the months of deaths: every borough and every month keeps its number of deaths, and the shares are estimated anew in
each world. At any boroughs' rates and seasons, the rank of the observed cluster among such worlds is uniform (as in
the permutation scan, Kulldorff and others 2005). Worlds are made until enough of them exceed it (Besag and Clifford
1991).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from parentis.errors import DeclarationError
from parentis.services.child_deaths.scan import Cluster, Windows, _beaten, _limits, _strongest
from parentis.services.demand.randomness import following, keyed, uniform

WINDOW: Final = 6
"Most months that a cluster may span; they are not used to estimate boroughs' shares."
STANDING: Final = 36
"Most months before the window from which the shares are estimated."
HALF_A_DEATH: Final = 0.5
"Added to every borough's deaths, so that a borough without deaths does not get an expectation of nothing."
SHOWN: Final = 50
"No more worlds are made once this many exceed the observed cluster: p is then precise enough."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The strongest cluster, and whether it signals: fewer than `worlds` of the `of` worlds made exceed it."""

    cluster: Cluster
    signals: bool


def cluster_now(
    cases: np.ndarray, season: np.ndarray, windows: Windows, *, chance: float, worlds: int, seed: int,
    shown: int = SHOWN,
) -> Found | None:  # fmt: skip
    """The strongest cluster that reaches to the last month; None where there is none.

    Args:
        cases: deaths, shape (areas, months); shares are estimated from the months before the last `WINDOW`.
        season: each month's relative exposure (season, share notified), shape (months,).
        chance: probability of a false alarm at this look; exact where `worlds / chance` is a whole number.
    """
    cases = np.ascontiguousarray(cases, dtype=np.int32)
    areas, months = cases.shape
    window = min(WINDOW, months // 2)
    if season.shape != (months,) or window < 1 or not 0 < chance < 1 or worlds < 1:
        raise DeclarationError("a scan of now needs two months or more, their season, and a chance to keep")
    total = int(cases.sum())
    due = _due(cases, np.asarray(season, dtype=float), window)
    found = _strongest(np.ascontiguousarray(cases[:, -window:]), due, windows.order, windows.reach, window, True, total)
    centre = int(np.argmax(found[:, 0]))
    ratio, size, first, last = found[centre]
    if ratio <= 0:
        return None
    most = max(worlds, math.ceil(worlds / chance) - 1)
    who = np.repeat(np.arange(areas, dtype=np.int32), cases.sum(axis=1))
    when = np.concatenate([np.repeat(np.arange(months, dtype=np.int32), row) for row in cases]).astype(np.int32)
    beaten, made = _rank(
        who, when, np.asarray(season, dtype=float), areas, window, windows.order, windows.reach, total,
        ratio - 1e-9, most, max(worlds, shown), np.uint64(seed),
    )  # fmt: skip
    p = (1 + beaten) / (1 + made)
    picked = tuple(sorted(map(int, windows.order[centre, : int(size)])))
    inside = np.ix_(picked, range(int(first), int(last) + 1))
    shift = months - window
    return Found(
        cluster=Cluster(
            areas=picked, first=int(first) + shift, last=int(last) + shift,
            cases=int(cases[:, -window:][inside].sum()), expected=float(due[inside].sum()), likelihood=float(ratio),
            p=p, recurrence=1 / p,
        ),
        signals=beaten < worlds,
    )  # fmt: skip


def _due(cases: np.ndarray, season: np.ndarray, window: int) -> np.ndarray:
    """Deaths expected in the last months, by the shares of the months before, scaled to the observed total. Shape
    (areas, window)."""
    base = cases[:, :-window].sum(axis=1) + HALF_A_DEATH
    scale = cases.sum() / (base.sum() * season.sum())
    return np.ascontiguousarray(base[:, None] * season[None, -window:] * scale)


@njit(cache=True, nogil=True)
def _rank(who, when, season, areas, window, order, reach, total, ratio, most, enough, seed):  # type: ignore[no-untyped-def]
    """How many worlds with permuted months have a cluster above `ratio`, and how many were made: `most`, or fewer
    once `enough` of them have."""
    months = len(season)
    floor = _limits(ratio, total)
    shuffled = when.copy()
    inside, sums = np.zeros(window, dtype=np.int64), np.zeros(window)
    whole = season.sum()
    beaten = 0
    for world in range(most):
        stream = keyed(seed, np.uint64(world))
        for at in range(total - 1, 0, -1):
            other = int(uniform(stream) * (at + 1))
            stream = following(stream)
            kept = shuffled[at]
            shuffled[at] = shuffled[other]
            shuffled[other] = kept
        cases = np.zeros((areas, window), dtype=np.int32)
        base = np.full(areas, HALF_A_DEATH)
        for at in range(total):
            late = shuffled[at] - (months - window)
            if late >= 0:
                cases[who[at], late] += 1
            else:
                base[who[at]] += 1
        scale = total / (base.sum() * whole)
        due = np.zeros((areas, window))
        for area in range(areas):
            for late in range(window):
                due[area, late] = base[area] * season[months - window + late] * scale
        limits = floor.copy()
        if _beaten(cases, due, order, reach, window, True, total, ratio, limits, inside, sums) > ratio:
            beaten += 1
            if beaten >= enough:
                return beaten, world + 1
    return beaten, most

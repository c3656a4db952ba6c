"""Dividing a region's authorities into connected groups that each expect enough deaths: exactly, or with a proven
bound.

`divide` searches for the division into a given number of groups whose smallest group is largest. It takes the free
area nearest the edge, tries every connected group that contains it and is heavy enough, and continues with the rest.
The rest falls into connected pieces; a piece of weight w can hold at most w / least groups, and a branch whose pieces
hold too few is cut. Groups are bits of an integer, so there can be at most 62 areas.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numba import njit

from parentis.errors import DeclarationError

MOST_AREAS = 62
UNIT = 10_000
"During the search, weights are whole numbers of 1 / UNIT of a death."


class Status(StrEnum):
    PROVEN = "proven"  # nothing better exists
    IMPOSSIBLE = "impossible"  # proven that there is none
    OPEN = "open"  # the search was stopped: a better one may exist


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """`groups`: indexes of the areas of each, the group with the lowest index first; empty where there is none.
    `smallest`: weight of the lightest. `bound`: no division has a heavier lightest group than this."""

    groups: tuple[tuple[int, ...], ...]
    smallest: float
    bound: float
    status: Status
    steps: int


def divide(
    weights: Sequence[float], borders: Sequence[Iterable[int]], groups: int, *, least: float = 0.0,
    most_steps: int = 60_000_000,
) -> Division:  # fmt: skip
    """The division into `groups` connected groups, each of at least `least`, whose lightest is heaviest."""
    whole = np.array([round(one * UNIT) for one in weights], dtype=np.int64)
    if len(whole) > MOST_AREAS or len(borders) != len(whole) or not 1 <= groups <= len(whole):
        raise DeclarationError("a division needs up to 62 areas, borders of each, and no more groups than areas")
    near = np.array([sum(1 << other for other in each) for each in borders], dtype=np.int64)
    order = _outside_in(near)
    found, steps = np.zeros(groups, dtype=np.int64), 0
    total = int(whole.sum())
    ceiling = total // groups
    at_least = max(1, round(least * UNIT))
    status = Status.IMPOSSIBLE
    # Improve: look for a division whose lightest group is heavier than the last one's, until none exists.
    while at_least <= ceiling:
        made = np.zeros(groups, dtype=np.int64)
        outcome, took = _search(whole, near, order, groups, at_least, most_steps - steps, made)
        steps += took
        if outcome < 0:
            status = Status.OPEN
            break
        if outcome == 0:
            status = Status.PROVEN if found[0] else Status.IMPOSSIBLE
            ceiling = at_least - 1
            break
        found = made
        status = Status.PROVEN
        lightest = min(_weight(whole, int(each)) for each in made)
        at_least = lightest + 1
    else:
        ceiling = at_least - 1
    if not found[0]:
        return Division(groups=(), smallest=0.0, bound=ceiling / UNIT, status=status, steps=steps)
    lightest = min(_weight(whole, int(each)) for each in found)
    parts = sorted(tuple(at for at in range(len(whole)) if each >> at & 1) for each in map(int, found))
    bound = lightest if status is Status.PROVEN else ceiling
    return Division(groups=tuple(parts), smallest=lightest / UNIT, bound=bound / UNIT, status=status, steps=steps)


def connected(group: Iterable[int], borders: Sequence[Iterable[int]]) -> bool:
    """Whether every area of the group can be reached from every other without leaving it."""
    inside = set(group)
    if not inside:
        return False
    reached, new = set[int](), {min(inside)}
    while new:
        reached |= new
        new = {other for each in new for other in borders[each] if other in inside} - reached
    return reached == inside


def best_divisions(
    pieces: Sequence[Sequence[int]], weights: Sequence[float], borders: Sequence[Iterable[int]]
) -> Mapping[int, Division]:
    """For areas that may only be grouped by whole `pieces` (such as police commands): for every number of groups, the
    division whose lightest group is heaviest, by enumerating all sets of pieces. For up to 14 pieces."""
    if len(pieces) > 14:
        raise DeclarationError("too many pieces to go through all their sets")
    whole = [round(sum(weights[at] for at in piece) * UNIT) for piece in pieces]
    of = {at: number for number, piece in enumerate(pieces) for at in piece}
    near = [{of[other] for at in piece for other in borders[at] if other in of} - {n} for n, piece in enumerate(pieces)]
    full = (1 << len(pieces)) - 1
    heavy = [0] * (full + 1)
    for mask in range(1, full + 1):
        inside = [n for n in range(len(pieces)) if mask >> n & 1]
        if connected(inside, near):
            heavy[mask] = sum(whole[n] for n in inside)
    best: list[dict[int, tuple[int, int]]] = [{} for _ in range(full + 1)]
    best[0] = {0: (max(1, sum(whole)) + 1, 0)}
    for mask in range(1, full + 1):
        lowest = mask & -mask
        rest = mask ^ lowest
        part = rest
        made = best[mask]
        while True:
            group = part | lowest
            if heavy[group]:
                for count, (lightest, _) in best[mask ^ group].items():
                    value = min(lightest, heavy[group])
                    if value > made.get(count + 1, (0, 0))[0]:
                        made[count + 1] = (value, group)
            if not part:
                break
            part = (part - 1) & rest
    return {count: _unrolled(best, full, count, pieces, whole) for count in best[full]}


def _unrolled(best: Any, full: int, count: int, pieces: Any, whole: Any) -> Division:
    mask, groups, lightest = full, [], best[full][count][0]
    while mask:
        _, group = best[mask][count]
        groups.append(tuple(sorted(at for n, piece in enumerate(pieces) if group >> n & 1 for at in piece)))
        mask, count = mask ^ group, count - 1
    return Division(
        groups=tuple(sorted(groups)), smallest=lightest / UNIT, bound=lightest / UNIT, status=Status.PROVEN, steps=full
    )


def _weight(whole: np.ndarray, group: int) -> int:
    return int(sum(int(weight) for at, weight in enumerate(whole) if group >> at & 1))


def _outside_in(near: np.ndarray) -> np.ndarray:
    """Areas in breadth-first order from the one with the fewest borders: groups taken first lie at the edge, so that
    the rest stays connected."""
    counts = [int(each).bit_count() for each in near]
    order: list[int] = []
    seen = 0
    while len(order) < len(near):
        queue = [min((n for n in range(len(near)) if not seen >> n & 1), key=lambda n: counts[n])]
        seen |= 1 << queue[0]
        while queue:
            at = queue.pop(0)
            order.append(at)
            for other in sorted(range(len(near)), key=lambda n: counts[n]):
                if near[at] >> other & 1 and not seen >> other & 1:
                    seen |= 1 << other
                    queue.append(other)
    return np.array(order, dtype=np.int64)


@njit(cache=True, nogil=True)
def _sum(whole, group):  # type: ignore[no-untyped-def]
    total = 0
    for at in range(len(whole)):
        if (group >> at) & 1:
            total += whole[at]
    return total


@njit(cache=True, nogil=True)
def _neighbours(near, group):  # type: ignore[no-untyped-def]
    reached = np.int64(0)
    for at in range(len(near)):
        if (group >> at) & 1:
            reached |= near[at]
    return reached


@njit(cache=True, nogil=True)
def _holds(whole, near, free, least, wanted):  # type: ignore[no-untyped-def]
    """Whether the free areas can still be divided into `wanted` groups, and the slack: weight above the groups'
    need."""
    if wanted == 0:
        return free == 0
    can = 0
    left = free
    while left:
        piece = left & -left
        while True:
            grown = (piece | _neighbours(near, piece)) & free
            if grown == piece:
                break
            piece = grown
        room = _sum(whole, piece) // least
        if room == 0:
            return False
        can += room
        left &= ~piece
    return can >= wanted


@njit(cache=True, nogil=True)
def _search(whole, near, order, groups, least, most_steps, made):  # type: ignore[no-untyped-def]
    """1 with `made` filled, 0 if no division exists, -1 if the search was stopped; and how many groups were tried.

    A stack of partial groups at every depth: (group, areas that may still join, areas that may not)."""
    size = len(whole)
    deep = groups + 1
    span = size * size + 8
    group = np.zeros((deep, span), dtype=np.int64)
    banned = np.zeros((deep, span), dtype=np.int64)
    top = np.zeros(deep, dtype=np.int64)
    free = np.zeros(deep + 1, dtype=np.int64)
    free[0] = (np.int64(1) << size) - 1
    steps = 0
    level = 0
    seed = order[0]
    group[0, 0] = np.int64(1) << seed
    banned[0, 0] = 0
    top[0] = 1
    while level >= 0:
        if top[level] == 0:
            level -= 1
            continue
        top[level] -= 1
        at = top[level]
        now, shut = group[level, at], banned[level, at]
        steps += 1
        if steps > most_steps:
            return -1, steps
        weight = _sum(whole, now)
        rest = free[level] & ~now
        wanted = groups - level - 1
        room = _sum(whole, free[level]) - wanted * least
        if weight > room:
            continue
        # Extend the group by each adjoining area in turn; later extensions exclude the earlier areas.
        beside = _neighbours(near, now) & rest & ~shut
        closed = shut
        for step in range(size):
            other = order[step]
            bit = np.int64(1) << other
            if beside & bit:
                if weight + whole[other] <= room:
                    group[level, top[level]] = now | bit
                    banned[level, top[level]] = closed
                    top[level] += 1
                closed |= bit
        if weight >= least and _holds(whole, near, rest, least, wanted):
            made[level] = now
            if wanted == 0:
                if rest == 0:
                    return 1, steps
                continue
            free[level + 1] = rest
            level += 1
            first = np.int64(0)
            for step in range(size):
                bit = np.int64(1) << order[step]
                if rest & bit:
                    first = bit
                    break
            group[level, 0] = first
            banned[level, 0] = 0
            top[level] = 1
    return 0, steps

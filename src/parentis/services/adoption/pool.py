"""The matching pool: children with a placement order and approved families, simulated in continuous time.

A unit of children is one child or brothers and sisters who are placed together. Children and families arrive, wait,
and may leave unmatched (the plan is reversed; the family withdraws). Whether a pair suits depends on the pair alone,
through a random number fixed by the two keys, so that every shape, order and policy has the same suitable pairs. A
child's agency searches first among its own families, after `widen` days among all in the region, and after `national`
days also outside the region.

Pairs are matched when somebody arrives or a search widens; under the weekly policy, once a week, by an exact
assignment of as many children as possible, the longest waits first. Time is in days.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from parentis.services.demand.randomness import keyed, uniform

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

WAITING, OWN, REGION, NATIONAL, LEFT = 0, 1, 2, 3, 4
"State of a unit at the end: waiting, placed (own agency, another in the region, outside it), or left the pool."

ON_ARRIVAL, FAMILY_CHOOSES, WEEKLY = 0, 1, 2
"""Matching policies: the child who has waited longest is offered first (children's workers search); an arriving
family chooses the child it prefers (the family searches); an exact assignment once a week."""
WEEK: Final = 7.0

_CHILD, _FAMILY, _WIDEN, _NATIONAL, _PANEL = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Arrivals of one side, in order of time, each (n,): `at` (day; below 0 for those waiting at the start), `kind`,
    `agency`, `patience` (days until they would leave unmatched) and `key`, which fixes which pairs suit."""

    at: Floats
    kind: Whole
    agency: Whole
    patience: Floats
    key: npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Search:
    """How the pool is searched. `accepts` is children's kinds × families' kinds: the chance that a pair suits.
    `abroad` (n children,) is the number of days after `national` at which a family outside the region is found."""

    accepts: Floats
    policy: int = ON_ARRIVAL
    widen: float = 0.0
    national: float = np.inf


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The state of each unit at the end. `child_end` and `family_end` are the days they left the pool (the horizon
    for those still waiting); `partner` the family of each child, -1 for none."""

    child_state: Whole
    child_end: Floats
    partner: Whole
    family_state: Whole
    family_end: Floats


def run(children: Units, families: Units, search: Search, *, until: float, abroad: Floats | None = None) -> Outcome:
    """One pool, until day `until`."""
    found = abroad if abroad is not None else np.full(len(children.at), np.inf)
    times, what, who = _events(children, families, search, until, found)
    state, end, partner, family_state, family_end = _run(
        times, what, who, children.at, children.kind, children.agency, children.patience, children.key,
        families.at, families.kind, families.agency, families.patience, families.key,
        search.accepts, search.policy, search.widen, until,
    )  # fmt: skip
    return Outcome(state, end, partner, family_state, family_end)


def _events(
    children: Units, families: Units, search: Search, until: float, abroad: Floats
) -> tuple[Floats, Whole, Whole]:
    """Every event at which a match can be made, in order of time; all are known before the pool runs."""
    n, m = len(children.at), len(families.at)
    weeks = np.arange(0.0, until, WEEK) if search.policy == WEEKLY else np.empty(0)
    times = [children.at, families.at, weeks]
    what = [np.full(n, _CHILD), np.full(m, _FAMILY), np.full(len(weeks), _PANEL)]
    who = [np.arange(n), np.arange(m), np.zeros(len(weeks), dtype=np.int64)]
    if search.widen > 0 and search.policy != WEEKLY:
        times.append(children.at + search.widen)
        what.append(np.full(n, _WIDEN))
        who.append(np.arange(n))
    if np.isfinite(search.national):
        times.append(children.at + search.national + abroad)
        what.append(np.full(n, _NATIONAL))
        who.append(np.arange(n))
    all_times = np.concatenate(times)
    kept = np.flatnonzero(all_times < until)
    order = kept[np.argsort(all_times[kept], kind="stable")]
    return all_times[order], np.concatenate(what).astype(np.int64)[order], np.concatenate(who).astype(np.int64)[order]


@njit(cache=True, nogil=True)
def suits(child_key, family_key, chance):  # type: ignore[no-untyped-def]
    """Whether the two suit: the same answer at any time and in every shape."""
    return uniform(keyed(child_key, family_key)) < chance


@njit(cache=True, nogil=True)
def _run(  # type: ignore[no-untyped-def]
    times, what, who, child_at, child_kind, child_agency, child_patience, child_key,
    family_at, family_kind, family_agency, family_patience, family_key, accepts, policy, widen, until,
):  # fmt: skip
    n, m = len(child_at), len(family_at)
    child_state, partner = np.zeros(n, np.int64), np.full(n, -1, np.int64)
    family_state = np.zeros(m, np.int64)
    child_end, family_end = child_at + child_patience, family_at + family_patience
    # Units in the pool, in order of arrival; those that have left are skipped, and removed from time to time.
    waiting_children, in_children = np.empty(n, np.int64), 0
    waiting_families, in_families = np.empty(m, np.int64), 0
    for at in range(len(times)):
        now, one = times[at], who[at]
        if what[at] == _CHILD or what[at] == _WIDEN:
            if child_state[one] != WAITING or child_end[one] <= now:
                continue
            best = -1
            if policy != WEEKLY:
                in_families = _clear(waiting_families, in_families, family_state, family_end, now)
                for place in range(in_families):
                    other = waiting_families[place]
                    near = family_agency[other] == child_agency[one]
                    if what[at] == _WIDEN and near:
                        continue  # they have met
                    if not near and now < child_at[one] + widen:
                        continue
                    if suits(child_key[one], family_key[other], accepts[child_kind[one], family_kind[other]]):
                        best = other
                        break
            if best >= 0:
                _pair(
                    one,
                    best,
                    now,
                    child_state,
                    child_end,
                    partner,
                    family_state,
                    family_end,
                    child_agency,
                    family_agency,
                )
            elif what[at] == _CHILD:
                waiting_children[in_children] = one
                in_children += 1
        elif what[at] == _FAMILY:
            if family_end[one] <= now:
                continue
            best, liked = -1, -1.0
            if policy != WEEKLY:
                in_children = _clear(waiting_children, in_children, child_state, child_end, now)
                for place in range(in_children):
                    other = waiting_children[place]
                    if family_agency[one] != child_agency[other] and now < child_at[other] + widen:
                        continue
                    chance = accepts[child_kind[other], family_kind[one]]
                    if chance > liked and suits(child_key[other], family_key[one], chance):
                        best, liked = other, chance
                        if policy == ON_ARRIVAL:
                            break
            if best >= 0:
                _pair(
                    best,
                    one,
                    now,
                    child_state,
                    child_end,
                    partner,
                    family_state,
                    family_end,
                    child_agency,
                    family_agency,
                )
            else:
                waiting_families[in_families] = one
                in_families += 1
        elif what[at] == _NATIONAL:
            if child_state[one] == WAITING and child_end[one] > now:
                child_state[one], child_end[one] = NATIONAL, now
        else:
            in_children = _clear(waiting_children, in_children, child_state, child_end, now)
            in_families = _clear(waiting_families, in_families, family_state, family_end, now)
            _panel(
                now, waiting_children[:in_children], waiting_families[:in_families], child_at, child_kind, child_agency,
                child_key, family_kind, family_agency, family_key, accepts, widen,
                child_state, child_end, partner, family_state, family_end,
            )  # fmt: skip
    for one in range(n):
        if child_state[one] == WAITING:
            if child_end[one] <= until:
                child_state[one] = LEFT
            else:
                child_end[one] = until
    for one in range(m):
        if family_state[one] == WAITING:
            if family_end[one] <= until:
                family_state[one] = LEFT
            else:
                family_end[one] = until
    return child_state, child_end, partner, family_state, family_end


@njit(cache=True, nogil=True)
def _clear(waiting, count, state, end, now):  # type: ignore[no-untyped-def]
    """Remove units that were matched or left, keeping the order; returns how many remain."""
    kept = 0
    for place in range(count):
        one = waiting[place]
        if state[one] == WAITING and end[one] > now:
            waiting[kept] = one
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def _pair(  # type: ignore[no-untyped-def]
    child, family, now, child_state, child_end, partner, family_state, family_end, child_agency, family_agency
):
    state = OWN if child_agency[child] == family_agency[family] else REGION
    child_state[child], family_state[family] = state, state
    child_end[child], family_end[family] = now, now
    partner[child] = family


@njit(cache=True, nogil=True)
def _panel(  # type: ignore[no-untyped-def]
    now, children, families, child_at, child_kind, child_agency, child_key, family_kind, family_agency, family_key,
    accepts, widen, child_state, child_end, partner, family_state, family_end,
):  # fmt: skip
    """Match as many children as possible and, among such matchings, those who have waited longest.

    Children are matched in order of wait, longest first, each by an augmenting path; a matched child stays matched.
    Sets of children that can be matched together form a matroid, so this greedy order is exact for both aims.
    """
    n, m = len(children), len(families)
    suited = np.zeros((n, m), np.bool_)
    for i in range(n):
        for j in range(m):
            child, family = children[i], families[j]
            if child_agency[child] != family_agency[family] and now < child_at[child] + widen:
                continue
            suited[i, j] = suits(child_key[child], family_key[family], accepts[child_kind[child], family_kind[family]])
    of_family, came_from = np.full(m, -1, np.int64), np.empty(m, np.int64)
    queue, seen = np.empty(n, np.int64), np.empty(m, np.bool_)
    for i in range(n):
        seen[:] = False
        queue[0], first, last, free = i, 0, 1, -1
        while first < last and free < 0:
            row = queue[first]
            first += 1
            for j in range(m):
                if suited[row, j] and not seen[j]:
                    seen[j] = True
                    came_from[j] = row
                    if of_family[j] < 0:
                        free = j
                        break
                    queue[last] = of_family[j]
                    last += 1
        while free >= 0:
            row = came_from[free]
            before = -1
            for j in range(m):
                if of_family[j] == row:
                    before = j
            of_family[free] = row
            free = -1 if row == i else before
    for j in range(m):
        if of_family[j] >= 0:
            _pair(children[of_family[j]], families[j], now, child_state, child_end, partner, family_state, family_end,
                  child_agency, family_agency)  # fmt: skip

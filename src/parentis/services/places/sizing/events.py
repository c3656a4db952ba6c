"""The compiled simulation of a home, event by event: referral, admission, waiting, leaving the list, move-on, shift.

Every child has its random numbers from the start (stay, patience, delay, key), so that they are the same in every
home, size or rule. Events are taken from `engine.event_queue`; referrals come sorted. Times are days.
"""

from typing import Final

import numpy as np
from numba import njit

from parentis.engine.event_queue import drop_first, push
from parentis.services.demand.randomness import keyed, uniform
from parentis.services.places.sizing.units import SHIFT

TOTALS: Final = (
    "referred", "placed", "at_once", "unplaced", "wait_days", "away_days", "nights", "held_nights", "step_nights",
    "others_referred", "others_placed", "others_nights", "no_bed", "staffing", "mix", "declined", "kept", "events",
)  # fmt: skip
"""Counts made by `run`. Children are members' unless `others`; nights of children inside, `held` while ready to move
on; `away_days`: stays of unplaced children; why a child was not taken at once, by the last step reached of approved →
staffed → free → compatible → accepted; events of everybody."""
(
    REFERRED,
    PLACED,
    AT_ONCE,
    UNPLACED,
    WAIT_DAYS,
    AWAY_DAYS,
    NIGHTS,
    HELD,
    STEP_NIGHTS,
    OTHERS_REFERRED,
    OTHERS_PLACED,
    OTHERS_NIGHTS,
    NO_BED,
    STAFFING,
    MIX,
    DECLINED,
    KEPT,
    EVENTS,
) = range(18)
NEEDS_BED, HELD_UP, STEPPED_DOWN = 0, 1, 2
"Stage of a stay: needs the place; ready to move on but delayed; in step-down."
FITS: Final = -1
SEX, RISK, MEMBER = range(3)
BEDS, STAFFED, TAKES, STEP, SHORT_BEDS, INSIDE, GIRLS_IN, BOYS_IN, CHANGES, OPEN, OPEN_IN, CLASS_IN = range(12)
"""Columns of a child, and of a unit: its description, then its state; `CHANGES` counts arrivals and departures, `OPEN`
is the number of beds that can take a child in the shift `OPEN_IN`."""
NEVER: Final = -1
"A unit that has declined a child declines it again."
SHORT, ACCEPTS = range(2)
_NOT_YET = np.nan
_SHIFT_SALT, _UNIT_SALT, _PAIR_SALT = np.uint64(0x5348), np.uint64(0x554E), np.uint64(0x5041)


@njit(cache=True, nogil=True)
def _opens(now, until, seed, unit, odds):  # type: ignore[no-untyped-def]
    """Start of the first shift after `now` with more beds open than the shift before; infinity if none before
    `until`."""
    found = np.inf
    for u in range(unit.shape[0]):
        spare = unit[u, STAFFED] - unit[u, INSIDE]
        if odds[u, SHORT] == 0.0 or spare <= 0 or spare > unit[u, SHORT_BEDS]:
            continue
        own, shift = keyed(seed ^ _SHIFT_SALT, np.uint64(u)), int(now / SHIFT)
        shut = uniform(keyed(own, np.uint64(shift))) < odds[u, SHORT]
        while (shift + 1) * SHIFT < min(until, found):
            shift += 1
            before, shut = shut, uniform(keyed(own, np.uint64(shift))) < odds[u, SHORT]
            if before and not shut:
                found = shift * SHIFT
    return found


@njit(cache=True, nogil=True)
def _fits(u, i, now, seed, rivals, kid, key, unit, odds, apart, here, tried):  # type: ignore[no-untyped-def]
    """How far child `i` gets towards unit `u`: NO_BED, STAFFING, MIX or DECLINED, or -1 where it gets the place."""
    inside = unit[u, INSIDE]
    if inside >= unit[u, BEDS]:
        return NO_BED
    sex = kid[i, SEX]
    if unit[u, TAKES] < 2:
        if unit[u, TAKES] != sex:
            return NO_BED
    elif unit[u, TAKES] == 3 and unit[u, GIRLS_IN + 1 - sex] > 0:
        return NO_BED
    open_beds = unit[u, STAFFED]
    if odds[u, SHORT] > 0.0:
        shift = int(now / SHIFT)
        if unit[u, OPEN_IN] != shift:
            luck = uniform(keyed(keyed(seed ^ _SHIFT_SALT, np.uint64(u)), np.uint64(shift)))
            unit[u, OPEN_IN] = shift
            unit[u, OPEN] = open_beds - (unit[u, SHORT_BEDS] if luck < odds[u, SHORT] else 0)
        open_beds = unit[u, OPEN]
    if inside >= open_beds:
        return STAFFING
    # A child who did not fit with the residents is not considered again until somebody has arrived or left.
    if tried[i, u] == unit[u, CHANGES]:
        return MIX
    if tried[i, u] == NEVER:
        return DECLINED
    classes = apart.shape[0]
    if classes > 1:
        for k in range(classes):
            if apart[kid[i, RISK], k] and unit[u, CLASS_IN + k] > 0:
                tried[i, u] = unit[u, CHANGES]
                return MIX
    if rivals > 0.0:
        for slot in range(inside):
            if uniform(keyed(_PAIR_SALT, key[i] + key[here[u, slot]])) < rivals:
                tried[i, u] = unit[u, CHANGES]
                return MIX
    if odds[u, ACCEPTS] < 1.0 and uniform(keyed(key[i] ^ _UNIT_SALT, np.uint64(u))) >= odds[u, ACCEPTS]:
        tried[i, u] = NEVER
        return DECLINED
    return FITS


@njit(cache=True, nogil=True)
def _place_for(i, now, step_down, seed, rivals, kept, kid, key, unit, odds, apart, here, tried):  # type: ignore[no-untyped-def]
    """The first unit that takes child `i`, or `-1 - why`: the furthest step reached in any unit."""
    if kept > 0 and not kid[i, MEMBER]:
        free = 0
        for u in range(unit.shape[0]):
            if unit[u, STEP] == 0:
                free += unit[u, BEDS] - unit[u, INSIDE]
        if free <= kept:
            return -1 - KEPT
    furthest = NO_BED
    for u in range(unit.shape[0]):
        if unit[u, STEP] == step_down:
            found = _fits(u, i, now, seed, rivals, kid, key, unit, odds, apart, here, tried)
            if found == FITS:
                return u
            furthest = max(furthest, found)
    return -1 - furthest


@njit(cache=True, nogil=True)
def _enter(u, i, kid, unit, here, where):  # type: ignore[no-untyped-def]
    inside = unit[u, INSIDE]
    here[u, inside], where[i, 0], where[i, 1] = i, u, inside
    unit[u, INSIDE] = inside + 1
    unit[u, CHANGES] += 1
    unit[u, GIRLS_IN + kid[i, SEX]] += 1
    unit[u, CLASS_IN + kid[i, RISK]] += 1


@njit(cache=True, nogil=True)
def _vacate(i, kid, unit, here, where):  # type: ignore[no-untyped-def]
    u, slot = where[i, 0], where[i, 1]
    inside = unit[u, INSIDE] - 1
    last = here[u, inside]
    here[u, slot], where[last, 1] = last, slot
    unit[u, INSIDE] = inside
    unit[u, CHANGES] += 1
    unit[u, GIRLS_IN + kid[i, SEX]] -= 1
    unit[u, CLASS_IN + kid[i, RISK]] -= 1


@njit(cache=True, nogil=True, error_model="numpy")
def run(children, home, seed, warm, horizon, begin, leave, why, totals):  # type: ignore[no-untyped-def]
    """One future of one home.

    Args:
        children: as `simulation.Stream.arrays`: (at, stay, patience, rank, delay, step_stay), each (n,), what is
            known of a child, (n, 3), and the key, (n,). The list goes by `rank`, the highest first; `patience` 0 is
            lost at once.
        home: one home of `units.Encoded`.
        warm, horizon: events between these days are counted; children by the day they were referred.
        begin, leave: (n,), written: the day the child came in and went, NaN where they did not.
        why: (n,), written: an index into `TOTALS` from NO_BED on, or -1 for a child taken at once.
        totals: (len(TOTALS),), added to.
    """
    # Unpacked once and passed on as few arrays: each array costs a reference count where it is unpacked.
    at, stay, patience, rank, delay, step_stay, kid, key = children
    described, odds, apart, rivals, kept = home
    n, units, classes = at.shape[0], described.shape[0], apart.shape[0]
    total_beds, most, with_step, by_shift = 0, 1, False, False
    unit = np.zeros((units, CLASS_IN + classes), np.int64)
    for u in range(units):
        for column in range(INSIDE):
            unit[u, column] = described[u, column]
        unit[u, CHANGES], unit[u, OPEN_IN] = 1, -1
        total_beds += unit[u, BEDS]
        most = max(most, unit[u, BEDS])
        with_step = with_step or (unit[u, STEP] == 1 and unit[u, BEDS] > 0)
        by_shift = by_shift or odds[u, SHORT] > 0.0
    when, phase = np.empty(n), np.zeros(n, np.int8)
    where, tried = np.empty((n, 2), np.int64), np.zeros((n, units), np.int64)
    heap, size = np.empty(total_beds + 1, np.int64), 0
    here = np.empty((units, most), np.int64)
    waiting, listed = np.empty(16, np.int64), 0
    held, n_held = np.empty(total_beds + 1, np.int64), 0
    now, first_to_go, shift_at, k = 0.0, np.inf, np.inf, 0
    begin[:], leave[:], why[:] = _NOT_YET, _NOT_YET, -1
    events = 0
    while True:
        arrives = at[k] if k < n else np.inf
        ends = when[heap[0]] if size > 0 else np.inf
        if by_shift:
            shift_at = _opens(now, min(min(arrives, ends), first_to_go), seed, unit, odds) if listed > 0 else np.inf
        now = min(min(arrives, ends), min(first_to_go, shift_at))
        if now >= horizon:
            break
        freed = False
        if now == ends:
            i = heap[0]
            events += 1
            moves_down = False
            if phase[i] == NEEDS_BED:
                phase[i] = HELD_UP
                if with_step and step_stay[i] > 0.0:
                    u = _place_for(i, now, 1, seed, rivals, kept, kid, key, unit, odds, apart, here, tried)
                    if u < 0:
                        held[n_held] = i
                        n_held += 1
                        size = drop_first(heap, size, when)
                        when[i] = now
                        continue
                    moves_down = True
                elif delay[i] > 0.0:
                    size = drop_first(heap, size, when)
                    if kid[i, MEMBER] and now >= warm:
                        totals[HELD] += min(now + delay[i], horizon) - now
                    when[i] = now + delay[i]
                    size = push(heap, size, i, when)
                    continue
            size = drop_first(heap, size, when)
            was_step = phase[i] == STEPPED_DOWN
            _vacate(i, kid, unit, here, where)
            if moves_down:
                leave[i], phase[i] = now, STEPPED_DOWN
                _enter(u, i, kid, unit, here, where)
                when[i] = now + step_stay[i]
                size = push(heap, size, i, when)
                if now >= warm:
                    totals[STEP_NIGHTS] += min(when[i], horizon) - now
                freed = True
            elif was_step:
                # Children move to step-down in order of wait; those who do not fit there now keep their position.
                for j in range(n_held):
                    i = held[j]
                    u = _place_for(i, now, 1, seed, rivals, kept, kid, key, unit, odds, apart, here, tried)
                    if u < 0:
                        continue
                    for later in range(j, n_held - 1):
                        held[later] = held[later + 1]
                    n_held -= 1
                    if kid[i, MEMBER]:
                        totals[HELD] += max(now - max(when[i], warm), 0.0)
                    _vacate(i, kid, unit, here, where)
                    leave[i], phase[i] = now, STEPPED_DOWN
                    _enter(u, i, kid, unit, here, where)
                    when[i] = now + step_stay[i]
                    size = push(heap, size, i, when)
                    if now >= warm:
                        totals[STEP_NIGHTS] += min(when[i], horizon) - now
                    freed = True
                    break
            else:
                leave[i] = now
                freed = True
        elif now == arrives:
            i = k
            k += 1
            events += 1
            counted = now >= warm
            if counted:
                totals[REFERRED if kid[i, MEMBER] else OTHERS_REFERRED] += 1
            u = _place_for(i, now, 0, seed, rivals, kept, kid, key, unit, odds, apart, here, tried)
            if u >= 0:
                begin[i] = now
                _enter(u, i, kid, unit, here, where)
                when[i] = now + stay[i]
                size = push(heap, size, i, when)
                if counted:
                    totals[PLACED if kid[i, MEMBER] else OTHERS_PLACED] += 1
                    if kid[i, MEMBER]:
                        totals[AT_ONCE] += 1
                continue
            why[i] = -1 - u
            if counted and kid[i, MEMBER]:
                totals[why[i]] += 1
            if patience[i] > 0.0:
                if listed == waiting.shape[0]:
                    longer = np.empty(2 * listed, np.int64)
                    longer[:listed] = waiting
                    waiting = longer
                waiting[listed] = i
                listed += 1
                when[i] = now + patience[i]
                first_to_go = min(first_to_go, when[i])
            elif counted and kid[i, MEMBER]:
                totals[UNPLACED] += 1
                totals[AWAY_DAYS] += stay[i]
            continue
        elif now == first_to_go:
            for j in range(listed):
                i = waiting[j]
                if when[i] == now:
                    events += 1
                    if kid[i, MEMBER] and at[i] >= warm:
                        totals[UNPLACED] += 1
                        totals[WAIT_DAYS] += patience[i]
                        totals[AWAY_DAYS] += stay[i]
                    listed -= 1
                    waiting[j] = waiting[listed]
                    break
        else:
            freed = True
            events += 1
        while freed and listed > 0:
            chosen, place = -1, -1
            for j in range(listed):
                i = waiting[j]
                if chosen >= 0:
                    best = waiting[chosen]
                    if rank[i] < rank[best] or (rank[i] == rank[best] and i > best):
                        continue
                u = _place_for(i, now, 0, seed, rivals, kept, kid, key, unit, odds, apart, here, tried)
                if u >= 0:
                    chosen, place = j, u
            if chosen < 0:
                break
            i = waiting[chosen]
            listed -= 1
            waiting[chosen] = waiting[listed]
            begin[i] = now
            _enter(place, i, kid, unit, here, where)
            if at[i] >= warm:
                totals[PLACED if kid[i, MEMBER] else OTHERS_PLACED] += 1
                if kid[i, MEMBER]:
                    totals[WAIT_DAYS] += now - at[i]
            when[i] = now + stay[i]
            size = push(heap, size, i, when)
        if now == first_to_go or freed:
            first_to_go = np.inf
            for j in range(listed):
                first_to_go = min(first_to_go, when[waiting[j]])
    for j in range(n_held):
        if kid[held[j], MEMBER]:
            totals[HELD] += max(horizon - max(when[held[j]], warm), 0.0)
    for i in range(k):
        if begin[i] == begin[i]:
            until = leave[i] if leave[i] == leave[i] else horizon
            totals[NIGHTS if kid[i, MEMBER] else OTHERS_NIGHTS] += max(until - max(begin[i], warm), 0.0)
    for j in range(listed):
        i = waiting[j]
        if kid[i, MEMBER] and at[i] >= warm:
            totals[WAIT_DAYS] += horizon - at[i]
    totals[EVENTS] += events


@njit(cache=True, nogil=True, error_model="numpy")
def run_homes(children, units, odds, apart, rivals, kept, seed, warm, horizon, totals):  # type: ignore[no-untyped-def]
    """`run` of the same children in several homes; `totals` has shape (homes, len(TOTALS)) and is added to."""
    n = children[0].shape[0]
    begin, leave, why = np.empty(n), np.empty(n), np.empty(n, np.int64)
    for h in range(units.shape[0]):
        home = (units[h], odds[h], apart[h], rivals[h], kept[h])
        run(children, home, seed, warm, horizon, begin, leave, why, totals[h])

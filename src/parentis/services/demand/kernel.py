"""The simulation of individual children in continuous time, compiled.

A child's placement ends when the hazard it has gathered passes an exponential threshold; the hazard steps only where
a band begins or a change of the scenario bites, so that one random number covers a placement however many bands it
crosses. Time is in days from the day after the cut. Results are added up in place: month-end stock as differences,
nights as what is missing from whole months, so that a placement costs the same however long it lasts.
"""

import numpy as np
from numba import njit

from parentis.services.demand.bands import (
    ADULT,
    AGE_EDGES,
    CARE_EDGES,
    N_AGES,
    N_UASC,
    PLACEMENT_EDGES,
    band,
    cell_of,
)
from parentis.services.demand.randomness import following, keyed, uniform

GONE, LEFT, MOVED = 0, 1, 2
"What ends a stretch: the horizon, leaving care, another placement."

RAMP_STEP = 30.4375
"Days: a change that ramps up does so in steps of this length."

_ENTRY, _EXIT, _MOVE, _MIX = 0, 1, 2, 3
_AGED_OUT = 3
"Index in `states.EXITS`."


@njit(cache=True, nogil=True, inline="always")
def _strength(at, begins, ramp):  # type: ignore[no-untyped-def]
    """How far a change has ramped up, from 0 to 1."""
    if at < begins:
        return 0.0
    if at >= begins + ramp:
        return 1.0
    return min(1.0, (np.floor((at - begins) / RAMP_STEP + 1e-9) + 0.5) * RAMP_STEP / ramp)


@njit(cache=True, nogil=True)
def _knot(at, begins, ramp):  # type: ignore[no-untyped-def]
    """The next time the strength of any change steps."""
    found = np.inf
    for i in range(begins.shape[0]):
        if at < begins[i]:
            found = min(found, begins[i])
        elif at < begins[i] + ramp[i]:
            step = begins[i] + (np.floor((at - begins[i]) / RAMP_STEP + 1e-9) + 1) * RAMP_STEP
            found = min(found, step if step > at else step + RAMP_STEP)
    return found


@njit(cache=True, nogil=True)
def _changed(kind, at, state, age, uasc, authority, child, shares, weights, changes):  # type: ignore[no-untyped-def]
    """`shares` times the factors of the changes that reach this child now, into `weights`; their sum."""
    kinds, sources, targets, ages, uascs, authorities, factor, begins, ramp, share, salt = changes
    total = 0.0
    for k in range(shares.shape[0]):
        weights[k] = shares[k] - (shares[k - 1] if k > 0 else 0.0)
    for i in range(kinds.shape[0]):
        if kinds[i] != kind or not (
            sources[i, state] and ages[i, age] and uascs[i, uasc] and authorities[i, authority]
        ):
            continue
        if share[i] < 1.0 and uniform(keyed(child, salt[i])) >= share[i]:
            continue
        scale = 1.0 + (factor[i] - 1.0) * _strength(at, begins[i], ramp[i])
        for k in range(shares.shape[0]):
            if targets[i, k]:
                weights[k] *= scale
    for k in range(shares.shape[0]):
        total += weights[k]
    return total


@njit(cache=True, nogil=True)
def _redirected(at, state, age, uasc, authority, child, changes):  # type: ignore[no-untyped-def]
    """The state an arrival in `state` goes to, after the scenario's changes of mix."""
    kinds, sources, targets, ages, uascs, authorities, _, begins, ramp, share, salt = changes
    for i in range(kinds.shape[0]):
        if kinds[i] != _MIX or not (
            sources[i, state] and ages[i, age] and uascs[i, uasc] and authorities[i, authority]
        ):
            continue
        luck = uniform(keyed(keyed(child, salt[i]), np.uint64(np.int64(at * 1e6))))
        if luck < share[i] * _strength(at, begins[i], ramp[i]):
            for k in range(targets.shape[1]):
                if targets[i, k]:
                    return k
    return state


@njit(cache=True, nogil=True, inline="always")
def _pick(cumulative, luck):  # type: ignore[no-untyped-def]
    k = 0
    last = cumulative.shape[0] - 1
    while k < last and cumulative[k] <= luck:
        k += 1
    return k


@njit(cache=True, nogil=True)
def _next(  # type: ignore[no-untyped-def]
    at, state, birth, placed, cared, uasc, authority, stream, child, horizon, rates, changes, weights
):
    """When and how the child's stretch in this placement ends: `(time, what, which, stream, steps)`."""
    exits, moves, exit_row, exit_mix, move_row, move_mix, exit_factor, move_factor, stay = rates
    n_changes = changes[0].shape[0]
    stream = following(stream)
    threshold = -np.log(uniform(stream))
    f_exit, f_move = exit_factor[authority], move_factor[authority]
    age = band(at - birth, AGE_EDGES)
    placement = band(at - placed, PLACEMENT_EDGES)
    care = band(at - cared, CARE_EDGES)
    age_next = birth + AGE_EDGES[age + 1] if age + 1 < AGE_EDGES.shape[0] else np.inf
    placement_next = placed + PLACEMENT_EDGES[placement + 1] if placement + 1 < PLACEMENT_EDGES.shape[0] else np.inf
    care_next = cared + CARE_EDGES[care + 1] if care + 1 < CARE_EDGES.shape[0] else np.inf
    adult = birth + ADULT if at < birth + ADULT else np.inf
    steps = 0
    while True:
        steps += 1
        cell = cell_of(state, age, placement, care, uasc)
        leave, move = exits[cell] * f_exit, moves[cell] * f_move
        until = min(min(age_next, placement_next), min(care_next, min(adult, horizon)))
        if n_changes > 0:
            until = min(until, _knot(at, changes[7], changes[8]))
            leave *= _changed(_EXIT, at, state, age, uasc, authority, child, exit_mix[exit_row[cell]], weights, changes)
            move *= _changed(_MOVE, at, state, age, uasc, authority, child, move_mix[move_row[cell]], weights, changes)
        rate = leave + move
        gathered = rate * (until - at)
        if threshold < gathered:
            at += threshold / rate
            stream = following(stream)
            luck = uniform(stream) * rate
            leaving = luck < leave
            luck = luck / leave if leaving else (luck - leave) / move
            shares = exit_mix[exit_row[cell]] if leaving else move_mix[move_row[cell]]
            if n_changes > 0:
                kind = _EXIT if leaving else _MOVE
                luck *= _changed(kind, at, state, age, uasc, authority, child, shares, weights, changes)
                which = 0
                while which < shares.shape[0] - 1 and luck >= weights[which]:
                    luck -= weights[which]
                    which += 1
            else:
                which = _pick(shares, luck)
            return at, (LEFT if leaving else MOVED), which, stream, steps
        threshold -= gathered
        at = until
        if at >= horizon:
            return at, GONE, 0, stream, steps
        if at == adult:
            stream = following(stream)
            if uniform(stream) >= stay:
                return at, LEFT, _AGED_OUT, stream, steps
            adult = np.inf
        if at == age_next:
            age += 1
            age_next = birth + AGE_EDGES[age + 1] if age + 1 < AGE_EDGES.shape[0] else np.inf
        if at == placement_next:
            placement += 1
            placement_next = (
                placed + PLACEMENT_EDGES[placement + 1] if placement + 1 < PLACEMENT_EDGES.shape[0] else np.inf
            )
        if at == care_next:
            care += 1
            care_next = cared + CARE_EDGES[care + 1] if care + 1 < CARE_EDGES.shape[0] else np.inf


@njit(cache=True, nogil=True, inline="always")
def _stay(begins, ends, authority, column, calendar, stock, nights):  # type: ignore[no-untyped-def]
    """Count a stretch in one column: differences of stock, and what it lacks of, or has beyond, whole months."""
    bounds, month_of_day = calendar
    first, last = month_of_day[int(begins)], month_of_day[int(ends)]
    stock[authority, column, first + 1] += 1
    stock[authority, column, last + 1] -= 1
    nights[authority, column, first] += bounds[first + 1] - begins
    nights[authority, column, last] += ends - bounds[last + 1]


@njit(cache=True, nogil=True, inline="always")
def _lived(begins, ends, state, birth, authority, by_age, calendar, stock, nights):  # type: ignore[no-untyped-def]
    """`_stay`, in the columns of each age where ages are told apart (column = state × ages + age)."""
    if not by_age:
        _stay(begins, ends, authority, state, calendar, stock, nights)
        return
    age = band(begins - birth, AGE_EDGES)
    while True:
        until = birth + AGE_EDGES[age + 1] if age + 1 < N_AGES else np.inf
        last = min(until, ends)
        _stay(begins, last, authority, state * N_AGES + age, calendar, stock, nights)
        if until >= ends:
            return
        begins = until
        age += 1


@njit(cache=True, nogil=True, inline="always")
def _column(state, age_days, by_age):  # type: ignore[no-untyped-def]
    return state * N_AGES + band(age_days, AGE_EDGES) if by_age else state


@njit(cache=True, nogil=True)
def _live(  # type: ignore[no-untyped-def]
    at, state, birth, placed, cared, uasc, authority, stream, child, horizon, rates, changes, weights,
    by_age, calendar, out,
):  # fmt: skip
    """One child from `at` to the horizon or the end of care; `(events, steps)`."""
    stock, nights, _, exits, moves, exit_kinds = out
    month_of_day = calendar[1]
    begins = at
    events = steps = 0
    while True:
        at, what, which, stream, taken = _next(
            at, state, birth, placed, cared, uasc, authority, stream, child, horizon, rates, changes, weights
        )
        steps += taken
        if what == GONE:
            break
        events += 1
        month = month_of_day[int(at)]
        if what == LEFT:
            exits[authority, _column(state, at - birth, by_age), month] += 1
            exit_kinds[authority, which, month] += 1
            break
        moves[authority, _column(state, at - birth, by_age), month] += 1
        if changes[0].shape[0] > 0:
            which = _redirected(at, which, band(at - birth, AGE_EDGES), uasc, authority, child, changes)
        if which != state:
            _lived(begins, at, state, birth, authority, by_age, calendar, stock, nights)
            begins, state = at, which
        placed = at
    _lived(begins, at, state, birth, authority, by_age, calendar, stock, nights)
    return events, steps


@njit(cache=True, nogil=True)
def arrivals(  # type: ignore[no-untyped-def]
    key, expected, makeup, ages, authority_keys, bounds, states, changes, uasc_keys, births, times, strata, where
):
    """Children who come into care, month by month: arrays filled in place; how many.

    Each month's arrivals are the points of a Poisson process. A change of the rate keeps or doubles arrivals one by
    one, so that scenarios have the same children wherever they can.
    """
    count = 0
    full = times.shape[0]
    for authority in range(expected.shape[0]):
        own = keyed(key, authority_keys[authority])
        for month in range(expected.shape[1]):
            if expected[authority, month] <= 0:
                continue
            base = keyed(own, np.uint64(month))
            stream = base
            point = 0.0
            while True:
                stream = following(stream)
                point -= np.log(uniform(stream)) / expected[authority, month]
                if point >= 1.0:
                    break
                stream = following(stream)
                luck = uniform(stream)
                low, high = 0, makeup.shape[1] - 1
                while low < high:
                    middle = (low + high) // 2
                    if makeup[authority, middle] <= luck:
                        low = middle + 1
                    else:
                        high = middle
                stream = following(stream)
                place = uniform(stream) * (ages.shape[1] - 1)
                age = (low // N_UASC) % N_AGES
                step = int(place)
                days = ages[age, step] + (place - step) * (ages[age, step + 1] - ages[age, step])
                at = bounds[month] + point * (bounds[month + 1] - bounds[month])
                child = keyed(stream, np.uint64(1))
                copies = 1
                if changes[0].shape[0] > 0:
                    copies = _copies(at, low, age, authority, child, changes)
                for copy in range(copies):
                    if count < full:
                        uasc_keys[count] = keyed(child, np.uint64(copy)) if copy else child
                        births[count], times[count], strata[count], where[count] = at - days, at, low, authority
                    count += 1
    return count


@njit(cache=True, nogil=True)
def _copies(at, stratum, age, authority, child, changes):  # type: ignore[no-untyped-def]
    kinds, sources, _, ages, uascs, authorities, factor, begins, ramp, share, _ = changes
    uasc, state = stratum % N_UASC, stratum // (N_UASC * N_AGES)
    scale = 1.0
    for i in range(kinds.shape[0]):
        if kinds[i] != _ENTRY or not (
            sources[i, state] and ages[i, age] and uascs[i, uasc] and authorities[i, authority]
        ):
            continue
        scale *= 1.0 + (factor[i] - 1.0) * share[i] * _strength(at, begins[i], ramp[i])
    return int(scale + uniform(keyed(child, np.uint64(2))))


@njit(cache=True, nogil=True)
def run(key, children, entrants, count, horizon, rates, changes, by_age, calendar, out):  # type: ignore[no-untyped-def]
    """One replicate, every child on its own; `(events, steps)`."""
    keys, states, births, placed, cared, uasc, authorities = children
    entries, month_of_day = out[2], calendar[1]
    weights = np.zeros(max(rates[3].shape[1], rates[5].shape[1]))
    events = steps = 0
    for i in range(keys.shape[0]):
        child = keyed(key, keys[i])
        done, taken = _live(
            0.0, states[i], births[i], placed[i], cared[i], uasc[i], authorities[i], child, child, horizon,
            rates, changes, weights, by_age, calendar, out,
        )  # fmt: skip
        events += done
        steps += taken
    child_keys, child_births, times, strata, where = entrants
    for i in range(count):
        at, birth, authority = times[i], child_births[i], where[i]
        unaccompanied, state = strata[i] % N_UASC, strata[i] // (N_UASC * N_AGES)
        child = child_keys[i]
        if changes[0].shape[0] > 0:
            state = _redirected(at, state, band(at - birth, AGE_EDGES), unaccompanied, authority, child, changes)
        entries[authority, _column(state, at - birth, by_age), month_of_day[int(at)]] += 1
        done, taken = _live(
            at, state, birth, at, at, unaccompanied, authority, child, child, horizon, rates, changes, weights,
            by_age, calendar, out,
        )  # fmt: skip
        events += done + 1
        steps += taken
    return events, steps

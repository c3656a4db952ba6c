"""The simulation where places are limited: children then wait on one another, so events are taken in order of time.

Each child draws the very numbers it would draw without the limit; as long as no place is full, nothing differs.
"""

import numpy as np
from numba import njit

from parentis.services.demand.bands import AGE_EDGES, N_AGES, N_UASC, band
from parentis.services.demand.kernel import GONE, LEFT, _column, _lived, _next, _redirected
from parentis.services.demand.randomness import keyed


@njit(cache=True, nogil=True, inline="always")
def _earlier(times, a, b):  # type: ignore[no-untyped-def]
    return times[a] < times[b] or (times[a] == times[b] and a < b)


@njit(cache=True, nogil=True)
def _sink(heap, size, at, times):  # type: ignore[no-untyped-def]
    while True:
        child = 2 * at + 1
        if child >= size:
            return
        if child + 1 < size and _earlier(times, heap[child + 1], heap[child]):
            child += 1
        if not _earlier(times, heap[child], heap[at]):
            return
        heap[at], heap[child] = heap[child], heap[at]
        at = child


@njit(cache=True, nogil=True)
def _find(at, state, authority, limits, inside):  # type: ignore[no-untyped-def]
    """The state an arrival in `state` finds room in."""
    full_state, places, overflow, authorities, begins = limits
    for _ in range(full_state.shape[0]):
        sent = state
        for i in range(full_state.shape[0]):
            if full_state[i] == state and authorities[i, authority] and at >= begins[i] and inside[i] >= places[i]:
                sent = overflow[i]
                break
        if sent == state:
            return state
        state = sent
    return state


@njit(cache=True, nogil=True, inline="always")
def _count(state, authority, by, limits, inside):  # type: ignore[no-untyped-def]
    for i in range(inside.shape[0]):
        if limits[0][i] == state and limits[3][i, authority]:
            inside[i] += by


@njit(cache=True, nogil=True)
def run_capped(  # type: ignore[no-untyped-def]
    key, children, entrants, count, horizon, rates, changes, limits, by_age, calendar, out
):
    """One replicate with limited places; `(events, steps)`."""
    stock, nights, entries, exits, moves, exit_kinds = out
    month_of_day = calendar[1]
    weights = np.zeros(max(rates[3].shape[1], rates[5].shape[1]))
    first = children[0].shape[0]
    n = first + count
    states, births = np.empty(n, np.int64), np.empty(n)
    placed, cared, begins, times = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    uasc, authority = np.empty(n, np.int64), np.empty(n, np.int64)
    keys, streams = np.empty(n, np.uint64), np.empty(n, np.uint64)
    # −1 until the child has arrived, then what its next event is.
    what, which = np.full(n, -1, np.int64), np.zeros(n, np.int64)
    inside = np.zeros(limits[0].shape[0], np.int64)
    steps = events = 0
    for i in range(first):
        keys[i] = streams[i] = keyed(key, children[0][i])
        states[i], births[i], placed[i], cared[i] = children[1][i], children[2][i], children[3][i], children[4][i]
        uasc[i], authority[i], begins[i] = children[5][i], children[6][i], 0.0
        _count(states[i], authority[i], 1, limits, inside)
        times[i], what[i], which[i], streams[i], taken = _next(
            0.0, states[i], births[i], placed[i], cared[i], uasc[i], authority[i], streams[i], keys[i], horizon,
            rates, changes, weights,
        )  # fmt: skip
        steps += taken
    for j in range(count):
        i = first + j
        keys[i] = streams[i] = entrants[0][j]
        births[i], times[i], authority[i] = entrants[1][j], entrants[2][j], entrants[4][j]
        uasc[i], states[i] = entrants[3][j] % N_UASC, entrants[3][j] // (N_UASC * N_AGES)
    heap = np.arange(n)
    for at in range(n // 2, -1, -1):
        _sink(heap, n, at, times)
    size = n
    while size > 0:
        i = heap[0]
        now = times[i]
        if what[i] == GONE or what[i] == LEFT:
            _lived(begins[i], now, states[i], births[i], authority[i], by_age, calendar, stock, nights)
            if what[i] == LEFT:
                events += 1
                exits[authority[i], _column(states[i], now - births[i], by_age), month_of_day[int(now)]] += 1
                exit_kinds[authority[i], which[i], month_of_day[int(now)]] += 1
                _count(states[i], authority[i], -1, limits, inside)
            size -= 1
            heap[0] = heap[size]
            _sink(heap, size, 0, times)
            continue
        events += 1
        target = states[i] if what[i] < 0 else which[i]
        target = _redirected(now, target, band(now - births[i], AGE_EDGES), uasc[i], authority[i], keys[i], changes)
        if what[i] < 0:
            states[i] = _find(now, target, authority[i], limits, inside)
            cared[i] = begins[i] = now
            entries[authority[i], _column(states[i], now - births[i], by_age), month_of_day[int(now)]] += 1
            _count(states[i], authority[i], 1, limits, inside)
        else:
            moves[authority[i], _column(states[i], now - births[i], by_age), month_of_day[int(now)]] += 1
            if target != states[i]:
                # A child who moves within a full group changes places there; it needs no further one.
                target = _find(now, target, authority[i], limits, inside)
            if target != states[i]:
                _lived(begins[i], now, states[i], births[i], authority[i], by_age, calendar, stock, nights)
                _count(states[i], authority[i], -1, limits, inside)
                _count(target, authority[i], 1, limits, inside)
                begins[i], states[i] = now, target
        placed[i] = now
        times[i], what[i], which[i], streams[i], taken = _next(
            now, states[i], births[i], now, cared[i], uasc[i], authority[i], streams[i], keys[i], horizon,
            rates, changes, weights,
        )  # fmt: skip
        steps += taken
        _sink(heap, size, 0, times)
    return events, steps

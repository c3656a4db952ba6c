"""The simulation with limited places: children then depend on one another, so events are handled in order of time.

Each child draws the same random numbers as without the limit; as long as no place is full, results are the same.
"""

import numpy as np
from numba import njit

from parentis.engine.event_queue import arrange, drop_first, sink
from parentis.services.demand.estimation.bands import ADULT, AGE_EDGES, CARE_EDGES, PLACEMENT_EDGES, band, cell_of
from parentis.services.demand.randomness import following, keyed, uniform
from parentis.services.demand.simulation.kernel import (
    _AGED_OUT,
    _AGES_NEXT,
    _CARE_NEXT,
    _PLACEMENT_NEXT,
    column_of,
    count_stay,
)
from parentis.services.demand.simulation.scenario_effects import (
    EXIT,
    MOVE,
    changed,
    find_reach,
    redirected,
    set_scales,
)

ARRIVES, GOES_ON, LEAVES, MOVES = 0, 1, 2, 3
"The kinds of next event of a child; a placement that goes on lasts to the horizon."


@njit(cache=True, nogil=True)
def _next(  # type: ignore[no-untyped-def]
    at, state, birth, placed, cared, uasc, authority, stream, child, horizon,
    rate, exit_row, exit_mix, move_row, move_mix, f_exit, f_move, stay, changes, weights,
):  # fmt: skip
    """The end of a placement that begins or goes on at `at`: `(time, what, which, stream, steps)`. As in `run`."""
    age = band(at - birth, AGE_EDGES)
    care = band(at - cared, CARE_EDGES)
    placement = band(at - placed, PLACEMENT_EDGES)
    adult = birth + ADULT if at < birth + ADULT else np.inf
    stream = following(stream)
    threshold = -np.log(uniform(stream))
    steps = 0
    kinds, sources, targets, ages = changes[0], changes[1], changes[2], changes[3]
    scales, reach = np.ones(kinds.shape[0]), np.zeros(kinds.shape[0], np.bool_)
    find_reach(uasc, authority, child, changes, reach)
    turn = set_scales(at, changes, scales)
    while True:
        steps += 1
        if at >= turn:
            turn = set_scales(at, changes, scales)
        cell = cell_of(state, age, uasc, care, placement)
        until = min(min(placed + _PLACEMENT_NEXT[placement], birth + _AGES_NEXT[age]), min(adult, horizon))
        until = min(until, min(cared + _CARE_NEXT[care], turn))
        leave, move = rate[cell, 0] * f_exit, rate[cell, 1] * f_move
        leave *= changed(
            EXIT, state, age, exit_mix, exit_row[cell], weights, reach, scales, kinds, sources, targets, ages
        )
        move *= changed(
            MOVE, state, age, move_mix, move_row[cell], weights, reach, scales, kinds, sources, targets, ages
        )
        total = leave + move
        gathered = total * (until - at)
        if threshold < gathered:
            at += threshold / total
            stream = following(stream)
            luck = uniform(stream) * total
            leaving = luck < leave
            if leaving:
                luck, row, kind, mix = luck / leave, exit_row[cell], EXIT, exit_mix
            else:
                luck, row, kind, mix = (luck - leave) / move, move_row[cell], MOVE, move_mix
            luck *= changed(kind, state, age, mix, row, weights, reach, scales, kinds, sources, targets, ages)
            which = 0
            while which < mix.shape[1] - 1 and luck >= weights[which]:
                luck -= weights[which]
                which += 1
            return at, (LEAVES if leaving else MOVES), which, stream, steps
        threshold -= gathered
        at = until
        if at >= horizon:
            return at, GOES_ON, 0, stream, steps
        if at == adult:
            stream = following(stream)
            if uniform(stream) >= stay:
                return at, LEAVES, _AGED_OUT, stream, steps
            adult = np.inf
        if at == placed + _PLACEMENT_NEXT[placement]:
            placement += 1
        if at == birth + _AGES_NEXT[age]:
            age += 1
        if at == cared + _CARE_NEXT[care]:
            care += 1


@njit(cache=True, nogil=True)
def _with_room(at, state, authority, limits, inside):  # type: ignore[no-untyped-def]
    """The state with a free place for an arrival in `state`."""
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


@njit(cache=True, nogil=True)
def _count(state, authority, by, limits, inside):  # type: ignore[no-untyped-def]
    for i in range(inside.shape[0]):
        if limits[0][i] == state and limits[3][i, authority]:
            inside[i] += by


@njit(cache=True, nogil=True, error_model="numpy")
def run_capped(  # type: ignore[no-untyped-def]
    key, keys, states, births, placements, cares, uascs, authorities, times, first, count, horizon,
    rate, exit_row, exit_mix, move_row, move_mix, exit_factor, move_factor, stay,
    changes, weights, limits, by_age, bounds, month_of, stock, nights, entries, exits, moves, exits_by_kind,
):  # fmt: skip
    """`kernel.run` with limited places; `limits` as in `scenario.Encoded`. Returns (events, steps)."""
    state, begins, placed = states[:count].copy(), times[:count].copy(), placements[:count].copy()
    when = times[:count].copy()
    child, stream = np.empty(count, np.uint64), np.empty(count, np.uint64)
    what, which = np.full(count, ARRIVES), np.zeros(count, np.int64)
    inside = np.zeros(limits[0].shape[0], np.int64)
    steps = events = 0
    for i in range(count):
        child[i] = stream[i] = keyed(key, keys[i])
        if i < first:
            a = authorities[i]
            _count(state[i], a, 1, limits, inside)
            when[i], what[i], which[i], stream[i], taken = _next(
                0.0, state[i], births[i], placed[i], cares[i], uascs[i], a, stream[i], child[i], horizon,
                rate, exit_row, exit_mix, move_row, move_mix, exit_factor[a], move_factor[a], stay, changes, weights,
            )  # fmt: skip
            steps += taken
    heap = np.arange(count)
    arrange(heap, count, when)
    size = count
    while size > 0:
        i = heap[0]
        now, birth, a = when[i], births[i], authorities[i]
        if what[i] == GOES_ON or what[i] == LEAVES:
            count_stay(begins[i], now, state[i], birth, a, by_age, bounds, month_of, stock, nights)
            if what[i] == LEAVES:
                events += 1
                exits[a, column_of(state[i], now, birth, by_age), month_of[int(now)]] += 1
                exits_by_kind[a, which[i], month_of[int(now)]] += 1
                _count(state[i], a, -1, limits, inside)
            size = drop_first(heap, size, when)
            continue
        events += 1
        if what[i] == ARRIVES:
            target = redirected(now, state[i], birth, uascs[i], a, child[i], changes)
            state[i] = _with_room(now, target, a, limits, inside)
            entries[a, column_of(state[i], now, birth, by_age), month_of[int(now)]] += 1
            _count(state[i], a, 1, limits, inside)
        else:
            moves[a, column_of(state[i], now, birth, by_age), month_of[int(now)]] += 1
            target = redirected(now, which[i], birth, uascs[i], a, child[i], changes)
            if target != state[i]:
                # A child who moves within a full group frees one place and takes another, so needs no extra place.
                target = _with_room(now, target, a, limits, inside)
            if target != state[i]:
                count_stay(begins[i], now, state[i], birth, a, by_age, bounds, month_of, stock, nights)
                _count(state[i], a, -1, limits, inside)
                _count(target, a, 1, limits, inside)
                begins[i], state[i] = now, target
            placed[i] = now
        when[i], what[i], which[i], stream[i], taken = _next(
            now, state[i], birth, placed[i], cares[i], uascs[i], a, stream[i], child[i], horizon,
            rate, exit_row, exit_mix, move_row, move_mix, exit_factor[a], move_factor[a], stay, changes, weights,
        )  # fmt: skip
        steps += taken
        sink(heap, size, 0, when)
    return events, steps

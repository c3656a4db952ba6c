"""The simulation of individual children in continuous time, compiled.

A child's placement ends when its cumulative hazard exceeds an exponential threshold. The hazard changes only where a
band begins or a change of the scenario takes effect, so one random number is enough for a placement, however many
bands it crosses. Time is in days from the day after the cut. Results are added up in place: month-end stock as
differences, nights as deviations from whole months, so that the work for a placement does not depend on its length.

`run` is deliberately one long loop: split into functions that pass arrays, it takes five times as long.
"""

import numpy as np
from numba import njit

from parentis.services.demand.estimation.bands import (
    ADULT,
    AGE_EDGES,
    CARE_EDGES,
    N_AGES,
    PLACEMENT_EDGES,
    band,
    cell_of,
)
from parentis.services.demand.randomness import following, keyed, uniform
from parentis.services.demand.simulation.scenario_effects import (
    EXIT,
    MIX,
    MOVE,
    changed,
    find_reach,
    redirected,
    set_scales,
)
from parentis.services.demand.states import AGED_OUT

_AGES_NEXT = np.append(AGE_EDGES[1:], np.inf)
_CARE_NEXT = np.append(CARE_EDGES[1:], np.inf)
_PLACEMENT_NEXT = np.append(PLACEMENT_EDGES[1:], np.inf)
"Where each band ends."

_AGED_OUT = AGED_OUT


@njit(cache=True, nogil=True)
def count_stay(begins, ends, state, birth, authority, by_age, bounds, month_of, stock, nights):  # type: ignore[no-untyped-def]
    """Count a stretch in one state: differences of stock, and nights below or above whole months.

    If results are by age, count in the column of each age (state × ages + age).
    """
    # The age band is incremented, not looked up again: a birthday calculated by addition may be too early by rounding.
    age = band(begins - birth, AGE_EDGES)
    while True:
        last, column = ends, state
        if by_age:
            column = state * N_AGES + age
            last = min(ends, max(begins, birth + _AGES_NEXT[age]))
        first_month, last_month = month_of[int(begins)], month_of[int(last)]
        stock[authority, column, first_month + 1] += 1
        stock[authority, column, last_month + 1] -= 1
        nights[authority, column, first_month] += bounds[first_month + 1] - begins
        nights[authority, column, last_month] += last - bounds[last_month + 1]
        if last >= ends:
            return
        begins = last
        age += 1


@njit(cache=True, nogil=True, inline="always")
def column_of(state, at, birth, by_age):  # type: ignore[no-untyped-def]
    return state * N_AGES + band(at - birth, AGE_EDGES) if by_age else state


@njit(cache=True, nogil=True, error_model="numpy")
def run(  # type: ignore[no-untyped-def]
    key, keys, states, births, placements, cares, uascs, authorities, times, first, count, horizon,
    rate, exit_row, exit_mix, move_row, move_mix, exit_factor, move_factor, stay,
    changes, weights, by_age, bounds, month_of, stock, nights, entries, exits, moves, exits_by_kind,
):  # fmt: skip
    """Run one replicate, one child at a time, from `times` to the horizon or the end of care.

    Children from `first` on are entrants. `rate` (cells, 2) holds exits and moves a day; the mixes are cumulative,
    with a last entry above 1. `changes` is None for the forecast without a scenario, which makes the loop faster.
    Results are added to the arrays from `stock` on. Returns (events, steps).
    """
    events = steps = 0
    alters_exits = alters_moves = redirects = False
    turn = np.inf
    if changes is not None:
        kinds, sources, targets, ages = changes[0], changes[1], changes[2], changes[3]
        # The effect of a change is constant between its steps; the children it reaches are fixed for the whole
        # simulation.
        scales, reach = np.ones(kinds.shape[0]), np.zeros(kinds.shape[0], np.bool_)
        for i in range(kinds.shape[0]):
            alters_exits |= kinds[i] == EXIT
            alters_moves |= kinds[i] == MOVE
            redirects |= kinds[i] == MIX
    for i in range(count):
        at, birth, state, uasc, authority = times[i], births[i], states[i], uascs[i], authorities[i]
        placed, cared = placements[i], cares[i]
        child = keyed(key, keys[i])
        if i >= first:
            if changes is not None and redirects:
                state = redirected(at, state, birth, uasc, authority, child, changes)
            entries[authority, column_of(state, at, birth, by_age), month_of[int(at)]] += 1
            events += 1
        f_exit, f_move = exit_factor[authority], move_factor[authority]
        age = band(at - birth, AGE_EDGES)
        care = band(at - cared, CARE_EDGES)
        placement = band(at - placed, PLACEMENT_EDGES)
        age_next, care_next = birth + _AGES_NEXT[age], cared + _CARE_NEXT[care]
        placement_next = placed + _PLACEMENT_NEXT[placement]
        adult = birth + ADULT
        if at >= adult:
            adult = np.inf
        rare = min(min(age_next, care_next), min(adult, horizon))
        base = cell_of(state, age, uasc, care, 0)
        begins = at
        if changes is not None and (alters_exits or alters_moves):
            find_reach(uasc, authority, child, changes, reach)
            turn = set_scales(at, changes, scales)
        stream = following(child)
        threshold = -np.log(uniform(stream))
        while True:
            steps += 1
            cell = base + placement
            leave, move = rate[cell, 0] * f_exit, rate[cell, 1] * f_move
            until = min(placement_next, rare)
            if changes is not None:
                if alters_exits or alters_moves:
                    if at >= turn:
                        turn = set_scales(at, changes, scales)
                    until = min(until, turn)
                if alters_exits:
                    leave *= changed(
                        EXIT,
                        state,
                        age,
                        exit_mix,
                        exit_row[cell],
                        weights,
                        reach,
                        scales,
                        kinds,
                        sources,
                        targets,
                        ages,
                    )
                if alters_moves:
                    move *= changed(
                        MOVE,
                        state,
                        age,
                        move_mix,
                        move_row[cell],
                        weights,
                        reach,
                        scales,
                        kinds,
                        sources,
                        targets,
                        ages,
                    )
            total = leave + move
            gathered = total * (until - at)
            if threshold < gathered:
                at += threshold / total
                events += 1
                stream = following(stream)
                luck = uniform(stream) * total
                month = month_of[int(at)]
                leaving = luck < leave
                if leaving:
                    luck, row = luck / leave, exit_row[cell]
                else:
                    luck, row = (luck - leave) / move, move_row[cell]
                which = 0
                plain = not (alters_exits if leaving else alters_moves)
                if changes is not None and not plain:
                    kind, mix = (EXIT, exit_mix) if leaving else (MOVE, move_mix)
                    luck *= changed(kind, state, age, mix, row, weights, reach, scales, kinds, sources, targets, ages)
                    while which < mix.shape[1] - 1 and luck >= weights[which]:
                        luck -= weights[which]
                        which += 1
                if plain and leaving:
                    while exit_mix[row, which] <= luck:
                        which += 1
                elif plain:
                    while move_mix[row, which] <= luck:
                        which += 1
                if leaving:
                    exits[authority, column_of(state, at, birth, by_age), month] += 1
                    exits_by_kind[authority, which, month] += 1
                    break
                moves[authority, column_of(state, at, birth, by_age), month] += 1
                if changes is not None and redirects:
                    which = redirected(at, which, birth, uasc, authority, child, changes)
                if which != state:
                    count_stay(begins, at, state, birth, authority, by_age, bounds, month_of, stock, nights)
                    begins, state = at, which
                    base = cell_of(state, age, uasc, care, 0)
                placed, placement, placement_next = at, 0, at + _PLACEMENT_NEXT[0]
                stream = following(stream)
                threshold = -np.log(uniform(stream))
                continue
            threshold -= gathered
            at = until
            if at == placement_next:
                placement += 1
                placement_next = placed + _PLACEMENT_NEXT[placement]
            if at == rare:
                if at >= horizon:
                    break
                if at == adult:
                    stream = following(stream)
                    if uniform(stream) >= stay:
                        events += 1
                        month = month_of[int(at)]
                        exits[authority, column_of(state, at, birth, by_age), month] += 1
                        exits_by_kind[authority, _AGED_OUT, month] += 1
                        break
                    adult = np.inf
                if at == age_next:
                    age += 1
                    age_next = birth + _AGES_NEXT[age]
                if at == care_next:
                    care += 1
                    care_next = cared + _CARE_NEXT[care]
                rare = min(min(age_next, care_next), min(adult, horizon))
                base = cell_of(state, age, uasc, care, 0)
        count_stay(begins, at, state, birth, authority, by_age, bounds, month_of, stock, nights)
    return events, steps

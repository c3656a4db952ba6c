"""Children of the demand model from their first night in care to the end of a trial's window, compiled.

The rates, bands and choices of placement are those of `demand.simulation.kernel`, which counts nights and cannot say
what became of one child in each arm. A child has the same random numbers whatever its arm.
"""

import numpy as np
from numba import njit

from parentis.services.demand.estimation.bands import (
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

MOVED, REACHED, IN_CARE = 0, 1, 2
"What is read of a child: so many moves, a placement group reached by a move, still looked after at the end."

_AGES_NEXT = np.append(AGE_EDGES[1:], np.inf)
_CARE_NEXT = np.append(CARE_EDGES[1:], np.inf)
_PLACEMENT_NEXT = np.append(PLACEMENT_EDGES[1:], np.inf)


@njit(cache=True, nogil=True, error_model="numpy")
def one_child(  # type: ignore[no-untyped-def]
    stream, state, birth, uasc, days, rate, exit_factor, move_factor, move_row, move_mix, stay, targets, weight,
    reading, moves_wanted, reached,
):  # fmt: skip
    """Whether the outcome happens to one child: 1 or 0.

    `rate` (cells, 2) holds exits and moves a day, `move_mix` (rows, states) cumulative shares of where a move leads;
    moves to `targets` are `weight` times as frequent.
    """
    at, placed, moves = 0.0, 0.0, 0
    age, care, placement = band(-birth, AGE_EDGES), 0, 0
    age_next, care_next, placement_next = birth + _AGES_NEXT[age], _CARE_NEXT[0], _PLACEMENT_NEXT[0]
    adult = birth + ADULT
    stream = following(stream)
    threshold = -np.log(uniform(stream))
    while True:
        cell = cell_of(state, age, uasc, care, placement)
        row = move_row[cell]
        share, last = 1.0, 0.0
        if weight != 1.0:
            share = 0.0
            for k in range(move_mix.shape[1]):
                own = min(move_mix[row, k], 1.0) - last
                last += own
                share += own * (weight if targets[k] else 1.0)
        leave, move = rate[cell, 0] * exit_factor, rate[cell, 1] * move_factor * share
        until = min(min(age_next, care_next), min(placement_next, min(adult, days)))
        gathered = (leave + move) * (until - at)
        if threshold < gathered:
            at += threshold / (leave + move)
            stream = following(stream)
            luck = uniform(stream) * (leave + move)
            if luck < leave:
                return 0
            luck = (luck - leave) / move * share
            which, last = 0, 0.0
            while which < move_mix.shape[1] - 1:
                own = min(move_mix[row, which], 1.0) - last
                last += own
                own *= weight if targets[which] else 1.0
                if luck < own:
                    break
                luck -= own
                which += 1
            moves += 1
            if (reading == MOVED and moves >= moves_wanted) or (
                reading == REACHED and reached[which] and which != state
            ):
                return 1
            state, placed, placement = which, at, 0
            placement_next = at + _PLACEMENT_NEXT[0]
            stream = following(stream)
            threshold = -np.log(uniform(stream))
            continue
        threshold -= gathered
        at = until
        if at >= days:
            return 1 if reading == IN_CARE else 0
        if at == adult:
            stream = following(stream)
            if uniform(stream) >= stay:
                return 0
            adult = np.inf
        if at == age_next:
            age += 1
            age_next = birth + _AGES_NEXT[age]
        if at == care_next:
            care += 1
            care_next = _CARE_NEXT[care]
        if at == placement_next:
            placement += 1
            placement_next = placed + _PLACEMENT_NEXT[placement]


@njit(cache=True, nogil=True, error_model="numpy")
def run_cells(  # type: ignore[no-untyped-def]
    key, first, counts, treated, shocks, draw_of, makeup, ages, days, rates, exit_factors, move_factors, move_row,
    move_mixes, stays, targets, effect_exit, effect_move, weight, reading, moves_wanted, reached, events,
):  # fmt: skip
    """Add up the outcomes of every trial, borough and period into `events` (trials, boroughs, periods).

    `counts`, `treated` and `shocks` (log of a factor of all rates) have the same shape; trial s uses the parameters
    `draw_of[s]`. `makeup` (draws, boroughs, strata) is cumulative.
    """
    steps = ages.shape[1] - 1
    for trial in range(counts.shape[0]):
        draw = draw_of[trial]
        of_trial = keyed(key, np.uint64(first + trial))
        for borough in range(counts.shape[1]):
            of_borough = keyed(of_trial, np.uint64(borough))
            for period in range(counts.shape[2]):
                of_cell = keyed(of_borough, np.uint64(period))
                new = treated[trial, borough, period] > 0
                factor = np.exp(shocks[trial, borough, period])
                exits = exit_factors[draw, borough] * factor * (effect_exit if new else 1.0)
                moves = move_factors[draw, borough] * factor * (effect_move if new else 1.0)
                own_weight = weight if new else 1.0
                total = 0
                for child in range(counts[trial, borough, period]):
                    stream = following(keyed(of_cell, np.uint64(child)))
                    luck = uniform(stream)
                    stratum, high = 0, makeup.shape[2] - 1
                    while stratum < high:
                        middle = (stratum + high) // 2
                        if makeup[draw, borough, middle] <= luck:
                            stratum = middle + 1
                        else:
                            high = middle
                    stream = following(stream)
                    place = uniform(stream) * steps
                    band_of_age, step = (stratum // N_UASC) % N_AGES, int(place)
                    old = ages[band_of_age, step]
                    old += (place - step) * (ages[band_of_age, step + 1] - ages[band_of_age, step])
                    total += one_child(
                        stream, stratum // (N_UASC * N_AGES), -old, stratum % N_UASC, days, rates[draw], exits, moves,
                        move_row, move_mixes[draw], stays[draw], targets, own_weight, reading, moves_wanted, reached,
                    )  # fmt: skip
                events[trial, borough, period] = total

"""Whose night is it: every child's nights with and without each set of programmes, and their split, compiled.

A night is counted at midnight, so that nights are whole. It is split in `SHARES`: by Shapley's value each programme
gets the mean of what it adds over all orders in which programmes could come, and for up to ten programmes every weight
in that mean is a whole number of shares. Sums therefore hold exactly, by whole numbers and not by rounding.

Only programmes that change a child's path take part in the split: those that would alone, and those that do when all
are there. A child whom none of them reaches is not simulated at all.
"""

import numpy as np
from numba import njit

from parentis.services.demand.estimation.bands import AGE_EDGES, band
from parentis.services.demand.randomness import keyed, uniform
from parentis.services.demand.simulation.arms import (
    _HELD,
    _LUCK,
    _REACH,
    FACTOR,
    KEPT,
    KIND,
    MARKER,
    MOST_STRETCHES,
    PROGRAMME,
    held_for,
    strength,
    walk,
)
from parentis.services.demand.simulation.scenario_effects import ENTRY

SHARES = 2520
"Shares of a night: the least common multiple of 1 to 10."

_EXTRA = np.uint64(7)


def weights() -> np.ndarray:
    """Shares with which a programme's addition to `s` others of `m` counts, (m, s): SHARES · s! (m−s−1)! / m!."""
    out = np.zeros((11, 10), np.int64)
    for m in range(1, 11):
        choose = 1
        for s in range(m):
            out[m, s] = SHARES // (m * choose)
            choose = choose * (m - 1 - s) // (s + 1)
    return out


@njit(cache=True, nogil=True)
def _bits(mask):  # type: ignore[no-untyped-def]
    n = 0
    while mask:
        n += mask & 1
        mask >>= 1
    return n


@njit(cache=True, nogil=True)
def _spend(stretches, n, bounds, month_of, months, sign, cells, flags, touched, held):  # type: ignore[no-untyped-def]
    """Add `sign` times the nights of a path to `cells` (state × months + month); return the cells touched so far."""
    for at in range(n):
        state, first, last = int(stretches[at, 0]), np.ceil(stretches[at, 1]), np.ceil(stretches[at, 2])
        if first >= last:
            continue
        month = month_of[int(first)]
        while month < months and bounds[month] < last:
            nights = int(min(last, bounds[month + 1]) - max(first, bounds[month]))
            if nights > 0:
                cell = state * months + month
                if not flags[cell]:
                    flags[cell] = True
                    touched[held] = cell
                    held += 1
                cells[cell] += sign * nights
            month += 1
    return held


@njit(cache=True, nogil=True)
def meet(  # type: ignore[no-untyped-def]
    i, entrant, at, state, birth, uasc, authority, child, what, times, source, ages, salt,
    curves, uascs, authorities, share, members, entrants, salts, reach, work, met, extra,
):  # fmt: skip
    """Which effects reach the child, for good. Returns (programmes that act in care, those that keep it out of it)."""
    in_care = holding = 0
    age = band(at - birth, AGE_EDGES)
    for e in range(reach.shape[0]):
        reach[e], work[KEPT, e], extra[e] = False, 0.0, 0
        if not uascs[e, uasc] or not authorities[e, authority]:
            continue
        own = keyed(child, salt[e])
        if share[e] < 1.0 and uniform(keyed(own, _REACH)) >= share[e]:
            continue
        m = what[e, MARKER]
        if m >= 0:
            if entrant:
                if uniform(keyed(child, salts[m])) >= entrants[m, state, age]:
                    continue
            elif not members[m, i]:
                continue
        if what[e, KIND] != ENTRY:
            reach[e] = True
            in_care |= 1 << what[e, PROGRAMME]
            continue
        if not entrant or not source[e, state] or not ages[e, age]:
            continue
        force = strength(at, times[e, 0], times[e, 1], times[e, 2], times[e, 3])
        if force <= 0.0:
            continue
        met[what[e, PROGRAMME]] = min(met[what[e, PROGRAMME]], at)
        luck = uniform(keyed(own, _LUCK))
        if times[e, FACTOR] < 1.0:
            if luck < (1.0 - times[e, FACTOR]) * force:
                work[KEPT, e] = at + held_for(uniform(keyed(own, _HELD)), curves[e])
                holding |= 1 << what[e, PROGRAMME]
        else:
            extra[e] = int((times[e, FACTOR] - 1.0) * force + luck)
    return in_care, holding


@njit(cache=True, nogil=True)
def split(  # type: ignore[no-untyped-def]
    needed, entrant, at, state, birth, placed, cared, uasc, child, in_care, holding, horizon, stay, f_exit, f_move,
    rate, exit_row, exit_mix, move_row, move_mix, what, times, source, target, ages, salt, curves,
    reach, work, streams, stretches, met, bounds, month_of, months, weight, together, by_programme, flags, touched,
):  # fmt: skip
    """Nights saved of one child: by all programmes `together` (cells,), and each one's shares `by_programme`
    (programmes, cells); returns (cells touched, programmes that take part). A child that exists only with a programme
    has its bit in `needed`.
    """
    held = 0
    full = in_care | holding | needed
    would = 0
    n_base = 0
    base, whole, stretches = stretches[0], stretches[1], stretches[2]
    if needed == 0:
        n_base, would = walk(
            0, True, entrant, at, state, birth, placed, cared, uasc, child, horizon, stay, f_exit, f_move,
            rate, exit_row, exit_mix, move_row, move_mix, what, times, source, target, ages, salt, curves,
            reach, work, streams, base, met,
        )  # fmt: skip
    who = would | holding | needed
    if who == 0:
        return 0, 0
    if n_base:
        held = _spend(base, n_base, bounds, month_of, months, 1, together, flags, touched, held)
    n_whole, fired = walk(
        full, False, entrant, at, state, birth, placed, cared, uasc, child, horizon, stay, f_exit, f_move,
            rate, exit_row, exit_mix, move_row, move_mix, what, times, source, target, ages, salt, curves,
            reach, work, streams, whole, met,
    )  # fmt: skip
    held = _spend(whole, n_whole, bounds, month_of, months, -1, together, flags, touched, held)
    who |= fired
    size = _bits(who)
    for part in range(1 << size):
        # The set of programmes: the bits of `part`, laid onto those of `who`.
        chosen, rest, place = 0, who, 0
        while rest:
            low = rest & -rest
            if part & (1 << place):
                chosen |= low
            rest ^= low
            place += 1
        if needed and not chosen & needed:
            continue
        path, n = base, n_base
        if chosen == who:
            # Taking out programmes that changed nothing changes nothing: the path is that with all of them.
            path, n = whole, n_whole
        elif chosen:
            n, _ = walk(
                chosen, False, entrant, at, state, birth, placed, cared, uasc, child, horizon, stay, f_exit, f_move,
            rate, exit_row, exit_mix, move_row, move_mix, what, times, source, target, ages, salt, curves,
            reach, work, streams, stretches, met,
            )  # fmt: skip
            path = stretches
        inside = _bits(chosen)
        for p in range(by_programme.shape[0]):
            bit = 1 << p
            if not who & bit:
                continue
            sign = -weight[size, inside - 1] if chosen & bit else weight[size, inside]
            held = _spend(path, n, bounds, month_of, months, sign, by_programme[p], flags, touched, held)
    return held, who


@njit(cache=True, nogil=True)
def attribute(  # type: ignore[no-untyped-def]
    key, keys, states, births, placements, cares, uascs, authorities, times_in, first, count, horizon, rates,
    what, times, source, target, ages, reached_uasc, reached_place, salt, curves, share, members, entrants, salts,
    bounds, month_of, year_of, weight, worth,
    avoided, added, saved, monthly, saved_monthly, entries, reached, claims, worth_saved, rows,
):  # fmt: skip
    """Add one replicate's children up; see `person_nights.PersonNights` for the arrays (without their first axis).

    `worth` (authorities, states, years), or empty: what a night is worth; `claims` (sets of programmes, years)
    adds it up by those that share in a night, `worth_saved` by place and month. `rows` (room, 4 + programmes) takes the
    ledger's rows (child, state, month, nights, shares…) as far as there is room; returns how many there are. A child
    who comes only with a programme is its model's number + a multiple of `count`.
    """
    rate, exit_row, exit_mix, move_row, move_mix, exit_factor, move_factor, stay = rates
    programmes, months = avoided.shape[0], year_of.shape[0]
    cells = saved.shape[1] * months
    effects = what.shape[0]
    reach, extra = np.zeros(effects, np.bool_), np.zeros(effects, np.int64)
    work, streams = np.zeros((4, effects)), np.zeros(effects, np.uint64)
    stretches = np.zeros((3, MOST_STRETCHES, 3))
    met = np.full(programmes, np.inf)
    together, by_programme = np.zeros(cells, np.int64), np.zeros((programmes, cells), np.int64)
    flags, touched = np.zeros(cells, np.bool_), np.zeros(cells, np.int64)
    written = 0
    for i in range(count):
        at, birth, state, uasc, authority = times_in[i], births[i], states[i], uascs[i], authorities[i]
        entrant = i >= first
        child = keyed(key, keys[i])
        met[:] = np.inf
        in_care, holding = meet(
            i, entrant, at, state, birth, uasc, authority, child, what, times, source, ages, salt, curves,
            reached_uasc, reached_place, share, members, entrants, salts, reach, work, met, extra,
        )  # fmt: skip
        if in_care or holding:
            held, who = split(
                0, entrant, at, state, birth, placements[i], cares[i], uasc, child, in_care, holding, horizon, stay,
                exit_factor[authority], move_factor[authority], rate, exit_row, exit_mix, move_row, move_mix, what,
                times, source, target, ages, salt, curves, reach, work, streams, stretches, met, bounds, month_of,
                months, weight, together, by_programme, flags, touched,
            )  # fmt: skip
            if holding:
                own = _bits(holding)
                for p in range(programmes):
                    if holding & (1 << p):
                        entries[p, authority, month_of[int(at)]] += SHARES // own
            written = _flush(i, held, who, authority, months, together, by_programme, flags, touched, year_of,
                             avoided, added, saved, monthly, saved_monthly, worth, claims, worth_saved,
                                 rows, written)  # fmt: skip
        for p in range(programmes):
            if met[p] < np.inf:
                reached[p, authority, year_of[month_of[int(max(met[p], 0.0))]]] += 1
        for e in range(effects):
            bit = 1 << what[e, PROGRAMME]
            for copy in range(extra[e]):
                own_key = keyed(keyed(child, salt[e]), _EXTRA + np.uint64(copy))
                entries[what[e, PROGRAMME], authority, month_of[int(at)]] -= SHARES
                # Others may keep this child out by the same luck as the one it is a copy of.
                held, who = split(
                    bit, entrant, at, state, birth, placements[i], cares[i], uasc, own_key, in_care, holding & ~bit,
                    horizon, stay, exit_factor[authority], move_factor[authority], rate, exit_row, exit_mix, move_row,
                    move_mix, what, times, source, target, ages, salt, curves, reach, work, streams, stretches, met,
                    bounds, month_of, months, weight, together, by_programme, flags, touched,
                )  # fmt: skip
                number = i + count * (1 + copy + 8 * e)
                written = _flush(number, held, who, authority, months, together, by_programme, flags, touched, year_of,
                                 avoided, added, saved, monthly, saved_monthly, worth, claims, worth_saved,
                                 rows, written)  # fmt: skip
    return written


@njit(cache=True, nogil=True)
def _flush(  # type: ignore[no-untyped-def]
    i, held, who, authority, months, together, by_programme, flags, touched, year_of,
    avoided, added, saved, monthly, saved_monthly, worth, claims, worth_saved, rows, written,
):  # fmt: skip
    """Add one child's cells to the sums, nights saved and nights added apart, and clear them."""
    for place in range(held):
        cell = touched[place]
        state, month = cell // months, cell % months
        year = year_of[month]
        saved[authority, state, year] += together[cell]
        saved_monthly[authority, month] += together[cell]
        some = together[cell] != 0
        claimants = 0
        for p in range(by_programme.shape[0]):
            if not who & (1 << p):
                continue
            value = by_programme[p, cell]
            some |= value != 0
            if value != 0:
                claimants |= 1 << p
            monthly[p, authority, month] += value
            if value > 0:
                avoided[p, authority, state, year] += value
            elif value < 0:
                added[p, authority, state, year] -= value
        if worth.size:
            pounds = together[cell] * worth[authority, state, year]
            claims[claimants, year] += pounds
            worth_saved[authority, month] += pounds
        if some:
            if written < rows.shape[0]:
                rows[written, 0], rows[written, 1], rows[written, 2] = i, state, month
                rows[written, 3] = together[cell]
                for p in range(by_programme.shape[0]):
                    rows[written, 4 + p] = by_programme[p, cell] if who & (1 << p) else 0
            written += 1
        together[cell] = 0
        flags[cell] = False
        for p in range(by_programme.shape[0]):
            by_programme[p, cell] = 0
    return written

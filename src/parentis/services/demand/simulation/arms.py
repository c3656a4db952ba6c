"""One child's time in care with any set of programmes, compiled: the same child and the same luck in every arm.

Without programmes a child's path is exactly that of `kernel.run`. Each effect has random numbers of its own: a rate
that it raises is one more clock beside the child's, a rate that it lowers strikes out single events. So programmes act
independently: .2 and .3 on one child are .44 together.

A child whom a programme keeps out of care is followed unseen: should the effect wear off, it is where it would have
been.
"""

import numpy as np
from numba import njit

from parentis.services.demand.estimation.bands import ADULT, AGE_EDGES, CARE_EDGES, PLACEMENT_EDGES, band, cell_of
from parentis.services.demand.randomness import following, keyed, uniform
from parentis.services.demand.simulation.kernel import _AGES_NEXT, _CARE_NEXT, _PLACEMENT_NEXT
from parentis.services.demand.simulation.scenario_effects import EXIT, MIX, MOVE, RAMP_STEP

MOST_STRETCHES = 400
"Stretches in one group that a path can have; more are cut off, which nobody comes near in ten years."

HALVINGS = 10.0
"Half-lives after its end at which a programme's strength is taken to be nil: a thousandth is left."

KIND, PROGRAMME, EVERYWHERE, ANEW, MARKER = 0, 1, 2, 3, 4
FACTOR = 4
SCALE, CLOCK, SPEED, KEPT = 0, 1, 2, 3
"Columns of `what`, of `times` after the four that `strength` takes, and rows of `work`."

_ROUNDING = 1e-9
_LUCK, _HELD, _CLOCK, _REACH, _SPELL = np.uint64(2), np.uint64(3), np.uint64(4), np.uint64(5), np.uint64(6)


@njit(cache=True, nogil=True)
def strength(at, begins, ramp, end, half_life):  # type: ignore[no-untyped-def]
    """How much of an effect is in force on day `at`, from 0 to 1: growing, full, and after `end` halving, in steps."""
    if at < begins:
        return 0.0
    until = min(at, end)
    grown = 1.0
    if until < begins + ramp:
        grown = min(1.0, (np.floor((until - begins) / RAMP_STEP + _ROUNDING) + 0.5) * RAMP_STEP / ramp)
    if at < end:
        return grown
    if half_life <= 0 or at >= end + HALVINGS * half_life:
        return 0.0
    return grown * 0.5 ** ((np.floor((at - end) / RAMP_STEP + _ROUNDING) + 0.5) * RAMP_STEP / half_life)


@njit(cache=True, nogil=True)
def steady_until(at, begins, ramp, end, half_life):  # type: ignore[no-untyped-def]
    """The day until which `strength` keeps the value it has on day `at`."""
    if at < begins:
        return begins
    if at < end:
        if at < begins + ramp:
            return min(end, begins + (np.floor((at - begins) / RAMP_STEP + _ROUNDING) + 1) * RAMP_STEP)
        return end
    if half_life > 0 and at < end + HALVINGS * half_life:
        return end + (np.floor((at - end) / RAMP_STEP + _ROUNDING) + 1) * RAMP_STEP
    return np.inf


@njit(cache=True, nogil=True)
def held_for(luck, curve):  # type: ignore[no-untyped-def]
    """Days until a child is no longer kept out: those with `luck` below the curve's share still are."""
    knots, held = curve[0], curve[1]
    last = knots.shape[0] - 1
    if luck < held[last]:
        return np.inf
    for k in range(1, last + 1):
        if held[k] <= luck and held[k] < held[k - 1]:
            return knots[k - 1] + (knots[k] - knots[k - 1]) * (held[k - 1] - luck) / (held[k - 1] - held[k])
    return np.inf


@njit(cache=True, nogil=True, inline="always")
def _scale(at, times, reach, work):  # type: ignore[no-untyped-def]
    """Write the strength of each effect that reaches the child; return the day until which they hold."""
    turn = np.inf
    for e in range(reach.shape[0]):
        if reach[e]:
            work[SCALE, e] = strength(at, times[e, 0], times[e, 1], times[e, 2], times[e, 3])
            turn = min(turn, steady_until(at, times[e, 0], times[e, 1], times[e, 2], times[e, 3]))
    return turn


@njit(cache=True, nogil=True, inline="always")
def _redirected(  # type: ignore[no-untyped-def]
    at, state, age, child, active, watching, what, times, source, target, ages, salt, reach, work,
):  # fmt: skip
    """(the state an arrival in `state` goes to, the programmes that send it elsewhere or would)."""
    sent, found = 0, state
    for e in range(reach.shape[0]):
        if not reach[e] or what[e, KIND] != MIX or not source[e, state] or not ages[e, age] or found != state:
            continue
        bit = 1 << what[e, PROGRAMME]
        if not watching and not (active & bit):
            continue
        luck = uniform(keyed(keyed(child, salt[e]), np.uint64(np.int64(at * 1e6))))
        if luck < times[e, FACTOR] * work[SCALE, e]:
            sent |= bit
            if not watching:
                for k in range(source.shape[1]):
                    if target[e, k]:
                        found = k
    return found, sent


@njit(cache=True, nogil=True, inline="always")
def _close(begins, ends, hidden, state, stretches, n):  # type: ignore[no-untyped-def]
    """Add the part of a stretch after `hidden` to the path, joined to the last one if it goes on from it."""
    begin = max(begins, hidden)
    if begin < ends and n < stretches.shape[0]:
        if n and stretches[n - 1, 0] == state and stretches[n - 1, 2] == begin:
            stretches[n - 1, 2] = ends
        else:
            stretches[n, 0], stretches[n, 1], stretches[n, 2] = state, begin, ends
            n += 1
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def walk(  # type: ignore[no-untyped-def]
    active, watching, entrant, at, state, birth, placed, cared, uasc, child, horizon, stay, f_exit, f_move,
    rate, exit_row, exit_mix, move_row, move_mix, what, times, source, target, ages, salt, curves,
    reach, work, streams, stretches, met,
):  # fmt: skip
    """Follow one child to the horizon or the end of care, with the programmes in the bits of `active`.

    `what`, `times`, … `curves` are the effects (`programmes.EncodedEffects`); `reach` (effects,): which of them reach
    the child; `work` (4, effects) holds, under `KEPT`, the day until which one keeps an entrant out, or 0.
    Writes the path into `stretches` (state, begin, end). When `watching`, the path is that without programmes, and
    `met` gets the day from which each programme applies to the child, if it does.
    Returns (stretches, the programmes that changed the path, or when watching those that alone would change it).
    """
    count = reach.shape[0]
    n, fired, hidden, own = 0, 0, 0.0, child
    if entrant and not watching:
        last = -1
        for e in range(count):
            if work[KEPT, e] > 0 and active & (1 << what[e, PROGRAMME]):
                fired |= 1 << what[e, PROGRAMME]
                if work[KEPT, e] > hidden:
                    hidden, last = work[KEPT, e], e
        if hidden == np.inf:
            return n, fired
        if last >= 0 and what[last, ANEW]:
            at = placed = cared = hidden
            own, hidden = keyed(keyed(child, salt[last]), _SPELL), 0.0
            if at >= horizon or at >= birth + ADULT:
                return n, fired
    turn = _scale(at, times, reach, work)
    if entrant:
        state, sent = _redirected(
            at, state, band(at - birth, AGE_EDGES), child, active, watching, what, times, source, target, ages,
            salt, reach, work,
        )  # fmt: skip
        fired |= sent
    for e in range(count):
        work[CLOCK, e] = np.inf
        if reach[e] and (what[e, KIND] == EXIT or what[e, KIND] == MOVE) and times[e, FACTOR] > 1.0:
            streams[e] = keyed(keyed(child, salt[e]), _CLOCK)
            work[CLOCK, e] = -np.log(uniform(streams[e]))
    stream = following(own)
    threshold = -np.log(uniform(stream))
    begins = at
    fresh = True
    age = care = placement = base = 0
    age_next = care_next = placement_next = adult = rare = 0.0
    while True:
        if fresh:
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
            fresh = False
        if at >= turn:
            turn = _scale(at, times, reach, work)
        cell = base + placement
        leave, move = rate[cell, 0] * f_exit, rate[cell, 1] * f_move
        until = min(min(placement_next, rare), turn)
        total = leave + move
        gathered = total * (until - at)
        happens = threshold < gathered
        span = threshold / total if happens else until - at
        firing = -1
        for e in range(count):
            work[SPEED, e] = 0.0
            if not reach[e] or not source[e, state] or not ages[e, age] or work[SCALE, e] <= 0.0:
                continue
            if watching and met[what[e, PROGRAMME]] == np.inf:
                met[what[e, PROGRAMME]] = at
            bit = 1 << what[e, PROGRAMME]
            if work[CLOCK, e] == np.inf or not (watching or active & bit):
                continue
            leaving = what[e, KIND] == EXIT
            fast = leave if leaving else move
            if not what[e, EVERYWHERE]:
                mix, row = (exit_mix, exit_row[cell]) if leaving else (move_mix, move_row[cell])
                before = part = 0.0
                for k in range(mix.shape[1]):
                    share = min(mix[row, k], 1.0)
                    if target[e, k]:
                        part += share - before
                    before = share
                fast *= part
            fast *= (times[e, FACTOR] - 1.0) * work[SCALE, e]
            work[SPEED, e] = fast
            if work[CLOCK, e] < fast * span:
                if watching:
                    fired |= bit
                    work[CLOCK, e], work[SPEED, e] = np.inf, 0.0
                else:
                    span, firing = work[CLOCK, e] / fast, e
        for e in range(count):
            if work[SPEED, e] > 0.0:
                work[CLOCK, e] -= work[SPEED, e] * span
        if firing >= 0:
            fired |= 1 << what[firing, PROGRAMME]
            at += span
            threshold -= total * span
            luck_of = keyed(keyed(child, salt[firing]), np.uint64(np.int64(at * 1e6)))
            if what[firing, KIND] == EXIT:
                # A programme takes a child out once.
                work[CLOCK, firing] = np.inf
                n = _close(begins, at, hidden, state, stretches, n)
                begins = at
                back = at + held_for(uniform(keyed(luck_of, _HELD)), curves[firing])
                hidden = max(hidden, back)
                if hidden == np.inf:
                    return n, fired
                if what[firing, ANEW]:
                    at = begins = placed = cared = hidden
                    hidden = 0.0
                    if at >= horizon or at >= birth + ADULT:
                        return n, fired
                    stream = keyed(keyed(child, salt[firing]), _SPELL)
                    threshold = -np.log(uniform(stream))
                    turn, fresh = at, True
                continue
            streams[firing] = following(streams[firing])
            work[CLOCK, firing] = -np.log(uniform(streams[firing]))
            row = move_row[cell]
            luck = uniform(keyed(luck_of, _LUCK))
            before = part = 0.0
            for k in range(move_mix.shape[1]):
                share = min(move_mix[row, k], 1.0)
                if target[firing, k]:
                    part += share - before
                before = share
            luck, which, before = luck * part, state, 0.0
            for k in range(move_mix.shape[1]):
                share = min(move_mix[row, k], 1.0)
                if target[firing, k]:
                    which = k
                    luck -= share - before
                    if luck < 0:
                        break
                before = share
        elif happens:
            at += threshold / total
            stream = following(stream)
            luck = uniform(stream) * total
            leaving = luck < leave
            if leaving:
                luck, row, mix = luck / leave, exit_row[cell], exit_mix
            else:
                luck, row, mix = (luck - leave) / move, move_row[cell], move_mix
            which = 0
            while mix[row, which] <= luck:
                which += 1
            struck = False
            kind = EXIT if leaving else MOVE
            for e in range(count):
                if reach[e] and what[e, KIND] == kind and times[e, FACTOR] < 1.0 and source[e, state] and ages[e, age]:
                    bit = 1 << what[e, PROGRAMME]
                    if not target[e, which] or not (watching or active & bit):
                        continue
                    chance = uniform(keyed(keyed(child, salt[e]), np.uint64(np.int64(at * 1e6))))
                    if chance < (1.0 - times[e, FACTOR]) * work[SCALE, e]:
                        fired |= bit
                        struck |= not watching
            if struck:
                stream = following(stream)
                threshold = -np.log(uniform(stream))
                continue
            if leaving:
                return _close(begins, at, hidden, state, stretches, n), fired
            stream = following(stream)
            threshold = -np.log(uniform(stream))
        else:
            threshold -= gathered
            at = until
            if at == placement_next:
                placement += 1
                placement_next = placed + _PLACEMENT_NEXT[placement]
            if at == rare:
                if at >= horizon:
                    return _close(begins, at, hidden, state, stretches, n), fired
                if at == adult:
                    stream = following(stream)
                    if uniform(stream) >= stay:
                        return _close(begins, at, hidden, state, stretches, n), fired
                    adult = np.inf
                if at == age_next:
                    age += 1
                    age_next = birth + _AGES_NEXT[age]
                if at == care_next:
                    care += 1
                    care_next = cared + _CARE_NEXT[care]
                rare = min(min(age_next, care_next), min(adult, horizon))
                base = cell_of(state, age, uasc, care, 0)
            continue
        # A move, the child's own or the programme's.
        which, sent = _redirected(
            at, which, age, child, active, watching, what, times, source, target, ages, salt, reach, work
        )
        fired |= sent
        if which != state:
            n = _close(begins, at, hidden, state, stretches, n)
            begins, state = at, which
            base = cell_of(state, age, uasc, care, 0)
        placed, placement, placement_next = at, 0, at + _PLACEMENT_NEXT[0]

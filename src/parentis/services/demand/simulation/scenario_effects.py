"""The effects of a scenario's changes on one child's probabilities, compiled. See `scenario.Encoded` for the arrays."""

import numpy as np
from numba import njit

from parentis.services.demand.estimation.bands import AGE_EDGES, N_AGES, N_UASC, band
from parentis.services.demand.randomness import keyed, uniform

RAMP_STEP = 30.4375
"Days: a change that ramps up does so in steps of this length."

ENTRY, EXIT, MOVE, MIX = 0, 1, 2, 3

_ROUNDING = 1e-9


@njit(cache=True, nogil=True)
def _strength(at, begins, ramp):  # type: ignore[no-untyped-def]
    """How far a change has ramped up, from 0 to 1."""
    if at < begins:
        return 0.0
    if at >= begins + ramp:
        return 1.0
    return min(1.0, (np.floor((at - begins) / RAMP_STEP + _ROUNDING) + 0.5) * RAMP_STEP / ramp)


@njit(cache=True, nogil=True)
def set_scales(at, changes, scales):  # type: ignore[no-untyped-def]
    """Write the factor of each change from `at` on into `scales`; return the time until which the factors hold."""
    factor, begins, ramp = changes[6], changes[7], changes[8]
    until = np.inf
    for i in range(begins.shape[0]):
        scales[i] = 1.0 + (factor[i] - 1.0) * _strength(at, begins[i], ramp[i])
        if at < begins[i]:
            until = min(until, begins[i])
        elif at < begins[i] + ramp[i]:
            step = begins[i] + (np.floor((at - begins[i]) / RAMP_STEP + _ROUNDING) + 1) * RAMP_STEP
            until = min(until, step)
    return until


@njit(cache=True, nogil=True)
def _reaches(i, kind, state, age, uasc, authority, child, changes):  # type: ignore[no-untyped-def]
    kinds, sources, _, ages, uascs, authorities, _, _, _, share, salt = changes
    if kinds[i] != kind or not (sources[i, state] and ages[i, age] and uascs[i, uasc] and authorities[i, authority]):
        return False
    return (kind != EXIT and kind != MOVE) or share[i] >= 1.0 or uniform(keyed(child, salt[i])) < share[i]


@njit(cache=True, nogil=True)
def find_reach(uasc, authority, child, changes, reach):  # type: ignore[no-untyped-def]
    """Write into `reach` which changes apply to this child, whatever its placement and age."""
    for i in range(reach.shape[0]):
        share, salt = changes[9][i], changes[10][i]
        reach[i] = changes[4][i, uasc] and changes[5][i, authority]
        reach[i] = reach[i] and (share >= 1.0 or uniform(keyed(child, salt)) < share)


@njit(cache=True, nogil=True, inline="always")
def changed(kind, state, age, cumulative, row, weights, reach, scales, kinds, sources, targets, ages):  # type: ignore[no-untyped-def]
    """Write the shares of the outcomes times the factors of the changes into `weights`; return their sum, 1 without
    changes.
    """
    last = 0.0
    for k in range(cumulative.shape[1]):
        share = min(cumulative[row, k], 1.0)
        weights[k] = share - last
        last = share
    for i in range(scales.shape[0]):
        if reach[i] and kinds[i] == kind and sources[i, state] and ages[i, age]:
            for k in range(cumulative.shape[1]):
                if targets[i, k]:
                    weights[k] *= scales[i]
    total = 0.0
    for k in range(cumulative.shape[1]):
        total += weights[k]
    return total


@njit(cache=True, nogil=True)
def redirected(at, state, birth, uasc, authority, child, changes):  # type: ignore[no-untyped-def]
    """The state an arrival in `state` goes to, after the scenario's changes of mix."""
    targets, begins, ramp, share, salt = changes[2], changes[7], changes[8], changes[9], changes[10]
    age = band(at - birth, AGE_EDGES)
    for i in range(begins.shape[0]):
        if _reaches(i, MIX, state, age, uasc, authority, child, changes):
            luck = uniform(keyed(keyed(child, salt[i]), np.uint64(np.int64(at * 1e6))))
            if luck < share[i] * _strength(at, begins[i], ramp[i]):
                for k in range(targets.shape[1]):
                    if targets[i, k]:
                        return k
    return state


@njit(cache=True, nogil=True)
def copies(at, stratum, authority, child, changes):  # type: ignore[no-untyped-def]
    """How many copies of an arrival to simulate: 0 or 1 if the scenario reduces entries, 1 or more if it increases
    them.
    """
    factor, begins, ramp, share = changes[6], changes[7], changes[8], changes[9]
    uasc, age, state = stratum % N_UASC, (stratum // N_UASC) % N_AGES, stratum // (N_UASC * N_AGES)
    scale = 1.0
    for i in range(factor.shape[0]):
        if _reaches(i, ENTRY, state, age, uasc, authority, child, changes):
            scale *= 1.0 + (factor[i] - 1.0) * share[i] * _strength(at, begins[i], ramp[i])
    return int(scale + uniform(keyed(child, np.uint64(2))))

"""Children who come into care after the cut, compiled."""

import numpy as np
from numba import njit

from parentis.services.demand.estimation.bands import N_AGES, N_UASC
from parentis.services.demand.randomness import following, keyed, uniform
from parentis.services.demand.simulation.scenario_effects import copies


@njit(cache=True, nogil=True)
def arrive(key, expected, makeup, ages, authority_keys, bounds, changes, first, children):  # type: ignore[no-untyped-def]
    """Add the arrivals to `children` from index `first`; return the number of children after that.

    Each month's arrivals are the points of a Poisson process with `expected` (authorities, months) points; `makeup`
    (authorities, strata) gives their strata, `ages` (age bands, quantiles) their ages. A change of the rate removes or
    duplicates single arrivals, so that scenarios have the same children as far as possible. Arrivals that do not fit
    into the arrays are counted, but not written.
    """
    keys, states, births, placed, cared, uascs, authorities, times = children
    count = first
    room = times.shape[0]
    steps = ages.shape[1] - 1
    for authority in range(expected.shape[0]):
        own = keyed(key, authority_keys[authority])
        for month in range(expected.shape[1]):
            if expected[authority, month] <= 0:
                continue
            stream = keyed(own, np.uint64(month))
            point = 0.0
            while True:
                stream = following(stream)
                point -= np.log(uniform(stream)) / expected[authority, month]
                if point >= 1.0:
                    break
                stream = following(stream)
                luck = uniform(stream)
                stratum, high = 0, makeup.shape[1] - 1
                while stratum < high:
                    middle = (stratum + high) // 2
                    if makeup[authority, middle] <= luck:
                        stratum = middle + 1
                    else:
                        high = middle
                stream = following(stream)
                place = uniform(stream) * steps
                age, step = (stratum // N_UASC) % N_AGES, int(place)
                days = ages[age, step] + (place - step) * (ages[age, step + 1] - ages[age, step])
                at = bounds[month] + point * (bounds[month + 1] - bounds[month])
                child = keyed(stream, np.uint64(1))
                times_over = 1
                if changes is not None:
                    times_over = copies(at, stratum, authority, child, changes)
                for copy in range(times_over):
                    if count < room:
                        keys[count] = keyed(child, np.uint64(copy)) if copy else child
                        states[count], uascs[count] = stratum // (N_UASC * N_AGES), stratum % N_UASC
                        births[count], authorities[count] = at - days, authority
                        placed[count] = cared[count] = times[count] = at
                    count += 1
    return count

"""The distribution of each unit's rank when the units' true values are independent: exact, without random draws.

Compiled by Numba when first called; nothing else imports this module at start-up.
"""

import numba
import numpy as np

NEGLIGIBLE = 1e-8
"Probability on a grid point below which the point adds nothing to a rank's distribution."
CERTAIN = 1e-9
"A unit that is below a point with less probability than this is taken to be above it, and the other way round."


@numba.njit(cache=True, nogil=True)
def rank_distribution(mass, weight, out):  # type: ignore[no-untyped-def]
    """Add `weight` × P(rank of unit i = k + 1) to `out`, shape (units, units).

    `mass`, shape (units, points), is each unit's posterior on the shared grid, rows summing to one. Rank 1 is the
    lowest value. Given unit i's value at a grid point, the number of others below it is a sum of independent Bernoulli
    variables; its distribution is built once per point for all units, and unit i is then divided out.
    """
    units, points = mass.shape
    below = np.zeros(units)
    chance = np.empty(units)
    counts = np.empty(units + 1)
    for point in range(points):
        busy = False
        for i in range(units):
            p = below[i] + 0.5 * mass[i, point]
            chance[i] = 0.0 if p < CERTAIN else 1.0 if p > 1.0 - CERTAIN else p
            below[i] += mass[i, point]
            if mass[i, point] > NEGLIGIBLE:
                busy = True
        if not busy:
            continue
        first = _count_distribution(chance, counts)
        uncertain = 0
        for i in range(units):
            if 0.0 < chance[i] < 1.0:
                uncertain += 1
        last = first + uncertain
        for i in range(units):
            here = mass[i, point]
            if here <= NEGLIGIBLE:
                continue
            p = chance[i]
            if p <= 0.0 or p >= 1.0:
                shift = 1 if p >= 1.0 else 0
                for k in range(first, last + 1):
                    out[i, k - shift] += weight * here * counts[k]
                continue
            share = weight * here
            before = 0.0
            if p < 0.5:
                scale, odds = 1.0 / (1.0 - p), p / (1.0 - p)
                for k in range(first, last):
                    before = max(counts[k] * scale - odds * before, 0.0)
                    out[i, k] += share * before
            else:
                scale, odds = 1.0 / p, (1.0 - p) / p
                for k in range(last - 1, first - 1, -1):
                    before = max(counts[k + 1] * scale - odds * before, 0.0)
                    out[i, k] += share * before


@numba.njit(cache=True, nogil=True)
def _count_distribution(chance, counts):  # type: ignore[no-untyped-def]
    """Write P(k units are below) into `counts`; return how many units are below with certainty."""
    certain = 0
    counts[:] = 0.0
    for i in range(len(chance)):
        if chance[i] >= 1.0:
            certain += 1
    counts[certain] = 1.0
    top = certain
    for i in range(len(chance)):
        p = chance[i]
        if p <= 0.0 or p >= 1.0:
            continue
        counts[top + 1] = counts[top] * p
        for k in range(top, certain, -1):
            counts[k] = counts[k] * (1.0 - p) + counts[k - 1] * p
        counts[certain] *= 1.0 - p
        top += 1
    return certain

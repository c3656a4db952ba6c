"""Bands: the ages and durations at which hazards may step, and the cells they make.

A cell is (state, age band, UASC, band of days in care, band of days in the placement), numbered in that order. What
changes most often comes last, so that the cells of one child are next to each other in memory.
"""

import numpy as np
from numba import njit

YEAR = 365.25
"Days."

AGES: tuple[str, ...] = ("0", "1-2", "3-4", "5-9", "10-12", "13-15", "16", "17+")
AGE_EDGES = np.array([0.0, 1, 3, 5, 10, 13, 16, 17]) * YEAR
"Day of life on which each band begins."

PLACEMENT_EDGES = np.array([0.0, 14, 60, 182, 365, 730])
"Days in the placement on which each band begins: most placements that fail do so early."

CARE_EDGES = np.array([0.0, 28, 91, 182, 365, 730, 1461])
"Days in care."

ADULT = 18 * YEAR

N_AGES, N_PLACEMENT, N_CARE, N_UASC = len(AGE_EDGES), len(PLACEMENT_EDGES), len(CARE_EDGES), 2


def cells(states: int) -> int:
    return states * N_AGES * N_PLACEMENT * N_CARE * N_UASC


def coordinates(states: int) -> tuple[np.ndarray, ...]:
    """For each cell its state, age band, UASC, care band and placement band; each int64 of shape (cells,)."""
    return tuple(axis.ravel() for axis in np.indices((states, N_AGES, N_UASC, N_CARE, N_PLACEMENT)))


@njit(cache=True, nogil=True, inline="always")
def band(value, edges):  # type: ignore[no-untyped-def]
    """The index of the last edge at or below `value`; 0 if `value` is below all edges."""
    found = 0
    while found + 1 < edges.shape[0] and edges[found + 1] <= value:
        found += 1
    return found


@njit(cache=True, nogil=True, inline="always")
def cell_of(state, age, uasc, care, placement):  # type: ignore[no-untyped-def]
    return (((state * N_AGES + age) * N_UASC + uasc) * N_CARE + care) * N_PLACEMENT + placement

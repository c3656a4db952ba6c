"""Child-days at risk and events in every cell and authority, from histories."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from parentis.services.demand.estimation.bands import (
    ADULT,
    AGE_EDGES,
    CARE_EDGES,
    PLACEMENT_EDGES,
    band,
    cell_of,
    cells,
)
from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.states import EXITS

EXIT, MOVE = 0, 1


@dataclass(frozen=True, slots=True)
class Exposure:
    """Events, and the child-days at risk in which they happened.

    Attributes:
        days: child-days at risk, float64 of shape (authorities, cells).
        events: exits and moves, float64 of shape (2, authorities, cells).
        exits_to: counts by exit, shape (cells, exits). moves_to: counts by state moved to, (cells, states).
        reached_18, stayed: children observed to turn 18, and how many of them were still looked after a week later.
    """

    days: np.ndarray
    events: np.ndarray
    exits_to: np.ndarray
    moves_to: np.ndarray
    reached_18: int
    stayed: int


def exposure(past: Histories) -> Exposure:
    """Count child-days and events in the years held. Leaving at about the 18th birthday is certain, so it is no
    event.
    """
    n, authorities = cells(past.states), len(past.authorities)
    days = np.zeros((authorities, n))
    events = np.zeros((2, authorities, n))
    exits_to = np.zeros((n, len(EXITS)))
    moves_to = np.zeros((n, past.states))
    adult = np.zeros(2, dtype=np.int64)
    for number, runs in enumerate(past.runs):
        own = np.flatnonzero(past.authority == number)
        for begins, ends in runs:
            _walk(
                past.state[own], past.start[own], past.end[own], past.birth[own], past.care_start[own],
                past.uasc[own], past.ends_in[own], begins, ends, past.states,
                days[number], events[:, number], exits_to, moves_to, adult,
            )  # fmt: skip
    return Exposure(days, events, exits_to, moves_to, int(adult[0]), int(adult[1]))


@njit(cache=True, nogil=True)
def _walk(  # type: ignore[no-untyped-def]
    state, start, end, birth, care_start, uasc, ends_in, begins, ends, states,
    days, events, exits_to, moves_to, adult,
):  # fmt: skip
    for i in range(state.shape[0]):
        now, last = float(max(start[i], begins)), float(min(end[i], ends))
        if start[i] >= ends or end[i] <= begins:
            continue
        adult_day = birth[i] + ADULT
        if now < adult_day - 7 < last:
            adult[0] += 1
            if last > adult_day + 7:
                adult[1] += 1
        at = 0
        while True:
            age = band(now - birth[i], AGE_EDGES)
            placement = band(now - start[i], PLACEMENT_EDGES)
            care = band(now - care_start[i], CARE_EDGES)
            until = last
            if age + 1 < AGE_EDGES.shape[0]:
                until = min(until, birth[i] + AGE_EDGES[age + 1])
            if placement + 1 < PLACEMENT_EDGES.shape[0]:
                until = min(until, start[i] + PLACEMENT_EDGES[placement + 1])
            if care + 1 < CARE_EDGES.shape[0]:
                until = min(until, care_start[i] + CARE_EDGES[care + 1])
            at = cell_of(state[i], age, uasc[i], care, placement)
            days[at] += until - now
            if until >= last:
                break
            now = until
        if ends_in[i] < 0 or end[i] > ends:
            continue
        if ends_in[i] < states:
            events[1, at] += 1
            moves_to[at, ends_in[i]] += 1
        elif end[i] < adult_day - 7 or end[i] > adult_day + 7:
            events[0, at] += 1
            exits_to[at, ends_in[i] - states] += 1

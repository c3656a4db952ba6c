"""Exact solutions for small homes: the stationary distribution of a Markov chain, to check the simulation.

Times are in mean stays: a child leaves at rate 1, and arrivals are loads in erlangs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

State: TypeAlias = tuple[int, ...]
Moves: TypeAlias = Callable[[State], Iterable[tuple[State, float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """`turned_away`: share by group of children, in the order of the arguments; `occupied`: mean places occupied."""

    turned_away: tuple[float, ...]
    occupied: float


def stationary(start: State, moves: Moves) -> dict[State, float]:
    """The long-run chance of every state that can be reached from `start`; `moves(state)` gives (state, rate)."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.linalg import spsolve

    states, waiting = {start: 0}, [start]
    rows, columns, rates = [], [], []
    while waiting:
        here = waiting.pop()
        for there, rate in moves(here):
            if there not in states:
                states[there] = len(states)
                waiting.append(there)
            rows += [states[there], states[here]]
            columns += [states[here], states[here]]
            rates += [rate, -rate]
    size = len(states)
    # Probabilities sum to one: this equation replaces the first balance equation, which the others imply.
    keep = [at for at, row in enumerate(rows) if row != 0]
    matrix = coo_matrix(
        (
            [rates[at] for at in keep] + [1.0] * size,
            ([rows[at] for at in keep] + [0] * size, [columns[at] for at in keep] + list(range(size))),
        ),
        shape=(size, size),
    ).tocsc()
    found = spsolve(matrix, np.eye(1, size)[0])
    return {state: float(found[at]) for state, at in states.items()}


def nested(girls_only: int, mixed: int, girls: float, boys: float) -> Exact:
    """A girls-only unit beside a mixed one; girls go to the girls-only unit first. Turned away: girls, boys."""

    def moves(state: State) -> Iterable[tuple[State, float]]:
        own, there, others = state
        if own < girls_only:
            yield (own + 1, there, others), girls
        elif there + others < mixed:
            yield (own, there + 1, others), girls
        if there + others < mixed:
            yield (own, there, others + 1), boys
        if own:
            yield (own - 1, there, others), float(own)
        if there:
            yield (own, there - 1, others), float(there)
        if others:
            yield (own, there, others - 1), float(others)

    chances = stationary((0, 0, 0), moves)
    full = sum(p for (_, there, others), p in chances.items() if there + others == mixed)
    both = sum(p for (own, there, others), p in chances.items() if own == girls_only and there + others == mixed)
    return Exact(turned_away=(both, full), occupied=sum(p * sum(state) for state, p in chances.items()))


def reserved(places: int, kept: int, members: float, others: float) -> Exact:
    """One unit in which others are refused with `kept` or fewer places free. Turned away: members, others."""

    def moves(state: State) -> Iterable[tuple[State, float]]:
        (inside,) = state
        if inside < places:
            yield (inside + 1,), members + (others if places - inside > kept else 0.0)
        if inside:
            yield (inside - 1,), float(inside)

    chances = stationary((0,), moves)
    refused = sum(p for (inside,), p in chances.items() if places - inside <= kept)
    return Exact(
        turned_away=(chances[(places,)], refused), occupied=sum(p * inside for (inside,), p in chances.items())
    )

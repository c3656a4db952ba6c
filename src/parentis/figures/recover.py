"""What can be worked out from what is shown: published cells add up, and sums can be taken apart.

A cell is `(geography, breakdown)` of one measure, period and scenario. Footprints are sums of authorities, and a
breakdown's whole is the sum of its parts, so the hidden cells are unknowns of a linear system. A cell can be
recovered exactly when its unit vector lies in the row space of that system.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from parentis.figures.breakdowns import breakdown, parts
from parentis.region import authorities, footprints, members

Cell = tuple[str, str]

TOLERANCE = 1e-9  # entries are −1, 0 and 1, so an exact recovery misses 1 by rounding error alone


@dataclass(frozen=True, slots=True)
class Sum:
    """`total` is the sum of `cells`; one that nobody publishes (its authority sent nothing) may be among them."""

    total: Cell
    cells: tuple[Cell, ...]


@cache
def is_authority(geography: str) -> bool:
    return geography in {one.gss for one in authorities()}


@cache
def authorities_in(geography: str, on: date) -> tuple[str, ...]:
    """The authorities a footprint adds up on a day; none for an authority or a geography without members."""
    if geography not in {one.id for one in footprints()}:
        return ()
    return members(geography, on)


def geographic_sums(cells: Iterable[Cell], on: date) -> list[Sum]:
    """Each footprint's cell is the sum of its authorities' cells."""
    found = []
    for geography, part in sorted(set(cells)):
        inside = authorities_in(geography, on)
        if inside:
            found.append(Sum((geography, part), tuple((gss, part) for gss in inside)))
    return found


def breakdown_sums(cells: Iterable[Cell]) -> list[Sum]:
    """Each cell is the sum of the cells that split it by one more dimension."""
    every = set(cells)
    split: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    for geography, text in sorted(every):
        pairs = parts(text)
        for dimension in pairs:
            whole = breakdown({key: value for key, value in pairs.items() if key != dimension})
            if (geography, whole) in every:
                split[(geography, whole), dimension].append((geography, text))
    return [Sum(total, tuple(cells)) for (total, _), cells in split.items()]


def recoverable(
    sums: Collection[Sum], hidden: Collection[Cell], values: Mapping[Cell, float] | None = None
) -> dict[Cell, float]:
    """The hidden cells that what is shown determines, with the value it gives them (0 without `values`)."""
    column = {cell: place for place, cell in enumerate(sorted(hidden))}
    rows, right = _system(sums, column, values or {})
    if not len(rows):
        return {}
    left, strength, basis = np.linalg.svd(rows, full_matrices=False)
    rank = _rank(strength)
    solved = basis[:rank].T @ ((left[:, :rank].T @ right) / strength[:rank])
    pinned = (basis[:rank] ** 2).sum(axis=0) > 1 - TOLERANCE
    return {cell: float(solved[place]) for cell, place in column.items() if pinned[place]}


def recoverable_by(
    sums: Collection[Sum], hidden: Collection[Cell], knowers: Iterable[frozenset[str]]
) -> Iterator[tuple[frozenset[str], set[Cell]]]:
    """For each knower that can work out hidden cells beside their own: who, and which cells.

    One decomposition serves all knowers: a cell is pinned for them when no movement of the hidden cells that
    leaves every sum and the knower's own cells unchanged moves it."""
    order = sorted(hidden)
    column = {cell: place for place, cell in enumerate(order)}
    rows, _ = _system(sums, column, {})
    if not len(rows):
        return
    _, strength, basis = np.linalg.svd(rows, full_matrices=True)
    free = basis[_rank(strength) :].T  # rows: hidden cells; columns: the ways they can move
    by_owner: dict[str, list[int]] = defaultdict(list)
    for cell, place in column.items():
        by_owner[cell[0]].append(place)
    for knows in knowers:
        own = [place for owner in sorted(knows) for place in by_owner.get(owner, ())]
        if knows and not own:
            continue  # knows no more than the public
        left_free = free
        if own:
            directions, lengths, _ = np.linalg.svd(free[own].T, full_matrices=False)
            directions = directions[:, : _rank(lengths)]
            left_free = free - (free @ directions) @ directions.T
        still = (left_free**2).sum(axis=1) < TOLERANCE
        still[own] = False
        if still.any():
            yield knows, {order[place] for place in np.flatnonzero(still)}


def _system(
    sums: Collection[Sum], column: Mapping[Cell, int], values: Mapping[Cell, float]
) -> tuple[np.ndarray, np.ndarray]:
    """One equation for each sum with a hidden cell in it. Shapes (sums, hidden cells) and (sums,)."""
    rows, right = [], []
    for each in sums:
        row, rest = np.zeros(len(column)), 0.0
        for cell, sign in ((each.total, -1.0), *((cell, 1.0) for cell in each.cells)):
            if cell in column:
                row[column[cell]] += sign
            else:
                rest -= sign * values.get(cell, 0.0)
        if row.any():
            rows.append(row)
            right.append(rest)
    return np.array(rows), np.array(right)


def _rank(strength: np.ndarray) -> int:
    return int((strength > TOLERANCE * max(1.0, float(strength.max(initial=0.0)))).sum())

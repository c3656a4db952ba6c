"""Bounds: how far hidden counts can vary while every shown count stays the same, by linear programming.

One programme holds every count of a set of connected sums. Shown counts are fixed; when the question is which further
counts to hide, they may vary at a price.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from parentis.figures.cells import Cell, Sum

TOLERANCE = 1e-6
FURTHEST = 4.0
"The limit on how far any other count may vary, as a multiple of the room required."
SPARSE = 1e-3
"Price of varying a hidden count: solutions that vary few counts hold for more readers."


class Room:
    """The counts of connected `sums`: `values` are the true counts, `least` the lowest value each may take, `owners`
    the authorities they belong to, and `prices` the cost of hiding each. `room` is the range each must be able to take.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        sums: Collection[Sum],
        *,
        values: Sequence[float],
        least: Sequence[float],
        owners: Sequence[str],
        prices: Sequence[float],
        room: float,
    ) -> None:
        import highspy

        self.cells, self.room = list(cells), room
        self.column: Mapping[Cell, int] = {cell: at for at, cell in enumerate(self.cells)}
        self.owners = np.array(owners)
        size = self._size = len(self.cells)
        rise = np.full(size, FURTHEST * room)
        fall = np.minimum(rise, np.maximum(0.0, np.array(values) - np.array(least)))
        self._most = np.concatenate([rise, fall])
        self._prices = np.array(prices)
        self.hidden = np.zeros(size, dtype=bool)
        columns: list[list[tuple[int, float]]] = [[] for _ in self.cells]
        for row, each in enumerate(sums):
            for cell, sign in ((each.total, -1.0), *((one, 1.0) for one in each.cells)):
                if cell in self.column:
                    columns[self.column[cell]].append((row, sign))
        both = [*columns, *([(row, -sign) for row, sign in column] for column in columns)]
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = 2 * size, len(sums)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(2 * size), np.zeros(2 * size), np.zeros(2 * size)
        lp.row_lower_ = lp.row_upper_ = np.zeros(len(sums))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.cumsum([0, *map(len, both)])
        lp.a_matrix_.index_ = np.array([row for column in both for row, _ in column], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([sign for column in both for _, sign in column])
        self._every = np.arange(2 * size, dtype=np.int32)
        self._lp: Any = _quiet()
        self._lp.setOptionValue("threads", 1)
        self._lp.passModel(lp)

    def owner(self, cell: Cell) -> str:
        return str(self.owners[self.column[cell]])

    def falls(self, at: int) -> float:
        """How far a count can fall, at most."""
        return float(self._most[self._size + at])

    def move(self, cell: Cell, fixed: Collection[str] = ()) -> np.ndarray | None:
        """Changes to the counts, shape (cells,), that move `cell` by its room while shown counts and those that belong
        to `fixed` stay the same; None where it cannot move that far."""
        at, most = self.column[cell], self._bounds(fixed, ~self.hidden)
        up = self._furthest(at, most, 1)
        if up[at] >= self.room - TOLERANCE:
            return up
        down = self._furthest(at, most, -1)
        return up - down if up[at] - down[at] >= self.room - TOLERANCE else None

    def cheapest(self, cell: Cell, fixed: Collection[str], stays: np.ndarray) -> np.ndarray | None:
        """The cheapest changes that move `cell` by its room, in which shown counts may also vary at their price. Cells
        in `stays` cannot be hidden. None where no such changes exist."""
        at = self.column[cell]
        cost = np.where(self.hidden, SPARSE, self._prices)
        most = self._bounds(fixed, stays & ~self.hidden)
        for way in (1, -1):
            found = self._furthest(at, most, way, cost, pull=10.0 * float(cost.max()) * self._size)
            if abs(found[at]) >= self.room - TOLERANCE:
                return found
        return None

    def _bounds(self, fixed: Collection[str], stays: np.ndarray) -> np.ndarray:
        still = stays | np.isin(self.owners, list(fixed)) if fixed else stays
        return np.where(np.concatenate([still, still]), 0.0, self._most)

    def _furthest(
        self, at: int, most: np.ndarray, way: int, cost: np.ndarray | None = None, pull: float = 1.0
    ) -> np.ndarray:
        size = self._size
        price = np.full(2 * size, SPARSE) if cost is None else np.concatenate([cost, cost])
        bounds = most.copy()
        bounds[[at, size + at]] = np.minimum(bounds[[at, size + at]], self.room)
        price[at], price[size + at] = -way * pull, way * pull
        self._lp.changeColsBounds(2 * size, self._every, np.zeros(2 * size), bounds)
        self._lp.changeColsCost(2 * size, self._every, price)
        self._lp.clearSolver()
        self._lp.run()
        found = np.array(self._lp.getSolution().col_value)
        moved: np.ndarray = found[:size] - found[size:]
        return np.where(np.abs(moved) < TOLERANCE, 0.0, moved)


@cache
def _quiet_class() -> Any:
    import highspy

    class Quiet(highspy.Highs):
        """A solver without callbacks: nothing here uses them, and setting them up prints a line."""

        def __init__(self) -> None:
            super(highspy.Highs, self).__init__()

    return Quiet


def _quiet() -> Any:
    solver = _quiet_class()()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("presolve", "off")
    solver.setOptionValue("solver", "simplex")
    solver.setOptionValue("simplex_strategy", 1)
    return solver

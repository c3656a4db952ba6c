"""An attacker of released figures: everything that all roles may fetch, put into linear and integer programmes.

It shares the declarations with what it attacks (which figure tells of which cell) and nothing else: sums, unknowns and
programmes are its own. It is stronger than anybody: counts shown rounded are exact for it, and how many children
count in two places is no secret.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from parentis.figures import Catalogue, Viewer, parts
from parentis.figures.cells import VALUE, showings
from parentis.region import footprints, members

Cell = tuple[str, str, str]
"Place, breakdown, period."
EXACT = 1e-6


@dataclass(slots=True)
class Puzzle:
    """One population's cells: true counts, what is seen, and the sums (total, cells, what they miss the total by)."""

    counts: dict[Cell, float]
    seen: set[Cell]
    marked: set[Cell]
    "Others see a `c` in its place, so that it is not nothing."
    sums: list[tuple[Cell, tuple[Cell, ...], float]]
    threshold: float

    @property
    def room(self) -> float:
        return self.threshold - 2

    def targets(self) -> list[Cell]:
        """The hidden counts above nothing and below the threshold."""
        return sorted(c for c, x in self.counts.items() if 0.5 <= x < self.threshold - 0.5 and c not in self.seen)


def puzzles(true: pl.DataFrame, catalogue: Catalogue, fetched: Iterable[pl.DataFrame]) -> dict[str, Puzzle]:
    """By population: `fetched` are the frames that roles get, without what is a reader's own."""
    made: dict[str, Puzzle] = {}
    cells = showings(true, catalogue).filter(pl.col("threshold") > 0, pl.col("x").is_not_null())
    days = dict(cells.select("period", "end").unique().iter_rows())
    seen, marked = _seen(catalogue, fetched)
    for (population, scenario), rows in cells.partition_by("population", "scenario", as_dict=True).items():
        counts: dict[Cell, float] = {}
        for *place, x in rows.select("geography", "breakdown", "period", "x").iter_rows():
            counts.setdefault(tuple(place), x)
        key = f"{population} {scenario}".strip()
        made[key] = Puzzle(
            counts, seen[population, scenario] & counts.keys(), marked[population, scenario] & counts.keys(),
            [], rows["threshold"][0],
        )  # fmt: skip
        made[key].sums = list(_sums(made[key], days))
    return made


def _seen(catalogue: Catalogue, fetched: Iterable[pl.DataFrame]) -> tuple[dict, dict]:
    seen, marked = defaultdict(set), defaultdict(set)
    # Every role's rows side by side: most are the same for all of them.
    frame = pl.concat(fetched).unique(maintain_order=True)
    told = showings(frame, catalogue).join(
        frame.with_row_index("row").select("row", "suppressed", "audience"), on="row"
    )
    for population, scenario, *place, how, x, why, audience in told.select(
        "population", "scenario", "geography", "breakdown", "period", "how", "x", "suppressed", "audience"
    ).iter_rows():
        if x is not None:
            seen[population, scenario].add(tuple(place))
        elif how == VALUE and why == "c" and audience != "own":  # totals of own figures are withheld though nil
            marked[population, scenario].add(tuple(place))
    return seen, marked


def _sums(of: Puzzle, days: dict) -> Iterator[tuple[Cell, tuple[Cell, ...], float]]:
    wide = {one.id for one in footprints()}
    split = defaultdict(list)
    for place, text, period in of.counts:
        pairs = parts(text)
        for name in pairs:
            rest = "&".join(f"{key}={value}" for key, value in pairs.items() if key != name)
            split[(place, rest, period), name].append((place, text, period))
    candidates = [(total, tuple(cells)) for (total, _), cells in split.items()]
    for cell in of.counts:
        if cell[0] in wide:
            inside = ((gss, *cell[1:]) for gss in members(cell[0], days[cell[2]]))
            candidates.append((cell, tuple(one for one in inside if one in of.counts)))
    for total, cells in candidates:
        if total in of.counts and cells:
            beyond = of.counts[total] - sum(of.counts[one] for one in cells)
            if beyond > 0.5 - of.threshold:
                yield total, cells, beyond


def interval(of: Puzzle, target: Cell, knows: str = "", *, whole: bool = False) -> tuple[float, float]:
    """The least and the most that `target` can be for somebody who sees what is seen and knows the counts of `knows`;
    `whole`: of whole numbers, where all that hangs together is counted in them."""
    known = of.seen | {cell for cell in of.counts if knows and cell[0] == knows}
    cells, inside = _component(of, target, known)
    whole = whole and all(of.counts[one] % 1 == 0 for total, addends, _ in inside for one in (total, *addends))
    column = {cell: at for at, cell in enumerate(cells)}
    slack = [at for at, (*_, beyond) in enumerate(inside) if beyond > 0.5]
    width = len(cells) + len(slack)
    data, row_of, column_of, right = [], [], [], []
    for at, (total, addends, beyond) in enumerate(inside):
        side = 0.0 if beyond > 0.5 else -beyond
        for cell, sign in ((total, -1.0), *((one, 1.0) for one in addends)):
            if cell in column:
                data.append(sign), row_of.append(at), column_of.append(column[cell])
            else:
                side -= sign * of.counts[cell]
        right.append(side)
    for number, at in enumerate(slack):
        data.append(1.0), row_of.append(at), column_of.append(len(cells) + number)
    matrix = csr_array((data, (row_of, column_of)), shape=(len(inside), width))
    least = np.array([1.0 if cell in of.marked else 0.0 for cell in cells] + [0.0] * len(slack))
    aim = np.zeros(width)
    aim[column[target]] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        found = milp(
            sign * aim, bounds=Bounds(least, np.inf), integrality=np.full(width, int(whole)),
            constraints=[LinearConstraint(matrix, right, right)] if inside else [],
        )  # fmt: skip
        # Nothing falls below nil, so what has no least end is contradictory: only the most may have no bound.
        assert found.status == 0 or (sign < 0 and found.status in (3, 4)), found.message
        ends.append(float(found.x[column[target]]) if found.status == 0 else np.inf)
    return ends[0], ends[1]


def _component(of: Puzzle, target: Cell, known: Collection[Cell]) -> tuple[list[Cell], list]:
    """What hangs together with the target by sums."""
    near = defaultdict(list)
    for at, (total, cells, _) in enumerate(of.sums):
        for cell in (total, *cells):
            near[cell].append(at)
    found, sums, todo = {target: None}, {}, [target]
    while todo:
        for at in near[todo.pop()]:
            if at not in sums:
                sums[at] = None
                total, cells, _ = of.sums[at]
                new = [one for one in (total, *cells) if one not in known and one not in found]
                found |= dict.fromkeys(new)
                todo += new
    return list(found), [of.sums[at] for at in sums]


def others(frame: pl.DataFrame, viewer: Viewer) -> pl.DataFrame:
    """What a role gets of others than itself."""
    return frame.filter(~pl.col("geography").is_in(list(viewer.authorities)))

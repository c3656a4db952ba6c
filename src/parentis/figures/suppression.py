"""Suppression: which counts of people must be hidden so that no small one can be worked out.

Primary suppression hides counts above 0 and below the threshold; zeros are shown. Secondary suppression hides further
counts until each hidden count could take as many values as the threshold hides (five, for children), whatever is added
and subtracted over footprints, breakdowns and periods. This holds against the public, members of the region, and any
single authority that knows its own counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Final, TypeAlias

import numpy as np

from parentis.figures.bounds import TOLERANCE, Room
from parentis.figures.cells import Cell, Sum, authorities_in, is_authority, sums

PUBLIC: Final = ""
"A reader who knows no authority's counts; other readers are named by the authority whose counts they know."
TOGETHER: Final = "together"
THEN: Final = "~"
"Marks a count as it was in an earlier release, before it changed."
ELSEWHERE: Final = "*"
"Marks the rest of a total beyond its published cells: never shown, but known if all of them are."
AT_A_TIME: Final = 3
"The number of cells of a part that are protected before the others are tested again."
SLACK: Final = 0.5
"Counts that differ from their total by less are taken to add up to it."


Certain: TypeAlias = dict[Cell, frozenset[str]]
"""For each cell that can vary through its room, the authorities whose cells vary in every solution found: no other
authority can work the cell out. This remains true when more is hidden."""
Tellers: TypeAlias = Callable[[Room, Cell, Certain], Iterator[frozenset[str]]]
"The readers who can work out a cell: the public (an empty set) or one authority."


@dataclass(slots=True)
class Table:
    """The counts of one population and scenario."""

    cells: Mapping[Cell, float]
    spans: Mapping[str, tuple[date, date]]
    threshold: float
    closed: frozenset[Cell] = frozenset()
    "Cells that only their authority sees."
    settled: frozenset[Cell] = frozenset()
    "Cells already suppressed by their publisher: their counts are not held, and sums that include them are ignored."
    public: frozenset[Cell] = frozenset()
    "Cells that cannot be hidden any more: they were shown before."
    together: frozenset[str] = frozenset()
    "Authorities whose counts one reader can compare."
    hidden: set[Cell] = field(default_factory=set)
    past: list[Sum] = field(default_factory=list)
    "Sums that held before, of counts that have changed since."
    sums: list[Sum] = field(default_factory=list)
    absent: dict[Cell, float | None] = field(default_factory=dict)
    "Cells of sums that nobody publishes; the count where one sum alone gives it."
    told: set[Cell] = field(default_factory=set)
    "Counts that somebody can work out whatever is hidden now: too much was shown before."
    near: dict[Cell, list[Sum]] = field(default_factory=lambda: defaultdict(list))
    "The sums that each cell stands in."

    @property
    def room(self) -> float:
        """The range between the lowest and the highest value a hidden count could take: `threshold − 1` integers."""
        return self.threshold - 2

    def same_as(self, then: "Table") -> bool:
        """Whether nothing has changed, so that hiding the same cells is enough."""
        return (
            (self.closed, self.settled, self.threshold) == (then.closed, then.settled, then.threshold)
            and self.cells.keys() == then.cells.keys()
            and not any(_changed(self, then, cell) for cell in self.cells)
            and not self.together
        )

    def after(self, earlier: Sequence["Table"]) -> "Table":
        """The current cells together with those of `earlier` releases that have changed since, because a reader who
        kept an earlier release can subtract one from the other. Unchanged cells stay hidden or shown as before."""
        versions = _Versions(self.cells)
        closed, public, hidden = set(self.closed), set(self.public), set(self.hidden)
        spans, past = dict(self.spans), dict[Sum, None]()
        for at, then in enumerate(earlier):
            now = {cell: versions.name(cell, count) for cell, count in then.cells.items()}
            spans |= {one.period: then.spans[cell.period] for cell, one in now.items() if one != cell}
            closed |= {now[cell] for cell in then.closed if now[cell] != cell}
            public |= {one for cell, one in now.items() if not then.unknown(cell)}
            hidden |= {now[cell] for cell in then.hidden}
            for each in sums(then.spans, [*then.cells, *then.settled]):
                if then.settled.isdisjoint((each.total, *each.cells)):
                    cells = tuple(now.get(cell) or self._unknown_then(cell, at) for cell in each.cells)
                    if now[each.total] != each.total or cells != each.cells:
                        past[Sum(now[each.total], cells)] = None
        # Past sums with no link to a current cell that can still be hidden are dropped: nothing can be done about them.
        tied = _parts(past, lambda cell: cell not in public)
        return replace(
            self,
            cells={**versions.old, **self.cells},
            spans=spans,
            closed=frozenset(closed),
            public=frozenset(public),
            hidden=hidden - self.closed - public,
            past=[each for cells, inside in tied if not self.cells.keys().isdisjoint(cells) for each in inside],
        )

    def _unknown_then(self, cell: Cell, at: int) -> Cell:
        """A cell missing from release `at`, though a total may have included it: not the same as today's cell."""
        return cell._replace(period=f"{cell.period}{THEN}not{THEN}{at}") if cell in self.cells else cell

    def owner(self, cell: Cell) -> str:
        """The authority that knows the cell; TOGETHER for authorities read together; PUBLIC for a footprint's cell."""
        if cell.geography in self.together:
            return TOGETHER
        return cell.geography if is_authority(cell.geography) else PUBLIC

    def small(self, cell: Cell) -> bool:
        count = self.absent[cell] if cell in self.absent else self.cells[cell]
        return count is not None and SLACK <= count < self.threshold - SLACK

    def unknown(self, cell: Cell) -> bool:
        return cell in self.hidden or cell in self.closed or cell in self.absent

    def guarded(self, cell: Cell) -> bool:
        """Whether the cell must be protected: an unpublished count if it is small, a hidden one unless it is 0."""
        return self.small(cell) if cell in self.absent else self.unknown(cell) and self.cells[cell] >= SLACK

    def count(self, cell: Cell) -> float:
        """The count. An unpublished count that no sum gives is taken as the threshold, that is, as not small."""
        held = self.absent[cell] if cell in self.absent else self.cells[cell]
        return self.threshold if held is None else held

    def least(self, cell: Cell) -> float:
        """The lowest value a reader must assume: 1 for a hidden count, because zeros are never hidden, and 0 for a
        count that only its authority sees."""
        return 1.0 if cell in self.hidden and cell not in self.closed else 0.0

    def add(self, each: Sum) -> None:
        """Keep a sum that holds and of which something is shown. The parts exceed their total where a child counts in
        several of them. A reader may assume that few children do: if the excess is below the threshold, the sum is
        treated as one that holds, so that no small count depends on it; if it is larger, the sum reveals nothing."""
        if not self.settled.isdisjoint((each.total, *each.cells)):
            return
        held = tuple(cell for cell in each.cells if cell in self.cells)
        if self.closed.issuperset((each.total, *held)):
            return
        beyond = self.cells[each.total] - sum(self.cells[cell] for cell in held)
        if beyond <= SLACK - self.threshold:
            return
        absent = tuple(cell for cell in each.cells if cell not in self.cells)
        if beyond < SLACK:  # the shown cells make up the total, so cells not shown are 0
            absent = ()
        elif not absent:
            absent = (each.total._replace(breakdown=f"{each.total.breakdown}{ELSEWHERE}{len(self.sums)}"),)
        for cell in absent:
            self.absent[cell] = beyond if len(absent) == 1 else self.absent.get(cell)
        self.sums.append(Sum(each.total, held + absent))
        for cell in (each.total, *held, *absent):
            self.near[cell].append(self.sums[-1])


class _Versions:
    """Names for the successive counts of a cell: the current count has the cell's own name."""

    def __init__(self, today: Mapping[Cell, float]) -> None:
        self.old: dict[Cell, float] = {}
        self._known: dict[Cell, list[tuple[Cell, float]]] = defaultdict(list)
        self._today = today

    def name(self, cell: Cell, count: float) -> Cell:
        known = self._known[cell]
        if cell in self._today and not known:
            known.append((cell, self._today[cell]))
        for one, held in known:
            if abs(held - count) <= TOLERANCE:
                return one
        one = cell._replace(period=f"{cell.period}{THEN}{len(known)}")
        known.append((one, count))
        self.old[one] = count
        return one


def _changed(now: Table, then: Table, cell: Cell) -> bool:
    """Whether the count has changed or been removed."""
    return cell not in then.cells or abs(now.cells.get(cell, -1.0) - then.cells[cell]) > TOLERANCE


def hide(table: Table) -> frozenset[Cell]:
    """The cells of `table` to hide, including those in `table.hidden`. Cells that cannot be protected, because too much
    was shown before, are left as they are and listed in `table.told`."""
    _add_sums(table)
    table.hidden |= {cell for cell in table.cells if table.small(cell)} - table.closed - table.public
    crossing = _crossing(table) - table.public
    table.hidden |= crossing
    # Sums of authorities that other sums already include: they add nothing to what can be worked out.
    table.sums = [each for each in table.sums if crossing.isdisjoint((each.total, *each.cells))]
    while _hid_thin(table):
        pass
    certain: Certain = {}
    hopeless: set[tuple[Cell, frozenset[str]]] = set()
    dear = _Dear(table)
    for tellers in (_public, _authorities):
        while told := [one for one in _told(table, certain, tellers) if one not in hopeless]:
            for cell, knows in told:
                if not dear.cover(cell, knows, certain):
                    hopeless.add((cell, knows))
    table.told = {cell for cell, _ in hopeless}
    return frozenset(table.hidden)


def _add_sums(table: Table) -> None:
    now = [cell for cell in (*table.cells, *table.settled) if THEN not in cell.period]
    for each in (*sums(table.spans, now), *table.past):
        table.add(each)


def _crossing(table: Table) -> set[Cell]:
    """The counts of footprints that overlap larger ones without nesting, where some authority's count is small. The
    difference of two nested footprints is a count of several authorities; combinations of overlapping ones can isolate
    a single authority."""
    small = {(cell.breakdown, cell.period) for cell in table.hidden if is_authority(cell.geography)}
    wide: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in table.cells:
        if (cell.breakdown, cell.period) in small and not is_authority(cell.geography):
            wide[cell.breakdown, cell.period].append(cell)
    return {cell for cells in wide.values() for cell in _not_nested(cells, table.spans)}


def _not_nested(cells: Iterable[Cell], spans: Mapping[str, tuple[date, date]]) -> Iterator[Cell]:
    inside = {cell: frozenset(authorities_in(cell.geography, spans[cell.period][1])) for cell in cells}
    kept: list[frozenset[str]] = []
    for cell in sorted(inside, key=lambda one: (-len(inside[one]), one)):
        own = inside[cell]
        if all(own <= other or own.isdisjoint(other) for other in kept):
            kept.append(own)
        else:
            yield cell


def exposed(table: Table) -> frozenset[Cell]:
    """The guarded cells that somebody can still work out after `hide`."""
    return frozenset(cell for cell, _ in _told(table, {}, _authorities))


def left_alone(table: Table) -> Iterator[tuple[Cell, str]]:
    """The small counts that subtraction reveals, and to whom: PUBLIC, or an authority that knows its own counts. A
    count that is the only unknown in a sum is worked out, and the other sums that include it are then checked again."""
    _add_sums(table)
    unknown = {each: {cell for cell in (each.total, *each.cells) if table.unknown(cell)} for each in table.sums}
    everybody = {table.owner(cell) for cells in unknown.values() for cell in cells}
    for knows in sorted(everybody | {PUBLIC}):
        for cell in _peeled(table, unknown, knows):
            # A total made up of the authority's own count alone tells it nothing about anyone else.
            if table.small(cell) and (not knows or table.owner(cell)):
                yield cell, knows


def _peeled(table: Table, unknown: Mapping[Sum, set[Cell]], knows: str) -> set[Cell]:
    left = {
        each: {cell for cell in cells if not (knows and table.owner(cell) == knows)} for each, cells in unknown.items()
    }
    found: set[Cell] = set()
    alone = [each for each, cells in left.items() if len(cells) == 1]
    while alone:
        for cell in left[alone.pop()].copy():
            found.add(cell)
            for near in table.near[cell]:
                left[near].discard(cell)
                if len(left[near]) == 1:
                    alone.append(near)
    return found


def _hid_thin(table: Table) -> bool:
    """Hide a further cell in every sum whose hidden cells, without the reader's own, are a single cell or too few
    people to protect one another. Returns whether any cell was hidden.

    Checks one sum at a time, which is quick and leaves little for the linear programme."""
    hid = False
    for each in table.sums:
        for knows in _who(table, each):
            if _is_thin(table, each, knows) and (one := _cheapest(table, [each], knows)):
                table.hidden.add(one)
                hid = True
    return hid


def _who(table: Table, each: Sum) -> list[str]:
    if not any(map(table.guarded, each.cells)):
        return []
    return sorted({PUBLIC, *(table.owner(cell) for cell in each.cells if table.unknown(cell))})


def _is_thin(table: Table, each: Sum, knows: str) -> bool:
    if table.unknown(each.total) and (not knows or table.owner(each.total) != knows):
        return False
    left = [cell for cell in each.cells if table.unknown(cell) and not (knows and table.owner(cell) == knows)]
    # A total made up of the authority's own count alone tells it nothing about anyone else.
    if not any(table.guarded(cell) and (not knows or table.owner(cell)) for cell in left):
        return False
    return len(left) == 1 or sum(table.count(cell) - table.least(cell) for cell in left) < table.room - TOLERANCE


def _cheapest(table: Table, near: Iterable[Sum], spare: str) -> Cell | None:
    """The visible cell that costs least to hide: an authority's before a footprint's, then the smallest."""
    visible = {
        cell
        for each in near
        for cell in (each.total, *each.cells)
        if not table.unknown(cell)
        and cell not in table.public
        and table.cells[cell] >= SLACK
        and not (spare and table.owner(cell) == spare)
    }
    return min(visible, key=lambda cell: (not is_authority(cell.geography), table.cells[cell], cell), default=None)


def _told(table: Table, certain: Certain, tellers: Tellers) -> Iterator[tuple[Cell, frozenset[str]]]:
    """The guarded cells that lack room, each with a reader who can work it out, among the readers `tellers` tests."""
    for cells, inside in _parts(table.sums, table.unknown):
        guarded = [cell for cell in sorted(cells, key=lambda one: (table.count(one), one)) if table.guarded(cell)]
        if all(certain.get(cell) == frozenset() for cell in guarded):
            continue
        room = _room(table, cells, inside)
        _learn_alike(table, room, inside, certain)
        found = ((cell, knows) for cell in guarded for knows in tellers(room, cell, certain))
        # Hiding a cell to protect one often protects its neighbours too, so they are tested again afterwards.
        yield from islice(found, AT_A_TIME)


def _room(table: Table, cells: list[Cell], inside: list[Sum]) -> Room:
    room = Room(
        cells,
        inside,
        values=[table.count(cell) for cell in cells],
        least=[0.0 if cell in table.closed or cell in table.absent else 1.0 for cell in cells],
        owners=[table.owner(cell) for cell in cells],
        prices=[_price(table, cell) for cell in cells],
        room=table.room,
    )
    room.hidden[:] = [table.unknown(cell) for cell in cells]
    return room


def _price(table: Table, cell: Cell) -> float:
    """The price of hiding a cell: lower for an authority's count than a footprint's, and for a small one."""
    return (1.0 if is_authority(cell.geography) else 3.0) * (1.0 + table.count(cell) / table.threshold)


def _learn_alike(table: Table, room: Room, inside: list[Sum], certain: Certain) -> None:
    """Record the cells that can vary against others in exactly the same sums, for every reader: most closed cells."""
    places: list[list[int]] = [[] for _ in room.cells]
    for number, each in enumerate(inside):
        for cell, at in ((each.total, -1 - number), *((one, number) for one in each.cells)):
            if cell in room.column:
                places[room.column[cell]].append(at)
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for at, stands in enumerate(places):
        groups[tuple(stands)].append(at)
    for group in groups.values():
        falls = [(room.owners[at], room.falls(at)) for at in group]
        left = [[fall for owner, fall in falls if not knows or owner != knows] for knows in {PUBLIC, *dict(falls)}]
        if all(len(some) > 1 and sum(some) >= table.room for some in left):
            certain |= {room.cells[at]: frozenset() for at in group}


def _public(room: Room, cell: Cell, certain: Certain) -> Iterator[frozenset[str]]:
    if cell not in certain and not _learn(room, room.move(cell), certain):
        yield frozenset()


def _authorities(room: Room, cell: Cell, certain: Certain) -> Iterator[frozenset[str]]:
    yield from _public(room, cell, certain)
    yield from _among(room, cell, certain.get(cell, frozenset()), certain)


def _among(room: Room, cell: Cell, knowers: frozenset[str], certain: Certain) -> Iterator[frozenset[str]]:
    """The authorities among `knowers` that can work the cell out: tested all at once, then by halves."""
    knowers &= certain.get(cell, frozenset())
    if not knowers or _learn(room, room.move(cell, knowers), certain):
        return
    if len(knowers) == 1:
        yield knowers
        return
    order = sorted(knowers)
    for half in (order[: len(order) // 2], order[len(order) // 2 :]):
        yield from _among(room, cell, frozenset(half), certain)


def _learn(room: Room, moved: np.ndarray | None, certain: Certain) -> bool:
    """Record which authorities a solution shows to be unable to work cells out; False where there is no solution."""
    if moved is None:
        return False
    stirred = frozenset(room.owners[moved != 0].tolist()) - {PUBLIC}
    for at in np.flatnonzero(np.abs(moved) >= room.room - TOLERANCE):
        one = room.cells[at]
        owner = room.owner(one)
        certain[one] = certain.get(one, stirred) & stirred - {owner} if owner else frozenset()
    return True


class _Dear:
    """Chooses the shown cells that are cheapest to hide, by linear programming. Programmes are built when needed."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._parts: list[tuple[frozenset[Cell], list[Sum]]] = []
        self._rooms: dict[frozenset[Cell], Room] = {}

    def cover(self, cell: Cell, knows: frozenset[str], certain: Certain) -> bool:
        """Hide the cells that give `cell` its room; False where no cells can."""
        table = self._table
        if not self._parts:
            self._parts = [(frozenset(cells), inside) for cells, inside in _parts(table.sums, lambda _: True)]
        cells, inside = next(part for part in self._parts if cell in part[0])
        room = self._rooms.get(cells) or self._rooms.setdefault(cells, _room(table, sorted(cells), inside))
        stays = [one in table.public or (not table.unknown(one) and table.cells[one] < SLACK) for one in room.cells]
        moved = room.cheapest(cell, knows, np.array(stays))
        if not _learn(room, moved, certain):
            return False
        for at in np.flatnonzero((moved != 0) & ~room.hidden):
            room.hidden[at] = True
            table.hidden.add(room.cells[at])
        return True


def _parts(every: Iterable[Sum], within: Callable[[Cell], bool]) -> Iterator[tuple[list[Cell], list[Sum]]]:
    """Groups of the cells accepted by `within` that share sums, with those sums."""
    parent: dict[Cell, Cell] = {}

    def root(cell: Cell) -> Cell:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    joined: list[tuple[Sum, Cell]] = []
    for each in every:
        cells = [cell for cell in (each.total, *each.cells) if within(cell)]
        for cell in cells:
            parent.setdefault(cell, cell)
            parent[root(cell)] = root(cells[0])
        joined += [(each, cells[0])] if cells else []
    groups: dict[Cell, tuple[list[Cell], list[Sum]]] = defaultdict(lambda: ([], []))
    for cell in parent:
        groups[root(cell)][0].append(cell)
    for each, cell in joined:
        groups[root(cell)][1].append(each)
    yield from groups.values()

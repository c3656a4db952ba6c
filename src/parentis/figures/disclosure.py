"""Disclosure control: which cells must be hidden so that no small number of children can be worked out.

Primary suppression hides counts from 1 to threshold − 1; zeros stay. Secondary suppression hides more, until no
hidden cell can be recovered by addition and subtraction over the published footprints and breakdowns: by the
public, nor by any one authority, which knows its own numbers. Unit-free arithmetic on cells; `release` applies it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from threadpoolctl import threadpool_limits

from parentis.figures.recover import (
    Cell,
    Sum,
    authorities_in,
    breakdown_sums,
    geographic_sums,
    is_authority,
    recoverable,
    recoverable_by,
)

Knower = frozenset[str]
"ONS codes of the authorities whose own numbers somebody knows; nobody's for the public."

PUBLIC: Knower = frozenset()
FEWEST_IN_A_TOTAL = 3
"A total of unpublished figures covers at least three authorities: of two, each could subtract its own."
ELSEWHERE = "*"
"Marks what a total holds beyond its published cells: never shown, but recoverable if they all are."


def hidden_cells(
    cells: Mapping[Cell, float],
    on: date,
    *,
    threshold: int,
    rounding: float = 0,
    settled: Collection[Cell] = (),
    together: Knower = PUBLIC,
) -> frozenset[Cell]:
    """The cells of one measure, period and scenario to hide. `cells` are counts of people; `on` dates the
    footprints. `settled` cells were suppressed before (by their publisher, say): sums they stand in are left
    alone. `together` are authorities read by one viewer, who can put their numbers side by side.

    What is hidden for a viewer is always at least what is hidden for the public, less the viewer's own."""
    table = _Table.of(cells, on, threshold=threshold, rounding=rounding, settled=settled)
    if settled:
        # Control has been here: the small cells still in sight are the viewer's own, and hide nobody else's.
        table.hidden = {cell for cell in table.hidden if cell[0] not in together}
    _widen(table, PUBLIC)
    if len(together) > 1:
        _widen(table, together)
    return frozenset(table.hidden)


def withheld_totals(geographies: frozenset[str], on: date, together: Knower = PUBLIC) -> frozenset[str]:
    """The footprints whose totals of unpublished figures must stay hidden, so that neither the other totals nor
    an authority's own figure (nor the figures of authorities read `together`) give away another's. Totals are
    let through largest first, and one that would give something away is withheld.

    `geographies` are those that have the figure; where none of a total's authorities is among them, all its
    members count."""
    inside = {}
    for total in geographies:
        all_members = authorities_in(total, on)
        inside[total] = tuple(gss for gss in all_members if gss in geographies) or all_members
    return _withheld(frozenset((total, cells) for total, cells in inside.items() if cells), together)


@cache
def _withheld(inside: frozenset[tuple[str, tuple[str, ...]]], together: Knower) -> frozenset[str]:
    everyone = sorted({gss for _, cells in inside for gss in cells})
    knowers = [PUBLIC, *(frozenset({gss}) for gss in everyone)]
    withheld: set[str] = set()
    # Thousands of small decompositions: threads cost more than they bring, three times over where others work too.
    with threadpool_limits(1, user_api="blas"):
        for group in (knowers, [together]):
            shown: list[Sum] = []
            for total, cells in sorted(inside, key=lambda one: (-len(one[1]), one[0])):
                if total in withheld:
                    continue
                each = Sum((total, ""), tuple((gss, "") for gss in cells))
                if len(cells) < FEWEST_IN_A_TOTAL or _gives_away([*shown, each], group):
                    withheld.add(total)
                else:
                    shown.append(each)
    return frozenset(withheld)


def _gives_away(shown: list[Sum], knowers: list[Knower]) -> bool:
    """Can some knower work out an authority's figure from these totals?"""
    cells = {cell for each in shown for cell in each.cells}
    return next(recoverable_by(shown, cells, knowers), None) is not None


@dataclass(slots=True)
class _Table:
    """The published cells, the sums they stand in, and what is hidden so far."""

    cells: Mapping[Cell, float]
    threshold: int
    fixed: frozenset[Cell]
    sums: list[Sum] = field(default_factory=list)
    hidden: set[Cell] = field(default_factory=set)
    unpublished: dict[Cell, float | None] = field(default_factory=dict)
    "Cells of sums that nobody publishes; the value where one sum alone gives it."

    @classmethod
    def of(
        cls,
        cells: Mapping[Cell, float],
        on: date,
        *,
        threshold: int,
        rounding: float,
        settled: Collection[Cell],
    ) -> "_Table":
        table = cls(cells, threshold, frozenset(settled))
        table.hidden = {cell for cell, value in cells.items() if 0.5 <= value < threshold - 0.5}
        known = set(cells) | set(settled)
        for each in (*geographic_sums(known, on), *breakdown_sums(known)):
            if table.fixed.isdisjoint((each.total, *each.cells)):
                slack = 0.5 if is_authority(each.total[0]) else max(rounding, 0.5)
                table._add(each, slack)
        return table

    def _add(self, each: Sum, slack: float) -> None:
        """Keep a sum that holds. Cells may exceed their total where a child counts in several: no sum then."""
        shown = tuple(cell for cell in each.cells if cell in self.cells)
        beyond = self.cells[each.total] - sum(self.cells[cell] for cell in shown)
        if beyond <= -slack:
            return
        if beyond < slack:  # nothing beyond: whoever is not shown has none
            self.sums.append(Sum(each.total, shown))
            return
        absent = tuple(cell for cell in each.cells if cell not in self.cells)
        if not absent:
            absent = ((each.total[0], f"{each.total[1]}{ELSEWHERE}{len(self.sums)}"),)
        for cell in absent:
            self.unpublished[cell] = beyond if len(absent) == 1 else None
        self.sums.append(Sum(each.total, shown + absent))

    def exposed(self, together: Knower) -> list[tuple[Knower, Cell]]:
        """For each who can work out hidden cells, or small unpublished ones: who, and one of the cells."""
        found: list[tuple[Knower, Cell]] = []
        unknown = self.hidden | set(self.unpublished)
        for knows, pinned in recoverable_by(self.sums, unknown, self.knowers(unknown, together)):
            # Who knows their own number may know a total that holds nothing else: that tells of no one else.
            told = {cell for cell in pinned & self.hidden if not knows or is_authority(cell[0])}
            told = told or {cell for cell in pinned - self.hidden if self._is_small(cell, knows)}
            if told:
                found.append((knows, min(told)))
        return found

    def _is_small(self, cell: Cell, knows: Knower) -> bool:
        value = self.unpublished[cell]
        if value is None:
            unknown = {one for one in self.hidden | set(self.unpublished) if one[0] not in knows}
            value = recoverable(self.sums, unknown, self.cells)[cell]
        return 0.5 <= value < self.threshold - 0.5

    @staticmethod
    def knowers(cells: Iterable[Cell], together: Knower) -> list[Knower]:
        """Whose knowledge to reckon with: the public's and each authority's alone, or that of some together."""
        if together:
            return [together]
        return [PUBLIC, *(frozenset({geo}) for geo in sorted({geo for geo, _ in cells}) if is_authority(geo))]

    def thin(self, together: Knower) -> Iterator[tuple[Knower, Sum]]:
        """Sums whose hidden cells, less a knower's own, are one alone or so small together that they tell."""
        for each in self.sums:
            secret = [cell for cell in each.cells if cell in self.hidden]
            for knows in self.knowers(secret, together) if secret else ():
                if each.total in self.hidden and each.total[0] not in knows:
                    continue
                left = [cell for cell in secret if cell[0] not in knows]
                beyond = [self.unpublished[cell] for cell in each.cells if cell in self.unpublished]
                amount = sum(self.cells[cell] for cell in left) + sum(
                    self.threshold if value is None else value for value in beyond
                )
                others = len(left) + len(beyond)
                if left and (others == 1 or amount < self.threshold or amount <= others):
                    yield knows, each

    def hide_one(self, near: Iterable[Sum], spare: Knower) -> bool:
        """Hide the visible cell that costs least: an authority's before a footprint's, then the smallest."""
        for sums in (near, self.sums):
            visible = {
                cell
                for each in sums
                for cell in (each.total, *each.cells)
                if self.cells.get(cell, 0) > 0.5 and cell not in self.hidden and cell[0] not in spare
            }
            if visible:
                self.hidden.add(min(visible, key=lambda cell: (not is_authority(cell[0]), self.cells[cell], cell)))
                return True
        return False


def _widen(table: _Table, together: Knower) -> None:
    """Hide cells until nobody can work out a hidden one. Ends, because each round hides one more.

    Sums are first taken one by one; the linear system, exact but dearer, is asked when they say no more."""
    while True:
        if any(table.hide_one([each], knows) for knows, each in table.thin(together)):
            continue
        before = frozenset(table.hidden)
        for knows, cell in table.exposed(together):
            near = [each for each in table.sums if cell in (each.total, *each.cells)]
            around = {one for each in near for one in (each.total, *each.cells)}
            # What has just been hidden beside it may have covered it: the next round tells.
            if around.isdisjoint(table.hidden - before):
                table.hide_one(near, knows)
        if table.hidden == before:
            return

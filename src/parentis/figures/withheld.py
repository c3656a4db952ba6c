"""Withheld totals: footprint totals that must be hidden because they would disclose an authority's unpublished figures.

Money may be negative, so only the totals constrain it: linear algebra alone shows what they disclose.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from parentis.figures.cells import authorities_in, is_authority
from parentis.figures.measures import Catalogue
from parentis.region import footprints

FEWEST_IN_A_TOTAL = 3
"A total of unpublished figures covers at least three authorities: of two, each could subtract its own."
TOLERANCE = 1e-9  # entries are −1, 0 and 1, so an exact recovery misses 1 by rounding error alone

Total = tuple[str, tuple[str, ...]]
"A footprint and what it adds up: authorities, or `measure authority` where several measures are looked at together."


def withheld_totals(geographies: frozenset[str], on: date, together: frozenset[str] = frozenset()) -> frozenset[str]:
    """The footprints whose totals of unpublished figures must stay hidden, so that the other totals, with an
    authority's own figure (or the figures of authorities read `together`), do not disclose another's. Totals are
    allowed largest first, and one that would disclose a figure is withheld.

    `geographies` are those that have the figure; where they include none of a total's authorities, all its
    members count."""
    inside, unknown = {}, set()
    known = {one.id for one in footprints()}
    for total in geographies:
        all_members = authorities_in(total, on)
        inside[total] = tuple(gss for gss in all_members if gss in geographies) or all_members
        if total in known and not all_members:
            unknown.add(total)  # whose sum it is on that day, nobody can say: nor what it discloses
    return _withheld(frozenset((total, cells) for total, cells in inside.items() if cells), together) | unknown


def families(catalogue: Catalogue, made: Iterable[str]) -> Iterator[dict[str, tuple[str, ...]]]:
    """Measures that are tied by sums, each family apart: each measure's addends, down to those that add up nothing."""
    there = {one for one in made if one in catalogue}
    parts = {one: _addends(catalogue, one) for one in there}
    tied = {one: found for one, found in parts.items() if found != (one,)}
    while tied:
        family = {next(iter(sorted(tied)))}
        while True:
            bases = {base for one in family for base in parts[one]}
            more = {one for one in there if not bases.isdisjoint(parts[one])}
            if more <= family:
                break
            family |= more
        yield {one: parts[one] for one in sorted(family)}
        tied = {one: found for one, found in tied.items() if one not in family}


def _addends(catalogue: Catalogue, measure: str) -> tuple[str, ...]:
    adds = catalogue[measure].sum_of
    return tuple(base for one in adds for base in _addends(catalogue, one)) if adds else (measure,)


def withheld_across(
    held: frozenset[tuple[str, str]],
    shown: frozenset[tuple[str, str]],
    sums: Mapping[str, tuple[str, ...]],
    on: date,
    together: frozenset[str] = frozenset(),
) -> frozenset[tuple[str, str]]:
    """The totals, `(measure, footprint)` of `shown`, that must stay hidden because with the totals of the measures they
    add up they would disclose an authority's figure: a sum over 32 of 33 authorities, beside its parts over 32 and
    over 33, is the 33rd's. `held` are the measures and places that have an unpublished figure, `sums` each measure's
    addends."""
    own = {
        (measure, place): tuple(gss for gss in authorities_in(place, on) if (measure, gss) in held)
        for measure, place in shown
        if not is_authority(place)
    }
    alike = {frozenset((place, inside) for (one, place), inside in own.items() if one == measure) for measure, _ in own}
    if len(alike) <= 1:
        return frozenset()  # the same authorities in the same totals: what one measure does not disclose, none does
    cells = {
        (measure, place): tuple(f"{base} {gss}" for base in sums[measure] for gss in inside if (base, gss) in held)
        for (measure, place), inside in own.items()
    }
    name = {f"{place} {measure}": (measure, place) for measure, place in cells}
    found = _withheld(frozenset((text, cells[one]) for text, one in name.items() if cells[one]), together)
    return frozenset(name[text] for text in found)


def _whose(cell: str) -> str:
    return cell.rpartition(" ")[2]


@cache
def _withheld(inside: frozenset[Total], together: frozenset[str]) -> frozenset[str]:
    everyone = sorted({cell for _, cells in inside for cell in cells})
    authorities = sorted({*map(_whose, everyone)})
    knowers = [frozenset[str](), *(frozenset(c for c in everyone if _whose(c) == gss) for gss in authorities)]
    known = frozenset(cell for cell in everyone if _whose(cell) in together)
    withheld: set[str] = set()
    # Thousands of small decompositions run faster on one thread: threads triple the time on a busy machine.
    with threadpool_limits(1, user_api="blas"):
        for group in (knowers, [known]) if together else (knowers,):
            shown: list[Total] = []
            for total, cells in sorted(inside, key=_widest_first):
                if total in withheld:
                    continue
                each = (total, cells)
                if (
                    len({*map(_whose, cells)}) < FEWEST_IN_A_TOTAL
                    or next(recoverable_by([*shown, each], group), None) is not None
                ):
                    withheld.add(total)
                else:
                    shown.append(each)
    return frozenset(withheld)


def _widest_first(total: Total) -> tuple[int, int, str]:
    """Totals of many authorities before those of few, of one measure before those of several."""
    name, cells = total
    wide = len({*map(_whose, cells)})
    return len(cells) // max(wide, 1), -wide, name


def recoverable_by(shown: list[Total], knowers: Iterable[frozenset[str]]) -> Iterator[tuple[frozenset[str], set[str]]]:
    """For each authority that can work out others' figures from the totals `shown`: that authority, and theirs.

    One decomposition serves all of them: an authority can work out a figure if no change of the figures that leaves
    every total and its own figures unchanged alters it."""
    order = sorted({gss for _, cells in shown for gss in cells})
    column = {gss: place for place, gss in enumerate(order)}
    rows = np.zeros((len(shown), len(order)))
    for row, (_, cells) in enumerate(shown):
        rows[row, [column[gss] for gss in cells]] = 1.0
    _, strength, basis = np.linalg.svd(rows, full_matrices=True)
    free = basis[_rank(strength) :].T  # rows: figures; columns: the ways they can move
    for knows in knowers:
        own = [column[gss] for gss in sorted(knows) if gss in column]
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


def _rank(strength: np.ndarray) -> int:
    return int((strength > TOLERANCE * max(1.0, float(strength.max(initial=0.0)))).sum())

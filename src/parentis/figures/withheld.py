"""Withheld totals: footprint totals that must be hidden because they would disclose an authority's unpublished figures.

Money may be negative, so only the totals constrain it: linear algebra alone shows what they disclose.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from parentis.figures.cells import authorities_in

FEWEST_IN_A_TOTAL = 3
"A total of unpublished figures covers at least three authorities: of two, each could subtract its own."
TOLERANCE = 1e-9  # entries are −1, 0 and 1, so an exact recovery misses 1 by rounding error alone

Total = tuple[str, tuple[str, ...]]
"A footprint and the authorities it adds up."


def withheld_totals(geographies: frozenset[str], on: date, together: frozenset[str] = frozenset()) -> frozenset[str]:
    """The footprints whose totals of unpublished figures must stay hidden, so that the other totals, with an
    authority's own figure (or the figures of authorities read `together`), do not disclose another's. Totals are
    allowed largest first, and one that would disclose a figure is withheld.

    `geographies` are those that have the figure; where they include none of a total's authorities, all its
    members count."""
    inside = {}
    for total in geographies:
        all_members = authorities_in(total, on)
        inside[total] = tuple(gss for gss in all_members if gss in geographies) or all_members
    return _withheld(frozenset((total, cells) for total, cells in inside.items() if cells), together)


@cache
def _withheld(inside: frozenset[Total], together: frozenset[str]) -> frozenset[str]:
    everyone = sorted({gss for _, cells in inside for gss in cells})
    knowers = [frozenset[str](), *(frozenset({gss}) for gss in everyone)]
    withheld: set[str] = set()
    # Thousands of small decompositions run faster on one thread: threads triple the time on a busy machine.
    with threadpool_limits(1, user_api="blas"):
        for group in (knowers, [together]) if together else (knowers,):
            shown: list[Total] = []
            for total, cells in sorted(inside, key=lambda one: (-len(one[1]), one[0])):
                if total in withheld:
                    continue
                each = (total, cells)
                if len(cells) < FEWEST_IN_A_TOTAL or next(recoverable_by([*shown, each], group), None) is not None:
                    withheld.add(total)
                else:
                    shown.append(each)
    return frozenset(withheld)


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

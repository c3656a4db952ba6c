"""Whose forecast a reader may ask about: their own authority's whole, every other authority's number of children, and
the footprints from which nobody can work out what another authority pays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

import numpy as np

from parentis import region
from parentis.services.demand.compute import SPLIT_FROM

REGION = "all"
"The value of the field for all authorities together."
KINDS = ("alliance", "sub-region", "icb", "raa", "bcu", "cdr")
"Kinds of footprint, in the order in which they are offered: of two that would give an authority away, the earlier."


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that can be asked about. `id`: an authority's code, a footprint's id, or `REGION`.

    `money`: the reader may see what its placements cost. `parts`: they may see it by placement group, and ask about
    some ages or unaccompanied children alone.
    """

    id: str
    name: str
    authorities: tuple[str, ...]
    money: bool
    parts: bool


def places(own: str, held: Sequence[str]) -> tuple[Place, ...]:
    """Every place that a reader of `own` ('' for the regional team) may ask about, of the authorities that are `held`;
    the first is the one that the page opens with."""
    return _places(own, tuple(held), datetime.now(UTC).date())


@cache
def _places(own: str, held: tuple[str, ...], on: date) -> tuple[Place, ...]:
    whole = Place(id=REGION, name="All authorities together", authorities=held, money=True, parts=True)
    mine = tuple(
        Place(id=own, name=region.authority(own).name, authorities=(own,), money=True, parts=True)
        for _ in range(own in held)
    )
    others = [
        Place(id=one, name=region.authority(one).name, authorities=(one,), money=False, parts=False)
        for one in sorted(held, key=lambda code: region.authority(code).name)
        if one != own
    ]
    if len(held) == 1:
        return (*mine, *others) or (whole,)
    return (*mine, whole, *_footprints(held, mine, on), *others)


def _footprints(held: tuple[str, ...], mine: tuple[Place, ...], on: date) -> Iterable[Place]:
    known = [held, *(place.authorities for place in mine)]
    for kind in KINDS:
        for footprint in sorted(region.footprints(), key=lambda one: one.name):
            own = tuple(one for one in region.members(footprint.id, on) if one in held)
            if footprint.kind != kind or len(own) < 2 or own in known or tells_of_one([*known, own], held, mine):
                continue
            known.append(own)
            yield Place(id=footprint.id, name=footprint.name, authorities=own, money=True, parts=len(own) >= SPLIT_FROM)


def tells_of_one(sums: Sequence[Sequence[str]], authorities: Sequence[str], mine: Sequence[Place]) -> bool:
    """Whether somebody who knows these sums can work out one authority's part (or, with the reader's own, that of
    another): whether a combination of the sums is that authority alone."""
    rows = np.array([[one in own for one in authorities] for own in sums], dtype=float)
    rank = np.linalg.matrix_rank(rows)
    reader = {one for place in mine for one in place.authorities}
    return any(
        np.linalg.matrix_rank(np.vstack([rows, np.eye(len(authorities))[at]])) == rank
        for at, name in enumerate(authorities)
        if name not in reader
    )

"""Data for the pages of commissioning: frames of the last build, and the reader's partnerships."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from parentis import region, workflow
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.services.commissioning.assembly import MEMBERS, memberships
from parentis.web.cache import VersionedCache, register_mark, shown_mark
from parentis.web.people import acting

Frames = Callable[[str], pl.DataFrame | None]


def _frame(home: Home, name: str) -> pl.DataFrame | None:
    try:
        return workflow.frame(home, "commissioning", name)
    except NotFoundError:
        return None


frame: VersionedCache[pl.DataFrame | None] = VersionedCache(_frame, mark=shown_mark, most=48)
"""A frame of `services.commissioning` by name; None before a build has made it."""


def _joined(home: Home) -> pl.DataFrame:
    return memberships(workflow.tables(home, [MEMBERS])[MEMBERS])


joined: VersionedCache[pl.DataFrame] = VersionedCache(_joined, mark=register_mark, most=1)
"`partnership, authority, joined, left`, as the leads have handed them in."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads. `partnerships` are those that the reader's authority is a member of now; `everywhere`: the region's
    own team, which works for all of them."""

    authority: str
    name: str
    partnerships: frozenset[str]
    everywhere: bool


def reader(request: Any, action: str) -> Reader:
    """The reader of a page, acting for the organisation that the action is theirs in."""
    organisation = acting.organisation_for(request, action)
    authority = str(getattr(organisation, "authority", "") or "")
    return reader_of(authority, joined())


def reader_of(authority: str, known: pl.DataFrame) -> Reader:
    """An authority's reader, or the region's where there is none."""
    own = known.filter(pl.col("authority") == authority, pl.col("left").is_null())
    return Reader(
        authority=authority,
        name=region.authority(authority).name if authority else "All partnerships together",
        partnerships=frozenset(own["partnership"]),
        everywhere=not authority,
    )

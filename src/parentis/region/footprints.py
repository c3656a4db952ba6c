"""Footprints: dated groupings of authorities, by which every analysis can be broken down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from parentis.errors import DeclarationError, NotFoundError
from parentis.region.authorities import Authority, authorities
from parentis.region.reference import day, holds, rows

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """A grouping of authorities. `kind`: country, region, sub-region, bcu (police), cdr (child death review),
    raa (adoption), icb (health), alliance (commissioning)."""

    id: str
    name: str
    kind: str
    gss: str | None
    "ONS code, where it has one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An authority's membership of a footprint; days are inclusive. `valid_to` None is open; `valid_from` None means
    that no later start is known."""

    footprint: str
    authority: str
    valid_from: date | None
    valid_to: date | None
    source: str
    certainty: str
    "`certain`: found in a named source, as at its date. `general knowledge`: not checked. `doubtful`: sources \
conflict, or are too old to trust."


@cache
def footprints() -> tuple[Footprint, ...]:
    """Every footprint, in the order of the table."""
    return tuple(
        Footprint(id=row["id"], name=row["name"], kind=row["kind"], gss=row["gss"] or None)
        for row in rows("footprints")
    )


def footprint(footprint_id: str) -> Footprint:
    """The footprint with this id. Raises NotFoundError, which names similar ids."""
    for one in footprints():
        if one.id == footprint_id:
            return one
    stem = footprint_id.split("-", 1)[0]
    near = [one.id for one in footprints() if one.id.startswith(stem)]
    raise NotFoundError(
        expected="the id of a footprint",
        found=repr(footprint_id),
        where="footprint",
        do=f"Choose from {', '.join(near or [one.id for one in footprints()])}.",
    )


def members(footprint_id: str, on: date) -> tuple[str, ...]:
    """ONS codes of the authorities in a footprint on a day, sorted."""
    footprint(footprint_id)
    return tuple(
        sorted(
            one.authority
            for one in _memberships()
            if one.footprint == footprint_id and holds(one.valid_from, one.valid_to, on)
        )
    )


def membership_frame() -> "pl.DataFrame":
    """`footprint`, `authority`, `valid_from`, `valid_to`, `source`, `certainty`; dates inclusive, null open."""
    import polars as pl

    columns = ("footprint", "authority", "valid_from", "valid_to", "source", "certainty")
    return pl.DataFrame(
        {column: [getattr(one, column) for one in _memberships()] for column in columns},
        schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date},
    )


@cache
def _memberships() -> tuple[Membership, ...]:
    listed = tuple(
        Membership(
            footprint=row["footprint"],
            authority=row["authority"],
            valid_from=day(row["valid_from"]),
            valid_to=day(row["valid_to"]),
            source=row["source"],
            certainty=row["certainty"],
        )
        for row in rows("footprint_members")
    )
    return tuple(_by_attribute()) + listed


def _by_attribute() -> Iterator[Membership]:
    """Footprints that follow from an authority's own record: its country, region and part of a region."""
    for row in rows("footprints"):
        for one in authorities():
            if _belongs(one, row["members_by"], row["members_of"]):
                yield Membership(
                    footprint=row["id"],
                    authority=one.gss,
                    valid_from=one.valid_from,
                    valid_to=one.valid_to,
                    source="DfE list of local authorities, 2025; ONS codes",
                    certainty="certain",
                )


def _belongs(one: Authority, by: str, of: str) -> bool:
    match by:
        case "all":
            return True
        case "listed":
            return False
        case "region_gss" | "inner_outer":
            return bool(getattr(one, by) == of)
    raise DeclarationError(f"footprints.csv: members_by {by!r} is none of all, listed, region_gss, inner_outer")

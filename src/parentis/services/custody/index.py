"""Reading an authority's responsibility index, and deciding whether it is too old to rely on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from parentis.errors import SpecificationError
from parentis.region import match_authorities
from parentis.returns.custody import STANDINGS
from parentis.services.custody.persons import STATUSES, IndexEntry

if TYPE_CHECKING:
    import polars as pl

FRESH: Final = timedelta(hours=24)
"""An index older than this is stale: cases that depend on it go to the desk."""

AHEAD: Final = timedelta(hours=1)
"""How far an authority's clock may be ahead of ours."""


def index_entries(people: "pl.DataFrame", authority: str) -> tuple[IndexEntry, ...]:
    """The children on an index that was read without errors: table `people` of `custody.index`, typed.

    `authority` is the sender's ONS code. A responsible authority that matches no known code or name raises
    `SpecificationError`: a guess would misdirect notices.
    """
    responsible = match_authorities(people, "RESPONSIBLE_AUTHORITY")
    unknown = responsible.filter(
        responsible["RESPONSIBLE_AUTHORITY"].is_not_null() & responsible["authority"].is_null()
    )
    if not unknown.is_empty():
        raise SpecificationError(
            expected="an authority's name or ONS code, or nothing, in RESPONSIBLE_AUTHORITY",
            found=f"something else in {unknown.height} rows, first in row {unknown['row'][0] + 1}",
            where="custody.index, table people",
            do="Write the name as the council writes it, or its ONS code.",
        )
    return tuple(_entries(responsible, authority))


def is_stale(as_of: datetime | None, now: datetime) -> bool:
    """Whether an index drawn at `as_of` is too old. An index that was never received is stale. So is one dated in the
    future: its clock is wrong, and it would otherwise take too long to expire."""
    return as_of is None or not -AHEAD <= now - as_of <= FRESH


def _entries(people: "pl.DataFrame", sender: str) -> Iterator[IndexEntry]:
    for row in people.iter_rows(named=True):
        yield IndexEntry(
            authority=sender,
            person_ref=row["PERSON_REF"],
            first_name=row["FIRST_NAME"],
            surname=row["SURNAME"],
            other_names=tuple(filter(None, (name.strip() for name in (row["OTHER_NAMES"] or "").split(";")))),
            date_of_birth=row["DATE_OF_BIRTH"],
            sex=row["SEX"],
            address=row["ADDRESS"],
            postcode=row["POSTCODE"],
            statuses=frozenset(
                status for status, column in zip(STATUSES, STANDINGS, strict=True) if row[column] == "Y"
            ),
            responsible_authority=row["authority"] or sender,
            as_of=datetime.fromisoformat(row["AS_OF"]),
        )

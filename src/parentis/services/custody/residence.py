"""Ordinary residence: which authority a child in custody lives in, and whether two statements about it agree.

A postcode with one wrong digit is often another authority's postcode. The authority of a postcode therefore counts as
confirmed only with a second source: the authority the child is said to live in, or a part of the address that names it.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from parentis.region import authorities, authority
from parentis.services.custody.names import bare_postcode, parts
from parentis.services.custody.persons import Subject

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

PostcodeLookup = Callable[[str], str | None]
"""From a postcode, as written, to the ONS code of its authority, or to WAL, SCO or NIR; None if it is not known."""

NOWHERE: Final = ("no fixed abode", "nfa", "homeless", "of no fixed address")


class Home(StrEnum):
    """What is known about where a child lives."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    CONTRADICTED = "contradicted"
    UNKNOWN_POSTCODE = "unknown postcode"
    ADDRESS_ONLY = "address only"
    ELSEWHERE = "elsewhere"  # confirmed, and outside the region
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Residence:
    home: Home
    authority: str | None = None
    """ONS code (or WAL, SCO, NIR) of the postcode's authority."""


def residence(subject: Subject, *, postcodes: PostcodeLookup | None, detained_in: str) -> Residence:
    """Where the child lives, from the details given. Without `postcodes` no postcode is looked up."""
    address = (subject.address or "").strip()
    if not subject.postcode:
        if not address or address.casefold().strip(" .") in NOWHERE:
            claimed = subject.claimed_residence
            return Residence(Home.ADDRESS_ONLY if claimed and claimed != detained_in else Home.NONE)
        return Residence(Home.ADDRESS_ONLY)
    found = postcodes(subject.postcode) if postcodes and bare_postcode(subject.postcode) else None
    if found is None:
        return Residence(Home.UNKNOWN_POSTCODE)
    said = named_in(address) | ({subject.claimed_residence} if subject.claimed_residence else set())
    if said - {found}:
        return Residence(Home.CONTRADICTED, found)
    if not said:
        return Residence(Home.UNCONFIRMED, found)
    return Residence(Home.CONFIRMED if in_region(found, detained_in) else Home.ELSEWHERE, found)


def in_region(code: str, detained_in: str) -> bool:
    """Whether an authority belongs to the region the child is detained in; if so, its notices go through the same
    desk."""
    return code in _regions() and _regions()[code] == authority(detained_in).region_gss


def named_in(address: str) -> set[str]:
    """ONS codes of the authorities that are the whole of a part of the address: `12 High Road, Barnet` names Barnet.
    `12 Barnet Road` does not, because streets are often named after places they lead to."""
    said = (" ".join(parts(part)) for part in address.split(","))
    return {found for words in said if (found := _names().get(words))}


@cache
def shared_postcodes() -> frozenset[str]:
    """Postcodes (without spaces) that people give as home although they were only brought there: a table, to which a
    region adds its own reception centres and hostels. Sharing one of these is no evidence of identity."""
    text = (files(__package__) / "tables" / "shared_places.csv").read_text(encoding="utf-8")
    return frozenset(bare_postcode(row["postcode"]) for row in csv.DictReader(text.splitlines()))


@cache
def _regions() -> dict[str, str]:
    return {one.gss: one.region_gss for one in authorities() if one.valid_to is None}


@cache
def _names() -> dict[str, str]:
    nations = {"wales": "WAL", "scotland": "SCO", "northern ireland": "NIR"}
    spelled = {
        " ".join(parts(prefix + name)): one.gss
        for one in authorities()
        if one.valid_to is None
        for name in (one.name, *one.past_names)
        for prefix in ("", "London Borough of ", "Royal Borough of ")
    }
    return nations | spelled


@dataclass(frozen=True, slots=True)
class SortedPostcodes:
    """Sorted postcodes, with the position of each one's authority in `codes`: 10 bytes a postcode. A
    `PostcodeLookup`."""

    postcodes: "np.ndarray" = field(repr=False)
    "Shape (postcodes,), bytes of up to seven characters."
    places: "np.ndarray" = field(repr=False)
    codes: tuple[str | None, ...] = field(repr=False)

    def __call__(self, postcode: str) -> str | None:
        import numpy as np

        bare = bare_postcode(postcode).encode()
        at = int(np.searchsorted(self.postcodes, bare))
        if not bare or at == len(self.postcodes) or self.postcodes[at] != bare:
            return None
        return self.codes[self.places[at]]


def postcode_lookup(table: "pl.LazyFrame | pl.DataFrame") -> SortedPostcodes:
    """A look-up that takes microseconds, built from `postcode` (no spaces) and `authority` (DfE number or ONS code,
    WAL, SCO, NIR): the table that `returns.ssda903.read_postcodes` returns from the ONS Postcode Directory."""
    import numpy as np
    import polars as pl

    rows = table.lazy().select("postcode", "authority").drop_nulls().unique("postcode").sort("postcode").collect()
    numbers = {one.dfe: one.gss for one in authorities()}
    written = rows["authority"].unique().sort().to_list()
    order = {code: place for place, code in enumerate(written)}
    return SortedPostcodes(
        rows["postcode"].to_numpy().astype("S7"),
        rows["authority"].replace_strict(order, return_dtype=pl.UInt16).to_numpy().astype(np.uint16),
        tuple(numbers.get(code, code) for code in written),
    )

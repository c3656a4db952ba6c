"""A map between equivalent code lists: London's census and the North West's by edition, section 251, and the
looked-after children return (903).

Provision: its label in London's edition (as in the North West's of December 2025), its labels in earlier editions,
the PLACE codes of the 903, which section 251 lists of placements also use, and its line in the section 251 outturn.
Sourcing: the same for how a placement was bought; section 251 lists have framework, block or spot, and the 903 has no
such column.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from parentis.returns.recognition import plain


@dataclass(frozen=True, slots=True)
class Provision:
    """One kind of provision, with its name in every list."""

    label: str
    "The label in London's edition, without the text after a colon."
    family: str
    "Family of typical prices: fostering, residential, supported, secure or other."
    earlier: tuple[str, ...] = ()
    "The labels in the North West's editions of June 2019 to March 2022."
    place: tuple[str, ...] = ()
    "PLACE codes of the 903 and of section 251 lists."
    line: str = ""
    "The section 251 outturn's line."


RESIDENTIAL, FOSTERING = "Residential care", "Fostering services"
OTHER, LEAVING = "Other children looked after services", "Leaving care support services"

PROVISIONS = (
    Provision("Fostering - Mainstream", "fostering",
              ("Fostering - Independent Foster Care (IFA)", "Fostering - Inter LA", "Fostering"),
              ("U1", "U2", "U3", "U4", "U5", "U6"), FOSTERING),
    Provision("Fostering - Enhanced", "fostering", ("Other - FFA",), ("U4", "U5", "U6"), FOSTERING),
    Provision("Fostering - Parent and child", "fostering", ("Fostering - Parent and Child",), ("U6",), FOSTERING),
    Provision("Fostering - Short breaks", "fostering", ("IFA - respite",), ("T0", "T4"), FOSTERING),
    Provision("Residential - Mainstream", "residential",
              ("Residential - External (Commissioned)", "Residential - in House", "Residential - Short Breaks"),
              ("K2",), RESIDENTIAL),
    Provision("Residential - With Education", "residential", (), ("K2",), RESIDENTIAL),
    Provision("Residential - Parent and Child", "residential", (), ("R3",), RESIDENTIAL),
    Provision("Residential - 38 week", "residential",
              ("Residential - 38 week Residential School/College", "Residential - Residential School"),
              ("S1",), RESIDENTIAL),
    Provision("Residential - 52 week", "residential",
              ("Residential - 52 week Residential School/College", "Residential - 52 week Residential School"),
              ("S1",), RESIDENTIAL),
    Provision("Supported Accommodation - Category 1", "supported",
              ("SaILs - Accommodation & Floating Support", "SaILs - Accommodation & Floating Support - in house",
               "Supported Accommodation - Accommodation & Floating Support",
               "Supported Accommodation - Accommodation & Floating Support - in house"),
              ("K3", "H5", "P2"), LEAVING),
    Provision("Supported Accommodation - Category 2", "supported",
              ("SaILs", "SaILs - Group Living", "SaILs - Group Living - in house", "SaILs - Supported Accommodation",
               "Supported Accommodation", "Supported Accommodation - Group Living",
               "Supported Accommodation - Group Living - in house"),
              ("K3", "H5"), LEAVING),
    Provision("Supported Accommodation - Category 3", "supported", (), ("K3", "H5"), LEAVING),
    Provision("Supported Accommodation - Category 4", "supported",
              ("Supported Lodgings", "Supported Lodgings - Inter LA", "Supported Lodgings - In House"),
              ("K3", "H5"), LEAVING),
    Provision("Secure Welfare", "secure", ("Residential - Secure Welfare",), ("K1",), RESIDENTIAL),
    Provision("Student accommodation", "other", (), ("P2",), LEAVING),
    Provision("Unregistered", "other", ("Unregistered (where it should be registered)",), ("Z1",), OTHER),
    Provision("Youth Offending Institution", "other", ("Other - Youth Offending Institution",), ("R5",), OTHER),
    Provision("Remand", "other", (), ("R5", "K1"), OTHER),
    Provision("CQC", "other", ("Other - CQC",), ("R1", "R2"), OTHER),
    Provision("Other", "other",
              ("Outreach", "Other - Rent", "Other - Commissioned Support", "Fostering - Staying Put",
               "SaILs - Floating Support Only", "Supported Accommodation - Floating Support Only"),
              ("Z1",), OTHER),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sourcing:
    """One way of buying, with its name in every list."""

    label: str
    "In London's edition."
    north_west: tuple[str, ...] = ()
    platform: str = ""
    "In section 251 lists (`Procurement platform`)."


SOURCINGS = (
    Sourcing("Framework",
             ("NW Contract - Supported Accommodation DPS or previous", "NW Contract - SaILS DPS or previous",
              "NW Contract - Residential FPS or previous", "NW Contract - Fostering FPS or previous",
              "NW Contract - SEND FPS"), "Framework"),
    Sourcing("Sub Regional Contract", ("Sub Regional Contract - LCR PPA", "Sub Regional Contract - Other"),
             "Framework"),
    Sourcing("Local Contract or Framework", (), "Framework"),
    Sourcing("Block Contract - Local", ("Block",), "Block"),
    Sourcing("Block Contract - Collaborative", ("GM RCC Flexi Block",), "Block"),
    Sourcing("Direct Award / Off Framework", ("Direct Award / Spot Purchase", "Spot", "Spot purchase"), "Spot"),
    Sourcing("Remand"),
    Sourcing("Secure Welfare Hub"),
)  # fmt: skip
BLOCKS = frozenset(one.label for one in SOURCINGS if one.platform == "Block")

REGISTRATIONS: Mapping[str, str] = {
    "Ofsted": "Ofsted", "CQC": "CQC", "CQC only": "CQC", "Unregistered": "Unregistered",
    "Care Inspectorate Scotland": "Scotland", "Care Inspectorate Wales": "Wales", "Unknown": "Unknown",
}  # fmt: skip
LIBERTY: Mapping[str, str] = {"DoLS (current)": "current", "DoLS (previous)": "previous", "No": "no"}
SOLO: Mapping[str, tuple[bool, bool]] = {
    "Yes, and is in a solo placement": (True, True),
    "Yes, but is not in a solo placement": (True, False),
    "No, but is in a solo placement": (False, True),
    "No, and is not in a solo placement": (False, False),
}
"Answer → whether a solo placement is required, and whether the placement is solo."


def known(column: pl.Expr) -> pl.Expr:
    """The lookup key of a label: lower case, without spaces, marks and the text after a colon."""
    return column.str.split(":").list.first().str.to_lowercase().str.replace_all(r"[^0-9a-z]", "")


@cache
def provisions() -> Mapping[str, str]:
    """From every list's words, as `known` gives them, to London's label."""
    return {plain(word): one.label for one in PROVISIONS for word in (one.label, *one.earlier)}


@cache
def sourcings() -> Mapping[str, str]:
    """From every list's words, as `known` gives them, to London's label."""
    return {plain(word): one.label for one in SOURCINGS for word in (one.label, *one.north_west)}


@cache
def families() -> Mapping[str, str]:
    """London's label → its family."""
    return {one.label: one.family for one in PROVISIONS}


def of_place(code: str) -> tuple[str, ...]:
    """London's labels for a PLACE code of the 903 or of a section 251 list: `K2` has two."""
    return tuple(one.label for one in PROVISIONS if code in one.place)

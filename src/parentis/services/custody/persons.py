"""The two people in a routing decision: the child in custody, and a child on an authority's index.

Personal data is left out of `repr`, so that no log or traceback shows it by accident.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

LOOKED_AFTER: Final = "looked after"
CARE_LEAVER: Final = "care leaver"
OPEN_CASE: Final = "open case"
YOUTH_JUSTICE: Final = "youth justice order"

STATUSES: Final = (LOOKED_AFTER, CARE_LEAVER, OPEN_CASE, YOUTH_JUSTICE)
"""A child's possible statuses with an authority whose index lists them, strongest first."""


PROOFS: Final = ("fingerprints", "document", "parent", "professional")
"""How a child's name, birthday and home were confirmed: police records found by fingerprints, an identity document, a
parent or guardian, or a professional who knows the child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A child in custody, as described to the custody officer. Any field may be missing or wrong."""

    first_name: str | None = field(default=None, repr=False)
    surname: str | None = field(default=None, repr=False)
    date_of_birth: date | None = field(default=None, repr=False)
    sex: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    """The address as given; parts separated by commas. `no fixed abode` is recognised."""
    postcode: str | None = field(default=None, repr=False)
    claimed_status: str | None = None
    "One of `STATUSES`, if the child or anyone with them says so."
    claimed_authority: str | None = None
    "ONS code of the authority that is said to look after them, or to hold their case."
    claimed_residence: str | None = None
    "ONS code of the authority they are said to live in."
    confirmed_by: str | None = None
    """A code of `PROOFS`: how somebody other than the child confirmed their name, birthday and home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """A child on an authority's responsibility index. Held only in the custody enclave."""

    authority: str
    "ONS code of the authority that sent the index."
    person_ref: str
    "The authority's own number for the child."
    first_name: str = field(repr=False)
    surname: str = field(repr=False)
    other_names: tuple[str, ...] = field(default=(), repr=False)
    date_of_birth: date | None = field(default=None, repr=False)
    sex: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    postcode: str | None = field(default=None, repr=False)
    statuses: frozenset[str] = frozenset()
    """Some of `STATUSES`."""
    responsible_authority: str = ""
    "ONS code; the sender's own where it is empty. A host authority names the one that looks after the child."
    as_of: datetime | None = None
    "When the sender drew the index."

    @property
    def holder(self) -> str:
        """ONS code of the authority a notice about this child goes to."""
        return self.responsible_authority or self.authority

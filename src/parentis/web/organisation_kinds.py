"""Kinds of organisation, and the type of a role. Separate from the roles themselves (`roles`), because services declare
roles."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kind of an organisation. Its authorities are its own (`authority`), or those of its footprint."""

    AUTHORITY = "authority"
    REGION = "region"
    POLICE = "police"
    CHILD_DEATHS = "child-deaths"
    PROVIDER = "provider"
    GOVERNMENT = "government"


KIND_TITLES = {
    Kind.AUTHORITY: "Authority",
    Kind.REGION: "Regional team",
    Kind.POLICE: "Police",
    Kind.CHILD_DEATHS: "Child death review partnership",
    Kind.PROVIDER: "Provider",
    Kind.GOVERNMENT: "Government reader",
}

EVERYWHERE = frozenset(Kind)
MEMBERS = frozenset({Kind.AUTHORITY, Kind.REGION})
"Inside the region's agreement: they see figures shared between members."


@dataclass(frozen=True, slots=True)
class Role:
    """`kinds`: the organisations in which somebody can hold it."""

    id: str
    title: str
    what: str
    kinds: frozenset[Kind]

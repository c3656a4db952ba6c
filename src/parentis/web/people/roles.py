"""Kinds of organisation and the roles people hold in them: data, reviewed like a return's code list.

What a role may do stands with each action, in the `access` module of the app it belongs to; docs/permissions.md
is the whole of it as one table.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an organisation is. Its authorities are its own (`authority`), or those of its footprint."""

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


ROLES: tuple[Role, ...] = (
    Role("analyst", "Analyst", "Prepares and hands in returns; reads figures.", EVERYWHERE - {Kind.PROVIDER}),
    Role("treasurer", "Treasurer", "Answers for budgets and outturn.", MEMBERS),
    Role("section-151", "Section 151 officer", "Signs finance returns (Local Government Act 1972, section 151).",
         frozenset({Kind.AUTHORITY})),
    Role("director", "Director of children's services", "Signs returns (Children Act 2004, section 18).",
         frozenset({Kind.AUTHORITY})),
    Role("commissioner", "Commissioner", "Buys and compares placements.", MEMBERS),
    Role("data-protection", "Data-protection officer", "Agrees uses of data; answers for erasure.", MEMBERS),
    Role("front-door", "Front door", "Receives referrals to children's services.", frozenset({Kind.AUTHORITY})),
    Role("youth-justice", "Youth justice service", "Works with children who offend.", frozenset({Kind.AUTHORITY})),
    Role("emergency-duty", "Emergency duty team", "Answers out of hours.", frozenset({Kind.AUTHORITY})),
    Role("custody-officer", "Custody officer", "Answers for children held in a suite.", frozenset({Kind.POLICE})),
    Role("routing-desk", "Custody routing desk", "Decides whose a child in custody is, where that is in doubt.",
         frozenset({Kind.REGION})),
    Role("panel-manager", "Panel manager", "Runs child death reviews, or a placement panel.",
         frozenset({Kind.AUTHORITY, Kind.CHILD_DEATHS})),
    Role("improvement-lead", "Improvement lead", "Answers for inspection recommendations.",
         MEMBERS | {Kind.POLICE}),
    Role("administrator", "Administrator", "Invites people and gives roles; sees no data by it.", EVERYWHERE),
    Role("auditor", "Auditor", "Reads the audit record; changes nothing.", MEMBERS),
)  # fmt: skip

ROLE_BY_ID = {role.id: role for role in ROLES}


def roles_of(kind: Kind | str) -> tuple[Role, ...]:
    """The roles that can be held in an organisation of this kind."""
    return tuple(role for role in ROLES if Kind(kind) in role.kinds)

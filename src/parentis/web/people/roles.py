"""The roles people hold in organisations: data, reviewed like a return's code list.

What a role may do is declared with each action, in the `access` module of its app; docs/permissions.md shows all of it
as one table. A role that only one service needs is declared by that service (`WebService.roles`).
"""

from parentis.web.organisation_kinds import EVERYWHERE, KIND_TITLES, MEMBERS, Kind, Role
from parentis.web.service import web_services

__all__ = ["EVERYWHERE", "KIND_TITLES", "MEMBERS", "NO_DATA", "ROLES", "ROLE_BY_ID", "Kind", "Role", "roles_of"]

OWN: tuple[Role, ...] = (
    Role("analyst", "Analyst", "Prepares and submits returns; reads figures.", EVERYWHERE - {Kind.PROVIDER}),
    Role("treasurer", "Treasurer", "Responsible for budgets and outturn.", MEMBERS),
    Role("section-151", "Section 151 officer", "Signs finance returns (Local Government Act 1972, section 151).",
         frozenset({Kind.AUTHORITY})),
    Role("director", "Director of children's services", "Signs returns (Children Act 2004, section 18).",
         frozenset({Kind.AUTHORITY})),
    Role("commissioner", "Commissioner", "Buys and compares placements.", MEMBERS),
    Role("data-protection", "Data-protection officer", "Agrees uses of data; responsible for erasure.", MEMBERS),
    Role("front-door", "Front door", "Receives referrals to children's services.", frozenset({Kind.AUTHORITY})),
    Role("youth-justice", "Youth justice service", "Works with children who offend.", frozenset({Kind.AUTHORITY})),
    Role("panel-manager", "Panel manager", "Runs child death reviews, or a placement panel.",
         frozenset({Kind.AUTHORITY, Kind.CHILD_DEATHS})),
    Role("improvement-lead", "Improvement lead", "Responsible for inspection recommendations.",
         MEMBERS | {Kind.POLICE}),
    Role("administrator", "Administrator", "Invites people and gives roles; has no access to data.", EVERYWHERE),
    Role("auditor", "Auditor", "Reads the audit record; changes nothing.", MEMBERS),
)  # fmt: skip
"Roles of the site itself, and of several services."
NO_DATA = frozenset({"administrator"})
"""Roles that read no financial or child records: their holders manage other people's access and get none themselves."""
ROLES: tuple[Role, ...] = (*OWN, *(role for service in web_services().values() for role in service.roles))
ROLE_BY_ID = {role.id: role for role in ROLES}


def roles_of(kind: Kind | str) -> tuple[Role, ...]:
    """The roles that can be held in an organisation of this kind."""
    return tuple(role for role in ROLES if Kind(kind) in role.kinds)

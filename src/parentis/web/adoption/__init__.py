"""The web pages of adoption: waits, families needed, forms of the agency, boroughs' payments, and disputed activity."""

from parentis.services import Ref
from parentis.web.organisation_kinds import Kind, Role
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="adoption",
    title="Adoption",
    prefix="adoption/",
    case_types=Ref("parentis.web.adoption.case_types:CASES"),
    roles=(
        Role(
            "family-finder",
            "Family finder",
            "Finds families for children with a placement order.",
            frozenset({Kind.AUTHORITY}),
        ),
        Role(
            "agency-head",
            "Head of adoption agency",
            "Responsible for a regional adoption agency.",
            frozenset({Kind.AUTHORITY}),
        ),
    ),
    accounts={Kind.AUTHORITY: ("family-finder", "agency-head")},
    practice=Ref("parentis.web.adoption.practice:make_practice_lines"),
    samples=Ref("parentis.web.adoption.practice:SAMPLES"),
)

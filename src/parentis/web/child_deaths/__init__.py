"""Child death review at the site: cases from notification to re-check, and the service's results."""

from parentis.services import Ref
from parentis.web.organisation_kinds import Kind, Role
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="child_deaths",
    title="Child death review",
    prefix="child-deaths/",
    case_types=Ref("parentis.web.child_deaths.case_types:CASE_TYPES"),
    roles=(
        Role("designated-doctor", "Designated doctor", "Leads the response to a child's death, and its review meeting.",
             frozenset({Kind.CHILD_DEATHS})),
        Role("panel-chair", "Chair of the child death overview panel", "Completes reviews; agrees that actions held.",
             frozenset({Kind.CHILD_DEATHS})),
        Role("child-death-contact", "Borough's contact for child deaths", "Reads the deaths of the borough's children.",
             frozenset({Kind.AUTHORITY})),
        Role("child-death-investigator", "Lead investigator of child deaths", "Takes part in joint agency responses.",
             frozenset({Kind.POLICE})),
        Role("child-death-lead", "Regional lead for child deaths", "Reads what is released of child deaths.",
             frozenset({Kind.REGION})),
    ),
    accounts={
        Kind.CHILD_DEATHS: ("panel-manager", "designated-doctor", "panel-chair"),
        Kind.POLICE: ("child-death-investigator",),
        Kind.AUTHORITY: ("child-death-contact",),
        Kind.REGION: ("child-death-lead",),
    },
    sealed=Ref("parentis.web.child_deaths.stored:sealed_rows"),
    practice=Ref("parentis.web.child_deaths.practice:make_practice_child_deaths"),
)  # fmt: skip

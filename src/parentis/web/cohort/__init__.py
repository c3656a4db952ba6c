"""The web pages of the older cohort: its definition and counts, early identification where it is switched on."""

from parentis.services import Ref
from parentis.web.organisation_kinds import Kind, Role
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="cohort",
    title="Older cohort",
    prefix="cohort/",
    case_types=Ref("parentis.web.cohort.case_types:CASES"),
    roles=(
        Role(
            "edge-of-care-lead",
            "Placement and edge-of-care lead",
            "Plans for older children who are hard to place.",
            frozenset({Kind.AUTHORITY}),
        ),
        Role(
            "practice-lead",
            "Practice lead",
            "Responsible for social work practice with older children.",
            frozenset({Kind.AUTHORITY}),
        ),
    ),
    accounts={Kind.AUTHORITY: ("edge-of-care-lead", "practice-lead")},
    jobs={"cohort-replay": Ref("parentis.web.cohort.replays:count")},
    landing={"edge-of-care-lead": "cohort"},
    practice=Ref("parentis.web.cohort.practice:make_practice_cohort"),
    samples=Ref("parentis.web.cohort.practice:SAMPLES"),
)

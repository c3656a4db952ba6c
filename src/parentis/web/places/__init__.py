"""Places at the site: the desk's referrals, what providers answer, and how many places, for whom, at whose cost."""

from parentis.services import Ref
from parentis.web.organisation_kinds import Kind, Role
from parentis.web.service import WebService

WEB_SERVICE = WebService(
    id="places",
    title="Secure and supported places",
    prefix="places/",
    case_types=Ref("parentis.web.places.case_types:CASE_TYPES"),
    roles=(
        Role("placement-officer", "Placement officer", "Looks for places for the authority's children.",
             frozenset({Kind.AUTHORITY})),
        Role("placement-desk", "Placement desk", "Runs the region's desk for secure and supported places.",
             frozenset({Kind.REGION})),
        Role("provider-answers", "Answers referrals", "Answers what a provider is asked about, and nothing else.",
             frozenset({Kind.PROVIDER})),
    ),
    accounts={
        Kind.AUTHORITY: ("placement-officer",),
        Kind.REGION: ("placement-desk",),
        Kind.PROVIDER: ("provider-answers",),
    },
    practice=Ref("parentis.web.places.practice:make_practice_places"),
    samples=Ref("parentis.web.places.practice:SAMPLES"),
)  # fmt: skip

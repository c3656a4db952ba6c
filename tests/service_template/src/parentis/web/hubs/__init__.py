"""The web side of family hubs: requests for a family to be seen at one, and how many come."""

from parentis.services import Ref
from parentis.web.organisation_kinds import Kind, Role
from parentis.web.service import Scope, WebService

WEB_SERVICE = WebService(
    id="hubs",
    title="Family hubs",
    prefix="hubs/",
    case_types=Ref("parentis.web.hubs.case_types:CASES"),
    api=Ref("parentis.web.hubs.api:join"),
    scopes=(Scope("hubs", "See requests to family hubs", ("api:hubs-requests",)),),
    roles=(
        Role("hub-manager", "Hub manager", "Answers for a family hub.", frozenset({Kind.AUTHORITY, Kind.PROVIDER})),
    ),
    accounts={Kind.AUTHORITY: ("hub-manager",), Kind.PROVIDER: ("hub-manager",)},
    practice=Ref("parentis.web.hubs.practice:make_practice_hubs"),
    samples=Ref("parentis.web.hubs.practice:SAMPLES"),
)

"""Children in police custody: notices are sent to the responsible authority, and nobody else can read their content."""

from parentis.services import Ref
from parentis.web.organisation_kinds import Kind, Role
from parentis.web.service import Scope, WebService

WEB_SERVICE = WebService(
    id="custody",
    title="Children in custody",
    prefix="custody/",
    case_types=Ref("parentis.web.custody.case_types:CASE_TYPES"),
    api=Ref("parentis.web.custody.api:join"),
    scopes=(
        Scope(
            "custody",
            "Send notices of children in custody, and updates",
            ("api:custody-notices", "api:custody-notices-batch", "api:custody-news", "api:custody-release",
             "api:custody-withdraw", "api:custody-notice"),
        ),
        Scope(
            "custody-index",
            "Send an authority's responsibility index for children in custody",
            ("api:custody-index",),
        ),
    ),
    roles=(
        Role("custody-officer", "Custody officer", "Responsible for children in a suite.", frozenset({Kind.POLICE})),
        Role("routing-desk", "Custody routing desk", "Decides which authority is responsible when unsure.",
             frozenset({Kind.REGION})),
    ),
    accounts={Kind.POLICE: ("custody-officer",), Kind.REGION: ("routing-desk",)},
    landing=dict.fromkeys(
        ("custody-officer", "routing-desk", "emergency-duty", "front-door", "youth-justice"), "custody"
    ),
    practice=Ref("parentis.web.custody.practice:make_practice_custody"),
)  # fmt: skip

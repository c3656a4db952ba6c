"""Who gives notice of a child in custody, who acts for an authority, who routes doubtful cases, and who erases data."""

from parentis.web.custody.boards.access import BOARD_ACTIONS, BOARD_MENU, BOARD_ROUTES, CASE_ROUTE
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

DUTY = to(Kind.AUTHORITY, "emergency-duty", "front-door", "youth-justice")
PROTECTION = to(Kind.AUTHORITY, "data-protection")
REGION_PROTECTION = to(Kind.REGION, "data-protection")
"""Covers cases that wait at the routing desk, and none for which an authority is responsible."""

ACTIONS = (
    *BOARD_ACTIONS,
    Action(
        id="custody.notify",
        title="Send notices of children in their force's suites, and updates",
        about=About.ORGANISATION,
        to=to(Kind.POLICE, "custody-officer"),
    ),
    Action(
        id="custody.read",
        title="See children in custody for whom their authority is responsible",
        about=About.AUTHORITY,
        to=DUTY | PROTECTION,
        child_level=True,
    ),
    Action(
        id="custody.work",
        title="Acknowledge, respond to and transfer children in custody for whom their authority is responsible",
        about=About.AUTHORITY,
        to=DUTY,
        child_level=True,
    ),
    Action(
        id="custody.desk",
        title="Route children in custody when the responsible authority is uncertain",
        about=About.AUTHORITY,
        to=to(Kind.REGION, "routing-desk"),
        child_level=True,
    ),
    Action(
        id="custody.desk-read",
        title="See children in custody at the routing desk",
        about=About.AUTHORITY,
        to=to(Kind.REGION, "routing-desk") | REGION_PROTECTION,
        child_level=True,
    ),
    Action(
        id="custody.desk-erase",
        title="Place under legal hold, disclose or erase records of a child at the routing desk",
        about=About.AUTHORITY,
        to=REGION_PROTECTION,
        child_level=True,
    ),
    Action(
        id="custody.index",
        title="Upload their authority's responsibility index",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "analyst"),
    ),
    Action(
        id="custody.erase",
        title="Place under legal hold, disclose or erase records of a child in custody",
        about=About.AUTHORITY,
        to=PROTECTION,
        child_level=True,
    ),
)

MENU = (
    *BOARD_MENU,
    MenuItem("Custody index", "custody-indexes", "custody.index", order=56),
    MenuItem("Custody data", "custody-find", "custody.erase", order=57),
)

# A custody system signs in with its token alone and has no one-time codes: hence `before_codes`.
ROUTES: dict[str, Route] = {
    **BOARD_ROUTES,
    "custody-new": Route(action="custody.notify"),
    "custody-routing": CASE_ROUTE,
    "custody-keeping": CASE_ROUTE,
    "custody-copy": CASE_ROUTE,
    "custody-forget": CASE_ROUTE,
    "custody-find": Route(action="custody.erase"),
    "custody-indexes": Route(action="custody.index"),
    "api:custody-notices": Route(action="custody.notify", before_codes=True),
    "api:custody-notices-batch": Route(action="custody.notify", before_codes=True),
    "api:custody-news": Route(action="custody.notify", before_codes=True),
    "api:custody-withdraw": Route(action="custody.notify", before_codes=True),
    "api:custody-release": Route(action="custody.notify", before_codes=True),
    "api:custody-notice": Route(action="custody.notify", before_codes=True),
    "api:custody-index": Route(action="custody.index", before_codes=True),
}

"""Who may open the boards and the cases on them. `cases.permissions` decides what each reader sees of a case."""

from parentis.web.cases import routes
from parentis.web.custody.case_types import KIND
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

ACTING = (
    to(Kind.AUTHORITY, "emergency-duty", "front-door", "youth-justice")
    | to(Kind.POLICE, "custody-officer")
    | to(Kind.REGION, "routing-desk")
)

BOARD_ACTIONS = (
    Action(
        id="custody.board",
        title="See a live board of children in custody: their suites', their authority's or the routing desk's",
        about=About.NOTHING,
        to=ACTING,
    ),
    Action(
        id="custody.open",
        title="Open a child in custody, if it is their authority's, their force's or at their desk",
        about=About.AUTHORITY,
        to=ACTING | to((Kind.AUTHORITY, Kind.REGION), "data-protection"),
        child_level=True,
    ),
)

BOARD_MENU = (MenuItem("Custody", "custody", "custody.board", order=55),)

CASE_ROUTE = Route(action="custody.open", place=routes.place_of(KIND))

# Redrawing a board does not count as a new view: opening it is already on the audit record.
BOARD_ROUTES: dict[str, Route] = {
    "custody": Route(action="custody.board"),
    "custody-board": Route(action="custody.board", records="opened"),
    "custody-board-rows": Route(action="custody.board"),
    "custody-case": CASE_ROUTE,
    "custody-who": CASE_ROUTE,
    "custody-acknowledge": CASE_ROUTE,
    "custody-answer": CASE_ROUTE,
    "custody-hand-over": CASE_ROUTE,
    "custody-return": CASE_ROUTE,
    "custody-message": CASE_ROUTE,
    "custody-news": CASE_ROUTE,
    "custody-withdraw": CASE_ROUTE,
    "custody-certificate": CASE_ROUTE,
    "custody-history": CASE_ROUTE,
}

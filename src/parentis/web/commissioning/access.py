"""Permissions of commissioning: to compare prices, and to write learning cards."""

from parentis.web.cases import routes
from parentis.web.commissioning.case_types import CARD
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

BOTH = (Kind.AUTHORITY, Kind.REGION)
WRITERS = to(BOTH, "commissioner") | to(Kind.AUTHORITY, "director")
READERS = WRITERS | to(BOTH, "treasurer", "analyst", "data-protection") | to(Kind.AUTHORITY, "section-151")

ACTIONS = (
    Action(id="commissioning.open", title="Compare what partnerships pay for placements",
           about=About.NOTHING, to=READERS),
    Action(id="commissioning.cards", title="Read their authority’s learning cards, drafts too", about=About.AUTHORITY,
           to=READERS),
    Action(id="commissioning.write", title="Write and publish learning cards", about=About.AUTHORITY, to=WRITERS),
    Action(id="commissioning.erase", title="Erase a learning card", about=About.AUTHORITY,
           to=to(BOTH, "data-protection")),
)  # fmt: skip

MENU = (MenuItem("Commissioning", "commissioning", "commissioning.open", order=36),)

ROUTES: dict[str, Route] = {
    "commissioning": Route(action="commissioning.open"),
    "commissioning-learning": Route(action="commissioning.open"),
    "commissioning-page": Route(action="commissioning.open"),
    "commissioning-picture": Route(action="commissioning.open"),
    "commissioning-table": Route(action="commissioning.open", records="exported"),
    **routes.register_routes(CARD, read="commissioning.cards", enter="commissioning.write"),
}

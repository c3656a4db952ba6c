"""Who asks hubs, who answers, and who sees what."""

from parentis.web.hubs.case_types import REQUEST

from parentis.web.cases import routes
from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

MANAGERS = to(Kind.AUTHORITY, "hub-manager", "front-door")
HUBS = to(Kind.PROVIDER, "hub-manager")
OFFICERS = to(Kind.AUTHORITY, "data-protection")

# The pages of requests open to both places; which requests one sees, is decided behind the gate, request by request.
ACTIONS = (
    Action(id="hubs.open", title="Open requests to family hubs", about=About.NOTHING, to=MANAGERS | HUBS | OFFICERS),
    Action(id="hubs.read", title="Read their authority's requests", about=About.AUTHORITY, to=MANAGERS | OFFICERS),
    Action(id="hubs.work", title="Ask a hub to see a family", about=About.AUTHORITY, to=MANAGERS),
    Action(id="hubs.answer", title="Answer requests to their hub", about=About.ORGANISATION, to=HUBS),
    Action(id="hubs.erase", title="Erase what was said of a family", about=About.AUTHORITY, to=OFFICERS),
)

MENU = (MenuItem("Family hubs", "hubs", "hubs.open", order=65),)

ROUTES: dict[str, Route] = {
    "hubs": Route(action="hubs.open"),
    "hubs-month": Route(action="hubs.open"),
    "api:hubs-requests": Route(action="hubs.open"),
    **routes.register_routes(REQUEST, read="hubs.open", enter="hubs.work"),
}

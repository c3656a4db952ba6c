"""Permissions to open the home page, one's own notices and the health endpoints."""

from parentis.web.people.permissions import Action, Open, Route

ACTIONS: tuple[Action, ...] = ()

ROUTES: dict[str, Route] = {
    "home": Route(action=Open.SIGNED_IN),
    "health-alive": Route(action=Open.PUBLIC),
    "health-ready": Route(action=Open.PUBLIC),
    "health-watch": Route(action=Open.PUBLIC),
    "accessibility": Route(action=Open.PUBLIC),
    "joining": Route(action="people.manage", place="slug"),
    "joining-all": Route(action="people.organisations"),
    "notices": Route(action=Open.SIGNED_IN),
    "notices-open": Route(action=Open.SIGNED_IN),
}

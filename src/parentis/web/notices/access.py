"""Notices are each person's own."""

from parentis.web.people.permissions import Action, Open, Route

ACTIONS: tuple[Action, ...] = ()

ROUTES = {
    "notices": Route(action=Open.SIGNED_IN),
    "notices-open": Route(action=Open.SIGNED_IN),
}

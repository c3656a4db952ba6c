"""Everybody signed in sees their own list, and chooses how often it is mailed to them."""

from parentis.web.people.permissions import Action, Open, Route

ACTIONS: tuple[Action, ...] = ()

ROUTES: dict[str, Route] = {
    "tasks": Route(action=Open.SIGNED_IN),
    "tasks-digest": Route(action=Open.SIGNED_IN),
}

"""Permissions that a token's person needs besides the token's scope. Everyone manages their own tokens."""

from parentis.web.people.permissions import About, Action, MenuItem, Open, Route, everyone, to
from parentis.web.people.roles import EVERYWHERE
from parentis.web.submissions.access import ROUTES as _SUBMISSIONS

ACTIONS = (
    Action(
        id="api.figures",
        title="Read figures released to them through the API",
        about=About.NOTHING,
        to=everyone(),
    ),
    Action(id="api.tokens", title="Create and revoke their own API tokens", about=About.NOTHING, to=everyone()),
    Action(
        id="api.clients",
        title="Change the secrets, keys and addresses of their organisation's programs, and withdraw a program",
        about=About.ORGANISATION,
        to=to(tuple(EVERYWHERE), "administrator"),
    ),
)

MENU = (
    MenuItem("API", "tokens", "api.tokens", order=85),
    MenuItem("Programs", "programs", "api.clients", order=86),
)

ROUTES: dict[str, Route] = {
    "tokens": Route(action="api.tokens"),
    "tokens-make": Route(action="api.tokens"),
    "tokens-withdraw": Route(action="api.tokens"),
    "oauth-token": Route(action=Open.PUBLIC),
    "oauth-secret": Route(action=Open.PUBLIC),
    "programs": Route(action="api.clients"),
    "programs-one": Route(action="api.clients", place="slug"),
    "programs-secret": Route(action="api.clients", place="slug"),
    "programs-key": Route(action="api.clients", place="slug"),
    "programs-addresses": Route(action="api.clients", place="slug"),
    "programs-end": Route(action="api.clients", place="slug"),
    "programs-withdraw": Route(action="api.clients", place="slug"),
    "api-docs": Route(action=Open.PUBLIC),
    "api:openapi-json": Route(action=Open.PUBLIC),
    "api:api-root": Route(action=Open.CLOSED),
    "api:measures": Route(action="api.figures"),
    "api:figures": Route(action="api.figures"),
    "api:provenance": Route(action="api.figures"),
    "api:submissions": _SUBMISSIONS["submissions"],
    "api:submission": _SUBMISSIONS["submissions-one"],
    "api:findings": _SUBMISSIONS["submissions-report"],
    "api:hand-in": _SUBMISSIONS["submissions-hand-in"],
    "api:job": _SUBMISSIONS["submissions-job"],
}

"""Declaring what can be done, by whom, and which page or command does it.

Each app's `access` module holds `ACTIONS`, `ROUTES` and, if it has a menu entry, `MENU`. They are collected here,
checked once, and read by the gate in front of every view, by docs/permissions.md, and by the test that visits every
page in every role.
"""

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from parentis.errors import DeclarationError
from parentis.web.people.roles import NO_DATA, ROLE_BY_ID, Kind

if TYPE_CHECKING:
    from django.http import HttpRequest

Holder = tuple[Kind, str]
"A role held in an organisation of a kind."


class About(StrEnum):
    """What an action is about: it decides whose permission counts."""

    NOTHING = "nothing"
    "No place: holding the role is enough."
    AUTHORITY = "authority"
    """Data of one authority: the role must be held in an organisation that covers this authority."""
    ORGANISATION = "organisation"
    "An organisation's people: the role must be held in it, or in the regional team."


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that can be done. `to`: who may, by kind of organisation. `child_level`: it shows or changes
    records of individual children, so each view of it is put on the audit record."""

    id: str
    title: str
    about: About
    to: frozenset[Holder]
    child_level: bool = False


def to(kinds: Kind | tuple[Kind, ...], *roles: str) -> frozenset[Holder]:
    """The holders of these roles in organisations of these kinds; combine several with `|`."""
    kinds = (kinds,) if isinstance(kinds, Kind) else kinds
    held = frozenset((kind, role) for kind in kinds for role in roles)
    for kind, role in held:
        if role not in ROLE_BY_ID:
            raise DeclarationError(f"permission to {role!r}, which is no role")
        if kind not in ROLE_BY_ID[role].kinds:
            raise DeclarationError(f"permission to {role!r} of {kind}, where nobody holds that role")
    return held


def everyone() -> frozenset[Holder]:
    """Every role that reads data, wherever it is held: roles that manage accounts do not read data."""
    return frozenset((kind, role.id) for role in ROLE_BY_ID.values() if role.id not in NO_DATA for kind in role.kinds)


class Open(StrEnum):
    """Pages that no action guards."""

    PUBLIC = "public"
    """Anybody: signing in, health, the page that an invitation link leads to."""
    SIGNED_IN = "signed in"
    "Anybody signed in, about themselves: their page, their codes."
    CLOSED = "closed"
    """Nobody: pages of a library that this site does not use. Answered as not found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The permission of one URL name.

    `action`: an action's id, or `Open`. `place`: for an action about an authority, the keyword of the URL that holds
    its ONS code, or a function `(request, **kwargs) -> str` that looks it up; for one about an organisation, the
    same for its slug; empty for pages that list only what the reader may see (they filter by `authorities_for`).
    `records`: the verb (`exported`) with which each successful request is put on the audit record. An action on
    child-level data is always recorded, as `viewed` unless another verb is given.
    `before_codes`: reachable before one-time codes are set up."""

    action: str | Open
    place: str | Callable[..., str] = ""
    records: str = ""
    before_codes: bool = False

    def place_of(self, request: "HttpRequest", kwargs: Mapping[str, Any]) -> str | None:
        if callable(self.place):
            return self.place(request, **kwargs)
        return str(kwargs[self.place]) if self.place else None


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A menu entry, shown to those who may do `action`. Apps declare theirs in `access.MENU`."""

    title: str
    route: str
    action: str
    order: int = 50


def access_modules() -> Iterator[Any]:
    from django.conf import settings

    for app in settings.INSTALLED_APPS:
        if app.startswith("parentis.web.") and importlib.util.find_spec(f"{app}.access"):
            yield importlib.import_module(f"{app}.access")


@cache
def actions() -> Mapping[str, Action]:
    """Every action by id, as the apps declare them."""
    found: dict[str, Action] = {}
    for module in access_modules():
        for action in module.ACTIONS:
            if action.id in found:
                raise DeclarationError(f"action {action.id} is declared twice")
            found[action.id] = action
    return found


@cache
def routes() -> Mapping[str, Route]:
    """Every URL name's permission, as the apps declare them; each names an action that exists."""
    found: dict[str, Route] = {}
    for module in access_modules():
        for name, route in module.ROUTES.items():
            if name in found:
                raise DeclarationError(f"route {name} is declared twice")
            if not isinstance(route.action, Open) and route.action not in actions():
                raise DeclarationError(f"route {name} needs {route.action!r}, which is no action")
            found[name] = route
    return found

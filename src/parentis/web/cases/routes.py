"""The permission data of the pages that every kind of case has. It needs no database, because docs/permissions.md is
made from it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest

from parentis.errors import DeclarationError
from parentis.web.cases.declarations import CaseType
from parentis.web.people.permissions import Route


def routes(kind: str, action: str, *, about_place: bool = True) -> dict[str, Route]:
    """The permission data of `pages.urls(kind)`: the `action` checked at the gate, and each permission behind it. The
    action is about the case's place or (`about_place` False) about nothing: then everything is decided behind the
    gate."""
    place = place_of(kind) if about_place else ""
    names = ("comment", "attach", "assign", "move", "stop", "start", "history", "forget")
    found = {f"{kind}-{name}": Route(action=action, place=place) for name in names}
    found[f"{kind}-file"] = Route(action=action, place=place, records="downloaded")
    return found


def register_routes(kind: CaseType, *, read: str, enter: str, about_place: bool = True) -> dict[str, Route]:
    """The permission data of `register.views.urls(kind)`: the action that opens the register, and the one that enters
    and imports."""
    register = kind.register
    if register is None:
        raise DeclarationError(f"kind of case {kind.id} has no declared fields")
    name, of_case = register.name, Route(action=read, place=place_of(kind.id) if about_place else "")
    found = {
        name: Route(action=read),
        f"{name}-overdue": Route(action=read),
        f"{name}-places": Route(action=read),
        f"{name}-export": Route(action=read, records="exported"),
        f"{name}-import": Route(action=enter),
        f"{name}-blank": Route(action=enter),
        f"{kind.id}-new": Route(action=enter),
        kind.detail_url: of_case,
        **{f"{kind.id}-{one.id}": of_case for one in register.edits},
        **routes(kind.id, read, about_place=about_place),
    }
    if not register.has_entry_page:
        del found[f"{kind.id}-new"]
    if not register.workbook:
        found = {route: one for route, one in found.items() if route not in _workbook(name)}
    if register.meetings is None:
        return found
    group = _place_of_group(kind.id, read) if about_place else ""
    reading, entering = (Route(action=each, place=group) for each in (read, enter))
    return found | {
        f"{name}-groups": Route(action=read),
        f"{name}-groups-new": Route(action=enter),
        f"{name}-group": reading,
        f"{name}-group-member": entering,
        f"{name}-group-member-left": entering,
        f"{name}-group-meeting": entering,
        f"{name}-group-pack": reading,
        f"{name}-group-pack-xlsx": replace(reading, records="exported"),
    }


def _workbook(name: str) -> frozenset[str]:
    return frozenset(f"{name}-{one}" for one in ("export", "import", "blank"))


def _place_of_group(kind: str, action: str) -> Callable[..., str]:
    def look_up(request: HttpRequest, *, pk: int, **_: Any) -> str:
        from parentis.web.cases.register.queries import place_of_group

        return place_of_group(request, kind=kind, action=action, pk=pk)

    return look_up


def place_of(kind: str) -> Callable[..., str]:
    """For `Route.place`: the ONS code of the case whose `pk` is in the URL."""

    def look_up(request: HttpRequest, *, pk: int, **_: Any) -> str:
        from parentis.web.cases.models import Case
        from parentis.web.cases.permissions import gate_place

        case = Case.objects.filter(pk=pk, kind=kind).first()
        if case is None:
            raise Http404
        return gate_place(request.user, case)

    return look_up

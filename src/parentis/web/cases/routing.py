"""The permission data of the pages that every kind of case has. Read without the database: it makes a document too."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest

from parentis.web.people.permissions import Route


def routes(kind: str, action: str) -> dict[str, Route]:
    """The permission data of `pages.urls(kind)`: `action` at the gate, and each deed in `reach` behind it."""
    place = place_of(kind)
    names = ("comment", "attach", "assign", "move", "stop", "start", "history", "forget")
    found = {f"{kind}-{name}": Route(action=action, place=place) for name in names}
    found[f"{kind}-file"] = Route(action=action, place=place, records="downloaded")
    return found


def place_of(kind: str) -> Callable[..., str]:
    """For `Route.place`: the ONS code of the case that an address names by its `pk`."""

    def look_up(request: HttpRequest, *, pk: int, **_: Any) -> str:
        from parentis.web.cases.models import Case
        from parentis.web.cases.reach import gate_place

        case = Case.objects.filter(pk=pk, kind=kind).first()
        if case is None:
            raise Http404
        return gate_place(request.user, case)

    return look_up

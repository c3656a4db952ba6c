"""The context of every page: the menu of what its reader may open, and the demo's banner."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from parentis.web.people import authorisation
from parentis.web.people.acting import SESSION_KEY
from parentis.web.people.permissions import access_modules


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of every template: `menu`, `is_demo`; `acting_for` and `may_act_for` for people with several
    organisations."""
    person = getattr(request, "user", None)
    return {"menu": _menu(request, person), "is_demo": settings.IS_DEMO, **_acting(request, person)}


def _acting(request: HttpRequest, person: Any) -> dict[str, Any]:
    places = {one.organisation.slug: one.organisation for one in authorisation.memberships(person)}
    if len(places) < 2:
        return {}
    ordered = sorted(places.values(), key=lambda one: one.name)
    chosen = places.get(request.session.get(SESSION_KEY, "")) if hasattr(request, "session") else None
    return {"acting_for": chosen, "may_act_for": ordered}


def _menu(request: HttpRequest, person: Any) -> list[dict[str, Any]]:
    if person is None or not person.is_authenticated:
        return []
    items = [item for module in access_modules() for item in getattr(module, "MENU", ())]
    shown = [item for item in sorted(items, key=lambda one: one.order) if authorisation.holds(person, item.action)]
    lines = [("Home", reverse("home")), *((item.title, reverse(item.route)) for item in shown)]
    here = request.path
    return [
        {"title": title, "url": url, "current": here == url, "active": url != "/" and here.startswith(url)}
        for title, url in lines
    ]

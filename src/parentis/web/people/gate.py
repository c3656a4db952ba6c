"""Checks permission before every view and writes the audit record after it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from parentis.errors import DeclarationError
from parentis.web.people import authorisation
from parentis.web.people.models import Organisation
from parentis.web.people.permissions import About, Action, Open, Route, actions, routes

REFUSALS = 400


class Gate:
    """Passes a request to its view only as the permission data allow. A URL without an entry is refused to
    everybody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sight = getattr(request, "sight", None)
        if sight is not None and response.status_code < REFUSALS:
            from parentis.web.audit.recorder import record

            # Recorded before the response is sent: if the view cannot be recorded, nothing is shown.
            record(who=request.user, request=request, **sight)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name
        route = routes().get(name)
        if route is None:
            raise DeclarationError(f"URL {name or request.resolver_match.route!r} has no entry in the permission data")
        if route.action is Open.CLOSED:
            raise Http404
        if route.action is Open.PUBLIC:
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if settings.CODES_REQUIRED and not route.before_codes and not _has_codes(request):
            return redirect("mfa_activate_totp")
        if route.action is Open.SIGNED_IN:
            return None
        action = actions()[route.action]
        place = route.place_of(request, kwargs)
        _allow(request, action, place)
        request.sight = _sight(route, action, place, name, kwargs)
        return None


def _allow(request: HttpRequest, action: Action, place: str | None) -> None:
    """Refuse a page of another place; a page about no one place shows only what its reader may see."""
    if place is None or action.about is About.NOTHING:
        allowed = authorisation.holds(request.user, action.id)
    elif action.about is About.AUTHORITY:
        allowed = authorisation.may(request.user, action.id, authority=place)
    else:
        organisation = get_object_or_404(Organisation, slug=place)
        allowed = authorisation.may(request.user, action.id, organisation=organisation)
    if not allowed:
        raise PermissionDenied(action.id)


def _sight(route: Route, action: Action, place: str | None, name: str, kwargs: dict[str, Any]) -> dict[str, Any] | None:
    verb = route.records or ("viewed" if action.child_level else "")
    if not verb:
        return None
    about = action.about is About.AUTHORITY
    return {
        "what": f"{action.id}:{verb}",
        "authority": place or "" if about else "",
        "subject": name,
        "detail": {key: str(value) for key, value in kwargs.items()},
    }


def _has_codes(request: HttpRequest) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(request.user))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    # A form cannot be sent again after signing in: return to a page that was read, otherwise to the first page.
    where = request.get_full_path() if request.method == "GET" else "/"
    return redirect_to_login(where)

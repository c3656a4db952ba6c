"""Who a request to the API comes from: its token's person, never a cookie's. What goes wrong is said in JSON."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse

from parentis.web.api.credentials import is_within
from parentis.web.api.models import PREFIX, Token
from parentis.web.api.operations import note_use
from parentis.web.api.scopes import SCOPE_OF, SCOPES
from parentis.web.people.permissions import Open, routes
from parentis.web.submissions.spool import SpoolHandler

UNDER = "/api/"
REFUSALS = 300
WORDS = {
    302: (403, "Set up one-time codes on the site first: they are required."),
    403: (403, "Your roles do not allow this."),
    404: (404, "Not found."),
    405: (405, "This method is not allowed at this address."),
    500: (500, "Sorry, there is a problem with the service. We have been notified."),
}
"Answers that the site gives as pages, to the API's status and words."


class TokenAuthentication:
    """Stands right before the gate, so that permission and audit work as for people in a browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(UNDER):
            return self.get_response(request)
        request.token = _token(request)
        request.user = request.token.person if request.token else AnonymousUser()
        response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        if response.status_code >= REFUSALS and not response.get("Content-Type", "").startswith("application/json"):
            status, words = WORDS.get(response.status_code, (response.status_code, "This request cannot be processed."))
            return refused(status, words)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        if not request.path.startswith(UNDER):
            return None
        name = request.resolver_match.view_name
        route = routes().get(name)
        if route is not None and isinstance(route.action, Open):
            return None
        if request.token is None:
            answer = refused(401, "Send an API token: Authorization: Bearer par_…")
            answer["WWW-Authenticate"] = 'Bearer realm="Parentis"'
            return answer
        scope = SCOPE_OF[name]
        if scope not in request.token.scopes:
            return refused(403, f"This token does not have the scope needed {scope}: {SCOPES[scope]}.")
        address = str(get_adapter(request).get_client_ip(request) or "")
        if not is_within(address, request.token.addresses):
            return refused(403, "This token opens nothing from this address: its organisation named others.")
        note_use(request.token, request, address=address[:45])
        if name == "api:hand-in":
            # Before anything reads the body: files stream to disk within bounds.
            request.upload_handlers = [SpoolHandler(request)]
        return None


def refused(status: int, words: str) -> JsonResponse:
    """The API's one form of an error that is not a UserError's."""
    return JsonResponse({"error": {"do": words}}, status=status)


def _token(request: HttpRequest) -> Token | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not secret.startswith(PREFIX):
        return None
    return Token.of(secret.strip())

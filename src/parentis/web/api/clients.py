"""Programs that sign in for themselves: OAuth 2.0 client credentials (RFC 6749, section 4.4) for a token of an hour.

A client is an account that nobody can sign in to, with one role in one organisation; its tokens open what that role
may do within the client's scopes, as anybody's do. It proves itself with a secret, or with a request that it signs with
a key of its own (`assertions`), from the networks that its organisation named (`credentials`).
"""

import base64
import binascii
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from parentis.errors import UserError
from parentis.web.api import credentials
from parentis.web.api.assertions import ASSERTION_TYPE, client_of_assertion
from parentis.web.api.models import PREFIX, SHOWN, Client, Credential, Token
from parentis.web.api.operations import TokenError
from parentis.web.api.scopes import SCOPES
from parentis.web.audit.recorder import record
from parentis.web.people.models import Membership, Organisation, Person
from parentis.web.people.roles import roles_of

LASTS = timedelta(hours=1)
KEPT = timedelta(days=1)
"How long an expired token is still listed."
MOST_WRONG = 10
WRONG_COUNTS = 60
"Wrong secrets from one address in so many seconds before it must wait."


@transaction.atomic
def make_client(*, name: str, organisation: Organisation, role: str, scopes: Iterable[str]) -> tuple[Client, str]:
    """A client and its secret, which is kept nowhere."""
    chosen = sorted(set(scopes))
    if not chosen or not set(chosen) <= set(SCOPES):
        raise TokenError(expected=f"some of {', '.join(SCOPES)}", found="other scopes", where="scopes", do="Choose.")
    fitting = [one.id for one in roles_of(organisation.kind)]
    if role not in fitting:
        raise TokenError(expected=f"one of {', '.join(fitting)}", found=role, where="role", do="Choose one of those.")
    public, secret = f"client-{secrets.token_hex(6)}", Token.new_secret()
    person = Person(email=f"{public}@clients.invalid", name=name)
    person.set_unusable_password()
    person.save()
    Membership.objects.create(person=person, organisation=organisation, role=role)
    made = Client.objects.create(client_id=public, person=person, scopes=chosen, made_at=timezone.now())
    Credential.objects.create(
        client=made, kind=Credential.Kind.SECRET, start=secret[: len(PREFIX) + SHOWN], secret_hash=Token.hash_of(secret)
    )
    record(who=None, what="client:made", subject=f"{made}, {organisation}", detail={"scopes": chosen, "role": role})
    return made, secret


@transaction.atomic
def withdraw_client(client_id: str, *, by: Any = None, request: HttpRequest | None = None) -> bool:
    """Withdraw the client: it gets no more tokens, and its existing tokens stop working. False if there is no such
    client."""
    client = Client.objects.filter(client_id=client_id, withdrawn_at=None).select_related("person").first()
    if client is None:
        return False
    client.withdrawn_at = timezone.now()
    client.save(update_fields=["withdrawn_at"])
    client.person.is_active = False
    client.person.save(update_fields=["is_active"])
    record(who=by, what="client:withdrawn", subject=str(client), request=request)
    return True


@csrf_exempt  # no browser session is involved: a client that authenticates gets the token
@require_POST
def token(request: HttpRequest) -> JsonResponse:
    """The token endpoint. Its answers are those of RFC 6749, sections 5.1 and 5.2."""
    if request.POST.get("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type", "grant_type must be client_credentials.", 400)
    client = _proven(request)
    if isinstance(client, JsonResponse):
        return client
    wanted = sorted(set(request.POST.get("scope", "").split())) or list(client.scopes)
    if not set(wanted) <= set(client.scopes):
        return _refused("invalid_scope", f"This client has the scopes: {' '.join(client.scopes)}.", 400)
    answer = {
        "access_token": _issue(client, wanted, request),
        "token_type": "Bearer",
        "expires_in": int(LASTS.total_seconds()),
        "scope": " ".join(wanted),
    }
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


@csrf_exempt  # as above
@require_POST
def new_secret(request: HttpRequest) -> JsonResponse:
    """A program changes its own secret: the answer has the new one, and until when those before it still work."""
    client = _proven(request)
    if isinstance(client, JsonResponse):
        return client
    try:
        made, secret = credentials.new_secret(by=client.person, client=client, request=request)
    except UserError as error:
        return _refused("too_many_secrets", error.do, 409)
    answer = {
        "client_id": client.client_id,
        "client_secret": secret,
        "others_work_until": (made.made_at + credentials.OVERLAP).isoformat(timespec="seconds"),
    }
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def _proven(request: HttpRequest) -> Client | JsonResponse:
    """The client that a request proves to come from, or what it is told. Which part of a proof is wrong is not said."""
    address = str(get_adapter(request).get_client_ip(request) or "")
    counter = f"wrong-client-{address}"
    if cache.get(counter, 0) >= MOST_WRONG:
        answer = _refused("invalid_client", "Too many failed attempts: wait a minute.", 429)
        answer["Retry-After"] = str(WRONG_COUNTS)
        return answer
    if request.POST.get("client_assertion_type") == ASSERTION_TYPE:
        client = client_of_assertion(request.POST.get("client_assertion", ""), audiences(request))
    else:
        client = _client(*_credentials(request))
    if client is None or not credentials.is_within(address, client.addresses):
        cache.add(counter, 0, WRONG_COUNTS)
        cache.incr(counter)
        return _refused("invalid_client", "Client not found, or its secret or signature is wrong.", 401)
    return client


def audiences(request: HttpRequest) -> Sequence[str]:
    """Whom an assertion may be written to: the token endpoint's address, or the one that was asked."""
    return (request.build_absolute_uri(reverse("oauth-token")), request.build_absolute_uri(request.path))


@transaction.atomic
def _issue(client: Client, scopes: list[str], request: HttpRequest) -> str:
    now, secret = timezone.now(), Token.new_secret()
    client.person.tokens.filter(expires_at__lt=now - KEPT).delete()
    made = Token.objects.create(
        person=client.person, name=client.person.name, scopes=scopes, start=secret[: len(PREFIX) + SHOWN],
        secret_hash=Token.hash_of(secret), addresses=client.addresses, made_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    record(who=client.person, what="token:made", subject=str(made), detail={"scopes": scopes}, request=request)
    return secret


def _client(client_id: str, secret: str) -> Client | None:
    """The client with this secret, which may be any of its valid ones."""
    given = Token.hash_of(secret)
    held = Credential.objects.filter(client__client_id=client_id, kind=Credential.Kind.SECRET)
    for one in held.select_related("client__person"):
        if secrets.compare_digest(one.secret_hash, given) and one.is_open:
            return credentials.used(one)
    return None


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """By HTTP Basic, or in the form."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() == "basic":
        try:
            name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, secret
    return request.POST.get("client_id", ""), request.POST.get("client_secret", "")


def _refused(code: str, words: str, status: int) -> JsonResponse:
    answer = JsonResponse({"error": code, "error_description": words}, status=status)
    answer["Cache-Control"] = "no-store"
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="Parentis"'
    return answer

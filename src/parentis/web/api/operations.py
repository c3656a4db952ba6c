"""Creation, use and withdrawal of tokens: each is entered in the audit record."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.errors import UserError
from parentis.web.api.models import PREFIX, SHOWN, Token
from parentis.web.api.scopes import SCOPES
from parentis.web.audit.recorder import record

MOST_OPEN = 20
"Tokens that one person may have at a time."


class TokenError(UserError):
    """A token that cannot be made."""


@transaction.atomic
def make_token(
    *, by: Any, name: str, scopes: Iterable[str], lasts: timedelta, request: HttpRequest | None = None
) -> tuple[Token, str]:
    """Create a token; returns it and its secret, which is not stored."""
    chosen, now = sorted(set(scopes)), timezone.now()
    if not chosen or not set(chosen) <= set(SCOPES):
        raise TokenError(expected=f"some of {', '.join(SCOPES)}", found="other scopes", where="token", do="Choose.")
    if sum(one.is_open for one in by.tokens.all()) >= MOST_OPEN:
        raise TokenError(
            expected=f"at most {MOST_OPEN} tokens", found="as many", where="token",
            do="Revoke those you no longer use.",
        )  # fmt: skip
    secret = Token.new_secret()
    made = Token.objects.create(
        person=by, name=name, scopes=chosen, start=secret[: len(PREFIX) + SHOWN], secret_hash=Token.hash_of(secret),
        made_at=now, expires_at=now + lasts,
    )  # fmt: skip
    detail = {"scopes": chosen, "expires": made.expires_at.isoformat(timespec="seconds")}
    record(who=by, what="token:made", subject=str(made), detail=detail, request=request)
    return made, secret


@transaction.atomic
def withdraw_token(*, by: Any, token: Token, request: HttpRequest | None = None) -> None:
    """Withdraw the token: it stops working at once."""
    if Token.objects.filter(pk=token.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        record(who=by, what="token:withdrawn", subject=str(token), request=request)


def note_use(token: Token, request: HttpRequest, *, address: str) -> None:
    """Enter in the audit record the first use of a token on each day, and each use from a new address."""
    now = timezone.now()
    last = token.last_used_at
    if last is not None and timezone.localdate(last) == timezone.localdate(now) and token.last_address == address:
        return
    with transaction.atomic():
        Token.objects.filter(pk=token.pk).update(last_used_at=now, last_address=address)
        record(who=token.person, what="token:used", subject=str(token), request=request)

"""Signals from allauth: sign-ins, refusals and changes of passwords and codes are put on the audit record."""

from typing import Any

from django.utils import timezone

from parentis.web.audit.recorder import record

ENDS_TOKENS = frozenset({"password:changed", "password:reset", "password:set", "codes:removed", "codes:reset"})
"""Events that end a person's API tokens."""


def connect() -> None:
    from allauth.account import signals as account
    from allauth.mfa import signals as codes
    from django.contrib.auth import signals as auth

    auth.user_logged_in.connect(_signed_in, dispatch_uid="audit")
    auth.user_logged_out.connect(_signed_out, dispatch_uid="audit")
    auth.user_login_failed.connect(_refused, dispatch_uid="audit")
    for signal, what in (
        (account.password_changed, "password:changed"),
        (account.password_reset, "password:reset"),
        (account.password_set, "password:set"),
        (codes.authenticator_added, "codes:added"),
        (codes.authenticator_removed, "codes:removed"),
        (codes.authenticator_reset, "codes:reset"),
    ):
        signal.connect(_recorder(what), weak=False, dispatch_uid=f"audit {what}")
        if what in ENDS_TOKENS:
            signal.connect(_end_tokens, dispatch_uid=f"tokens {what}")


def _end_tokens(sender: Any, user: Any, request: Any = None, **kwargs: Any) -> None:
    """A token was created with the old password or codes, so it is withdrawn with them."""
    end_tokens(user, request=request)


def end_tokens(person: Any, *, by: Any = None, request: Any = None) -> int:
    """Withdraw every open token of a person; return how many."""
    now = timezone.now()
    ended = int(person.tokens.filter(withdrawn_at=None, expires_at__gt=now).update(withdrawn_at=now))
    if ended:
        record(who=by or person, what="token:ended", subject=person.email, detail={"tokens": ended}, request=request)
    return ended


def _signed_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    record(who=user, what="session:signed in", request=request)


def _signed_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        record(who=user, what="session:signed out", request=request)


def _refused(sender: Any, credentials: Any, request: Any = None, **kwargs: Any) -> None:
    # The address as typed, to investigate lock-outs. It may belong to nobody.
    typed = str(credentials.get("email") or credentials.get("username") or "")[:254]
    record(who=None, what="session:refused", request=request, subject=typed)


def _recorder(what: str) -> Any:
    def changed(sender: Any, user: Any, request: Any = None, **kwargs: Any) -> None:
        record(who=user, what=what, request=request)

    return changed

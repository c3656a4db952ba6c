"""Sign-ins, refusals and changes of password and codes go on the audit record as allauth reports them."""

from typing import Any

from parentis.web.audit.recording import record


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


def _signed_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    record(who=user, what="session:signed in", request=request)


def _signed_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        record(who=user, what="session:signed out", request=request)


def _refused(sender: Any, credentials: Any, request: Any = None, **kwargs: Any) -> None:
    # The address as it was typed: a lock-out is looked into by it. It may be nobody's.
    typed = str(credentials.get("email") or credentials.get("username") or "")[:254]
    record(who=None, what="session:refused", request=request, subject=typed)


def _recorder(what: str) -> Any:
    def changed(sender: Any, user: Any, request: Any = None, **kwargs: Any) -> None:
        record(who=user, what=what, request=request)

    return changed

"""Putting something on the record, in the transaction of the write it tells of."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from parentis.web.audit.chain import CHAINED, hash_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from parentis.web.audit.models import Entry, Head


def record(
    *,
    who: Any,
    what: str,
    authority: str = "",
    subject: str = "",
    why: str = "",
    detail: Mapping[str, Any] | None = None,
    request: "HttpRequest | None" = None,
) -> "Entry":
    """Append one entry: `who` (a Person, or None for nobody signed in) did `what` (`subject:verb`), to `subject`,
    which belongs to `authority` (ONS code), for the reason `why`. `detail` is plain JSON and holds no child's values.

    Call it last inside the `transaction.atomic()` of the write: if it fails the write is undone, and until the
    transaction commits nobody else can append."""
    from parentis.web.audit.models import Entry

    person = who if getattr(who, "is_authenticated", False) else None
    with transaction.atomic():
        head = _held()
        fields: dict[str, Any] = {
            "sequence": head.sequence + 1,
            "at": timezone.now(),
            "who": person.pk if person else None,
            "who_text": person.email if person else "",
            "organisation": _organisation(person),
            "what": what,
            "authority": authority,
            "subject": _clean(subject, 300),
            "why": _clean(why, 4000),
            "detail": dict(detail or {}),
            "address": _address(request),
            "request": getattr(request, "id", ""),
        }
        entry = Entry(**{name: fields[name] for name in CHAINED}, previous=head.hash, hash=hash_of(head.hash, fields))
        entry.save()
        head.sequence, head.hash = entry.sequence, entry.hash
        head.save()
    return entry


def _held() -> "Head":
    """The chain's head, made the first time, and held until the transaction ends."""
    from parentis.web.audit.models import Head

    try:
        return Head.objects.select_for_update().get(pk=1)
    except Head.DoesNotExist:
        Head.objects.get_or_create(pk=1)
        return Head.objects.select_for_update().get(pk=1)


def _organisation(person: Any) -> str:
    from parentis.web.people.authorise import memberships

    return ", ".join(sorted({one.organisation.name for one in memberships(person)}))[:200] if person else ""


def _address(request: "HttpRequest | None") -> str:
    if request is None or not request.META.get("REMOTE_ADDR"):
        return ""
    from allauth.account.adapter import get_adapter

    return str(get_adapter(request).get_client_ip(request) or "")[:45]


def _clean(text: str, longest: int) -> str:
    """Typed text as both databases can hold it."""
    return text.replace("\x00", "")[:longest]

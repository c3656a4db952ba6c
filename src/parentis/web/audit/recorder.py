"""Adding entries to the audit record, in the transaction of the write that they describe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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

    Call it last inside the `transaction.atomic()` of the write: if it fails, the write is undone. Nobody else can
    append until the transaction commits."""
    line = AuditEvent(what=what, authority=authority, subject=subject, why=why, detail=detail or {})
    return record_all([line], who=who, request=request)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """The content of an entry, except for person and time. `request`: the request that caused it, where events of
    several requests are recorded together."""

    what: str
    authority: str = ""
    subject: str = ""
    why: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    request: "HttpRequest | None" = None


def record_all(lines: Sequence[AuditEvent], *, who: Any, request: "HttpRequest | None" = None) -> "list[Entry]":
    """Like `record`, for several things that one person did at once: the chain's head is locked and moved only once."""
    from parentis.web.audit.models import Entry

    person = who if getattr(who, "is_authenticated", False) else None
    common = {
        "at": timezone.now(),
        "who": person.pk if person else None,
        "who_text": person.email if person else "",
        "organisation": _organisation(person),
    }
    with transaction.atomic():
        head, entries = _held(), []
        for line in lines:
            asked = line.request or request
            fields: dict[str, Any] = common | {
                "address": _address(asked),
                "request": getattr(asked, "id", ""),
                "sequence": head.sequence + 1,
                "what": line.what,
                "authority": line.authority,
                "subject": _clean(line.subject, 300),
                "why": _clean(line.why, 4000),
                "detail": dict(line.detail),
            }
            chained = {name: fields[name] for name in CHAINED}
            entries.append(Entry(**chained, previous=head.hash, hash=hash_of(head.hash, fields)))
            head.sequence, head.hash = entries[-1].sequence, entries[-1].hash
        Entry.objects.bulk_create(entries)
        head.save()
    return entries


def _held() -> "Head":
    """The chain's head, created on first use, and locked until the transaction ends."""
    from parentis.web.audit.models import Head

    try:
        return Head.objects.select_for_update().get(pk=1)
    except Head.DoesNotExist:
        Head.objects.get_or_create(pk=1)
        return Head.objects.select_for_update().get(pk=1)


def _organisation(person: Any) -> str:
    return ", ".join(sorted({one.organisation.name for one in person.current_memberships}))[:200] if person else ""


def _address(request: "HttpRequest | None") -> str:
    if request is None or not request.META.get("REMOTE_ADDR"):
        return ""
    from allauth.account.adapter import get_adapter

    return str(get_adapter(request).get_client_ip(request) or "")[:45]


def _clean(text: str, longest: int) -> str:
    """Typed text, limited to what both databases can store."""
    return text.replace("\x00", "")[:longest]

"""The audit record outside the site: scheduled anchors, and every entry as a stream for a monitoring system (a SIEM).

    PARENTIS_ANCHORS         where anchors go (`archive.outside` says what may be named), every PARENTIS_ANCHOR_MINUTES
    PARENTIS_AUDIT_STREAM    where each entry goes, a line of JSON, within seconds, in order and at least once

An entry's `why` is text that somebody typed: it stays in the record. The hash that covers it is sent.
"""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from parentis.archive import ANCHORS_VARIABLE, anchor_now, find_home, places
from parentis.web.audit.chain import plain
from parentis.web.audit.models import Entry, Head, OutsidePosition

STREAM_VARIABLE = "PARENTIS_AUDIT_STREAM"
MINUTES_VARIABLE = "PARENTIS_ANCHOR_MINUTES"
ANCHOR_MINUTES = 60
AT_ONCE = 1000
"""Maximum number of entries sent together."""
SENT = (
    "sequence", "at", "who", "who_text", "organisation", "what", "authority", "subject", "detail", "address", "request",
    "previous", "hash",
)  # fmt: skip
LATE = timedelta(minutes=10)
"""An entry unsent for this long, or an anchor overdue by this long, is a fault that must be reported."""


def line_of(entry: Entry) -> str:
    """An entry as a line of JSON."""
    return json.dumps({name: plain(getattr(entry, name)) for name in SENT}, ensure_ascii=False)


def lines_since(sequence: int) -> Iterator[str]:
    """Every entry after `sequence`, in order."""
    for entry in Entry.objects.filter(sequence__gt=sequence).order_by("sequence").iterator(chunk_size=AT_ONCE):
        yield line_of(entry)


def stream() -> int:
    """Send entries that have not been sent; return how many. A destination that does not answer is tried again next
    time, and does not hold up the others."""
    sent, failed = 0, []
    for place in places(STREAM_VARIABLE):
        position, _ = OutsidePosition.objects.get_or_create(place=f"stream {place.name}")
        while waiting := list(Entry.objects.filter(sequence__gt=position.sequence).order_by("sequence")[:AT_ONCE]):
            first, last = waiting[0].sequence, waiting[-1].sequence
            try:
                place.put(f"audit-{first:012}-{last:012}", [line_of(entry) for entry in waiting])
            except OSError as error:
                failed.append(error)
                break
            position.sequence, position.at = last, timezone.now()
            position.save()
            sent += len(waiting)
    if failed:
        raise failed[0]
    return sent


def every() -> timedelta:
    """How often the last entries are anchored."""
    return timedelta(minutes=int(os.environ.get(MINUTES_VARIABLE, ANCHOR_MINUTES)))


def anchor(*, now: bool = False) -> list[str]:
    """Anchor the last entries of the register and the audit record at every destination where that is due (`now`: at
    every destination); return the anchors' names. Raises IntegrityError where the register has been altered: it is then
    not anchored."""
    due = []
    for place in places(ANCHORS_VARIABLE):
        position, _ = OutsidePosition.objects.get_or_create(place=f"anchor {place.name}")
        if now or position.at is None or position.at <= timezone.now() - every():
            due.append((place, position))
    if not due:
        return []
    head = Head.objects.filter(pk=1).first()
    made, line = anchor_now(find_home(), audit=f"{head.sequence}:{head.hash}" if head and head.sequence else "")
    failed = []
    for place, position in due:
        try:
            place.put(made.label, [line])
        except OSError as error:
            failed.append(error)
            continue
        position.sequence, position.at = head.sequence if head else 0, timezone.now()
        position.save()
    if failed:
        raise failed[0]
    return [f"{place.name}: {made.label}" for place, _ in due]


def streams_in_time() -> bool:
    """Whether every entry older than a few minutes has been sent."""
    return not any(_waits(f"stream {place.name}") for place in places(STREAM_VARIABLE))


def _waits(name: str) -> bool:
    position = OutsidePosition.objects.filter(place=name).first()
    after = position.sequence if position else 0
    return Entry.objects.filter(sequence__gt=after, at__lte=timezone.now() - LATE).exists()


def anchors_in_time() -> bool:
    """Whether every destination received its last anchor on time."""
    latest: dict[str, Any] = dict(OutsidePosition.objects.values_list("place", "at"))
    oldest = timezone.now() - every() - LATE
    known = (latest.get(f"anchor {place.name}") for place in places(ANCHORS_VARIABLE))
    return all(at is not None and at >= oldest for at in known)

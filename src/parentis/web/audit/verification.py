"""Verifying the audit record: every entry follows the previous one, none is missing, and none was changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from parentis.archive import Anchor
from parentis.errors import IntegrityError
from parentis.web.audit.chain import CHAINED, hash_of

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Verified:
    """The verified chain: how many entries, and the hash of the last. Note both outside the site: otherwise an entry
    later removed from the end cannot be detected."""

    entries: int
    head: str


def verify_audit(*, noted: str | None = None, anchors: Iterable[Anchor] = ()) -> Verified:
    """Verify the whole chain. `noted` (`sequence:hash`, as printed before) must still be in it, and so must the entry
    that each anchor names.

    Raises IntegrityError that names the first entry that was altered.
    """
    from parentis.web.audit.models import FIRST, Entry, Head

    previous, sequence = FIRST, 0
    wanted = _wanted(noted, anchors)
    for entry in Entry.objects.order_by("sequence").iterator(chunk_size=BATCH):
        sequence += 1
        if entry.sequence != sequence:
            raise IntegrityError(f"audit: entry {sequence} is missing; the next is {entry.sequence}")
        fields = {name: getattr(entry, name) for name in CHAINED}
        if entry.previous != previous or entry.hash != hash_of(previous, fields):
            raise IntegrityError(f"audit: entry {sequence} is not as it was written")
        previous = entry.hash
        for known, how in wanted.pop(str(sequence), ()):
            if entry.hash != known:
                raise IntegrityError(f"audit: entry {sequence} is not the one that was {how}")
    for place, ((_, how), *_) in wanted.items():
        raise IntegrityError(f"audit: entry {place}, which was {how}, is missing; the last is {sequence}")
    head = Head.objects.filter(pk=1).first()
    if (head.sequence, head.hash) != (sequence, previous) if head else sequence:
        raise IntegrityError(f"audit: the record ends at entry {sequence}, but its head says otherwise")
    return Verified(entries=sequence, head=previous)


def _wanted(noted: str | None, anchors: Iterable[Anchor]) -> dict[str, list[tuple[str, str]]]:
    """By sequence: the hashes that must be there, each with its source."""
    found: dict[str, list[tuple[str, str]]] = {}
    said = [(noted, "noted")] if noted else []
    for text, how in (*said, *((one.audit, f"anchored on {one.at}") for one in anchors if one.audit)):
        place, _, known = text.partition(":")
        found.setdefault(place, []).append((known, how))
    return found

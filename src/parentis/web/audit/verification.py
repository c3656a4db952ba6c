"""Whether the record is whole: every entry follows the one before, none is missing, none was changed."""

from dataclasses import dataclass

from parentis.errors import IntegrityError
from parentis.web.audit.chain import CHAINED, hash_of

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Verified:
    """The chain as it was found: how many entries, and the hash of the last. Note them outside the site: an entry
    cut off the end afterwards cannot be noticed without."""

    entries: int
    head: str


def verify_audit(*, noted: str | None = None) -> Verified:
    """Walk the whole chain. `noted` (`sequence:hash`, as printed before) must still stand in it.

    Raises IntegrityError that names the first entry that is not as it was written."""
    from parentis.web.audit.models import FIRST, Entry, Head

    previous, sequence = FIRST, 0
    wanted, _, noted_hash = (noted or "").partition(":")
    seen_noted = not noted
    for entry in Entry.objects.order_by("sequence").iterator(chunk_size=BATCH):
        sequence += 1
        if entry.sequence != sequence:
            raise IntegrityError(f"audit: entry {sequence} is missing; the next is {entry.sequence}")
        fields = {name: getattr(entry, name) for name in CHAINED}
        if entry.previous != previous or entry.hash != hash_of(previous, fields):
            raise IntegrityError(f"audit: entry {sequence} is not as it was written")
        previous = entry.hash
        if str(sequence) == wanted:
            if entry.hash != noted_hash:
                raise IntegrityError(f"audit: entry {sequence} is not the one that was noted")
            seen_noted = True
    if not seen_noted:
        raise IntegrityError(f"audit: entry {wanted}, which was noted, is missing; the last is {sequence}")
    head = Head.objects.filter(pk=1).first()
    if (head.sequence, head.hash) != (sequence, previous) if head else sequence:
        raise IntegrityError(f"audit: the record ends at entry {sequence}, but its head says otherwise")
    return Verified(entries=sequence, head=previous)

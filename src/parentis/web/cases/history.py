"""The history of a case: each entry commits to its value and to the entry before it.

An entry's commitment is SHA-256(salt ‖ canonical value); its hash covers its fields, the commitment and the previous
hash. Salt and value are stored separately (`Value`) and can be erased: the chain can still be verified, and the value
cannot be guessed from it, because the salt is 32 random bytes. The audit record notes the head after each write, so
that rewriting a whole history is detected too.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from parentis.errors import IntegrityError
from parentis.web.cases import records
from parentis.web.cases.declarations import OPENED
from parentis.web.cases.encryption import decrypt, encrypt

if TYPE_CHECKING:
    from parentis.web.cases.models import Case, Entry

SALT_BYTES = 32
ERASED = "forgotten"
"""The entry that records that the values before it were erased."""
ERASURE_ASKED = "erasure-asked"
"""The entry by which one person requests an erasure, for another to confirm."""
CHAINED = ("case", "sequence", "at", "who", "what", "state", "commitment")
"Every field of an entry but the hashes themselves: a test holds this against the model."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry as shown to readers. `value` is None where it was erased."""

    entry: "Entry"
    who: str
    value: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """`forgotten`: how many of the entries' values have been erased."""

    entries: int
    forgotten: int


def erasure_asked_by(case: "Case") -> int | None:
    """The key of the person who requested an erasure that has not yet been carried out; None if nobody did."""
    last = case.entries.filter(what__in=[ERASURE_ASKED, ERASED]).order_by("sequence").last()
    return last.who if last is not None and last.what == ERASURE_ASKED else None


def taken_by(case: "Case", steps: Collection[str]) -> frozenset[int]:
    """The keys of the people who last took each of these steps of a case, its opening among them (`OPENED`); the site
    itself is nobody."""
    found: dict[str, int | None] = {}
    if not steps:
        return frozenset()
    taken = case.entries.filter(what__in=(OPENED, "moved", "handed-over"))
    for entry in taken.select_related("value").order_by("-sequence"):
        step = OPENED if entry.what == OPENED else str((value_of(entry) or {}).get("move"))
        if step in steps:
            found.setdefault(step, entry.who)
    return frozenset(who for who in found.values() if who is not None)


def canonical(value: Mapping[str, Any]) -> bytes:
    """The canonical text of a value (plain JSON): keys sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def commitment_of(salt: bytes, value: Mapping[str, Any]) -> str:
    return hashlib.sha256(salt + canonical(value)).hexdigest()


def hash_of(previous: str, fields: Mapping[str, Any]) -> str:
    """64 hex digits over the previous hash and every chained field."""
    plain = {name: _plain(fields[name]) for name in CHAINED}
    return hashlib.sha256(previous.encode() + b"\n" + canonical(plain)).hexdigest()


def append(case: "Case", *, who: int | None, what: str, value: Mapping[str, Any], at: datetime) -> "Entry":
    """Add an entry to a case whose row the caller has locked, and move the case's head to it (the caller saves it)."""
    return append_all([(case, value)], who=who, what=what, at=at)[0]


def append_all(
    said: Iterable[tuple["Case", Mapping[str, Any]]], *, who: int | None, what: str, at: datetime
) -> list["Entry"]:
    """Like `append`, for several cases: an entry for each, with its value."""
    from parentis.web.cases.models import Entry, Value

    entries, kept = [], []
    for case, value in said:
        salt = secrets.token_bytes(SALT_BYTES)
        fields = {
            "case": case.pk, "sequence": case.sequence + 1, "at": at, "who": who, "what": what, "state": case.state,
            "commitment": commitment_of(salt, value),
        }  # fmt: skip
        digest = hash_of(case.head, fields)
        entries.append(Entry(**{**fields, "case": case}, previous=case.head, hash=digest))
        kept.append(json.dumps({"salt": salt.hex(), "value": value}).encode())
        case.sequence, case.head = case.sequence + 1, digest
    Entry.objects.bulk_create(entries)
    Value.objects.bulk_create(
        Value(entry=entry, sealed=encrypt(each, about(entry), enclave_of(entry)))
        for entry, each in zip(entries, kept, strict=True)
    )
    return entries


def lines(case: "Case") -> list[Line]:
    """The history, newest first, with the name of the person for each entry."""
    from parentis.web.people.models import Person

    entries = list(case.entries.select_related("value", "attachment").order_by("-sequence"))
    names = {one.pk: str(one) for one in Person.objects.filter(pk__in={entry.who for entry in entries})}
    return [
        Line(entry=entry, who=names.get(entry.who, "somebody") if entry.who else "the site", value=value_of(entry))
        for entry in entries
    ]


def value_of(entry: "Entry") -> Mapping[str, Any] | None:
    """The value of an entry, or None where it was erased."""
    opened = _opened(entry)
    return opened[1] if opened else None


@transaction.atomic
def verify(which: "Case") -> Verified:
    """Follow a case's chain from its first entry to its head; IntegrityError says what does not match.

    Values and files that still exist must match their commitments; for one that is missing, an entry must record its
    erasure.
    """
    from parentis.web.cases.models import FIRST, Case

    case = Case.objects.select_for_update().get(pk=which.pk)  # nobody writes between its row and its entries
    previous, forgotten, expected = FIRST, 0, 0
    entries = list(case.entries.select_related("value", "attachment").order_by("sequence"))
    erased_to = max((entry.sequence for entry in entries if entry.what == ERASED), default=0)
    for entry in entries:
        expected += 1
        fields = {name: getattr(entry, name) for name in CHAINED} | {"case": entry.case_id}
        if entry.sequence != expected or entry.previous != previous or entry.hash != hash_of(previous, fields):
            raise IntegrityError(f"case {case.pk}: entry {expected} of its history is not as it was written")
        if not _holds(entry):
            forgotten += 1
            if entry.sequence >= erased_to:
                raise IntegrityError(f"case {case.pk}: the value of entry {expected} is lost, and was not forgotten")
        previous = entry.hash
    if (case.sequence, case.head) != (expected, previous):
        raise IntegrityError(f"case {case.pk}: its history ends at entry {expected}, not at {case.sequence}")
    _compare_with_audit(case)
    return Verified(entries=expected, forgotten=forgotten)


def verify_all() -> Iterator[tuple["Case", Verified]]:
    """Each case with its result; raises at the first that does not verify."""
    from parentis.web.cases.models import Case

    for case in Case.objects.iterator():
        found = verify(case)
        if case.declared.register:
            records.verify(case, [(one.what, value_of(one)) for one in case.entries.order_by("sequence")])
        if case.declared.verify:
            case.declared.verify(case)
        yield case, found


def subject_of(case: "Case") -> str:
    """The subject under which the audit record lists a case."""
    return f"{case.kind} {case.pk}"


def _compare_with_audit(case: "Case") -> None:
    from parentis.web.audit.models import Entry as AuditEntry

    written = {f"{one.sequence}:{one.hash}" for one in case.entries.all()}
    for noted in AuditEntry.objects.filter(subject=subject_of(case)).values_list("detail", flat=True):
        if "history" in noted and noted["history"] not in written:
            raise IntegrityError(f"case {case.pk}: the audit record knows entry {noted['history']}, which is gone")


def _holds(entry: "Entry") -> bool:
    """Whether the value still exists and matches the entry's commitment."""
    opened = _opened(entry)
    if opened is None:
        return False
    salt, value = opened
    if commitment_of(salt, value) != entry.commitment:
        raise IntegrityError(f"case {entry.case_id}: the value of entry {entry.sequence} is not what it committed to")
    if hasattr(entry, "attachment"):
        if hashlib.sha256(file_of(entry)).hexdigest() != value["sha256"]:
            raise IntegrityError(f"case {entry.case_id}: the file of entry {entry.sequence} is another")
    elif "sha256" in value:
        raise IntegrityError(f"case {entry.case_id}: the file of entry {entry.sequence} is lost")
    return True


def file_of(entry: "Entry") -> bytes:
    """The bytes attached to an entry."""
    return decrypt(entry.attachment.sealed, about(entry) + "/file", enclave_of(entry))


def sealed_file(entry: "Entry", data: bytes) -> bytes:
    return encrypt(data, about(entry) + "/file", enclave_of(entry))


def _opened(entry: "Entry") -> tuple[bytes, dict[str, Any]] | None:
    if not hasattr(entry, "value"):
        return None
    kept = json.loads(decrypt(entry.value.sealed, about(entry), enclave_of(entry)))
    return bytes.fromhex(kept["salt"]), kept["value"]


def enclave_of(entry: "Entry") -> str:
    """The enclave whose key encrypts the values and file of this entry; empty for the key shared by all cases."""
    register = entry.case.declared.register
    return register.enclave if register else ""


def about(entry: "Entry") -> str:
    """The context to which a value of this entry is bound; `/file` is appended for its file."""
    return f"case {entry.case_id}/{entry.sequence}"


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value

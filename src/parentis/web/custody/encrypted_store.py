"""The enclave: what identifies a child, encrypted under its own key, and the one function that decrypts it for a
person.

`read` checks in what capacity the person reads the case (`audiences_of`), refuses any field not meant for that
audience, and puts the view and its reason on the audit record before it returns anything.
"""

import hmac
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.archive import CUSTODY_VARIABLE, HOME_VARIABLE, Key, carried, change_stamp, custody_key, find_home
from parentis.errors import IntegrityError, UserError
from parentis.web.audit.recorder import record
from parentis.web.cases import permissions
from parentis.web.cases.declarations import EDIT, VIEW
from parentis.web.cases.history import subject_of, value_of
from parentis.web.cases.models import Case
from parentis.web.custody.case_types import DETAINING, HOST, WITHDRAWN
from parentis.web.custody.fields import Audience, readable
from parentis.web.custody.models import Delivery, Detention, EncryptedValue

DIGEST_HEX = 32
RESEALED = "resealed"
"""The history entry that records that the values were encrypted again, under another key."""


class ReasonError(UserError):
    """A child's values were requested without a reason."""


class HeldError(UserError):
    """An erasure was requested while a legal hold applies, or while the child is still detained."""


LASTING = ("hash/key", "hash/body", "hash/lake", "hash/lake-child")
"""Uses whose secret stays the same when the enclave's key changes: the hashed text is not stored (senders' names of
messages), or the hash must stay the same (children's pseudonyms in the lake)."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """A key of the enclave, and the secrets carried over from earlier keys."""

    key: Key
    lasting: Mapping[str, Key]

    @classmethod
    def of(cls, key: Key) -> "Keyring":
        """The keyring for this key, with the secrets that the home carries over under it."""
        return cls(key, carried(find_home(), "custody", key))

    def use(self, use: str) -> Key:
        return self.lasting.get(use) or self.key.derive(f"custody/{use}")

    def digest(self, text: str, use: str) -> str:
        return _digest(self.use(f"hash/{use}"), text)


@lru_cache(maxsize=64)
def _derived(use: str, *_where: str | int | None) -> Key:
    """A key derived from the enclave's for one use; cached, because finding it reads files."""
    return Keyring.of(custody_key(find_home())).use(use)


def _key(use: str) -> Key:
    where = os.environ.get(HOME_VARIABLE), os.environ.get(CUSTODY_VARIABLE)
    return _derived(use, *where, change_stamp(find_home(), "custody"))


def encrypt(text: str, about: str) -> bytes:
    """`about` binds a value to its place: it cannot be decrypted anywhere else."""
    return _key("values").seal(text.encode(), about)


def decrypt(sealed: bytes, about: str) -> str:
    return _key("values").open(bytes(sealed), about).decode()


def digest(text: str, use: str) -> str:
    """A keyed hash (32 hex digits): the same text and use always give the same hash, and nobody can test guesses
    without the key."""
    return digest_all([text], use)[0]


def digest_all(texts: Iterable[str], use: str) -> list[str]:
    """Like `digest`, for several texts."""
    key = _key(f"hash/{use}")
    return [_digest(key, text) for text in texts]


def _digest(key: Key, text: str) -> str:
    return hmac.digest(key.secret, text.encode(), "sha256").hex()[:DIGEST_HEX]


def encrypted_values(reference: UUID, at: datetime, values: Mapping[str, str]) -> list[EncryptedValue]:
    """Unsaved rows, not yet linked to a case, for the detention with that reference: values that were true at `at`."""
    return [
        EncryptedValue(field=field, at=at, sealed=encrypt(text, about(reference, field)))
        for field, text in values.items()
    ]


def commitments(rows: Iterable[EncryptedValue]) -> dict[str, str]:
    """What a case's history stores about encrypted values: field to the SHA-256 of the encrypted value. It reveals
    nothing without the enclave's key, because no two encryptions are alike."""
    return {row.field: sha256(bytes(row.sealed)).hexdigest() for row in rows}


def keep(case: Case, rows: Iterable[EncryptedValue]) -> None:
    """Save rows of `encrypted_values` for a case."""
    keep_all([(case, rows)])


def keep_all(of_cases: Iterable[tuple[Case, Iterable[EncryptedValue]]]) -> None:
    """Like `keep`, for several cases."""
    made = []
    for case, rows in of_cases:
        for row in rows:
            row.case = case
            made.append(row)
    EncryptedValue.objects.bulk_create(made)


def audiences_of(person: Any, case: Case) -> frozenset[Audience]:
    """The audiences to which a person belongs for a case; empty for anyone who may not read it. When notice was given
    by mistake, only the force may see who the child is."""
    participant_roles = {DETAINING: Audience.FORCE, HOST: Audience.HOST}
    found = {participant_roles[role] for role in permissions.participant_roles_of(person, VIEW, case)}
    if permissions.allowed(person, EDIT, kind=case.kind, place=case.place):
        found.add(Audience.AUTHORITY if case.authority else Audience.DESK)
    return frozenset(found & {Audience.FORCE} if case.state == WITHDRAWN else found)


@transaction.atomic
def read(
    person: Any, case: Case, fields: Iterable[str] | None, why: str, *, request: HttpRequest | None = None
) -> dict[str, str]:
    """The current values of these fields (None: all that the person may read); a field that was not given, or is
    erased, is left out. Raises PermissionDenied for a field the person may not read, and ReasonError without a
    reason."""
    allowed = readable(audiences_of(person, case))
    wanted = allowed if fields is None else tuple(fields)
    if not allowed or not set(wanted) <= set(allowed):
        raise PermissionDenied("custody: a field of another's")
    if not why.strip():
        raise ReasonError(expected="a reason", found="none", where="custody", do="Give your reason for seeing this.")
    found = held(case, wanted)
    record(
        who=person, what="custody:read", authority=case.authority, subject=subject_of(case), why=why,
        detail={"fields": list(wanted)}, request=request,
    )  # fmt: skip
    return found


def held(case: Case, fields: Iterable[str]) -> dict[str, str]:
    """The current values, for the site's own use (routing, subject access). People must read them through `read`."""
    rows = {
        row.field: row for row in EncryptedValue.objects.filter(case=case, field__in=tuple(fields))
    }  # the last one wins
    reference = case.detention.reference
    found = {field: decrypt(row.sealed, about(reference, field)) for field, row in rows.items()}
    return {field: text for field, text in found.items() if text}


def verify(case: Case) -> int:
    """Return the number of values stored; raises IntegrityError unless they match the commitments in the case's
    history: all those made since the enclave's key was last changed, when each value was encrypted again."""
    said: Counter[tuple[str, str]] = Counter()
    for entry in case.entries.select_related("value").order_by("sequence"):
        value = value_of(entry) or {}
        if entry.what == RESEALED and "sealed_anew" in value:
            said = Counter((field, committed) for field, committed in value["sealed_anew"])
        said.update((value.get("sealed") or {}).items())
    kept = Counter(
        (row.field, sha256(bytes(row.sealed)).hexdigest()) for row in EncryptedValue.objects.filter(case=case)
    )
    if kept != said:
        fields = sorted({field for field, _ in (kept - said) + (said - kept)})
        raise IntegrityError(f"case {case.pk}: what is sealed of {', '.join(fields)} is not what was committed to")
    return kept.total()


def erase(case: Case) -> None:
    """Erase what identifies the child, and every way to find it. Runs inside the transaction that erases the case.
    Raises HeldError where a legal hold applies or the case is open, because nobody could act for the child afterwards.
    A detention whose end was never reported counts as ended once its retention period is over."""
    if case.closed_at is None and case.opened_at > timezone.now() - timedelta(days=settings.CUSTODY_KEEP_DAYS):
        raise HeldError(
            expected="a case that is closed", found="one that is open", where=str(case),
            do="Nothing was erased. It can be when custody has ended, or the notice is withdrawn.",
        )  # fmt: skip
    if Detention.objects.filter(case=case, held_at__isnull=False).exists():
        raise HeldError(
            expected="a case without a legal hold", found="one that is held", where=str(case),
            do="Nothing was erased. Remove the legal hold first, if it has ended.",
        )  # fmt: skip
    EncryptedValue.objects.filter(case=case).delete()
    Detention.objects.filter(case=case).update(record_hash=None)
    Delivery.objects.filter(case=case).update(body="")


def about(reference: UUID, field: str) -> str:
    """The place to which a value is bound."""
    return f"custody {reference}/{field}"

"""Replacing the enclave's key: every value of a child is encrypted again, and look-up hashes are made with the new key.

Run this while the site is stopped. Each case and each index is one transaction; the new key is recorded as the home's
key after the last one. If a run is interrupted, run it again with the same new key: completed work is skipped. Once the
home has recorded the new key, a process that still uses the old one is refused and can encrypt nothing more.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from parentis.archive import Key, begin_change, change_key, custody_key, find_home, finish_change
from parentis.errors import IntegrityError, UserError
from parentis.web.audit.recorder import record
from parentis.web.cases import history
from parentis.web.cases.models import Case
from parentis.web.custody import encrypted_store
from parentis.web.custody.encrypted_store import LASTING, RESEALED, Keyring, about
from parentis.web.custody.intake import index
from parentis.web.custody.models import Detention, EncryptedValue, IndexLoad
from parentis.web.custody.operations import spelled

NUMBER = "record_number"


class SameKeyError(UserError):
    """A new key that is the same as the old one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What was encrypted again. `old`, `new`: the keys' ids."""

    old: str
    new: str
    cases: int
    values: int
    on_indexes: int


def rotate(given: Key | None, *, in_home: bool) -> Rotated:
    """Encrypt everything under the key `given` (None: the one with which a change was begun, or a newly made one), and
    record it as the home's key. `in_home`: the key is in the home's own file. Raises IntegrityError, leaving that case
    unchanged, where a value does not match the commitment in its history."""
    home = find_home()
    finish_change(home, "custody")
    held = custody_key(home)
    if held == given:
        raise SameKeyError(
            expected="another key", found="the one in use", where="custody key", do="Make one: openssl rand -hex 32."
        )
    new = begin_change(home, "custody", given, in_home=in_home)
    old = Keyring.of(held)
    fresh = Keyring(new, {use: old.use(use) for use in LASTING})
    cases = values = 0
    for pk in EncryptedValue.objects.order_by("case").values_list("case", flat=True).distinct():
        done = _reseal(pk, old, fresh)
        cases, values = cases + bool(done), values + done
    on_indexes = sum(index.reseal(load, old, fresh) for load in IndexLoad.objects.all())
    with transaction.atomic():
        detail = {"old": held.id, "new": new.id, "cases": cases, "values": values, "on_indexes": on_indexes}
        record(who=None, what="custody-key:changed", subject="custody key", detail=detail)
        change_key(home, "custody", new, fresh.lasting)
    return Rotated(old=held.id, new=new.id, cases=cases, values=values, on_indexes=on_indexes)


@transaction.atomic
def _reseal(pk: int, old: Keyring, new: Keyring) -> int:
    """Encrypt a case's values under the new key and record that in its history; return how many, or 0 where already
    done."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=pk)
    rows = list(EncryptedValue.objects.filter(case=case).order_by("pk"))
    detention = Detention.objects.get(pk=pk)
    if all(_opens(row, detention, new) for row in rows):
        return 0
    encrypted_store.verify(case)
    numbers = []
    for row in rows:
        place = about(detention.reference, row.field)
        text = old.use("values").open(bytes(row.sealed), place)
        row.sealed = new.use("values").seal(text, place)
        if row.field == NUMBER:
            numbers.append(text.decode())
    EncryptedValue.objects.bulk_update(rows, ["sealed"])
    _rehash(detention, numbers, old, new)
    anew = [[field, each] for row in rows for field, each in encrypted_store.commitments([row]).items()]
    history.append(case, who=None, what=RESEALED, value={"sealed_anew": anew}, at=timezone.now())
    case.version += 1
    case.save()
    record(
        who=None, what="custody:resealed", authority=case.authority, subject=history.subject_of(case),
        detail={"history": f"{case.sequence}:{case.head}", "key": new.key.id},
    )  # fmt: skip
    return len(rows)


def _rehash(detention: Detention, numbers: list[str], old: Keyring, new: Keyring) -> None:
    """The hash for looking up the force's own number, made with the new key from the original number."""
    if detention.record_hash is None:
        return
    use = f"record/{detention.force_id}"
    for number in numbers:
        if old.digest(spelled(number), use) == detention.record_hash:
            Detention.objects.filter(pk=detention.pk).update(record_hash=new.digest(spelled(number), use))
            return
    raise IntegrityError(f"case {detention.pk}: its custody record's number is not the one it is found by")


def _opens(row: EncryptedValue, detention: Detention, keys: Keyring) -> bool:
    try:
        keys.use("values").open(bytes(row.sealed), about(detention.reference, row.field))
    except IntegrityError:
        return False
    return True

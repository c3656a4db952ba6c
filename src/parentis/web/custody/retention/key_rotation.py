"""The enclave's key replaced by another: every value of a child sealed anew, and found by hashes under the new key.

Run while the site is stopped. Each case, and each index, is one transaction; the home names the new key after the last
one. A run that was killed is run again, with the same new key: what is done already is left. A process that still holds
the old key when the home names the new one is refused by it, and seals nothing more.
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
    """A new key that is the old one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What was sealed anew. `old`, `new`: the keys' ids."""

    old: str
    new: str
    cases: int
    values: int
    on_indexes: int


def rotate(given: Key | None, *, in_home: bool) -> Rotated:
    """Seal everything under the key `given` (None: the one that a change was begun with, or one that is made), and name
    it as the home's. `in_home`: the key lies in the home's own file. IntegrityError, with nothing of that case changed,
    where a value is not what its history committed to."""
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
    """A case's values under the new key, and its history's word for it: gives how many; 0 where they were already."""
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
    """The hash by which the force's own number is found, under the new key: of the number that it was made of."""
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

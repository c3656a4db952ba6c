"""The values of a case's declared fields: storing, reading by permission, checking against the history, erasing.

`Record` holds the values as JSON: values that lists may search in plain text, encrypted ones under the key for written
content. Called by `cases.operations` and `cases.history`, in the transaction of the write.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError as DatabaseIntegrityError
from django.db import transaction

from parentis.errors import DeclarationError, IntegrityError, UserError
from parentis.web.cases import values as of
from parentis.web.cases.declarations import case_types
from parentis.web.cases.encryption import decrypt, encrypt, hashing_key
from parentis.web.cases.fields import Field, Register
from parentis.web.cases.models import Case, Record

if TYPE_CHECKING:
    from parentis.web.people.models import Person


class TakenError(UserError):
    """A case that is already in the register."""


def register_of(kind: str) -> Register:
    """The register of a kind of case."""
    register = case_types()[kind].register
    if register is None:
        raise DeclarationError(f"kind of case {kind} has no declared fields")
    return register


def plain_of(register: Register, values: Mapping[str, Any]) -> dict[str, Any]:
    """Every field's value as stored in JSON; fields without a value are None."""
    return {one.id: of.plain(one, values.get(one.id)) for one in register.fields}


def create(cases: Iterable[tuple[Case, Mapping[str, Any]]], *, practice: bool = False) -> list[Record]:
    """Store the values of new cases. Raises TakenError where a case is already in the register."""
    made = []
    for case, values in cases:
        record = Record(case=case, practice=practice)
        _put(record, case, plain_of(register_of(case.kind), values))
        made.append(record)
    _saved(made)
    return made


def change(case: Case, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Store new values of some fields; return what the history records: field to its old and new value."""
    record: Record = Record.objects.select_for_update().get(case=case)
    register, stored = register_of(case.kind), stored_of(record)
    new = {name: of.plain(register.field(name), value) for name, value in values.items()}
    changed = {name: [stored[name], value] for name, value in new.items() if stored[name] != value}
    _put(record, case, {**stored, **new})
    _saved([record])
    return changed


def moved(case: Case) -> None:
    """Update the key of a case that now belongs to another place."""
    record = _of(case)
    if record is not None and record.key is not None:
        _put(record, case, stored_of(record))
        _saved([record])


def erase(case: Case) -> None:
    """Erase the values of the fields that are erased with the case."""
    record = _of(case)
    if record is None:
        return
    register, stored = register_of(case.kind), stored_of(record)
    kept = {one.id: None if one.erased else stored[one.id] for one in register.fields}
    _put(record, case, kept)
    if any(register.field(name).erased for name in register.key):
        record.key = None
    record.save()


def stored_of(record: Record) -> dict[str, Any]:
    """Every field's value as stored in JSON, with the encrypted ones decrypted."""
    register = register_of(record.case.kind)
    closed = json.loads(decrypt(record.sealed, about(record), register.enclave)) if record.sealed else {}
    stored = {**record.values, **closed}
    return {one.id: stored.get(one.id) for one in register.fields}


def values_of(record: Record) -> dict[str, Any]:
    """Every field's value. `seen` limits them to what a person may see."""
    register, stored = register_of(record.case.kind), stored_of(record)
    return {one.id: of.value(one, stored[one.id]) for one in register.fields}


def readable(person: "Person | Any", case: Case) -> list[Field]:
    """The fields that a person may see, of a case that they may see."""
    from parentis.web.cases import permissions

    register = register_of(case.kind)
    asked = {one.readers for one in register.fields if one.readers}
    allowed = {permission for permission in asked if person is None or permissions.may_do(person, permission, case)}
    return [one for one in register.fields if not one.readers or one.readers in allowed]


def seen(person: "Person | Any", case: Case) -> list[tuple[Field, Any]]:
    """The fields that a person may see, each with its value."""
    values = values_of(case.record)
    return [(one, values[one.id]) for one in readable(person, case)]


def verify(case: Case, told: Iterable[tuple[str, Mapping[str, Any] | None]]) -> None:
    """Check the values against the commitments in the history: `told` are its entries' `what` and value, oldest
    first."""
    register, expected = register_of(case.kind), dict[str, Any]()
    for what, said in told:
        if said is None:
            return  # erased: nothing is left to check
        if what == "opened":
            expected |= said
        if "changed" not in said:  # an edit that stored no values, from before fields were declared
            lifted = {name for one in register.edits if what == f"{one.id}-changed" for name in one.fields}
            expected = {name: value for name, value in expected.items() if name not in lifted}
        expected |= {name: new for name, (_, new) in said.get("changed", {}).items()}
    record = Record.objects.filter(case=case).first()  # read without a lock: verifying changes nothing
    stored = stored_of(record) if record else {}
    for name in {one.id for one in register.fields} & set(expected):
        if name not in stored or stored[name] != expected[name]:
            raise IntegrityError(f"case {case.pk}: its field {name} is not what its history says")


def find(kind: str, place: str, values: Mapping[str, Any]) -> Record | None:
    """The case of a place with the same values in the key's fields, if there is one."""
    register = register_of(kind)
    if not register.key:
        return None
    key = _key(register, kind, place, plain_of(register, values))
    found: Record | None = Record.objects.select_related("case").filter(key=key).first()
    return found


def _of(case: Case) -> Record | None:
    """The case's record, locked; a case that was opened without values has none."""
    found: Record | None = Record.objects.select_for_update(of=("self",)).filter(case=case).first()
    return found


def _put(record: Record, case: Case, stored: Mapping[str, Any]) -> None:
    register = register_of(case.kind)
    record.values = {one.id: stored[one.id] for one in register.fields if not one.encrypted}
    closed = {one.id: stored[one.id] for one in register.fields if one.encrypted}
    filled = any(value is not None for value in closed.values())
    record.sealed = encrypt(json.dumps(closed).encode(), about(record), register.enclave) if filled else None
    record.key = _key(register, case.kind, case.place, stored) if register.key else None


def _key(register: Register, kind: str, place: str, stored: Mapping[str, Any]) -> str:
    """64 hex digits that two cases share only if their key fields are equal. A keyed hash where a key field is
    encrypted."""
    text = json.dumps([kind, place, *(stored[name] for name in register.key)], ensure_ascii=False).encode()
    if any(register.field(name).encrypted for name in register.key):
        return hashlib.blake2b(text, key=hashing_key().derive("register").secret, digest_size=32).hexdigest()
    return hashlib.sha256(text).hexdigest()


def _saved(records: list[Record]) -> None:
    keys = [one.key for one in records if one.key is not None]
    try:
        with transaction.atomic():
            if len(set(keys)) != len(keys):
                raise DatabaseIntegrityError
            for one in records:
                one.save()
    except DatabaseIntegrityError:
        register = register_of(records[0].case.kind)
        names = ", ".join(register.field(name).label.lower() for name in register.key)
        raise TakenError(
            expected="a new one", found="one already in the register", where="the register",
            do=f"Search for it by its {names}.",
        ) from None  # fmt: skip


def about(record: Record) -> str:
    """The context to which the encryption of its fields is bound."""
    return f"case {record.case_id}/fields"

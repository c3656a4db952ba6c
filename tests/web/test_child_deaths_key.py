"""The enclave of child deaths has a key of its own, which can be replaced: for fields, comments, files and history."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from parentis import web
from parentis.archive import Key, enclave_key, find_home, keys_of
from parentis.errors import IntegrityError, KeyMissingError, NotFoundError
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases import encryption, history, operations, records
from parentis.web.cases.models import Attachment, Case, Record, Value
from parentis.web.cases.register.operations import enter
from parentis.web.child_deaths import stored
from parentis.web.child_deaths.case_types import ACTION, DEATH, ENCLAVE
from parentis.web.child_deaths.models import StoredPicture
from parentis.web.key_rotation import rotate

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
TODAY = date(2026, 11, 1)
PDF = b"%PDF-1.4\n%%EOF\n"
SAID = "The home visit is on Tuesday."
DIED = {
    "reference": "SYN-7", "notified_on": TODAY, "age": "1-4y", "jar": "sudden", "standard": "72-hours",
    "died_on": TODAY - timedelta(days=1), "born_on": date(2024, 5, 4), "borough": "E09000007", "looked_after": False,
    "plan": True,
}  # fmt: skip
LEARNED = {
    "number": "A1", "lesson": "Safe sleep", "factor": "C1", "context": "infant", "action": "Speak of it",
    "owner": "Health visiting", "agreed_on": TODAY, "term": "6-months",
}  # fmt: skip


@pytest.fixture
def case() -> Case:
    """A death with a comment and a file, and a lesson with a comment."""
    made = enter(by=None, kind=DEATH, place="cdr-ncl", values=DIED)
    operations.comment(by=None, case=made, text=SAID)
    operations.attach(by=None, case=made, name="plan.pdf", data=PDF, note="The plan")
    lesson = enter(by=None, kind=ACTION, place="cdr-ncl", values=LEARNED)
    operations.comment(by=None, case=lesson, text=SAID)
    stored.keep("signals", "mark", lambda: {"last": TODAY})
    return made


def _sealed() -> list[tuple[Any, str]]:
    """Everything of the enclave that lies sealed in the database."""
    return [
        *((one, history.about(one.entry)) for one in Value.objects.all()),
        *((one, f"{history.about(one.entry)}/file") for one in Attachment.objects.all()),
        *((one, stored.about(one.name)) for one in StoredPicture.objects.all()),
        *((one, records.about(one)) for one in Record.objects.filter(sealed__isnull=False)),
    ]


def _read(case: Case) -> tuple[Any, ...]:
    case = Case.objects.get(pk=case.pk)
    return (
        [history.value_of(one) for one in case.entries.order_by("sequence")],
        history.file_of(Attachment.objects.get().entry),
        records.values_of(case.record),
        stored.revived(_opened("signals")),
    )


def _opened(name: str) -> Any:
    """As another process opens it, which remembers nothing."""
    row = StoredPicture.objects.get(name=name)
    return json.loads(encryption.decrypt(row.sealed, stored.about(name), ENCLAVE))


def _opens(key: Key, row: Any, about: str) -> bool:
    try:
        key.derive("cases").open(bytes(row.sealed), about)
    except IntegrityError:
        return False
    return True


def test_everything_of_a_death_lies_under_the_enclaves_key_and_nothing_under_that_of_all_cases(case: Case) -> None:
    home = find_home()
    rows = _sealed()
    assert {type(row) for row, _ in rows} == {Value, Attachment, Record, StoredPicture}
    assert len(rows) >= 7
    assert all(_opens(enclave_key(home, ENCLAVE), *one) for one in rows)
    assert not any(_opens(key, *one) for one in rows for key in keys_of(home, "master"))
    assert SAID in str(_read(case)[0])


@pytest.mark.parametrize("times", [1, 2])
def test_a_key_that_is_replaced_opens_nothing_more_and_everything_is_read_as_before(case: Case, times: int) -> None:
    home, before = find_home(), _read(case)
    old = keys_of(home, ENCLAVE)[-1]
    for _ in range(times):
        new, count = rotate(ENCLAVE, who="ann")
        assert count == len(_sealed())
    assert keys_of(home, ENCLAVE)[-1].id == new != old.id
    assert not any(_opens(old, *one) for one in _sealed())
    assert _read(case) == before
    operations.comment(by=None, case=Case.objects.get(pk=case.pk), text="Said after.")
    assert not any(_opens(old, *one) for one in _sealed())
    assert all(_opens(keys_of(home, ENCLAVE)[-1], *one) for one in _sealed())
    web.verify_record()
    said = AuditEntry.objects.filter(what="key:replace")
    assert [one.subject for one in said] == [f"{ENCLAVE} key"] * times


def test_the_master_key_is_replaced_and_the_enclave_is_left_as_it_is(case: Case) -> None:
    before, sealed = _read(case), [bytes(row.sealed) for row, _ in _sealed()]
    rotate("master", who="ann")
    assert [bytes(row.sealed) for row, _ in _sealed()] == sealed
    assert _read(case) == before


def test_a_key_of_the_environment_is_replaced_by_the_one_that_is_given(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, path = _read(case), Path(find_home().keys / f"{ENCLAVE}.key")
    first, second = path.read_text().strip(), Key.random().secret.hex()
    path.unlink()
    monkeypatch.setenv("PARENTIS_CHILD_DEATHS_KEY", first)
    with pytest.raises(KeyMissingError, match="PARENTIS_CHILD_DEATHS_KEY_NEW"):
        rotate(ENCLAVE, who="ann")
    monkeypatch.setenv("PARENTIS_CHILD_DEATHS_KEY_NEW", second)
    rotate(ENCLAVE, who="ann")
    monkeypatch.setenv("PARENTIS_CHILD_DEATHS_KEY", first)
    with pytest.raises(KeyMissingError, match=f"the {ENCLAVE} key"):
        enclave_key(find_home(), ENCLAVE)
    monkeypatch.setenv("PARENTIS_CHILD_DEATHS_KEY", second)
    assert _read(case) == before


def test_what_was_said_before_the_enclave_had_its_key_is_read_and_comes_under_it(case: Case) -> None:
    """As an installation of an earlier version holds it: under the key of all cases."""
    before = _read(case)
    for row, about in _sealed():
        plain = encryption.decrypt(row.sealed, about, ENCLAVE)
        type(row).objects.filter(pk=row.pk).update(sealed=encryption.encrypt(plain, about))
    assert _read(case) == before
    rotate(ENCLAVE, who="ann")
    assert _read(case) == before
    assert all(_opens(keys_of(find_home(), ENCLAVE)[-1], *one) for one in _sealed())


def test_a_key_that_there_is_not_is_refused_in_a_sentence() -> None:
    with pytest.raises(NotFoundError, match="child-deaths"):
        rotate("child-death", who="ann")

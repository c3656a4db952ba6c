"""The enclave's key replaced on a full home: everything opens and is found as before, and the old key opens nothing."""

from typing import Any

import pytest
from custody_places import CHILD, CROYDON, entry, fresh_indexes, news, notice, suite_of
from django.core.management import CommandError, call_command

from parentis.archive import Key, custody_key, find_home
from parentis.errors import IntegrityError, KeyMissingError
from parentis.web.cases.models import Case
from parentis.web.custody import encrypted_store, operations
from parentis.web.custody.encrypted_store import digest, held
from parentis.web.custody.intake import index
from parentis.web.custody.models import Detention, EncryptedValue, IndexPerson
from parentis.web.custody.operations import DeliveryError
from parentis.web.custody.retention import key_rotation
from parentis.web.custody.retention.key_rotation import SameKeyError, rotate
from parentis.web.verification import verify_record

pytestmark = [pytest.mark.django_db, pytest.mark.integration]


@pytest.fixture
def full(places: Any) -> list[Detention]:
    """Three children, one with news and one forgotten; every authority's index."""
    fresh_indexes(entry())
    suite = suite_of(places["police"])
    made = [notice(suite, f"SYN/{number}").detention for number in (1, 2, 3)]
    operations.tell(by=None, detention=made[1], news=news(surname="Practice", needs="None known"), key="news")
    operations.withdraw(by=None, detention=made[2], why="By mistake")
    from parentis.web.cases.operations import erase

    erase(by=None, case=Case.objects.get(pk=made[2].pk), why="Asked for")
    return made


def opened(old: Key) -> int:
    """How many values a key opens."""
    found = 0
    for row in EncryptedValue.objects.select_related("case__detention"):
        try:
            old.derive("custody/values").open(
                bytes(row.sealed), encrypted_store.about(row.case.detention.reference, row.field)
            )
        except IntegrityError:
            continue
        found += 1
    return found


def test_everything_is_under_the_new_key_and_found_as_before(places, full):
    suite, before = suite_of(places["police"]), custody_key(find_home())
    pseudonym = digest("synthea practisson 2010-02-03", "lake-child")
    values, said = EncryptedValue.objects.count(), held(full[1].case, CHILD)
    done = rotate(None, in_home=True)
    assert (done.cases, done.values, done.on_indexes) == (2, values, 1)
    assert custody_key(find_home()).id == done.new != done.old == before.id
    assert opened(before) == 0
    assert opened(custody_key(find_home())) == values
    assert held(full[1].case, CHILD) == said | {"surname": "Practice"}
    verify_record()
    # found by the force's number, and by the sender's name of the message
    with pytest.raises(DeliveryError, match="a new custody record"):
        notice(suite, "syn / 1", key="another")
    assert Detention.objects.get(record_hash=operations.record_hash("SYN/2", suite.force_id)) == full[1]
    assert digest("synthea practisson 2010-02-03", "lake-child") == pseudonym
    # the index still knows her
    assert notice(suite, "SYN/9").detention.case.place == CROYDON
    # and once more, from the new key to another
    assert rotate(None, in_home=True).values == EncryptedValue.objects.count()
    assert digest("synthea practisson 2010-02-03", "lake-child") == pseudonym
    verify_record()


def test_a_message_sent_before_the_change_is_answered_as_before_after_it(places, person, full):
    by, suite = person("custody-officer", "police"), suite_of(places["police"])
    told = news(record_number="SYN/7", surname="Practisson")
    first = operations.take_in(by=by, suite=suite, news=told, key="k7")
    rotate(None, in_home=True)
    again = operations.take_in(by=by, suite=suite, news=told, key="k7")
    assert (again.new, again.answer) == (False, first.answer)


def test_a_change_that_was_killed_is_finished_with_the_key_it_began_with(full, monkeypatch):
    before, values = custody_key(find_home()), EncryptedValue.objects.count()
    whole, calls = key_rotation._reseal, []

    def killed(pk: int, *keys: Any) -> int:
        calls.append(pk)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(pk, *keys)

    with monkeypatch.context() as broken:
        broken.setattr(key_rotation, "_reseal", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate(None, in_home=True)
    assert 0 < opened(before) < values
    assert custody_key(find_home()) == before
    with pytest.raises(key_rotation.UserError, match="to which a change was begun"):
        rotate(Key.random(), in_home=True)
    assert rotate(None, in_home=True).cases == 1
    assert (opened(before), opened(custody_key(find_home()))) == (0, values)
    verify_record()


def test_a_value_that_was_changed_stops_the_change(full):
    EncryptedValue.objects.filter(case=full[0].pk, field="surname").delete()
    with pytest.raises(IntegrityError, match="surname"):
        rotate(None, in_home=True)


def test_with_its_key_in_a_variable_a_process_that_has_the_old_one_is_refused(places, full, monkeypatch, capsys):
    before, new = custody_key(find_home()), Key.random()
    monkeypatch.setenv("PARENTIS_CUSTODY_KEY", before.secret.hex())
    with pytest.raises(CommandError, match="PARENTIS_CUSTODY_KEY_NEW"):
        call_command("custody_change_key")
    monkeypatch.setenv("PARENTIS_CUSTODY_KEY_NEW", before.secret.hex())
    with pytest.raises(CommandError, match="another key"):
        call_command("custody_change_key")
    monkeypatch.setenv("PARENTIS_CUSTODY_KEY_NEW", new.secret.hex())
    call_command("custody_change_key")
    told = capsys.readouterr().out
    assert new.id in told
    assert new.secret.hex() not in told
    with pytest.raises(KeyMissingError, match=new.id):  # the variable still has the old one
        notice(suite_of(places["police"]), "SYN/8")
    monkeypatch.setenv("PARENTIS_CUSTODY_KEY", new.secret.hex())
    assert notice(suite_of(places["police"]), "SYN/8").new
    assert index.candidates([operations.subject_of(CHILD, {})])[0]
    assert IndexPerson.objects.count() == 1
    with pytest.raises(SameKeyError):
        rotate(new, in_home=False)

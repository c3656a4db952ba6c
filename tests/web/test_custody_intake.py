"""Notices in: decided, kept once, sealed, on the record; news in any order."""

from datetime import timedelta

import pytest
from custody_places import CAMDEN, CHILD, CROYDON, DETAIL, entry, fresh_indexes, news, notice, suite_of
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.utils import timezone

from parentis.errors import IntegrityError
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases import history, permissions
from parentis.web.cases.models import Case
from parentis.web.cases.operations import erase
from parentis.web.custody import encrypted_store, operations
from parentis.web.custody.intake import index
from parentis.web.custody.intake.notices import NoticeError
from parentis.web.custody.models import Delivery, Detention, EncryptedValue, IndexKey, IndexLoad, IndexPerson
from parentis.web.custody.operations import DeliveryError
from parentis.web.verification import verify_record

pytestmark = [pytest.mark.django_db, pytest.mark.integration]


def test_a_child_on_an_index_goes_to_the_authority_that_looks_after_her(places, person):
    fresh_indexes(entry())
    taken = notice(suite_of(places["police"]), by=person("custody-officer", "police"))
    case, detention = taken.detention.case, taken.detention
    assert (case.place, case.state, taken.new) == (CROYDON, "sent", True)
    assert (detention.rule, detention.also, detention.standing) == ("looked-after", CAMDEN, "looked after")
    assert taken.answer["authority_name"] == "Croydon"
    assert AuditEntry.objects.filter(what="custody:opened", authority=CROYDON).count() == 1


@pytest.mark.parametrize(
    ("changed", "said", "rule"),
    [
        ({"first_name": "Synthia", "surname": "Practice"}, {}, "likeness"),
        ({}, {"date_of_birth": ""}, "no-date-of-birth"),
        ({"date_of_birth": timezone.datetime(2010, 3, 2).date()}, {}, "likeness"),
    ],
)
def test_doubt_goes_to_the_desk_and_a_person_sends_it_on(places, person, changed, said, rule):
    fresh_indexes(entry(**changed))
    detention = notice(suite_of(places["police"]), **said).detention
    assert (detention.case.place, detention.case.state, detention.rule) == ("london", "desk", rule)
    with pytest.raises(PermissionDenied):
        operations.send(by=person("analyst", "region"), detention=detention, authority="Croydon", why="x", seen=None)
    desk, duty = person("routing-desk", "region"), person("emergency-duty", "croydon")
    with pytest.raises(Http404):
        permissions.case_for(duty, "custody", detention.pk)
    operations.send(by=desk, detention=detention, authority="Croydon", why="The mother was asked", seen=None,
                 standing="case")  # fmt: skip
    after = Detention.objects.get(pk=detention.pk)
    assert (after.case.place, after.case.state, after.rule, after.standing) == (CROYDON, "sent", "by-hand", "case")
    assert permissions.case_for(duty, "custody", detention.pk)
    with pytest.raises(Http404):
        permissions.case_for(desk, "custody", detention.pk)


def test_an_index_older_than_a_day_sends_its_notices_to_the_desk(places):
    fresh_indexes(entry())
    IndexLoad.objects.filter(authority=CROYDON).update(as_of=timezone.now() - timedelta(hours=25))
    assert CROYDON in index.stale()
    assert index.expired() == [CROYDON]
    taken = notice(suite_of(places["police"]))
    assert taken.detention.case.state == "desk"
    assert index.expire(*index.expired()) == 1
    assert not IndexPerson.objects.filter(load__authority=CROYDON).exists()
    assert not IndexKey.objects.exists()


def test_the_next_index_takes_the_place_of_the_last(places, person):
    fresh_indexes(entry())
    with pytest.raises(PermissionDenied):
        index.load(by=person("analyst", "camden"), authority=CROYDON, entries=[], as_of=timezone.now())
    index.load(by=person("analyst", "croydon"), authority=CROYDON, entries=[entry(surname="Else")],
               as_of=timezone.now())  # fmt: skip
    assert IndexPerson.objects.count() == 1
    assert notice(suite_of(places["police"])).detention.case.place != CROYDON


def test_the_same_message_again_gets_the_same_answer_and_nothing_happens_twice(places):
    fresh_indexes(entry())
    suite, now = suite_of(places["police"]), timezone.now()
    said = {"record_number": "SYN/1", **CHILD}
    first = operations.take_in(by=None, suite=suite, news=news(now, **said), key="k1")
    again = operations.take_in(by=None, suite=suite, news=news(now, **said), key="k1")
    assert (first.new, again.new) == (True, False)
    assert first.answer == again.answer
    assert (Case.objects.count(), Delivery.objects.count()) == (1, 1)
    with pytest.raises(DeliveryError, match="another"):
        operations.take_in(by=None, suite=suite, news=news(now, **said | {"surname": "Else"}), key="k1")
    with pytest.raises(DeliveryError, match=str(first.detention.reference)):
        operations.take_in(by=None, suite=suite, news=news(now, **said), key="k2")
    assert Case.objects.count() == 1


def test_news_in_any_order_leaves_what_was_true_last(places, person):
    fresh_indexes(entry())
    officer = person("custody-officer", "police")
    detention = notice(suite_of(places["police"]), by=officer).detention
    at = timezone.now()
    later = news(at, charge=at - timedelta(minutes=2), bail="refused", needs="Asthma and a nut allergy")
    earlier = news(at - timedelta(minutes=1), charge=at - timedelta(minutes=9), aa_source="parent", needs="None known")
    assert operations.tell(by=officer, detention=detention, news=later, key="n1").answer["late"] == []
    assert operations.tell(by=officer, detention=detention, news=earlier, key="n2").answer["late"] == ["charge"]
    after = Detention.objects.get(pk=detention.pk)
    assert (after.charge, after.bail, after.aa_source) == (at - timedelta(minutes=2), "refused", "parent")
    assert encrypted_store.held(after.case, ["needs"]) == {"needs": "Asthma and a nut allergy"}
    assert len(history.lines(after.case)) == 3
    assert encrypted_store.verify(after.case) == 8 + 2
    replayed = operations.tell(by=officer, detention=detention, news=earlier, key="n2")
    assert not replayed.new
    assert len(history.lines(after.case)) == 3


def test_a_release_ends_it_and_one_taken_back_opens_it_again(places):
    fresh_indexes(entry())
    detention = notice(suite_of(places["police"])).detention
    now = timezone.now()
    assert (
        operations.tell(by=None, detention=detention, news=news(now, release=now), key="r").answer["state"] == "ended"
    )
    back = news(now + timedelta(seconds=1), release=None)
    assert operations.tell(by=None, detention=detention, news=back, key="s").answer["state"] == "sent"
    case = Case.objects.get(pk=detention.pk)
    assert (case.closed_at, case.detention.release) == (None, None)


def test_another_force_can_neither_tell_nor_see(places, person):
    from parentis.web.people.models import Organisation

    places["other"] = Organisation.objects.create(slug="other-force", name="Other force", kind="police",
                                                  footprint="london")  # fmt: skip
    fresh_indexes(entry())
    other = person("custody-officer", "other")
    suite = suite_of(places["police"])
    with pytest.raises(PermissionDenied):
        notice(suite, by=other)
    detention = notice(suite).detention
    with pytest.raises(PermissionDenied):
        operations.tell(by=other, detention=detention, news=news(bail="granted"), key="x")
    assert not permissions.visible(other, "custody").exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "record_number"),
        ({"record_number": "SYN", "arrival": "yesterday"}, "arrival: a date and time with its UTC offset"),
        ({"record_number": "SYN", "release": "2999-01-01T00:00:00+00:00"}, "release: .*not in the future"),
        ({"record_number": "SYN", "date_of_birth": "2010-02-31"}, "date_of_birth: a date, year first"),
        ({"record_number": "SYN", "sex": "Q"}, "sex: one of F, M, U"),
        ({"record_number": "SYN", "claimed_authority": "Atlantis"}, "claimed_authority: an authority's ONS code"),
        ({"record_number": "SYN", "strip_searched": "yes"}, "strip_searched: true or false"),
        ({"record_number": "SYN", "surname": "x" * 101}, "surname: at most 100 characters"),
        ({"record_number": "SYN", "shoe_size": "4"}, "shoe_size: there is no such field"),
        ({"record_number": "SYN", "reviews": "often"}, "reviews: a list"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence_that_shows_no_value(places, said, sentence):
    with pytest.raises(NoticeError, match=sentence) as refused:
        operations.take_in(by=None, suite=suite_of(places["police"]), news=news(**said), key="k")
    for value in said.values():
        assert str(value) not in str(refused.value) or len(str(value)) < 4
    assert not Case.objects.exists()


def test_no_value_of_a_child_lies_open_in_the_database(places):
    fresh_indexes(entry())
    notice(suite_of(places["police"]))
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr([[bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]
                         for row in cursor.fetchall()])  # fmt: skip
            found += [(table, value) for value in (*CHILD.values(), *DETAIL.values(), "SYN/1") if value in text]
    assert found == []


def test_reading_is_by_field_with_a_reason_and_on_the_record(places, person):
    fresh_indexes(entry())
    case = notice(suite_of(places["police"])).detention.case
    duty, host = person("emergency-duty", "croydon"), person("emergency-duty", "camden")
    assert encrypted_store.read(duty, case, ["surname"], "Answering the notice") == {"surname": "Practisson"}
    noted = AuditEntry.objects.get(what="custody:read")
    assert (noted.who, noted.why, noted.detail) == (duty.pk, "Answering the notice", {"fields": ["surname"]})
    with pytest.raises(PermissionDenied):
        encrypted_store.read(host, case, ["address"], "Curious")
    assert set(encrypted_store.read(host, case, None, "Finding a bed")) == {
        "first_name",
        "surname",
        "date_of_birth",
        "needs",
    }
    with pytest.raises(encrypted_store.ReasonError):
        encrypted_store.read(duty, case, None, "  ")
    for role, place in (("analyst", "croydon"), ("routing-desk", "region"), ("data-protection", "croydon"),
                        ("front-door", "camden"), ("improvement-lead", "police")):  # fmt: skip
        if (role, place) != ("front-door", "camden"):
            with pytest.raises(PermissionDenied):
                encrypted_store.read(person(role, place), case, None, "Curious")
    assert AuditEntry.objects.filter(what="custody:read").count() == 2


def test_what_is_forgotten_is_gone_and_the_history_still_verifies(places, person):
    fresh_indexes(entry())
    officer = person("custody-officer", "police")
    taken = notice(suite_of(places["police"]), by=officer, key="k")
    case = taken.detention.case
    operations.tell(by=None, detention=taken.detention, news=news(release=timezone.now()), key="over")
    erase(by=person("data-protection", "croydon"), case=case, why="Asked for")
    after = Case.objects.get(pk=case.pk)
    assert not EncryptedValue.objects.filter(case=case).exists()
    assert after.detention.record_hash is None
    assert encrypted_store.verify(after) == 0
    assert history.verify(after).forgotten == 2
    with pytest.raises(DeliveryError):
        notice(suite_of(places["police"]), by=officer, key="k")
    verify_record()


def test_a_sealed_value_that_was_changed_lost_or_moved_is_found(places):
    fresh_indexes(entry())
    case = notice(suite_of(places["police"])).detention.case
    other = notice(suite_of(places["police"]), number="SYN/2", surname="Else").detention.case
    one = EncryptedValue.objects.get(case=case, field="surname")
    EncryptedValue.objects.filter(pk=one.pk).update(
        sealed=EncryptedValue.objects.get(case=other, field="surname").sealed
    )
    with pytest.raises(IntegrityError, match="surname"):
        encrypted_store.verify(case)
    with pytest.raises(IntegrityError, match="surname"):
        verify_record()
    with pytest.raises(IntegrityError):
        encrypted_store.held(case, ["surname"])
    EncryptedValue.objects.filter(pk=one.pk).delete()
    with pytest.raises(IntegrityError, match="surname"):
        encrypted_store.verify(case)

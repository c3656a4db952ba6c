"""News of who a child is decides again whose child it is; a notice given by mistake is taken back."""

from datetime import timedelta

import pytest
from custody_places import CAMDEN, CHILD, CROYDON, entry, fresh_indexes, news, notice, suite_of
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases import history, permissions
from parentis.web.cases.models import Case
from parentis.web.cases.operations import CaseStateError, move
from parentis.web.custody import encrypted_store, operations
from parentis.web.custody.models import Delivery, Detention, EncryptedValue
from parentis.web.custody.operations import DeliveryError
from parentis.web.duty.models import Call
from parentis.web.notices.models import Notice
from parentis.web.verification import verify_record

pytestmark = [pytest.mark.django_db, pytest.mark.integration]
TRUE = {"first_name": "Truly", "surname": "Camdenite", "date_of_birth": "2011-05-06", "postcode": "ZZ9 9ZZ",
        "address": "9 Practice Road"}  # fmt: skip
"Somebody on Camden's index, who first gives Croydon's child's name."
CAMDENS = entry(CAMDEN, person_ref="SYN9", first_name="Truly", surname="Camdenite", postcode="ZZ9 9ZZ",
                address="9 Practice Road", date_of_birth=timezone.datetime(2011, 5, 6).date())  # fmt: skip


@pytest.fixture
def sent(places):
    """A notice that Croydon has, of a child who gives its child's name."""
    fresh_indexes(entry(), CAMDENS)
    detention = notice(suite_of(places["police"])).detention
    assert detention.case.place == CROYDON
    return detention


def tell(detention, key="n", **said):
    return operations.tell(by=None, detention=detention, news=news(timezone.now(), **said), key=key)


def now(detention):
    return Detention.objects.select_related("case").get(pk=detention.pk)


def test_a_corrected_identity_goes_to_the_right_borough_and_the_wrong_one_sees_no_more(sent, person):
    croydon, camden = person("emergency-duty", "croydon"), person("emergency-duty", "camden")
    desk = person("routing-desk", "region")
    encrypted_store.read(croydon, sent.case, ["surname"], "Answering")
    taken = tell(sent, **TRUE)
    assert (taken.answer["authority"], taken.answer["rule"]) == (CAMDEN, "looked-after")
    after = now(sent)
    assert (after.case.place, after.case.state, after.rule) == (CAMDEN, "sent", "looked-after")
    with pytest.raises(Http404):
        permissions.case_for(croydon, "custody", sent.pk)
    with pytest.raises(PermissionDenied):
        encrypted_store.read(croydon, after.case, ["surname"], "Curious")
    assert encrypted_store.read(camden, after.case, ["surname"], "Answering") == {"surname": "Camdenite"}
    # On the record, under the borough that should not have had it, with who of it had looked.
    noted = AuditEntry.objects.get(what="custody:decided-again")
    assert (noted.authority, noted.detail["from"], noted.detail["to"]) == (CROYDON, CROYDON, CAMDEN)
    assert noted.detail["read_by"] == [croydon.pk]
    assert Call.objects.get(case=after.case, ended_at=None).place == CAMDEN
    texts = {each.person_id: each.text for each in Notice.objects.all()}
    assert "no longer with Croydon" in texts[croydon.pk]
    assert "Camden" not in texts[croydon.pk]
    assert "It went to Camden" in texts[desk.pk]
    assert not any("Camdenite" in text or "Practisson" in text for text in texts.values())
    verify_record()
    assert encrypted_store.verify(after.case)


def test_doubt_after_news_is_the_desks_and_its_people_are_called(sent, person):
    croydon, desk = person("emergency-duty", "croydon"), person("routing-desk", "region")
    move(by=None, case=sent.case, move="acknowledge", seen=None)
    taken = tell(sent, surname="Camdenite")
    assert (taken.answer["state"], taken.answer["authority"]) == ("desk", None)
    after = now(sent)
    assert (after.case.place, after.case.state, after.rule) == ("london", "desk", "likeness")
    assert Call.objects.get(case=after.case, ended_at=None).place == "london"
    with pytest.raises(Http404):
        permissions.case_for(croydon, "custody", sent.pk)
    assert permissions.case_for(desk, "custody", sent.pk)


def test_the_duty_desk_that_helped_sees_no_more_than_the_decision_in_force_lets_it(sent, person):
    helper = person("emergency-duty", "camden")  # where the suite stands
    assert permissions.case_for(helper, "custody", sent.pk)
    tell(sent, surname="Else")
    with pytest.raises(Http404):
        permissions.case_for(helper, "custody", sent.pk)
    tell(sent, key="m", surname=CHILD["surname"])
    assert now(sent).case.place == CROYDON
    assert permissions.case_for(helper, "custody", sent.pk)


def test_what_waits_at_the_desk_goes_by_itself_when_news_makes_it_sure(places):
    fresh_indexes(entry())
    detention = notice(suite_of(places["police"]), surname="", key="k").detention
    assert detention.case.state == "desk"
    assert tell(detention, surname=CHILD["surname"]).answer["authority"] == CROYDON
    assert now(detention).case.state == "sent"


def test_news_that_says_nothing_of_who_the_child_is_leaves_it_where_people_put_it(places, person):
    fresh_indexes(entry(surname="Practice"))
    detention = notice(suite_of(places["police"])).detention
    operations.send(
        by=person("routing-desk", "region"), detention=detention, authority="Camden", why="Asked", seen=None
    )
    tell(detention, charge=timezone.now())
    tell(detention, key="o", confirmed_by="parent")  # the doubt is what it was, and a person has settled it
    after = now(detention)
    assert (after.case.place, after.rule) == (CAMDEN, "by-hand")
    tell(detention, key="p", surname="Practice")  # what the person at the desk could not know
    assert now(detention).case.place == CROYDON


def test_news_that_comes_late_changes_nothing(sent):
    before = timezone.now() - timedelta(hours=1)
    taken = operations.tell(by=None, detention=sent, news=news(before, **TRUE), key="n")
    assert taken.answer["authority"] == CROYDON
    assert now(sent).case.place == CROYDON


def test_an_identity_corrected_after_custody_ended_is_corrected_for_the_borough_too(sent, person):
    croydon = person("emergency-duty", "croydon")
    tell(sent, key="r", release=timezone.now())
    tell(sent, **TRUE)
    after = now(sent)
    assert (after.case.place, after.case.state) == (CAMDEN, "ended")
    assert not Call.objects.filter(case=after.case, ended_at=None, place=CAMDEN).exists()
    with pytest.raises(Http404):
        permissions.case_for(croydon, "custody", sent.pk)
    tell(sent, key="s", surname="Else")
    assert now(sent).case.state == "desk"
    operations.send(by=None, detention=sent, authority="Croydon", why="The passport came", seen=None)
    assert (now(sent).case.place, now(sent).case.state) == (CROYDON, "ended")


def test_the_answer_to_news_is_the_same_when_it_comes_twice(sent):
    at = timezone.now()
    first = operations.tell(by=None, detention=sent, news=news(at, **TRUE), key="n")
    again = operations.tell(by=None, detention=sent, news=news(at, **TRUE), key="n")
    assert (first.new, again.new) == (True, False)
    assert first.answer == again.answer
    assert AuditEntry.objects.filter(what="custody:decided-again").count() == 1


def test_a_notice_given_by_mistake_is_withdrawn_and_the_borough_told(sent, places, person):
    officer, croydon = person("custody-officer", "police"), person("emergency-duty", "croydon")
    for blank in ("", "  "):
        with pytest.raises(CaseStateError, match="a reason"):
            operations.withdraw(by=officer, detention=sent, why=blank)
    with pytest.raises(PermissionDenied):
        operations.withdraw(by=croydon, detention=sent, why="Not ours")
    operations.withdraw(by=officer, detention=sent, why="Entered for the wrong person")
    after = now(sent)
    assert (after.case.state, after.case.closed_at is None) == ("withdrawn", False)
    assert "Notice withdrawn" in Notice.objects.get(person=croydon).text
    assert [one for one in history.lines(after.case) if (one.value or {}).get("why") == "Entered for the wrong person"]
    assert AuditEntry.objects.filter(what="custody:moved", who=officer.pk).count() == 1
    with pytest.raises(PermissionDenied):
        encrypted_store.read(croydon, after.case, None, "Curious")
    assert encrypted_store.read(officer, after.case, ["surname"], "To see what was entered")
    with pytest.raises(DeliveryError, match="withdrawn"):
        tell(sent, charge=timezone.now())
    assert notice(suite_of(places["police"]), key="again").new, "the record may be given notice of anew"
    assert EncryptedValue.objects.filter(case=after.case).exists()


def test_pages_withdraw_and_correct(sent, client_of, person):
    client = client_of("custody-officer", "police")
    page = client.get(f"/custody/{sent.pk}/").content.decode()
    assert "Withdraw the notice" in page
    assert "Who the child is" in page
    form = {"key": "k", **TRUE}
    answer = client.post(f"/custody/{sent.pk}/news/who", form, follow=True)
    assert answer.status_code == 200
    assert now(sent).case.place == CAMDEN
    blank = client.post(f"/custody/{sent.pk}/withdraw", {"seen": now(sent).case.version, "why": "   "})
    assert "govuk-error-message" in blank.content.decode()
    client.post(f"/custody/{sent.pk}/withdraw", {"seen": now(sent).case.version, "why": "A mistake"})
    assert now(sent).case.state == "withdrawn"
    page = client_of("emergency-duty", "camden").get(f"/custody/{sent.pk}/").content.decode()
    assert "given by mistake" in page
    assert "A mistake" in page
    assert "Why do you need to see the child's details?" not in page
    assert client_of("emergency-duty", "camden").post(f"/custody/{sent.pk}/who", {"why": "act"}).status_code == 403


def test_a_record_number_is_one_however_it_is_written(places):
    suite = suite_of(places["police"])
    notice(suite, "MD/26/0815a")
    for written in ("md/26/0815A", "MD / 26 / 0815a"):
        with pytest.raises(DeliveryError, match="new"):
            notice(suite, written, key=written)
    assert Detention.objects.count() == 1 == Delivery.objects.count()


def test_a_child_who_is_still_held_is_not_erased(sent, client_of, person):
    officer = client_of("data-protection", "croydon")
    answer = officer.post(f"/custody/{sent.pk}/forget", {"why": "Asked for", "sure": "on"}, follow=True)
    assert "one that is open" in answer.content.decode()
    assert "Erase now" not in officer.get(f"/custody/{sent.pk}/keeping").content.decode()
    assert EncryptedValue.objects.filter(case=sent.case).exists()
    assert Case.objects.get(pk=sent.pk).erased_at is None
    tell(sent, release=timezone.now())
    officer.post(f"/custody/{sent.pk}/forget", {"why": "Asked for", "sure": "on"})
    assert not EncryptedValue.objects.filter(case=sent.case).exists()

"""The pages of intake and keeping: a notice by hand, the routing desk, an index, a hold, a copy for the child."""

import io
from datetime import timedelta

import fastexcel
import pytest
from custody_places import CHILD, CROYDON, entry, fresh_indexes, news, notice, suite_of
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases.models import Case
from parentis.web.custody.models import Detention, EncryptedValue, IndexLoad
from parentis.web.custody.operations import hold, send, tell

pytestmark = [pytest.mark.django_db, pytest.mark.integration]
HEAD = ("PERSON_REF,FIRST_NAME,SURNAME,DATE_OF_BIRTH,POSTCODE,LOOKED_AFTER,CARE_LEAVER,OPEN_CASE,YOUTH_JUSTICE_ORDER,"
        "RESPONSIBLE_AUTHORITY,AS_OF\n")  # fmt: skip


def test_an_officer_gives_notice_by_hand_and_twice_is_once(places, client_of):
    fresh_indexes(entry())
    suite = suite_of(places["police"])
    client = client_of("custody-officer", "police")
    assert "Custody record number" in client.get("/custody/new").content.decode()
    at = timezone.localtime(timezone.now() - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    form = {"key": "k", "suite": suite.pk, "record_number": "SYN/9", "arrival": at, **CHILD}
    answer = client.post("/custody/new", form, follow=True)
    assert "Notice sent to Croydon" in answer.content.decode()
    assert "Practisson" not in answer.content.decode()
    again = client.post("/custody/new", form | {"surname": "Else"})
    assert "another" in again.content.decode()
    assert Case.objects.filter(kind="custody").count() == 1
    wrong = client.post("/custody/new", form | {"key": "l", "record_number": ""})
    assert wrong.status_code == 200
    assert Case.objects.filter(kind="custody").count() == 1


def test_an_officer_of_another_force_has_no_suite_to_choose(places, client_of):
    from parentis.web.people.models import Organisation

    suite = suite_of(places["police"])
    places["other"] = Organisation.objects.create(slug="o", name="Other", kind="police", footprint="london")
    form = {"key": "k", "suite": suite.pk, "record_number": "SYN/9"}
    client_of("custody-officer", "other").post("/custody/new", form)
    assert not Case.objects.exists()


def test_the_desk_compares_for_a_reason_sends_with_one_and_sees_no_more(places, client_of, person):
    fresh_indexes(entry(surname="Practice"))
    case = notice(suite_of(places["police"])).detention.case
    assert case.state == "desk"
    client, where = client_of("routing-desk", "region"), f"/custody/{case.pk}/routing"
    first = client.get(where).content.decode()
    assert "Practisson" not in first
    page = client.post(where, {"why": "Twins of that name"}).content.decode()
    assert "Practisson" in page
    assert "Synthea Practice" in page
    noted = AuditEntry.objects.get(what="custody:compared")
    assert (noted.why, noted.detail["candidates"]) == ("Twins of that name", 1)
    given = {"looked": "Twins of that name", "seen": case.version, "authority": CROYDON, "standing": "case", "why": " "}
    assert "govuk-error-message" in client.post(where, given).content.decode()
    assert Case.objects.get(pk=case.pk).state == "desk"
    stale = client.post(where, given | {"why": "The aunt said so", "seen": case.version - 1})
    assert stale.status_code == 409
    # The child was shown again each time, and each time the record says so.
    assert AuditEntry.objects.filter(what="custody:compared", why="Twins of that name").count() == 3
    answer = client.post(where, given | {"why": "The aunt said so"}, follow=True)
    assert "no longer at the desk" in answer.content.decode()
    after = Detention.objects.get(pk=case.pk)
    assert (after.case.place, after.rule, after.standing) == (CROYDON, "by-hand", "case")
    assert client.get(where).status_code in {403, 404}


@pytest.mark.parametrize(
    "posted",
    [{"looked": "x"}, {"looked": "Twins of that name"}, {"why": ""}, {"why": "     "}, {"why": "x"},
     {"looked": "", "authority": CROYDON}, {"looked": "   ", "authority": CROYDON, "why": "Because she said so"},
     {"looked": "x", "authority": CROYDON, "seen": "0"}],
)  # fmt: skip
def test_the_desk_is_shown_nothing_without_a_reason_on_the_record(places, client_of, posted):
    fresh_indexes(entry(surname="Practice"))
    case = notice(suite_of(places["police"])).detention.case
    page = client_of("routing-desk", "region").post(f"/custody/{case.pk}/routing", posted).content.decode()
    assert not AuditEntry.objects.filter(what="custody:compared").exists()
    for shown in ("Practisson", "Synthea", "1 Practice Road", "ZZ1 1ZZ"):
        assert shown not in page


def test_what_the_sergeant_entered_is_read_by_the_desk_and_by_the_team_that_gets_it(places, client_of):
    fresh_indexes(entry(surname="Practice"))
    suite = suite_of(places["police"])
    detention = notice(suite, claimed_residence="Barnet", claimed_status="looked after", confirmed_by="parent",
                       record_number="SYN/4").detention  # fmt: skip
    desk = client_of("routing-desk", "region")
    before = desk.get(f"/custody/{detention.pk}/").content.decode()
    page = desk.post(f"/custody/{detention.pk}/routing", {"why": "Twins of that name"}).content.decode()
    send(by=None, detention=detention, authority="Croydon", why="The aunt said so", seen=None)
    team = client_of("emergency-duty", "croydon")
    received = team.get(f"/custody/{detention.pk}/").content.decode()
    for shown in (before, page, received):
        for said in ("Authority they live in, as claimed", "Barnet", "Looked after", "A parent or guardian"):
            assert said in shown
    assert "bits" not in page
    assert "perhaps" in page or "nearly" in page
    opened = team.post(f"/custody/{detention.pk}/who", {"why": "act"}).content.decode()
    titles = ("First name", "Surname", "Date of birth", "Address", "Postcode", "Health, needs", "Custody record number")
    places_of = [opened.index(f">{title}") for title in titles]
    assert places_of == sorted(places_of), "in the order in which one asks"
    assert "3 February 2010 (" in opened
    assert "2010-02-03" not in opened + page


def test_nobody_but_the_desk_compares(places, client_of):
    fresh_indexes(entry(surname="Practice"))
    case = notice(suite_of(places["police"])).detention.case
    for role, place in (("emergency-duty", "croydon"), ("custody-officer", "police"), ("analyst", "region"),
                        ("data-protection", "region")):  # fmt: skip
        assert client_of(role, place).post(f"/custody/{case.pk}/routing", {"why": "x"}).status_code in {403, 404}
    assert not AuditEntry.objects.filter(what="custody:compared").exists()


def test_an_index_is_sent_by_the_site_whole_or_not_at_all(places, client_of):
    client = client_of("analyst", "croydon")
    assert "has sent no index in the last day" in client.get("/custody/index/").content.decode()

    def send(text, authority=CROYDON):
        file = SimpleUploadedFile("index.csv", text.encode(), content_type="text/csv")
        return client.post("/custody/index/", {"authority": authority, "file": file}, follow=True)

    row = f"SYN1,Synthea,Practisson,03/02/2010,ZZ1 1ZZ,Y,N,N,N,,{timezone.now().isoformat()}\n"
    assert "uploaded: 1 child." in send(HEAD + row).content.decode()
    refused = send(HEAD + row.replace(",Y,", ",N,")).content.decode()
    assert "IDX-WHY" in refused
    assert "Practisson" not in refused
    assert "govuk-error-message" in send(HEAD + row, "E09000007").content.decode()
    assert IndexLoad.objects.get().people == 1
    large = send(HEAD + row * 60_000)
    assert large.status_code == 200
    assert IndexLoad.objects.get().people == 1
    assert client_of("emergency-duty", "croydon").get("/custody/index/").status_code == 403


def test_what_is_kept_is_found_held_given_out_and_erased_by_those_who_answer_for_it(places, client_of, person):
    fresh_indexes(entry())
    case = notice(suite_of(places["police"])).detention.case
    other = notice(suite_of(places["police"]), number="SYN/2", surname="Else", postcode="").detention.case
    client = client_of("data-protection", "croydon")
    asked = {"first_name": "SYNTHEA", "surname": "practisson", "date_of_birth": "2010-02-03", "why": "Request 7"}
    page = client.post("/custody/find", asked).content.decode()
    assert f"/custody/{case.pk}/keeping" in page
    assert f"/custody/{other.pk}/keeping" not in page
    assert "No records found" in client.post("/custody/find", asked | {"surname": "Nobody"}).content.decode()
    assert AuditEntry.objects.filter(what="custody:searched").count() == 2
    copied = client.post(f"/custody/{case.pk}/copy", {"to": "Synthea Practisson", "why": "Request 7"})
    book = fastexcel.read_excel(copied.content)
    text = " ".join(str(book.load_sheet(name, header_row=None).to_polars().rows()) for name in book.sheet_names)
    for said in ("Practisson", "Asthma", "Given to Synthea Practisson", "Request 7", "The child is looked after"):
        assert said in text
    assert len(book.sheet_names) == 3
    assert AuditEntry.objects.get(what="custody:given-out").why == "Request 7"
    tell(by=None, detention=case.detention, news=news(release=timezone.now()), key="over")
    client.post(f"/custody/{case.pk}/keeping", {"why": "A claim"})
    assert Detention.objects.get(pk=case.pk).held_at is not None
    refused = client.post(f"/custody/{case.pk}/forget", {"why": "Asked for", "sure": "on"}, follow=True)
    assert "legal hold" in refused.content.decode()
    assert EncryptedValue.objects.filter(case=case).exists()
    hold(by=person("data-protection", "croydon"), detention=case.detention, on=False, why="Over")
    client.post(f"/custody/{case.pk}/forget", {"why": "Asked for", "sure": "on"})
    assert not EncryptedValue.objects.filter(case=case).exists()
    stranger = client_of("data-protection", "camden")
    assert stranger.get(f"/custody/{other.pk}/keeping").status_code in {403, 404}
    assert "No records found" in stranger.post("/custody/find", asked).content.decode()
    assert io.BytesIO(copied.content).read(2) == b"PK"

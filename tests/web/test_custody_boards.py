"""The boards and the pages of a child in custody: who has which, what they show, and what is done there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from custody_places import CAMDEN, CHILD, CROYDON, DETAIL, entry, fresh_indexes, notice, suite_of
from custody_samples import detention_of
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from parentis.services import custody
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases import history
from parentis.web.cases.models import Case
from parentis.web.cases.operations import comment
from parentis.web.custody.boards import accommodation, certificates, queries
from parentis.web.custody.boards.forms import NEWS, REASONS
from parentis.web.custody.boards.timeline import duties_of, to_do
from parentis.web.custody.fields import BY_ID
from parentis.web.custody.models import Detention
from parentis.web.duty import escalation
from parentis.web.duty.models import Call
from parentis.web.notices.models import Notice
from parentis.web.people.models import Organisation, Person

pytestmark = [pytest.mark.django_db, pytest.mark.integration]
Maker = Callable[..., Person]
Places = dict[str, Organisation]


@pytest.fixture
def held(places: Places) -> Detention:
    """A child of Camden's, sent to Camden, not acknowledged."""
    return detention_of(places, "camden")


def on_board(board: str, person: Person) -> list[int]:
    one = next((one for one in queries.boards_of(person) if one.id == board), None)
    return [] if one is None else [row.case.pk for row in queries.rows_on(one, Person.objects.get(pk=person.pk))]


def asked_for(detention: Detention, kind: str = "non-secure") -> None:
    """The suite asks for accommodation, bail being refused."""
    at = timezone.now() - timedelta(minutes=30)
    said = {"charge": at, "bail_decision": at, "bail": "refused", "request": timezone.now(), "accommodation": kind}
    said |= {"justification": "Others are at risk"} if kind == "secure" else {}
    accommodation.suite_says(by=None, detention=detention, said=said, key=accommodation.new_key())


def test_each_board_shows_its_own_and_only_that(places: Places, person: Maker, held: Detention) -> None:
    other = detention_of(places, "croydon")
    desk_case = notice(suite_of(places["police"]), "SYN/desk").detention
    officer, desk = person("custody-officer", "police"), person("routing-desk", "region")
    camden, croydon = person("emergency-duty"), person("front-door", "croydon")
    assert set(on_board("suite", officer)) == {held.pk, desk_case.pk}
    assert on_board("authority", camden) == [held.pk]
    assert on_board("authority", croydon) == [other.pk]
    assert on_board("desk", desk) == [desk_case.pk]
    for someone, have in ((officer, "suite"), (camden, "authority"), (desk, "desk")):
        assert [one.id for one in queries.boards_of(someone)] == [have]
    assert queries.boards_of(person("analyst")) == ()


def test_the_duty_desk_near_the_suite_sees_that_help_is_asked_and_may_do_nothing_else(
    places: Places, person: Maker, client_of: Callable[..., Client]
) -> None:
    fresh_indexes(entry())
    detention = notice(suite_of(places["police"])).detention
    assert (detention.case.place, detention.also) == (CROYDON, CAMDEN)
    near = person("emergency-duty")
    row = queries.rows_on(queries.BOARDS[1], near)[0]
    assert (row.helps, row.insists, row.acknowledges) == (True, "", False)
    page = client_of("emergency-duty").get("/custody/board/authority/").content.decode()
    assert "Local help for Croydon" in page
    with pytest.raises(PermissionDenied):
        accommodation.acknowledge(by=near, case=detention.case, seen=None)


def test_a_board_says_nothing_of_who_the_child_is(held: Detention, client_of: Callable[..., Client]) -> None:
    for role, place, board in (("emergency-duty", "camden", "authority"), ("custody-officer", "police", "suite")):
        client = client_of(role, place)
        for path in (f"/custody/board/{board}/", f"/custody/board/{board}/rows"):
            page = client.get(path).content.decode()
            assert f"Child in custody {held.pk}" in page
            assert not [value for value in (*CHILD.values(), *DETAIL.values()) if value in page]
    assert AuditEntry.objects.filter(what="custody.board:opened").count() == 2, "opened once, drawn as often as need be"


def test_a_board_is_drawn_again_when_anything_of_it_changed_and_only_then(
    places: Places, held: Detention, client_of: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = client_of("emergency-duty")
    first = client.get("/custody/board/authority/rows")
    seen = {"If-None-Match": first["ETag"]}
    with django_assert_max_num_queries(6):  # session, person, memberships, what is shown
        assert client.get("/custody/board/authority/rows", headers=seen).status_code == 304
    detention_of(places, "croydon")
    assert client.get("/custody/board/authority/rows", headers=seen).status_code == 304, "another's changes nothing"
    for change in (
        lambda: accommodation.acknowledge(by=None, case=held.case, seen=None),
        lambda: comment(by=None, case=held.case, text="On our way"),
        lambda: asked_for(held),
        lambda: accommodation.answer(by=None, case=held.case, code="place", why="", seen=None),
        lambda: accommodation.give_to(by=None, case=held.case, authority="Croydon", why="Lives there", seen=None),
    ):
        change()
        answer = client.get("/custody/board/authority/rows", headers=seen)
        assert answer.status_code == 200
        seen = {"If-None-Match": answer["ETag"]}
        assert client.get("/custody/board/authority/rows", headers=seen).status_code == 304
    assert "No children your authority is responsible for" in answer.content.decode()


def test_what_insists_stands_first_until_somebody_acts(places: Places, person: Maker, held: Detention) -> None:
    duty, board = person("emergency-duty"), queries.BOARDS[1]
    assert [row.insists for row in queries.rows_on(board, duty)] == ["To be acknowledged"]
    accommodation.acknowledge(by=duty, case=held.case, seen=None)
    assert [row.insists for row in queries.rows_on(board, duty)] == [""]
    asked_for(held)
    row = queries.rows_on(board, duty)[0]
    assert (row.insists, row.asked, row.answered) == ("Accommodation requested", True, "")
    accommodation.answer(by=duty, case=held.case, code="place", why="Practice House", seen=None)
    row = queries.rows_on(board, duty)[0]
    assert (row.insists, row.answered) == ("", "A place is offered")
    officer = person("custody-officer", "police")
    row = queries.rows_on(queries.BOARDS[0], officer)[0]
    assert [one.split(":")[1] for one in row.alerts] == ["acknowledged", "answered"]


def test_a_request_tells_those_on_duty_and_names_no_child(places: Places, person: Maker, held: Detention) -> None:
    night, door = person("emergency-duty"), person("front-door")
    asked_for(held)
    told = {notice.person for notice in Notice.objects.filter(text__contains="accommodation")}
    assert told in ({night}, {door})
    assert not [one for one in CHILD.values() if one in Notice.objects.latest("pk").text]


@pytest.mark.parametrize(
    ("asked", "code", "taken"),
    [
        ("non-secure", "place", True),
        ("non-secure", "failed", True),
        ("non-secure", "no-secure-place", False),
        ("secure", "place", True),
        ("secure", "no-secure-place", True),
        ("secure", "failed", True),
        ("secure", "no", False),
    ],
)
def test_a_request_that_is_not_for_secure_accommodation_cannot_be_refused(
    places: Places, held: Detention, asked: str, code: str, taken: bool
) -> None:
    asked_for(held, asked)
    give = {"by": None, "case": held.case, "code": code, "seen": None}
    if not taken:
        with pytest.raises(accommodation.AnswerError):
            accommodation.answer(**give, why="None anywhere")
        return
    if code != "place":
        with pytest.raises(accommodation.AnswerError):
            accommodation.answer(**give, why=" ")
    accommodation.answer(**give, why="None anywhere")
    after = Detention.objects.get(pk=held.pk)
    assert (after.answer_code, after.answer is None) == (code, False)
    with pytest.raises(accommodation.AnswerError):
        accommodation.answer(**give, why="Again")


def test_who_a_child_is_is_shown_for_a_reason_and_on_the_record(
    held: Detention, client_of: Callable[..., Client]
) -> None:
    client, path = client_of("emergency-duty"), f"/custody/{held.pk}/"
    assert CHILD["surname"] not in client.get(path).content.decode()
    assert CHILD["surname"] not in client.post(f"{path}who", {}).content.decode()
    assert not AuditEntry.objects.filter(what="custody:read").exists()
    shown = client.post(f"{path}who", {"why": "act"}).content.decode()
    assert all(value in shown for value in (CHILD["surname"], CHILD["postcode"], DETAIL["needs"]))
    noted = AuditEntry.objects.get(what="custody:read")
    assert (noted.why, noted.authority) == (REASONS["act"], CAMDEN)
    assert CHILD["surname"] not in str(noted.detail)
    assert CHILD["surname"] not in client.get(path).content.decode(), "it is shown once"
    assert AuditEntry.objects.filter(what="custody.open:viewed").count() == 4


def test_handed_over_it_is_the_others_alone_and_their_desk_is_called(
    places: Places, person: Maker, held: Detention, client_of: Callable[..., Client]
) -> None:
    client, other = client_of("emergency-duty"), person("emergency-duty", "croydon")
    case = Case.objects.get(pk=held.pk)
    page = client.get(f"/custody/{case.pk}/hand-over").content.decode()
    assert "Croydon" in page
    assert "Manchester" not in page
    for beyond in ("E08000003", "london", CAMDEN, ""):  # another region's, the desk, itself, nobody
        refused = client.post(f"/custody/{case.pk}/hand-over", {"to": beyond, "why": "x", "seen": case.version})
        assert "govuk-error-message" in refused.content.decode()
    assert Case.objects.get(pk=case.pk).place == CAMDEN
    assert 'type="hidden" name="to" value="london"' in client.get(f"/custody/{case.pk}/return").content.decode()
    form = {"to": CROYDON, "why": "The child lives there", "seen": case.version}
    answer = client.post(f"/custody/{case.pk}/hand-over", form, follow=True)
    assert "no longer on your board" in answer.content.decode()
    for path in ("", "hand-over", "history"):
        assert client.get(f"/custody/{case.pk}/{path}").status_code in {403, 404}
    assert on_board("authority", other) == [case.pk]
    escalation.call()
    assert {one.person for one in Notice.objects.filter(text__contains="Croydon")} <= {other}
    assert Call.objects.get(ended_at=None).place == CROYDON
    accommodation.give_to(by=other, case=case, authority="", why="Not ours either", seen=None)
    assert on_board("desk", person("routing-desk", "region")) == [case.pk]
    assert on_board("authority", other) == []
    assert on_board("suite", person("custody-officer", "police")) == [case.pk], "the force sees it through"
    assert history.verify(Case.objects.get(pk=case.pk)).forgotten == 0


def test_the_suite_tells_its_news_by_forms(held: Detention, client_of: Callable[..., Client], person: Maker) -> None:
    client = client_of("custody-officer", "police")
    now = timezone.localtime().replace(second=0, microsecond=0)
    earlier = (now - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M")
    at = now.strftime("%Y-%m-%dT%H:%M")
    for what, form in (
        ("adult", {"aa_requested": earlier, "aa_arrived": at, "aa_source": "parent"}),
        ("review", {"reviews": at}),
        ("charge", {"charge": earlier, "bail_decision": at, "bail": "refused"}),
        ("request", {"request": at, "accommodation": "secure", "justification": "Others are at risk"}),
        ("court", {"court": at, "ground": "impracticable", "reasons": "The roads were under water"}),
    ):
        page = client.get(f"/custody/{held.pk}/news/{what}").content.decode()
        key = page.split('name="key" value="')[1].split('"')[0]
        for _ in range(2):  # a form that is sent twice counts once
            assert client.post(f"/custody/{held.pk}/news/{what}", {"key": key, **form}).status_code == 302, what
    after = Detention.objects.get(pk=held.pk)
    assert (after.aa_source, after.bail, after.accommodation, len(after.reviews)) == ("parent", "refused", "secure", 1)
    assert after.case.entries.filter(what="told").count() == 5
    certificate = client.get(f"/custody/{held.pk}/certificate").content.decode()
    assert "CERTIFICATE UNDER SECTION 38(7)" in certificate
    assert "The roads were under water" in certificate
    assert CHILD["surname"] in certificate
    assert AuditEntry.objects.filter(what="custody:read", why=certificates.WHY).count() == 1
    assert client.post(f"/custody/{held.pk}/news/release", {"key": "k", "release": at}).status_code == 302
    assert on_board("suite", person("custody-officer", "police")) == []
    assert Case.objects.get(pk=held.pk).state_now.closed


def test_secure_accommodation_is_not_asked_for_without_saying_why(
    held: Detention, client_of: Callable[..., Client]
) -> None:
    client = client_of("custody-officer", "police")
    form = {"key": "k", "request": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "accommodation": "secure"}
    page = client.post(f"/custody/{held.pk}/news/request", form)
    assert "Explain why secure accommodation" in page.content.decode()
    assert Detention.objects.get(pk=held.pk).request is None
    assert client.get(f"/custody/{held.pk}/news/none").status_code == 404
    missing = client.get(f"/custody/{held.pk}/certificate").content.decode()
    assert "bail refused, and a ground" in missing


def test_authority_and_suite_leave_messages_that_both_read(held: Detention, client_of: Callable[..., Client]) -> None:
    duty, officer = client_of("emergency-duty"), client_of("custody-officer", "police")
    duty.post(f"/custody/{held.pk}/message", {"text": "We can be there at nine"})
    officer.post(f"/custody/{held.pk}/message", {"text": "Nine is well"})
    officer.post(f"/custody/{held.pk}/message", {"text": ""})
    for client in (duty, officer):
        page = client.get(f"/custody/{held.pk}/").content.decode()
        assert "We can be there at nine" in page
        assert "Nine is well" in page


def test_a_press_on_what_has_moved_on_changes_nothing(held: Detention, client_of: Callable[..., Client]) -> None:
    client = client_of("emergency-duty")
    seen = Case.objects.get(pk=held.pk).version
    comment(by=None, case=held.case, text="First")
    answer = client.post(f"/custody/{held.pk}/acknowledge", {"seen": seen, "board": "1"}, follow=True)
    assert "Nothing was changed" in answer.content.decode()
    assert Case.objects.get(pk=held.pk).state == "sent"


def test_one_suite_of_a_force_can_be_shown_alone(places: Places, client_of: Callable[..., Client]) -> None:
    first = notice(suite_of(places["police"]), "SYN/1").detention
    second = notice(suite_of(places["police"], "second-suite"), "SYN/2").detention
    page = client_of("custody-officer", "police").get("/custody/board/suite/?suite=second-suite").content.decode()
    assert f"Child in custody {second.pk}<" in page
    assert f"Child in custody {first.pk}<" not in page


def test_duties_count_from_what_was_told(held: Detention) -> None:
    now = timezone.now()
    Detention.objects.filter(pk=held.pk).update(arrival=now - timedelta(hours=8), authorised=now - timedelta(hours=7))
    found = {one.name: one.state for one in duties_of(Detention.objects.get(pk=held.pk), now)}
    assert found["review 1"] is custody.State.OVERDUE
    assert found["charge or release"] is custody.State.DUE
    assert to_do(duties_of(Detention.objects.get(pk=held.pk), now))[0].name == "appropriate adult asked"


def test_every_kind_of_news_is_of_fields_there_are() -> None:
    for kind in NEWS:
        assert set(kind.needed) <= set(kind.fields) <= set(BY_ID), kind.id


def test_another_board_is_not_there(client_of: Callable[..., Client]) -> None:
    assert client_of("emergency-duty").get("/custody/board/suite/").status_code == 404
    assert client_of("analyst").get("/custody/").status_code == 403
    assert client_of("emergency-duty", "croydon").get("/custody/", follow=True).status_code == 200

"""Duty desks: who is on duty at an instant, calls down the phone list, the rota's pages and its workbook."""

import io
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from parentis.region import LONDON, is_working_day
from parentis.web import scheduler
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.audit.verification import verify_audit
from parentis.web.cases import operations as cases
from parentis.web.cases.models import Case
from parentis.web.duty import escalation, operations, rota
from parentis.web.duty.desks import open_desks
from parentis.web.duty.health_checks import calls_are_made
from parentis.web.duty.import_export import import_rota
from parentis.web.duty.local_time import LocalTimeError, instant, shown
from parentis.web.duty.models import Call, CallAttempt, EscalationStep, Shift
from parentis.web.duty.practice import make_practice_rota
from parentis.web.notices.models import Notice
from parentis.web.people.initial_accounts import make_demo_people
from parentis.web.people.models import Membership, Organisation, Person
from parentis.web.recommendations.case_types import KIND

CAMDEN, CROYDON = "E09000007", "E09000008"
PeopleMaker = Callable[..., Person]


def at(text: str) -> datetime:
    """What clocks in London show (the first time, of two)."""
    return instant(datetime.fromisoformat(text))


@pytest.mark.spec
@pytest.mark.parametrize(
    ("wall", "in_hours"),
    [
        ("2026-03-27 08:59", False),  # a Friday
        ("2026-03-27 09:00", True),
        ("2026-03-27 16:59", True),
        ("2026-03-27 17:00", False),
        ("2026-03-28 12:00", False),  # Saturday
        ("2026-04-03 12:00", False),  # Good Friday
        ("2026-04-06 12:00", False),  # Easter Monday
        ("2026-04-07 12:00", True),
        ("2026-12-25 12:00", False),
        ("2026-12-28 12:00", False),  # Boxing Day's substitute
        ("2026-03-30 09:00", True),  # the first working day of summer time
        ("2026-10-26 09:00", True),  # and of winter time
    ],
)
def test_which_desks_are_open(wall: str, in_hours: bool) -> None:
    titles = [desk.id for desk in open_desks(at(wall))]
    assert titles == (["front-door", "youth-justice"] if in_hours else ["emergency-duty"])


@pytest.mark.spec
def test_office_hours_follow_the_clock_on_the_wall() -> None:
    assert open_desks(datetime(2026, 3, 27, 9, tzinfo=UTC))[0].in_hours, "09:00 in winter is 09:00 UTC"
    assert not open_desks(datetime(2026, 3, 30, 7, 59, tzinfo=UTC))[0].in_hours
    assert open_desks(datetime(2026, 3, 30, 8, tzinfo=UTC))[0].in_hours, "09:00 in summer is 08:00 UTC"


@pytest.mark.generative
@given(st.datetimes(datetime(2005, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)), st.times(), st.times())
def test_at_every_instant_some_desk_is_open(now: datetime, opens: time, closes: time) -> None:
    found = open_desks(now, opens, closes)
    assert found
    assert len({desk.in_hours for desk in found}) == 1
    if found[0].in_hours:
        assert is_working_day(now.astimezone(LONDON).date())


@pytest.mark.spec
@pytest.mark.parametrize(
    ("wall", "last", "utc"),
    [
        ("2026-03-29 00:59", False, "2026-03-29 00:59"),
        ("2026-03-29 02:00", False, "2026-03-29 01:00"),
        ("2026-10-25 01:30", False, "2026-10-25 00:30"),
        ("2026-10-25 01:30", True, "2026-10-25 01:30"),
        ("2026-10-25 02:00", False, "2026-10-25 02:00"),
    ],
)
def test_a_time_on_the_wall_is_an_instant(wall: str, last: bool, utc: str) -> None:
    found = instant(datetime.fromisoformat(wall), last=last)
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert shown(found) == datetime.fromisoformat(wall)


@pytest.mark.spec
def test_the_hour_that_is_left_out_is_no_time() -> None:
    with pytest.raises(LocalTimeError):
        instant(datetime(2026, 3, 29, 1, 30))


@pytest.mark.integration
def test_on_duty_is_who_has_a_turn_and_else_everybody_at_the_desk(person: PeopleMaker) -> None:
    night, other, door, justice = (
        person("emergency-duty"), person("youth-justice"), person("front-door"), person("youth-justice")
    )  # fmt: skip
    second = Person.objects.create(email="second@camden.test", name="Second")
    Membership.objects.create(
        person=second, organisation=Organisation.objects.get(authority=CAMDEN), role="emergency-duty"
    )
    friday, evening = at("2026-03-27 12:00"), at("2026-03-27 18:00")
    assert rota.on_duty(CAMDEN, friday) == [door, justice]
    assert rota.on_duty(CAMDEN, evening) == [second, night]
    put = {"by": None, "authority": CAMDEN, "desk": "emergency-duty", "person": second}
    operations.add_shift(**put, starts_at=at("2026-03-27 17:00"), ends_at=at("2026-03-28 09:00"))
    assert rota.on_duty(CAMDEN, evening) == [second]
    assert rota.on_duty(CAMDEN, at("2026-03-28 09:00")) == [second, night], "a turn is over when it ends"
    with pytest.raises(operations.RotaError):
        operations.add_shift(**{**put, "person": other}, starts_at=friday, ends_at=evening)
    Membership.objects.filter(person=second).delete()
    assert rota.on_duty(CAMDEN, evening) == [night], "who no longer holds the role is not called"
    second.is_active = night.is_active = False
    night.save()
    assert rota.on_duty(CAMDEN, evening) == []


@pytest.mark.integration
def test_one_person_may_serve_several_authorities(person: PeopleMaker, places: dict[str, Organisation]) -> None:
    night = person("emergency-duty")
    Membership.objects.create(person=night, organisation=places["croydon"], role="emergency-duty")
    for authority in (CAMDEN, CROYDON):
        operations.add_shift(
            by=night, authority=authority, desk="emergency-duty", person=night, starts_at=at("2026-10-24 17:00"),
            ends_at=at("2026-10-25 09:00"),
        )  # fmt: skip
        assert rota.on_duty(authority, at("2026-10-25 01:30")) == [night]
    shift = Shift.objects.first()
    assert shift is not None
    assert shift.ends_at - shift.starts_at == timedelta(hours=17), "a night on which the clocks go back is longer"


@pytest.fixture
def called(places: dict[str, Organisation], person: PeopleMaker) -> Callable[..., Case]:
    """A case of Camden that somebody is to acknowledge, called about from an instant on."""

    def make(now: datetime, place: str = CAMDEN) -> Case:
        case = cases.open_case(by=None, kind=KIND, place=place, value={"text": "A child's name"})
        escalation.begin(case, at=now)
        return case

    return make


@pytest.fixture
def desks(person: PeopleMaker, places: dict[str, Organisation], monkeypatch: pytest.MonkeyPatch) -> dict[str, Person]:
    """People of Camden's desks; each may work on cases, as nobody else may. Out of hours a list of two."""
    people = {role: person(role) for role in ("front-door", "youth-justice", "emergency-duty")}
    for name in ("second", "third"):
        people[name] = Person.objects.create(email=f"{name}@camden.test", name=name)
        Membership.objects.create(person=people[name], organisation=places["camden"], role="emergency-duty")
    operations.add_shift(
        by=None, authority=CAMDEN, desk="emergency-duty", person=people["emergency-duty"],
        starts_at=at("2026-03-27 17:00"), ends_at=at("2026-03-30 09:00"),
    )  # fmt: skip
    for name, minutes in (("second", 5), ("third", 10)):
        operations.add_escalation_step(
            by=None, authority=CAMDEN, desk="emergency-duty", person=people[name], minutes=minutes, phone="020 0000"
        )
    everybody = list(people.values())
    monkeypatch.setattr("parentis.web.duty.escalation.people_who", lambda deed, case: everybody)
    return people


def told(now: datetime) -> list[str]:
    """Who gets a notice by the calls that are due at an instant."""
    Notice.objects.all().delete()
    escalation.call(now)
    return sorted(str(notice.person) for notice in Notice.objects.all())


@pytest.mark.integration
def test_a_call_goes_down_the_list_at_its_minutes_and_begins_anew(
    called: Callable[..., Case], desks: dict[str, Person], django_capture_on_commit_callbacks: Any
) -> None:
    start, night = at("2026-03-28 23:00"), "Emergency-Duty".lower() + " of camden"
    case = called(start)
    assert told(start - timedelta(seconds=1)) == []
    with django_capture_on_commit_callbacks(execute=True):
        assert told(start) == [night]
    assert [one.to for one in mail.outbox] == [["emergency-duty@camden.test"]]
    assert "A child's name" not in mail.outbox[0].body + Notice.objects.get().text
    # Minutes after those on duty: five, ten; then a quarter of an hour after the last it begins anew.
    # The clocks go forward in that night, and the minutes are real ones.
    for minutes, expected in ((4, []), (5, ["second"]), (9, []), (10, ["third"]), (24, []), (25, [night]),
                              (30, ["second"]), (35, ["third"]), (50, [night])):  # fmt: skip
        assert told(start + timedelta(minutes=minutes)) == expected, minutes
    call = Call.objects.get()
    assert [one.minutes for one in call.attempts.all()] == [0, 5, 10, 25, 30, 35, 50]
    assert AuditEntry.objects.filter(what="duty:escalated", subject=f"{KIND} {case.pk}").count() == 6
    cases.move(by=None, case=case, move="begin", seen=None)
    assert told(start + timedelta(hours=2)) == []
    call.refresh_from_db()
    assert call.ended_at is not None
    assert told(start + timedelta(hours=9)) == []


@pytest.mark.integration
def test_a_call_that_was_due_and_was_not_made_is_a_fault(called: Callable[..., Case], desks: dict[str, Person]) -> None:
    """For the health page: a minute's grace from the instant a call is due, and no fault once the case is answered."""
    start = at("2026-03-28 23:00")
    assert calls_are_made(start)
    case = called(start)
    assert calls_are_made(start + timedelta(seconds=60))
    assert not calls_are_made(start + timedelta(seconds=61))
    told(start)
    assert calls_are_made(start + timedelta(minutes=6))
    assert not calls_are_made(start + timedelta(minutes=6, seconds=1)), "the second is called after five minutes"
    cases.move(by=None, case=case, move="begin", seen=None)
    escalation.call(start + timedelta(minutes=7))
    assert calls_are_made(start + timedelta(hours=9))


@pytest.mark.integration
def test_a_worker_that_was_away_makes_up_for_it_a_rung_at_a_time(
    called: Callable[..., Case], desks: dict[str, Person]
) -> None:
    start = at("2026-03-28 23:00")
    called(start)
    late = start + timedelta(hours=1)
    assert told(late) == ["emergency-duty of camden"], "nobody is skipped because the worker was"
    assert told(late) == []
    assert told(late + timedelta(minutes=5)) == ["second"]


@pytest.mark.integration
def test_when_the_office_closes_the_emergency_duty_team_is_called(
    called: Callable[..., Case], desks: dict[str, Person]
) -> None:
    called(at("2026-03-27 16:58"))
    assert told(at("2026-03-27 16:58")) == ["front-door of camden", "youth-justice of camden"]
    assert told(at("2026-03-27 16:59")) == []
    assert told(at("2026-03-27 17:00")) == ["emergency-duty of camden"]
    assert told(at("2026-03-27 17:05")) == ["second"]


@pytest.mark.integration
def test_a_case_at_no_authority_is_called_about_where_it_is(
    called: Callable[..., Case], person: PeopleMaker, places: dict[str, Organisation]
) -> None:
    lead = person("improvement-lead", "police")
    called(at("2026-03-28 23:00"), place="bcu-central-north")
    assert told(at("2026-03-28 23:00")) == [str(lead)]
    assert told(at("2026-03-28 23:15")) == [str(lead)]


@pytest.mark.integration
def test_a_flood_of_cases_is_one_notice_and_one_mail_each(
    called: Callable[..., Case], desks: dict[str, Person], django_capture_on_commit_callbacks: Any
) -> None:
    start = at("2026-03-28 23:00")
    for _ in range(5):
        called(start)
    with django_capture_on_commit_callbacks(execute=True):
        assert told(start) == ["emergency-duty of camden"]
    assert Notice.objects.get().text == "Recommendation: 5 wait, Camden"
    assert len(mail.outbox) == 1
    assert CallAttempt.objects.count() == 5


@pytest.mark.integration
def test_a_case_called_about_again_is_called_about_once(called: Callable[..., Case], desks: dict[str, Person]) -> None:
    case = called(at("2026-03-28 23:00"))
    escalation.begin(case, at=at("2026-03-28 23:01"))
    assert Call.objects.filter(ended_at=None).count() == 1


@pytest.mark.unit
def test_ticks_are_found_and_a_fault_of_one_does_not_stop_it(caplog: pytest.LogCaptureFixture, db: None) -> None:
    assert "duty calls" in {one.id for one in scheduler.periodic_tasks()}

    def fails() -> None:
        raise RuntimeError("broken")

    scheduler.once(scheduler.PeriodicTask(id="x", every=1, do=fails))
    assert "tick x failed" in caplog.text


# The pages


@pytest.mark.integration
def test_the_rota_is_kept_on_its_pages(client_of: Callable[..., Client], person: PeopleMaker) -> None:
    client, night = client_of("director"), person("emergency-duty")
    answer = client.post(
        f"/duty/{CAMDEN}/turn",
        {"desk": "emergency-duty", "person": night.pk, "starts_at": "2036-03-28T17:00", "ends_at": "2036-03-29T09:00"},
    )
    assert answer.status_code == 302
    shift = Shift.objects.get()
    assert (shown(shift.starts_at), shift.person) == (datetime(2036, 3, 28, 17), night)
    for form, says in (
        ({"starts_at": "2036-03-30T01:30", "ends_at": "2036-03-30T09:00"}, "clocks go forward"),
        ({"starts_at": "2036-03-31T09:00", "ends_at": "2036-03-31T08:00"}, "ends after it starts"),
        ({"starts_at": "soon", "ends_at": ""}, "Enter a date and time"),
    ):
        answer = client.post(f"/duty/{CAMDEN}/turn", {"desk": "emergency-duty", "person": night.pk, **form})
        assert says in answer.content.decode()
    escalation_step = {"desk": "emergency-duty", "person": night.pk, "minutes": "10", "phone": "020 7946 0000"}
    assert client.post(f"/duty/{CAMDEN}/rung", escalation_step).status_code == 302
    assert client.post(f"/duty/{CAMDEN}/hours", {"opens": "08:30", "closes": "18:00"}).status_code == 302
    assert (
        "closes after it opens"
        in client.post(f"/duty/{CAMDEN}/hours", {"opens": "18:30", "closes": "18:00"}).content.decode()
    )
    page = client.get(f"/duty/{CAMDEN}/").content.decode()
    assert all(text in page for text in ("020 7946 0000", "08:30 to 18:00", "Fri 28 Mar 2036, 17:00"))
    assert client.post(f"/duty/{CAMDEN}/turns/{shift.pk}/off").status_code == 302
    assert client.post(f"/duty/{CAMDEN}/rungs/{EscalationStep.objects.get().pk}/off").status_code == 302
    assert not Shift.objects.exists()
    assert not EscalationStep.objects.exists()
    whats = list(AuditEntry.objects.filter(authority=CAMDEN).values_list("what", flat=True).order_by("sequence"))
    assert whats == ["rota:put-on", "phone-list:put-on", "hours:set", "rota:taken-off", "phone-list:taken-off"]


@pytest.mark.integration
def test_a_rota_goes_out_and_comes_back(client_of: Callable[..., Client], person: PeopleMaker) -> None:
    night = person("emergency-duty")
    operations.add_shift(
        by=None, authority=CAMDEN, desk="emergency-duty", person=night, starts_at=at("2036-10-25 17:00"),
        ends_at=instant(datetime(2036, 10, 26, 1, 30), last=True),
    )  # fmt: skip
    operations.add_escalation_step(
        by=None, authority=CAMDEN, desk="emergency-duty", person=night, minutes=5, phone="020 1"
    )
    client = client_of("director")
    data = client.get(f"/duty/{CAMDEN}/rota.xlsx").content
    before = list(Shift.objects.values("starts_at", "ends_at"))
    again = import_rota(by=None, authority=CAMDEN, name="rota.xlsx", data=data)
    assert (again.new, again.same, again.troubles) == (0, 2, ())
    Shift.objects.all().delete()
    EscalationStep.objects.all().delete()
    answer = client.post(f"/duty/{CAMDEN}/import", {"file": SimpleUploadedFile("rota.xlsx", data)})
    assert "2 rows are new" in answer.content.decode()
    assert list(Shift.objects.values("starts_at", "ends_at")) == before


@pytest.mark.integration
def test_rows_that_cannot_be_taken_are_told_one_by_one(person: PeopleMaker) -> None:
    night = person("emergency-duty")
    book = openpyxl.Workbook()
    sheet = book.active
    good = ["Emergency duty team", night.email, "2036-03-28 17:00", "2036-03-29 09:00"]
    for row in (
        ["Our rota"],
        ["Desk", "Email", "From", "Until"],
        good,
        ["Reception", *good[1:]],
        [good[0], "nobody@nowhere.test", *good[2:]],
        [*good[:2], "2036-03-30 01:30", good[3]],
        [*good[:3], "tomorrow"],
        [*good[:3], "2036-03-28 16:00"],
        ["Front door", *good[1:]],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    found = import_rota(by=None, authority=CAMDEN, name="rota.xlsx", data=out.getvalue())
    assert (found.new, found.same) == (1, 0)
    assert [one.row for one in found.troubles] == [4, 5, 6, 7, 8, 9]
    assert "clocks go forward" in found.troubles[2].what
    with pytest.raises(operations.RotaError):
        import_rota(by=None, authority=CAMDEN, name="rota.csv", data=b"a,b\n1,2\n")


@pytest.mark.integration
def test_nobody_keeps_anothers_rota(person: PeopleMaker, client_of: Callable[..., Client]) -> None:
    night = person("emergency-duty")
    with pytest.raises(PermissionDenied):
        operations.set_hours(by=person("director", "croydon"), authority=CAMDEN, opens=time(8), closes=time(18))
    operations.add_shift(
        by=None, authority=CAMDEN, desk="emergency-duty", person=night, starts_at=at("2036-03-28 17:00"),
        ends_at=at("2036-03-29 09:00"),
    )  # fmt: skip
    croydon, desk = client_of("director", "croydon"), client_of("routing-desk", "region")
    shift = Shift.objects.get()
    assert croydon.get(f"/duty/{CAMDEN}/").status_code == 403
    assert croydon.post(f"/duty/{CROYDON}/turns/{shift.pk}/off").status_code == 404
    assert "emergency-duty of camden" in desk.get(f"/duty/{CAMDEN}/").content.decode()
    assert "Camden" in desk.get("/duty/").content.decode()
    assert desk.post(f"/duty/{CAMDEN}/turns/{shift.pk}/off").status_code == 403


@pytest.mark.unit
def test_ticks_come_again_until_they_are_stopped(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    came: list[int] = []
    again = threading.Event()

    def counts() -> None:
        came.append(1)
        if len(came) == 3:
            again.set()

    monkeypatch.setattr(scheduler, "periodic_tasks", lambda: (scheduler.PeriodicTask(id="x", every=0.0, do=counts),))
    monkeypatch.setattr(scheduler, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(scheduler, "close_old_connections", lambda: None)
    over = scheduler.begin()
    assert again.wait(60), "it comes again"
    over.set()


@pytest.mark.integration
def test_the_practice_boroughs_have_a_rota_and_a_list(db: None) -> None:
    make_demo_people()
    now = at("2026-03-27 23:00")
    assert make_practice_rota(now) == 3 * 3 * 15
    assert make_practice_rota(now) == 0
    assert [one.email for one in rota.on_duty(CAMDEN, now)] == ["emergency-duty@camden.practice.example"]
    assert [one.minutes for one in rota.phone_list(CAMDEN, now)] == [10]
    assert verify_audit().entries == 3 * 3 * 16

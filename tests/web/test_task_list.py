"""What waits for each person: it comes with the work, goes with it, and tells nobody of what they may not see."""

import html
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from worker import hand_in, monitoring, work

from parentis.references import Ref
from parentis.web.cases.declarations import EDIT, Machine, Move, State
from parentis.web.cases.models import Case
from parentis.web.cases.operations import assign, move
from parentis.web.cases.register.operations import enter
from parentis.web.notices.dispatch import notify
from parentis.web.people import grants, operations
from parentis.web.people.first_page import landing_of
from parentis.web.people.models import Organisation, Person
from parentis.web.service import WebService, web_services
from parentis.web.submissions import queries
from parentis.web.task_list import digest, waiting
from parentis.web.task_list.models import Digest
from parentis.web.tasks import Task
from parentis.web.uasc.models import Round

PersonMaker = Callable[..., Person]
CAMDEN, CROYDON = "E09000007", "E09000008"
TUESDAY = datetime(2027, 3, 2, 9, tzinfo=UTC)


def recommendation(place: str = CAMDEN, number: str = "1", published: date = date(2016, 11, 25)) -> Case:
    values = {
        "report": "Practice report", "inspectorate": "Practice inspectorate", "published_on": published,
        "number": number, "text": "Do better", "deadline": "3-months", "owners": "Head of practice",
    }  # fmt: skip
    return enter(by=None, kind="recommendation", place=place, values=values)


def lines(person: Person) -> list[tuple[str, str]]:
    """Title and what is wanted of each task, read anew as by another request."""
    person = Person.objects.get(pk=person.pk)
    return [(one.title, one.wanted) for one in waiting.tasks_of(person)]


@pytest.mark.integration
def test_an_overdue_case_waits_for_whoever_may_work_on_it_until_it_is_done(person: PersonMaker) -> None:
    lead, elsewhere, reader = person("improvement-lead"), person("improvement-lead", "croydon"), person("treasurer")
    case = recommendation()
    assert lines(lead) == [("Recommendation 1", "Not begun")]
    assert lines(elsewhere) == lines(reader) == []  # nobody of elsewhere, and nobody who may only read it
    (task,) = waiting.tasks_of(lead)
    assert task.is_late(timezone.now())
    assert (task.due_on, task.place, task.detail) == (date(2017, 2, 25), "Camden", "Do better")
    move(by=lead, case=case, move="put-forward", seen=None, why="as the minutes say")
    director = person("director")
    assert ("Recommendation 1", "Put forward as done") in lines(director)
    case.refresh_from_db()
    move(by=director, case=case, move="agree", seen=None)
    assert lines(director) == lines(lead) == []


@pytest.mark.integration
def test_what_somebody_has_taken_waits_for_them_alone_and_what_is_far_off_for_nobody(person: PersonMaker) -> None:
    lead, director = person("improvement-lead"), person("director")
    case = recommendation(published=timezone.localdate())  # due in three months
    assert lines(lead) == lines(director) == []
    assign(by=director, case=case, to=lead, seen=None)
    assert lines(lead) == [("Recommendation 1", "Not begun")]
    late = recommendation(number="2")
    assign(by=director, case=late, to=lead, seen=None)
    assert [title for title, _ in lines(lead)] == ["Recommendation 2", "Recommendation 1"]  # late first
    assert lines(director) == []


@pytest.mark.integration
def test_home_has_one_line_a_thing_however_many_notices_there_are(
    person: PersonMaker, client_of: Callable[..., Client]
) -> None:
    case, lead = recommendation(), person("improvement-lead")
    for number in range(7):
        notify([lead], text=f"Recommendation 1: news {number}", path=f"/recommendations/{case.pk}/")
        notify([lead], text=f"A pack: news {number}", path="/packs/")
    page = html.unescape(client_of("improvement-lead").get("/").content.decode())
    assert page.count(f'href="/recommendations/{case.pk}/"') == 1
    assert "Recommendation 1: news" not in page
    assert page.count("A pack: news") == 1
    assert "A pack: news 6" in page
    assert "Late" in page
    client = client_of("improvement-lead")
    client.get(f"/notices/{lead.notices.filter(path='/packs/').first().pk}/")
    assert not lead.notices.filter(path="/packs/", read_at=None).exists()


@pytest.mark.integration
def test_nothing_waits_is_said_where_nothing_does(client_of: Callable[..., Client]) -> None:
    assert "Nothing waits for you." in client_of("improvement-lead").get("/").content.decode()
    recommendation()
    assert "Nothing waits for you." not in client_of("improvement-lead").get("/").content.decode()


@pytest.mark.integration
@pytest.mark.parametrize("many", [1, 12])
def test_reading_the_list_takes_as_many_queries_for_many_cases(
    many: int, person: PersonMaker, django_assert_max_num_queries: Any
) -> None:
    lead = person("improvement-lead")
    for number in range(many):
        recommendation(number=str(number))
    lead = Person.objects.get(pk=lead.pk)
    with django_assert_max_num_queries(24):
        assert len(waiting.tasks_of(lead)) == many


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_a_return_waits_for_each_signature_and_for_nobody_who_may_not_give_it(
    person: PersonMaker, client_of: Callable[..., Client], tmp_path: Path
) -> None:
    analyst, director, officer, elsewhere = (
        person("analyst"), person("director"), person("section-151"), person("director", "croydon")
    )  # fmt: skip
    hand_in(client_of("analyst"), monitoring(tmp_path))
    (asked,) = lines(director)
    assert asked[1] == "Sign as director of children's services"
    assert lines(analyst) == lines(elsewhere) == []
    (task,) = waiting.tasks_of(Person.objects.get(pk=director.pk))
    assert client_of("director").get(task.path).status_code == 200
    mark = queries.one(task.path.split("/")[2]).mark
    client_of("director").post(f"{task.path}accept", {"role": "director", "seen": mark, "why": "I looked"})
    work()
    assert lines(director) == []
    assert [wanted for _, wanted in lines(officer)] == ["Sign as section 151 officer"]


@pytest.mark.integration
def test_a_survey_waits_for_those_who_answer_it_and_late_ones_for_who_asked(person: PersonMaker) -> None:
    region, treasurer = person("analyst", "region"), person("treasurer")
    today = timezone.localdate()
    Round.objects.create(period="2024-25", due=today, by=region)
    assert [wanted for _, wanted in lines(treasurer)] == ["Answer the survey: not started"]
    assert lines(region) == []  # due today is not late
    Round.objects.update(due=today - timedelta(days=1))
    assert [wanted for _, wanted in lines(region)] == ["33 of 33 authorities have not answered"]


@pytest.mark.integration
def test_a_role_waits_for_a_second_person_and_a_review_when_it_is_due(
    person: PersonMaker, places: dict[str, Organisation]
) -> None:
    administrator, auditor = person("administrator"), person("auditor")
    grants.ask_for_role(by=administrator, email="new@camden.test", organisation=places["camden"], role="director")
    assert ("Director of children's services, requested by administrator of camden", "Grant or refuse the role") in (
        lines(auditor)
    )
    assert ("Review of who has access", "Review the list of roles") in lines(administrator)


@pytest.mark.integration
def test_a_new_service_brings_its_own_lines(person: PersonMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    other = WebService(id="hubs", title="Hubs", prefix="hubs/", tasks=Ref("test_task_list:hub_tasks"))
    monkeypatch.setattr(waiting, "web_services", lambda: {**web_services(), "hubs": other})
    assert ("A hub's request", "Answer it") in lines(person("analyst"))


def hub_tasks(person: Any) -> list[Task]:
    return [Task(path="/hubs/1/", title="A hub's request", wanted="Answer it")]


@pytest.mark.integration
def test_signing_in_leads_to_the_board_of_those_who_work_at_it(
    person: PersonMaker, places: dict[str, Organisation]
) -> None:
    officer, duty, analyst = (
        person("custody-officer", "police"), person("emergency-duty"), person("analyst")
    )  # fmt: skip
    assert landing_of(officer) == landing_of(duty) == "/custody/"
    assert landing_of(analyst) == "/"
    operations.give_role(by=person("administrator"), person=duty, organisation=places["camden"], role="analyst")
    assert landing_of(Person.objects.get(pk=duty.pk)) == "/"  # who does something else as well begins at home


@pytest.mark.unit
def test_a_state_waits_for_whom_its_step_tells_and_who_takes_the_next() -> None:
    machine = Machine(
        states=(State("open", "Open", waits_for="desk"), State("asked", "Asked"), State("done", "Done", closed=True)),
        moves=(
            Move(id="ask", title="Ask", sources=("open",), target="asked", tell="agree"),
            Move(id="agree", title="Agree", sources=("asked",), target="done", permission="agree", tell=EDIT),
            Move(id="back", title="Back", sources=("asked",), target="open", permission="agree", tell=EDIT),
        ),
    )
    assert [machine.waits_for(one.id) for one in machine.states] == [("desk",), ("agree",), ()]


@pytest.mark.integration
def test_a_digest_goes_out_once_a_working_morning_and_never_to_whom_nothing_waits_for(person: PersonMaker) -> None:
    lead, treasurer = person("improvement-lead"), person("treasurer")
    recommendation()
    for too_early in (TUESDAY.replace(hour=6), datetime(2027, 3, 6, 9, tzinfo=UTC)):  # 6 March is a Saturday
        assert digest.send_due(too_early) == 0
    assert digest.send_due(TUESDAY) == 1
    assert digest.send_due(TUESDAY + timedelta(hours=3)) == 0
    (sent,) = mail.outbox
    assert sent.to == [lead.email]
    assert sent.subject == "Parentis: 1 thing waits for you, 1 of them late"
    assert "* Recommendation 1, Camden: Not begun (late: was due 25 February 2017)" in sent.body
    assert "Do better" not in sent.body, "what a case says stays on its page"
    Digest.objects.filter(person=lead).update(frequency=Digest.Frequency.NEVER)
    assert digest.send_due(TUESDAY + timedelta(days=1)) == 0
    assert not Digest.objects.filter(person=treasurer, made_on=None).exists()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("last", "today", "due"),
    [
        (date(2027, 2, 26), date(2027, 3, 1), True),  # Monday
        (date(2027, 3, 1), date(2027, 3, 2), False),
        (date(2027, 3, 26), date(2027, 3, 30), True),  # the Tuesday after Easter Monday
        (None, date(2027, 3, 3), False),
    ],
)
def test_a_weekly_digest_goes_out_on_a_weeks_first_working_day(last: date | None, today: date, due: bool) -> None:
    assert digest.is_due(Digest.Frequency.WEEKLY, last, today) is due


@pytest.mark.integration
def test_how_often_it_is_mailed_is_ones_own_choice(client_of: Callable[..., Client], person: PersonMaker) -> None:
    client = client_of("analyst")
    assert client.post("/tasks/digest", {"frequency": "weekly"}).status_code == 302
    assert Digest.objects.get().person == person("analyst")
    assert Digest.objects.get().frequency == "weekly"
    assert client.post("/tasks/digest", {"frequency": "hourly"}).status_code == 404

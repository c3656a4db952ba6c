"""A decision's name taken beforehand: the decision still arrives, or its maker is told that it did not."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from worker import CAMDEN, hand_in, monitoring, uploads, work

from parentis import workflow
from parentis.archive import find_home
from parentis.web.audit.models import Entry
from parentis.web.jobs.models import Job, State
from parentis.web.jobs.queue import TakenKeyError, enqueue
from parentis.web.people.models import Person
from parentis.web.submissions import queries

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]


def submitted(client: Client, folder: Path) -> str:
    return str(hand_in(client, monitoring(folder)).came["outcomes"][0]["submission_id"])


def public_name(submission_id: str, kind: str, role: str | None) -> str:
    """A name that anybody can work out from what the site shows of a submission."""
    return str(uuid.uuid5(uuid.UUID(submission_id), f"{kind}|{queries.one(submission_id).mark}|{role}|None"))


def take(client: Client, once: str) -> None:
    """Ask for something else under that name."""
    answer = client.post("/packs/", {"pack": "spending-review", "place": "london", "once": once})
    assert answer.status_code == 302, answer.content.decode()


@pytest.mark.parametrize("taker", ["director", "analyst"])
@pytest.mark.parametrize(
    ("kind", "given", "status"),
    [("accept", {"role": "director"}, "accepted"), ("reject", {"why": "the wrong year"}, "rejected")],
)
def test_a_decision_whose_name_was_taken_is_still_carried_out(
    client_of: Callable[..., Client], tmp_path: Path, taker: str, kind: str, given: dict[str, str], status: str
) -> None:
    submission_id = submitted(client_of("analyst"), tmp_path)
    take(client_of(taker), public_name(submission_id, kind, given.get("role")))
    answer = client_of("director").post(
        f"/returns/{submission_id}/{kind}", {"seen": queries.one(submission_id).mark, **given}
    )
    assert answer.status_code == 302
    assert Entry.objects.filter(what=f"submission:{kind}", subject=submission_id).count() == 1
    work()
    assert queries.one(submission_id).row["status"] == status


def test_one_persons_key_is_nobody_elses(client_of: Callable[..., Client], tmp_path: Path) -> None:
    once = str(uuid.uuid4())
    take(client_of("director"), once)
    first = hand_in(client_of("analyst"), monitoring(tmp_path), once=once)
    second = hand_in(client_of("treasurer"), monitoring(tmp_path, budget=300), once=once)
    assert {first.kind, second.kind} == {"hand-in"}
    assert first.pk != second.pk
    assert workflow.register(find_home()).height == 2


def test_the_same_key_for_another_authority_is_refused_and_said(
    client_of: Callable[..., Client], person: Callable[..., Person], tmp_path: Path
) -> None:
    once, both = str(uuid.uuid4()), person("analyst")
    person("analyst", "croydon").memberships.update(person=both)
    client = client_of("analyst")
    hand_in(client, monitoring(tmp_path), once=once)
    sent = {"once": once, "authority": "E09000008", "files": uploads(monitoring(tmp_path, authority="E09000008"))}
    answer = client.post("/returns/hand-in/", sent)
    assert answer.status_code == 409
    assert "under the same key" in answer.content.decode()
    assert Job.objects.filter(authority="E09000008").count() == 0


def test_two_who_decide_at_the_same_moment_are_not_told_the_same(person: Callable[..., Person]) -> None:
    asked = {"kind": "accept", "authority": CAMDEN, "asked": {"submission_id": "0" * 32}, "decision": "a decision"}
    job, new = enqueue(by=person("director"), **asked)
    assert new
    assert enqueue(by=person("director"), **asked) == (job, False)
    with pytest.raises(TakenKeyError):
        enqueue(by=person("section-151"), **asked)
    with pytest.raises(TakenKeyError):
        enqueue(by=person("director"), **{**asked, "kind": "reject"})


def test_a_decision_made_a_second_time_after_another_is_carried_out_again(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    submission_id, director = submitted(client_of("analyst"), tmp_path), client_of("director")
    director.post(f"/returns/{submission_id}/accept", {"seen": queries.one(submission_id).mark, "role": "director"})
    work()
    for audience in ("members", "own", "members", "own"):
        given = {"seen": queries.one(submission_id).mark, "to": audience, "why": "the agreement"}
        assert director.post(f"/returns/{submission_id}/release", given).status_code == 302
        work()
        assert queries.one(submission_id).row["audience"] == audience
    assert Job.objects.filter(kind="release", state=State.DONE).count() == 4

"""One person, or one mistyped id, tries to open or erase what two should decide on."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from worker import CAMDEN, hand_in, monitoring, work

from parentis import lake, workflow
from parentis.archive import find_home
from parentis.errors import SubmissionStateError
from parentis.figures import Audience
from parentis.web.audit.models import Entry
from parentis.web.submissions import queries
from parentis.workflow.safeguards.two_people import SECOND_PERSON

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]


@pytest.fixture(autouse=True)
def _two_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECOND_PERSON)


def accepted(folder: Path, budget: int = 100, authority: str = CAMDEN) -> str:
    paths = monitoring(folder, budget, authority=authority)
    (one,) = workflow.submit(find_home(), paths, who="ann", authority=authority, period="2024-25", accept=True)
    return one.submission_id


def audience(submission_id: str) -> str | None:
    said: str | None = workflow.submission(find_home(), submission_id)["audience"]
    return said


@pytest.mark.parametrize("partial", ["", "1", "0123", "a" * 31])
def test_a_partial_or_empty_id_opens_nothing(tmp_path: Path, partial: str) -> None:
    submission_id = accepted(tmp_path)
    for given in ([partial], [submission_id, partial], [submission_id[:31]]):
        with pytest.raises(SubmissionStateError, match="whole ids"):
            workflow.release_submissions(find_home(), who="ann", to=Audience.PUBLISHED, submission_ids=given)
    for nothing in ({}, {"submission_ids": []}, {"return_id": ""}, {"submitter": ""}):
        with pytest.raises(SubmissionStateError, match="says which submissions"):
            workflow.release_submissions(find_home(), who="ann", to=Audience.PUBLISHED, **nothing)
    assert audience(submission_id) is None
    assert workflow.waiting_requests(find_home()).is_empty()


def test_one_person_opens_nothing_however_often_they_ask(tmp_path: Path) -> None:
    home, submission_id = find_home(), accepted(tmp_path)
    told: list[str] = []
    chosen = workflow.release_submissions(
        home, who="ann", to=Audience.PUBLISHED, submission_ids=[submission_id], told=told.append
    )
    assert chosen["done"].to_list() == [False]
    assert told[0].startswith("Budget monitoring, Camden, 2024-25: 0 figures are opened to everybody; ")
    assert "1 row goes to the tables that reporting tools read (lines 1)" in told[0]
    with pytest.raises(SubmissionStateError, match="second person"):
        workflow.release_submissions(home, who="ann", to=Audience.PUBLISHED, submission_ids=[submission_id])
    assert audience(submission_id) is None
    other = workflow.release_submissions(home, who="bea", to=Audience.MEMBERS, submission_ids=[submission_id])
    assert other["done"].to_list() == [False], "another request is no confirmation"
    done = workflow.release_submissions(home, who="ann", to=Audience.MEMBERS, submission_ids=[submission_id])
    assert done["done"].to_list() == [True]
    assert audience(submission_id) == "members"
    back = workflow.release_submissions(home, who="ann", to=Audience.OWN, submission_ids=[submission_id])
    assert back["done"].to_list() == [True], "closing needs one"
    assert audience(submission_id) == "own"


def test_a_request_that_was_refused_is_confirmed_by_nobody(tmp_path: Path) -> None:
    home, submission_id = find_home(), accepted(tmp_path)
    workflow.release_submissions(home, who="ann", to=Audience.PUBLISHED, submission_ids=[submission_id])
    workflow.refuse_request(home, submission_id, who="bea", why="not agreed")
    again = workflow.release_submissions(home, who="cy", to=Audience.PUBLISHED, submission_ids=[submission_id])
    assert again["done"].to_list() == [False]
    with pytest.raises(SubmissionStateError, match="waits for a second person"):
        workflow.refuse_request(home, accepted(tmp_path, 300, "E09000008"), who="bea")


def test_children_and_money_are_known_by_what_a_returns_tables_hold() -> None:
    from parentis.workflow.decisions.release import _holds_children, _holds_money

    assert (_holds_children("ssda903"), _holds_money("finance.monitoring")) == (True, True)
    assert (_holds_children("finance.monitoring"), _holds_children("placements.census")) == (False, True)


def test_on_the_site_a_release_says_what_opens_and_waits_for_the_second(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    job = hand_in(client_of("analyst"), monitoring(tmp_path))
    submission_id = job.came["outcomes"][0]["submission_id"]
    director, officer, path = client_of("director"), client_of("section-151"), f"/returns/{submission_id}/"

    def post(client: Client, act: str, **given: str) -> int:
        seen = queries.one(submission_id).mark
        code: int = client.post(f"{path}{act}", {"seen": seen, **given}).status_code
        work()
        return code

    assert post(director, "accept", role="director") == 302
    page = director.get(path).content.decode()
    assert "are opened to everybody; now the authority&#x27;s own people see them. 1 row goes" in page
    assert "A second person confirms it" in page
    assert post(director, "release", to="published", why="the council agreed") == 302
    assert audience(submission_id) is None
    assert "Withdraw it" in director.get(path).content.decode()
    assert post(director, "release", to="published", why="again") == 409
    assert client_of("analyst").post(f"{path}refuse", {"seen": queries.one(submission_id).mark}).status_code == 403
    assert client_of("director", "croydon").post(f"{path}release", {}).status_code == 403
    page = officer.get(path).content.decode()
    assert "director@camden.test asked on" in page
    assert "Confirm the release" in page
    assert post(officer, "release", to="published", why="the council agreed") == 302
    assert audience(submission_id) == "published"
    assert pl.read_delta(str(find_home().current / "finance.monitoring" / "lines")).height == 1
    assert post(officer, "release", to="own", why="taken back") == 302
    assert audience(submission_id) == "own"
    table = find_home().current / "finance.monitoring" / "lines"
    assert [pl.read_parquet(one).height for one in table.glob("*.parquet")] in ([], [0]), "in no version of it"
    assert Entry.objects.filter(what="submission:release").count() == 3


def test_a_refusal_on_the_site_opens_nothing(client_of: Callable[..., Client], tmp_path: Path) -> None:
    submission_id = accepted(tmp_path)
    director, officer, path = client_of("director"), client_of("section-151"), f"/returns/{submission_id}/"
    mark = queries.one(submission_id).mark
    director.post(f"{path}release", {"seen": mark, "to": "members", "why": "x"})
    work()
    assert officer.post(f"{path}refuse", {"seen": mark, "why": "not agreed"}).status_code == 302
    work()
    assert queries.request_about(queries.one(submission_id)) is None
    assert Entry.objects.filter(what="submission:refuse").count() == 1
    officer.post(f"{path}release", {"seen": mark, "to": "members", "why": "x"})
    work()
    assert audience(submission_id) is None, "the officer's own request now waits"


def test_one_person_erases_nothing(tmp_path: Path) -> None:
    home, submission_id = find_home(), accepted(tmp_path)
    workflow.erase(home, submission_id, who="dpo", why="asked for")
    assert workflow.submission(home, submission_id)["status"] == "accepted"
    with pytest.raises(SubmissionStateError, match="second person"):
        workflow.erase(home, submission_id, who="dpo", why="again")
    assert lake.read(home, "finance.monitoring/lines").collect().height == 1
    workflow.erase(home, submission_id, who="sam", why="confirmed")
    assert workflow.submission(home, submission_id)["status"] == "erased"
    assert lake.read(home, "finance.monitoring/lines").collect().height == 0


def test_a_small_body_does_without_and_its_pages_say_so(
    client_of: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECOND_PERSON, "no")
    submission_id = accepted(tmp_path)
    path = f"/returns/{submission_id}/"
    assert "without a second person for releases" in client_of("director").get(path).content.decode()
    assert "without a second person" in client_of("analyst", "region").get("/returns/published/").content.decode()
    chosen = workflow.release_submissions(find_home(), who="ann", to=Audience.MEMBERS, submission_ids=[submission_id])
    assert chosen["done"].to_list() == [True]

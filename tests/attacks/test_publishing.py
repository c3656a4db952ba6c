"""Somebody of a borough, or one person alone, tries to change what a publisher printed."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from worker import CAMDEN, hand_in, monitoring, uploads, work

from parentis import lake, workflow
from parentis.archive import File, find_home
from parentis.errors import RefusedError, SubmissionStateError
from parentis.returns import ReturnData, write_files
from parentis.web.audit.models import Entry
from parentis.web.jobs.models import Job
from parentis.web.people.models import Person
from parentis.web.submissions import queries
from parentis.workflow.safeguards.two_people import SECOND_PERSON

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]
CROYDON = "E09000008"


@pytest.fixture(autouse=True)
def _two_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECOND_PERSON)


def budgets(folder: Path, amount: int = 1_000) -> list[Path]:
    """MHCLG's budgets of two authorities."""
    lines = pl.DataFrame(
        {
            "ONS_CODE": [CAMDEN, CROYDON],
            "AUTHORITY_NAME": ["Camden", "Croydon"],
            "LABEL": ["TOTAL CHILDREN'S SOCIAL CARE"] * 2,
            "SERVICE_LINE": ["csc"] * 2,
            "MEASURE": ["net"] * 2,
            "AMOUNT": [Decimal(amount), Decimal(2 * amount)],
        },
        schema_overrides={"AMOUNT": pl.Decimal(18, 2)},
    )
    filled = ReturnData(return_id="finance.ra", submitter="MHCLG", period="2017-18", tables={"lines": lines})
    return write_files(filled, folder / f"ra-{amount}")


def amounts() -> dict[str, Decimal]:
    return dict(lake.read(find_home(), "finance.ra/lines").collect().select("authority", "AMOUNT").iter_rows())


def published(folder: Path, amount: int = 1_000) -> None:
    """What stands before the attack: handed in by one of the region's, accepted by another."""
    (outcome,) = workflow.submit(find_home(), budgets(folder, amount), who="ann@region.test")
    workflow.accept(find_home(), outcome.submission_id, who="bea@region.test")


def refused(job: Job) -> str:
    (outcome,) = job.came["outcomes"]
    assert outcome["status"] == "rejected"
    return str(outcome["error"])


@pytest.mark.parametrize("named", [True, False])
def test_a_boroughs_door_takes_no_publishers_file(
    client_of: Callable[..., Client], tmp_path: Path, named: bool
) -> None:
    published(tmp_path)
    given = {
        "once": str(uuid.uuid4()), "authority": CAMDEN, "period": "2017-18",
        "files": uploads(budgets(tmp_path, 50_000)),
    }  # fmt: skip
    answer = client_of("analyst").post("/returns/hand-in/", given | ({"return_id": "finance.ra"} if named else {}))
    work()
    if named:
        assert answer.status_code == 422, "the form does not offer it"
    else:
        assert "about every authority" in refused(Job.objects.get(kind="hand-in"))
    assert amounts() == {CAMDEN: 1_000, CROYDON: 2_000}


def test_a_boroughs_own_return_is_taken_though_a_publishers_file_came_along(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    published(tmp_path)
    job = hand_in(client_of("analyst"), [*monitoring(tmp_path), *budgets(tmp_path, 50_000)])
    assert sorted(one["status"] for one in job.came["outcomes"]) == ["checked", "rejected"]
    assert amounts()[CROYDON] == 2_000


def test_a_boroughs_token_takes_no_publishers_file(
    person: Callable[..., Person], client_of: Callable[..., Client], tmp_path: Path
) -> None:
    from parentis.web.api.operations import make_token

    published(tmp_path)
    _, secret = make_token(by=person("analyst"), name="a program", scopes=["hand-in"], lasts=timedelta(days=1))
    answer = Client().post(
        "/api/hand-in",
        {"once": str(uuid.uuid4()), "authority": "Camden", "period": "2017-18",
         "files": uploads(budgets(tmp_path, 50_000))},
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert answer.status_code == 202, answer.content.decode()
    work()
    assert "about every authority" in refused(Job.objects.get(kind="hand-in"))
    assert amounts()[CROYDON] == 2_000


def test_nobody_of_a_borough_reaches_the_regions_door(client_of: Callable[..., Client], tmp_path: Path) -> None:
    (outcome,) = workflow.submit(find_home(), budgets(tmp_path), who="ann@region.test")
    mark = queries.one(outcome.submission_id).mark
    for role in ("director", "section-151", "analyst"):
        client = client_of(role)
        assert client.get("/returns/published/hand-in/").status_code == 403
        for path in (f"/returns/{outcome.submission_id}/", f"/returns/published/{outcome.submission_id}/"):
            assert client.get(path).status_code == 403
            for act in ("accept", "reject", "reverse"):
                assert client.post(f"{path}{act}", {"seen": mark, "why": "because"}).status_code == 403
    work()
    assert queries.one(outcome.submission_id).row["status"] == "checked"


def test_the_regions_door_reaches_no_authoritys_return(client_of: Callable[..., Client], tmp_path: Path) -> None:
    job = hand_in(client_of("analyst"), monitoring(tmp_path))
    submission_id = job.came["outcomes"][0]["submission_id"]
    region, path = client_of("analyst", "region"), f"/returns/published/{submission_id}/"
    assert region.get(path).status_code == 404
    for act in ("accept", "reject", "reverse"):
        assert region.post(f"{path}{act}", {"seen": queries.one(submission_id).mark, "why": "x"}).status_code == 404


def test_one_person_of_the_region_changes_nothing_alone(client_of: Callable[..., Client], tmp_path: Path) -> None:
    published(tmp_path)
    analyst = client_of("analyst", "region")
    sent = {"once": str(uuid.uuid4()), "files": uploads(budgets(tmp_path, 50_000))}
    assert analyst.post("/returns/published/hand-in/", sent).status_code == 302
    work()
    (outcome,) = Job.objects.get(kind="hand-in").came["outcomes"]
    assert outcome["status"] == "checked"
    path = f"/returns/published/{outcome['submission_id']}/"
    page = analyst.get(path).content.decode()
    assert "somebody else must accept it" in page
    seen = queries.one(outcome["submission_id"]).mark
    assert analyst.post(f"{path}accept", {"seen": seen, "why": "because"}).status_code == 409
    workflow.submit(find_home(), budgets(tmp_path, 50_000), who="analyst@region.test", accept=True)
    workflow.recover(find_home())
    assert amounts()[CROYDON] == 2_000

    second = client_of("treasurer", "region")
    assert second.post(f"{path}accept", {"seen": seen, "why": "it is on gov.uk"}).status_code == 302
    work()
    assert amounts()[CROYDON] == 100_000
    assert Entry.objects.get(what="submission:accept").subject == outcome["submission_id"]
    assert second.post(f"{path}reverse", {"seen": queries.one(outcome["submission_id"]).mark, "why": "a forgery"})
    work()
    assert amounts()[CROYDON] == 2_000


def test_the_command_line_asks_for_the_permission_and_the_second_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = find_home()
    (outcome,) = workflow.submit(home, budgets(tmp_path), who="ann", accept=True)
    assert outcome.status == "checked"
    assert "somebody else accepts it" in outcome.sentence
    with pytest.raises(SubmissionStateError, match="second person"):
        workflow.accept(home, outcome.submission_id, who="ann")
    with pytest.raises(RefusedError, match="publish for the region"):
        workflow.accept(home, outcome.submission_id, who="bea", publishes=False)
    assert workflow.accept(home, outcome.submission_id, who="bea").status == "accepted"
    (without,) = workflow.submit(home, budgets(tmp_path, 2_000), who="cat", publishes=False)
    assert without.status == "rejected"
    monkeypatch.setenv(SECOND_PERSON, "no")
    (alone,) = workflow.submit(home, budgets(tmp_path, 3_000), who="ann")
    assert alone.status == "accepted"


@pytest.fixture
def listed() -> Callable[..., None]:
    def keep(*files: Path) -> None:
        lines = [f"{File(path.name, path.read_bytes()).sha256},2017-07-01,Budgets" for path in files]
        (find_home().path / "publications.csv").write_text("\n".join(["sha256,published,title", *lines, ""]))

    return keep


def test_a_file_that_no_known_publication_has_needs_a_reason(tmp_path: Path, listed: Callable[..., None]) -> None:
    home, true = find_home(), budgets(tmp_path)
    listed(*true)
    (genuine,) = workflow.submit(home, true, who="ann")
    assert genuine.held_back == ""
    workflow.accept(home, genuine.submission_id, who="bea")
    (changed,) = workflow.submit(home, budgets(tmp_path, 50_000), who="ann")
    assert "not the bytes of any of the 1 known publications, the latest of 1 July 2017" in changed.held_back
    with pytest.raises(SubmissionStateError, match="known publications"):
        workflow.accept(home, changed.submission_id, who="bea")
    assert amounts()[CROYDON] == 2_000
    workflow.accept(home, changed.submission_id, who="bea", why="corrected this morning")
    assert amounts()[CROYDON] == 100_000


def test_another_boroughs_files_are_a_finding_that_stops_acceptance(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    job = hand_in(client_of("analyst"), monitoring(tmp_path, authority=CROYDON))
    submission_id = job.came["outcomes"][0]["submission_id"]
    director, path = client_of("director"), f"/returns/{submission_id}/"
    page = director.get(path).content.decode()
    assert "named for Croydon" in page
    given = {"seen": queries.one(submission_id).mark, "role": "director"}
    assert director.post(f"{path}accept", given).status_code == 409
    assert queries.one(submission_id).row["status"] == "checked"
    assert director.post(f"{path}accept", given | {"why": "Croydon keeps our books"}).status_code == 302
    work()
    assert queries.one(submission_id).row["status"] == "accepted"
    (accepted,) = workflow.history(find_home(), submission_id).filter(event="accepted").rows(named=True)
    assert accepted["why"].startswith("Croydon keeps our books")

"""Handing in, reading what was found, two people's decision, and what must be refused."""

import csv
import io
import json
import os
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from worker import CAMDEN, hand_in, monitoring, uploads, work

from parentis import workflow
from parentis.archive import File, find_home
from parentis.returns import ReturnData, write_files
from parentis.web.audit.models import Entry
from parentis.web.jobs.models import Job, State
from parentis.web.submissions import queries, spool, tasks
from parentis.web.submissions.sign_off import may_sign_in, refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]
BOTH = ("director", "section-151")


def kept(job: Job) -> list[File]:
    return spool.kept_files(job.pk, job.asked["files"])


@pytest.mark.unit
@pytest.mark.parametrize(
    ("who", "sender", "signed", "asked", "role", "allowed"),
    [
        ("ann", "ann", {}, (), None, False),
        ("bea", "ann", {}, (), None, True),
        ("dee", "ann", {}, BOTH, "director", True),
        ("dee", "dee", {}, BOTH, "director", True),
        ("dee", "dee", {"director": "dee"}, BOTH, "section-151", False),
        ("sam", "dee", {"director": "dee"}, BOTH, "section-151", True),
        ("sam", "dee", {"director": "dee"}, BOTH, "director", False),
        ("ann", "ann", {}, BOTH, None, False),
        ("ann", "ann", {}, BOTH, "analyst", False),
    ],
)
def test_two_people_stand_behind_every_accepted_return(who, sender, signed, asked, role, allowed) -> None:
    reason = refusal(who=who, handed_in_by=sender, signed=signed, asked=asked, role=role)
    assert (reason == "") is allowed


@pytest.mark.unit
def test_only_roles_that_are_held_asked_for_and_open_can_be_signed_in() -> None:
    given = {"who": "dee", "handed_in_by": "ann", "asked": BOTH, "held": {"director", "analyst"}}
    assert may_sign_in(signed={}, **given) == ("director",)
    assert may_sign_in(signed={"director": "eve"}, **given) == ()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/abs/olute.csv", "olute.csv"),
        ("a\x00b\r\n.csv", "a_b__.csv"),
        (".hidden", "hidden"),
        ("--flag.csv", "flag.csv"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
        ("Ünïcode 2024.csv", "Ünïcode 2024.csv"),
    ],
)
def test_names_of_files_become_plain_names(given: str, kept: str) -> None:
    assert spool.clean_name(given) == kept


@pytest.mark.integration
def test_files_are_durable_before_the_answer_and_gone_once_they_are_sealed(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    client = client_of("analyst")
    paths = monitoring(tmp_path)
    sent = {"once": str(uuid.uuid4()), "authority": CAMDEN, "period": "", "files": uploads(paths)}
    response = client.post("/returns/hand-in/", sent)
    job = Job.objects.get()
    assert response["Location"] == f"/returns/jobs/{job.pk}/"
    assert [file.data for file in kept(job)] == [path.read_bytes() for path in paths]
    assert (job.state, job.by.email) == (State.WAITING, "analyst@camden.test")
    assert Entry.objects.get(what="submission:handed-in").authority == CAMDEN
    assert b"data-job" in client.get(response["Location"]).content
    assert client.get(f"/jobs/{job.pk}/state").json()["open"] is True

    work()

    job.refresh_from_db()
    assert job.state == State.DONE, job.problem
    assert kept(job) == []
    (outcome,) = job.came["outcomes"]
    assert (outcome["status"], outcome["taken"][0]["for"]) == ("checked", "Budget monitoring")
    page = client.get(f"/returns/jobs/{job.pk}/").content.decode()
    assert "How each file was recognised" in page
    assert paths[0].name in page


@pytest.mark.integration
def test_a_killed_workers_job_is_begun_again(client_of: Callable[..., Client], tmp_path: Path) -> None:
    client = client_of("analyst")
    hand_in(client, monitoring(tmp_path))
    sent = {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": uploads(monitoring(tmp_path, budget=200))}
    client.post("/returns/hand-in/", sent)
    left = Job.objects.filter(state=State.WAITING).get()
    Job.objects.filter(pk=left.pk).update(state=State.WORKING)  # as it stood when the worker was killed
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.objects.all().delete()
    work()
    left.refresh_from_db()
    assert left.state == State.DONE
    assert left.came["outcomes"][0]["status"] == "checked"


@pytest.mark.integration
def test_a_finance_return_is_signed_by_two_people_and_provisional_until_then(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    job = hand_in(client_of("analyst"), monitoring(tmp_path))
    path = f"/returns/{job.came['outcomes'][0]['submission_id']}/"
    director, officer = client_of("director"), client_of("section-151")

    def decide(client: Client, **given: str) -> int:
        seen = queries.one(path.split("/")[2]).mark
        return client.post(f"{path}accept", {"seen": seen, **given}).status_code

    assert decide(client_of("analyst")) == 409, "a signature is asked for"
    assert decide(director, role="section-151") == 403, "a role the director does not hold"
    assert decide(director, role="director") == 302
    assert decide(officer, role="section-151") == 409, "while another decision is carried out"
    work()
    assert "Accepted, provisional" in director.get(path).content.decode()
    assert decide(director, role="director") == 409
    assert decide(officer, role="section-151") == 302
    work()
    page = officer.get(path).content.decode()
    assert "provisional" not in page
    assert "signed by section-151@camden.test" in page
    events = workflow.history(find_home(), path.split("/")[2]).select("event", "who", "role").rows()
    assert events[-2:] == [
        ("accepted", "director@camden.test", "director"),
        ("signed", "section-151@camden.test", "section-151"),
    ]
    assert Entry.objects.filter(what="submission:accept").count() == 2
    assert {(job.state, job.problem) for job in Job.objects.filter(kind="build")} == {(State.DONE, "")}


@pytest.mark.integration
def test_of_a_large_delivery_figures_are_worked_out_on_request_and_before_accepting(
    client_of: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "MOST_TRIED", 0)
    submission_id = hand_in(client_of("analyst"), monitoring(tmp_path)).came["outcomes"][0]["submission_id"]
    path, director = f"/returns/{submission_id}/", client_of("director")
    given = {"seen": queries.one(submission_id).mark, "role": "director"}
    assert "have not been worked out: that comes before accepting" in director.get(path).content.decode()
    assert director.post(f"{path}accept", given).status_code == 409
    assert director.post(f"{path}changes").status_code == 302
    work()
    assert "No figure that is shown is made from this return" in director.get(path).content.decode()
    assert director.post(f"{path}accept", given).status_code == 302


@pytest.mark.integration
def test_a_stale_form_changes_nothing(client_of: Callable[..., Client], tmp_path: Path) -> None:
    job = hand_in(client_of("analyst"), monitoring(tmp_path))
    path = f"/returns/{job.came['outcomes'][0]['submission_id']}/"
    seen = queries.one(path.split("/")[2]).mark
    client_of("director").post(f"{path}reject", {"seen": seen, "why": "the wrong year"})
    work()
    late = client_of("section-151").post(f"{path}accept", {"seen": seen, "role": "section-151"})
    assert late.status_code == 409
    assert b"made a decision since" in late.content
    assert queries.one(path.split("/")[2]).row["status"] == "rejected"
    assert "the wrong year" in client_of("analyst").get(path).content.decode()


@pytest.mark.integration
def test_the_same_form_sent_twice_hands_in_once(client_of: Callable[..., Client], tmp_path: Path) -> None:
    client, once = client_of("analyst"), str(uuid.uuid4())
    first, second = (hand_in(client, monitoring(tmp_path), once=once) for _ in range(2))
    assert first.pk == second.pk
    assert Job.objects.filter(kind="hand-in").count() == 1


@pytest.mark.integration
def test_a_borough_sees_its_own_returns_and_nobody_elses(client_of: Callable[..., Client], tmp_path: Path) -> None:
    job = hand_in(client_of("analyst"), monitoring(tmp_path))
    path = f"/returns/{job.came['outcomes'][0]['submission_id']}/"
    stranger = client_of("analyst", "croydon")
    addresses = (path, f"{path}findings/", f"{path}findings.csv", f"/returns/jobs/{job.pk}/")
    assert [stranger.get(each).status_code for each in addresses] == [403] * 4
    assert stranger.get(f"/jobs/{job.pk}/state").status_code == 404
    assert "Nothing has been submitted" in stranger.get("/returns/").content.decode()
    sent = {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": uploads(monitoring(tmp_path))}
    assert stranger.post("/returns/hand-in/", sent).status_code == 422
    region = client_of("analyst", "region")
    assert region.get(path).status_code == 200, "the regional team sees that a return came"
    assert region.get(f"{path}findings/").status_code == 403, "and no child of it"


def children(folder: Path, period: str = "2023-24") -> list[Path]:
    """A looked-after children return with mistakes, one of whose children is called like a formula."""
    folder.mkdir(exist_ok=True, parents=True)
    (folder / f"header {period}.csv").write_text(
        "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n=1+1,1,17/05/2010,WBRI,,,\nINVENTED2,7,30/11/2012,WBRI,,,\n"
    )
    (folder / f"episodes {period}.csv").write_text(
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
        "=1+1,01/06/2023,S,C2,N1,U1,PR1,,,,AB1 2CD,AB1 2CD,\nINVENTED2,01/07/2023,S,ZZ,N1,U1,PR1,,,,AB1 2CD,AB1 2CD,\n"
    )
    return sorted(folder.iterdir())


def find_children(client: Client, folder: Path) -> str:
    response = client.post(
        "/returns/hand-in/",
        {"once": str(uuid.uuid4()), "authority": CAMDEN, "period": "2023-24", "files": uploads(children(folder))},
    )
    work()
    job = Job.objects.get(pk=response["Location"].split("/")[-2])
    assert job.state == State.DONE, job.problem
    return str(job.came["outcomes"][0]["submission_id"])


@pytest.mark.integration
def test_findings_are_grouped_narrowed_downloaded_and_on_the_record(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    client = client_of("analyst")
    submission_id = find_children(client, tmp_path / "a")
    path = f"/returns/{submission_id}/"
    kept = queries._findings_path(submission_id)
    assert b"INVENTED2" not in kept.read_bytes(), "kept sealed"

    checked = queries.findings(submission_id)
    assert checked.errors > 0
    by_child = client.get(f"{path}findings/?group=child&child=INVENTED2").content.decode()
    assert "INVENTED2" in by_child
    assert "Rows</caption>" in by_child
    by_field = client.get(f"{path}findings/?severity=error&group=field").text
    assert "group=field&amp;field=" in by_field
    assert "&amp;severity=error" in by_field, "the other parts of the filter go with a link"
    lower = client.get(f"{path}findings/?group=child&child=invented2").text
    assert lower.count('<th scope="row"') == by_child.count('<th scope="row"'), "in whichever case it is written"
    assert Entry.objects.filter(what="submissions.findings:viewed").count() == 3

    rows = list(csv.reader(io.StringIO(client.get(f"{path}findings.csv").content.decode("utf-8-sig"))))
    cells = [cell for row in rows for cell in row]
    assert any(cell == "'=1+1" for cell in cells)
    assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in cells)
    for form in ("html", "xlsx", "json"):
        assert client.get(f"{path}findings.{form}").status_code == 200
    found = json.loads(client.get(f"{path}findings.json").content)
    assert len(found["findings"]) == checked.findings.height
    assert client.get(f"{path}findings.exe").status_code == 404
    assert Entry.objects.filter(what="submissions.findings:exported").count() == 5


@pytest.mark.integration
def test_a_rule_is_explained_beside_the_rows_that_break_it(client_of: Callable[..., Client], tmp_path: Path) -> None:
    client = client_of("analyst")
    submission_id = find_children(client, tmp_path / "a")
    found = queries.findings(submission_id).findings
    rule, child = found.filter(pl.col("rule").str.contains(r"^\d+$")).select("rule", "child").row(0)
    page = client.get(f"/returns/{submission_id}/findings/?rule={rule}").content.decode()
    assert f"Rule {rule}</h2>" in page
    assert "Reads</dt>" in page
    assert child in page
    assert "Rule " not in client.get(f"/returns/{submission_id}/findings/?rule=SPEC-BLANK").content.decode()

    every = client.get("/returns/rules/").content.decode()
    assert every.index("2026-27, in force") < every.index("2025-26, in force") < every.index("2024-25, in force")
    assert "/returns/rules/SW02STG1/" in every
    assert "the placement&#x27;s postcode is compared too" in every
    alone = client.get("/returns/rules/383/").content.decode()
    assert "Postcodes are compared without spaces" in alone
    assert client.get("/returns/rules/99x/").status_code == 404


@pytest.mark.integration
def test_findings_become_a_worklist_for_those_who_put_them_right(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    client = client_of("analyst")
    paths = children(tmp_path / "a")
    workers = tmp_path / "a" / "social workers 2023-24.csv"
    workers.write_text(
        "CHILD,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n"
        "INVENTED2,WORKER1,01/07/2023,31/10/2023,MANAGE\nINVENTED2,WORKER2,31/10/2023,,\n"
    )
    response = client.post(
        "/returns/hand-in/",
        {"once": str(uuid.uuid4()), "authority": CAMDEN, "period": "2023-24", "files": uploads([*paths, workers])},
    )
    work()
    job = Job.objects.get(pk=response["Location"].split("/")[-2])
    path = f"/returns/{job.came['outcomes'][0]['submission_id']}/"
    assert f"{path}worklist/" in client.get(f"{path}findings/").content.decode()
    every = client.get(f"{path}worklist/").content.decode()
    assert "?worker=WORKER2" in every
    assert "no worker named" in every
    assert "WORKER1" not in every, "the worker before"
    own = client.get(f"{path}worklist/?worker=WORKER2").content.decode()
    assert "child=INVENTED2" in own
    assert "no worker named" not in own
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}worklist.xlsx").content))
    (sheet,) = book.worksheets
    cells = [row[:2] for row in sheet.iter_rows(min_row=5, values_only=True)]
    assert sorted(cells) == [("WORKER2", "INVENTED2"), ("no worker named", "'=1+1")]
    assert "Worklist" in openpyxl.load_workbook(io.BytesIO(client.get(f"{path}findings.xlsx").content)).sheetnames
    assert Entry.objects.filter(what="submissions.findings:exported").count() == 2
    assert client_of("analyst", "region").get(f"{path}worklist/").status_code == 403
    nameless = find_children(client, tmp_path / "b")
    assert client.get(f"/returns/{nameless}/worklist/").status_code == 404


@pytest.mark.integration
def test_findings_go_with_the_submission_that_is_erased(client_of: Callable[..., Client], tmp_path: Path) -> None:
    client = client_of("analyst")
    submission_id = find_children(client, tmp_path / "a")
    assert client.get(f"/returns/{submission_id}/findings/").status_code == 200
    workflow.erase(find_home(), submission_id, who="the officer", why="asked for")
    assert client.get(f"/returns/{submission_id}/findings/").status_code == 404
    assert client.get(f"/returns/{submission_id}/").status_code == 200


@pytest.mark.integration
def test_a_corrected_return_is_set_beside_the_one_before(client_of: Callable[..., Client], tmp_path: Path) -> None:
    client = client_of("analyst")
    first = find_children(client, tmp_path / "a")
    (tmp_path / "b").mkdir()
    children(tmp_path / "b")
    episodes = next((tmp_path / "b").glob("episodes*"))
    episodes.write_text(episodes.read_text() + "INVENTED2,01/08/2023,P,C2,N1,U1,PR1,,,,AB1 2CD,AB1 2CD,\n")
    paths = sorted((tmp_path / "b").iterdir())
    response = client.post(
        "/returns/hand-in/",
        {"once": str(uuid.uuid4()), "authority": CAMDEN, "period": "2023-24", "files": uploads(paths)},
    )
    work()
    second = Job.objects.get(pk=response["Location"].split("/")[-2]).came["outcomes"][0]["submission_id"]
    page = client.get(f"/returns/{second}/").content.decode()
    assert f"/returns/{first}/" in page
    assert "+1" in page
    assert "Compared with the previous return" in client.get(f"/returns/{second}/findings/").content.decode()


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(200), "rejected"),
        ("cut.zip", b"PK\x03\x04" + bytes(40), "rejected"),
        ("program.csv", b"MZ\x90\x00" + bytes(200), "rejected"),
        ("other.csv", b"fruit,colour\napple,red\n", "rejected"),
    ],
)
def test_what_is_no_return_is_rejected_with_a_sentence(
    name: str, data: bytes, says: str, client_of: Callable[..., Client]
) -> None:
    client = client_of("analyst")
    # The type the browser claims is no reason to believe it.
    file = SimpleUploadedFile(name, data, content_type="text/csv")
    response = client.post("/returns/hand-in/", {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": file})
    work()
    job = Job.objects.get(pk=response["Location"].split("/")[-2])
    page = client.get(response["Location"]).content.decode()
    if job.state == State.DONE:
        assert job.came["outcomes"][0]["status"] == says
    else:
        assert job.problem
    assert "Traceback" not in page
    assert kept(job) == []


@pytest.mark.integration
def test_nothing_empty_or_missing_is_taken(client_of: Callable[..., Client]) -> None:
    client, once = client_of("analyst"), str(uuid.uuid4())
    empty = SimpleUploadedFile("empty.csv", b"")
    for given in ({}, {"files": empty}):
        response = client.post("/returns/hand-in/", {"once": once, "authority": CAMDEN, **given})
        assert response.status_code == 422
        assert b"There is a problem" in response.content
    year = client.post(
        "/returns/hand-in/",
        {"once": once, "authority": CAMDEN, "period": "sometime", "files": SimpleUploadedFile("a.csv", b"a")},
    )
    assert b"Enter the year like 2024-25" in year.content
    assert Job.objects.count() == 0


@pytest.mark.integration
def test_too_large_too_many_and_too_slow_uploads_are_refused_while_they_come(
    client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("analyst")

    def send(*files: SimpleUploadedFile) -> str:
        given = {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": list(files)}
        response = client.post("/returns/hand-in/", given)
        assert response.status_code == 413
        return str(response.content.decode())

    monkeypatch.setattr(spool, "LARGEST", 1024 * 1024)
    assert "at most 1 MB" in send(SimpleUploadedFile("big.csv", bytes(1024 * 1024 + 1)))
    many = [SimpleUploadedFile(f"{number}.csv", b"a") for number in range(spool.MOST_FILES + 1)]
    assert "at most 60 files" in send(*many)
    monkeypatch.setattr(spool, "GRACE", -1.0)
    monkeypatch.setattr(spool, "SLOWEST", 10**12)
    assert "too slow" in send(SimpleUploadedFile("slow.csv", b"a,b\n1,2\n"))
    assert Job.objects.count() == 0
    assert list(spool.spool_folder().iterdir()) == []


@pytest.mark.integration
def test_equal_names_are_told_apart_and_none_leads_out_of_the_spool(client_of: Callable[..., Client]) -> None:
    client = client_of("analyst")
    files = [SimpleUploadedFile("x.csv", b"a,b\n1,2\n"), SimpleUploadedFile("x.csv", b"a,b\n3,4\n")]
    for file in files:
        file._name = "../../../x.csv"
    client.post("/returns/hand-in/", {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": files})
    job = Job.objects.get()
    assert [(file.name, file.data[-4:]) for file in kept(job)] == [("x.csv", b"1,2\n"), ("x (2).csv", b"3,4\n")]
    assert list(find_home().path.parent.rglob("x*.csv")) == []


@pytest.mark.integration
def test_what_waits_in_the_spool_is_sealed_and_what_nobody_keeps_is_gone(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    client, once = client_of("analyst"), str(uuid.uuid4())
    row = b"INVENTED7,30/11/2012\n" * 50_000

    def send() -> None:
        file = SimpleUploadedFile("rows.csv", row)
        client.post("/returns/hand-in/", {"once": once, "authority": CAMDEN, "files": file})

    send()
    send()
    files = [path for path in find_home().path.rglob("*") if path.is_file()]
    assert [one.name for one in spool.spool_folder().iterdir()] == [str(Job.objects.get().pk)], "sent twice, kept once"
    assert not [path for path in files if b"INVENTED7" in path.read_bytes()]
    assert all(path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0 for path in files
               if spool.spool_folder() in path.parents)  # fmt: skip
    (file,) = kept(Job.objects.get())
    assert file.data == row
    sealed = spool.spool_folder() / str(Job.objects.get().pk) / "0"
    sealed.write_bytes(sealed.read_bytes()[:-40])
    work()
    job = Job.objects.get()
    assert (job.state, "cut off" in job.problem) == (State.FAILED, True)


@pytest.mark.integration
def test_an_upload_that_a_killed_server_left_is_taken_away(client_of: Callable[..., Client]) -> None:
    left, new = spool.spool_folder() / ".left", spool.spool_folder() / ".new"
    for folder in (left, new):
        folder.mkdir()
    os.utime(left, (0, 0))
    file = SimpleUploadedFile("rows.csv", b"a\n")
    given = {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": file}
    assert client_of("analyst").post("/returns/hand-in/", given).status_code == 302
    assert (left.exists(), new.exists()) == (False, True)


@pytest.mark.integration
def test_a_form_without_its_token_is_refused(person: Callable[..., object], tmp_path: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("analyst"), backend="allauth.account.auth_backends.AuthenticationBackend")
    sent = {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": uploads(monitoring(tmp_path))}
    response = client.post("/returns/hand-in/", sent)
    assert response.status_code == 403
    assert Job.objects.count() == 0


@pytest.mark.integration
def test_blank_returns_are_downloaded_and_unknown_ones_are_not_found(client_of: Callable[..., Client]) -> None:
    client = client_of("analyst")
    assert "Blank templates" in client.get("/returns/templates/").content.decode()
    blank = client.get("/returns/templates/ssda903/2024-25.xlsx")
    assert blank.status_code == 200
    assert blank.content[:2] == b"PK"
    for wrong in ("nothing/2024-25", "ssda903/1066-67", "ssda903/..%2f"):
        assert client.get(f"/returns/templates/{wrong}.xlsx").status_code == 404


@pytest.mark.integration
def test_an_authority_releases_its_figures_and_closes_them_again(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    job = hand_in(client_of("analyst"), monitoring(tmp_path))
    submission_id = job.came["outcomes"][0]["submission_id"]
    path, director = f"/returns/{submission_id}/", client_of("director")
    director.post(f"{path}accept", {"seen": queries.one(submission_id).mark, "role": "director"})
    work()
    for audience in ("members", "own"):
        given = {"seen": queries.one(submission_id).mark, "to": audience, "why": "the region's agreement"}
        assert client_of("analyst").post(f"{path}release", given).status_code == 403
        assert director.post(f"{path}release", given).status_code == 302
        work()
        assert queries.one(submission_id).row["audience"] == audience


@pytest.mark.integration
def test_a_fault_of_ours_ends_the_job_with_a_sentence_and_no_details(
    client_of: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("INVENTED2 was born on 30/11/2012")

    monkeypatch.setattr(workflow, "submit", broken)
    client = client_of("analyst")
    job = hand_in(client, monitoring(tmp_path))
    assert job.state == State.FAILED
    page = client.get(f"/returns/jobs/{job.pk}/").content.decode()
    assert "problem with the service" in page
    assert "INVENTED2" not in page
    assert kept(job) != [], "what was sent is not lost"


def budget_file(folder: Path) -> list[Path]:
    """A publisher's file of two authorities."""
    lines = pl.DataFrame(
        {
            "ONS_CODE": [CAMDEN, "E09000003"],
            "AUTHORITY_NAME": ["Camden", "Barnet"],
            "LABEL": ["TOTAL CHILDREN'S SOCIAL CARE"] * 2,
            "SERVICE_LINE": ["csc"] * 2,
            "MEASURE": ["net"] * 2,
            "AMOUNT": [Decimal(1_000), Decimal(2_000)],
        },
        schema_overrides={"AMOUNT": pl.Decimal(18, 2)},
    )
    filled = ReturnData(return_id="finance.ra", submitter="MHCLG", period="2017-18", tables={"lines": lines})
    return write_files(filled, folder)


@pytest.mark.integration
def test_the_region_hands_in_what_publishers_publish(client_of: Callable[..., Client], tmp_path: Path) -> None:
    region, borough = client_of("analyst", "region"), client_of("analyst")
    assert borough.get("/returns/published/").status_code == 403
    assert borough.post("/returns/published/hand-in/", {}).status_code == 403
    assert "Revenue Account budget" in region.get("/returns/published/hand-in/").content.decode()
    sent = {"once": str(uuid.uuid4()), "files": uploads(budget_file(tmp_path / "in"))}
    response = region.post("/returns/published/hand-in/", sent)
    assert response["Location"].startswith("/returns/published/jobs/"), response.content.decode()
    work()
    page = region.get(response["Location"]).content.decode()
    assert "Accepted" in page
    assert "Figures are being updated" in page
    assert borough.get(response["Location"]).status_code == 403
    held_now = region.get("/returns/published/").content.decode()
    assert "1 stored" in held_now
    assert "mhclg" in held_now.casefold()
    assert Job.objects.get(kind="build").state == State.DONE
    assert Entry.objects.filter(what="submission:handed-in", authority="").count() == 1


@pytest.mark.integration
def test_an_authoritys_return_is_not_taken_among_publishers_files(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    """Nobody beyond it hands in for an authority, and the refusal names no option of the command line."""
    region = client_of("treasurer", "region")
    sent = {
        "once": str(uuid.uuid4()),
        "period": "2024-25",
        "authority": CAMDEN,
        "files": uploads(monitoring(tmp_path)),
    }
    response = region.post("/returns/published/hand-in/", sent)
    work()
    page = region.get(response["Location"]).content.decode()
    assert "Rejected" in page
    assert "Ask somebody at that authority to submit it" in page
    assert "--authority" not in page
    assert workflow.register(find_home())["status"].to_list() == ["rejected"]

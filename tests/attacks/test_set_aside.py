"""What ends the program twice is set aside with a sentence, and the rest goes on."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from far_files import FAR_FILES
from worker import CAMDEN, monitoring, uploads, work

from parentis import workflow
from parentis.archive import File, Home, Upload, find_home, store
from parentis.returns import ALWAYS_APART
from parentis.web.jobs.models import Job, State
from parentis.web.submissions import spool
from parentis.workflow.intake.upload_options import upload_options

FAR = "one cell in the last corner.xlsx"
DEADLY = """
import os, sys
from parentis import workflow
from parentis.archive import find_home
from parentis.workflow.processing import pipeline
checked = pipeline.check

def check(ready, before):
    if any("deadly" in file.name for one in ready for file in one.found.files):
        os._exit(134)
    return checked(ready, before)

pipeline.check = check
workflow.recover(find_home())
"""


def recovered(home: Home) -> int:
    """The exit code of a process in which checking a file called deadly ends everything."""
    environment = os.environ | {"PARENTIS_HOME": str(home.path)}
    return subprocess.run([sys.executable, "-c", DEADLY], env=environment, check=False).returncode


@pytest.mark.functional
def test_what_ends_every_command_is_set_aside_and_the_rest_is_done(tmp_path: Path) -> None:
    """As a killed process leaves them: stored, and unknown to the register."""
    home = Home(tmp_path / "another")
    for number, budget in enumerate((100, 200, 300)):
        (path,) = monitoring(tmp_path, budget=budget)
        file = File("deadly.csv" if number == 1 else f"{budget}.csv", path.read_bytes())
        intent = upload_options(who="ann", authority=CAMDEN, period=f"202{number}-2{number + 1}")
        store(home, [Upload(files=(file,), intent=intent.kept())])
    assert recovered(home) == 134
    assert json.loads(home.attempts.read_text()), "the next command knows what was being done"
    assert recovered(home) == 134
    assert recovered(home) == 0
    state = workflow.register(home)
    assert sorted(state["status"].to_list()) == ["checked", "checked", "rejected"]
    (why,) = state.filter(state["status"] == "rejected")["why"]
    assert why.startswith(
        "deadly.csv: expected files that can be read and checked, found some at which the program ended"
    )
    assert not home.attempts.exists()
    assert [one for one in workflow.doctor(home) if one.severity != "note"] == []


@pytest.mark.functional
def test_one_small_workbook_stops_no_later_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command is a process of its own, as a person runs it."""
    monkeypatch.setenv("PARENTIS_HOME", str(tmp_path / "another"))
    far = tmp_path / "far.xlsx"
    far.write_bytes(FAR_FILES[FAR]())

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "parentis", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    refused = run("submit", str(far), "--authority", "Camden", "--period", "2024-25")
    assert (refused.returncode, "so far apart" in refused.stderr) == (20, True), refused.stderr
    (path,) = monitoring(tmp_path)
    assert run("submit", str(path), "--authority", "Camden").returncode == 0
    assert run("check", str(far)).returncode == 20
    assert "All is well" in run("doctor").stderr


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_a_job_that_ended_two_workers_is_set_aside_and_the_next_is_done(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    client = client_of("analyst")
    for budget in (100, 200):
        sent = {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": uploads(monitoring(tmp_path, budget=budget))}
        assert client.post("/returns/hand-in/", sent).status_code == 302
    deadly, innocent = Job.objects.order_by("asked_at")
    # As they stand once a second worker has died at the first of them.
    Job.objects.filter(pk=deadly.pk).update(state=State.WORKING, attempts=2)
    Job.objects.filter(pk=innocent.pk).update(state=State.WORKING, attempts=1)
    work()
    deadly.refresh_from_db()
    innocent.refresh_from_db()
    assert (deadly.state, innocent.state) == (State.FAILED, State.DONE)
    assert "set it aside" in client.get(f"/returns/jobs/{deadly.pk}/").content.decode()
    assert spool.kept_files(deadly.pk, deadly.asked["files"]) != [], "nothing is lost"


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_a_workbook_handed_in_at_the_site_stops_neither_worker_nor_site(
    client_of: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALWAYS_APART, "always")
    client, far = client_of("analyst"), SimpleUploadedFile("far.xlsx", FAR_FILES[FAR]())
    response = client.post("/returns/hand-in/", {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": far})
    work()
    page = client.get(response["Location"]).content.decode()
    assert "so far apart" in page
    assert workflow.register(find_home())["status"].to_list() == ["rejected"]
    sent = {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": uploads(monitoring(tmp_path))}
    client.post("/returns/hand-in/", sent)
    work()
    assert workflow.register(find_home())["status"].to_list() == ["rejected", "checked"]

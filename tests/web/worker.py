"""The worker and small invented returns, for tests of what the site does in the background."""

import tempfile
import uuid
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from parentis import workflow
from parentis.archive import Home, find_home
from parentis.figures import Audience
from parentis.returns import ReturnData, write_files
from parentis.web.jobs.models import Job

CAMDEN = "E09000007"


def work() -> None:
    """Do all jobs that wait, as the worker beside the server does."""
    call_command("work", batch=True)


def monitoring(folder: Path, budget: int = 100, outturn: int = 120, authority: str = CAMDEN) -> list[Path]:
    """A borough's monitoring return with one line."""
    lines = pl.DataFrame(
        {
            "QUARTER": ["Q4"],
            "SERVICE_LINE": ["csc"],
            "ORIGINAL_BUDGET": [Decimal(budget)],
            "REVISED_BUDGET": [Decimal(budget)],
            "OUTTURN": [Decimal(outturn)],
        },
        schema_overrides=dict.fromkeys(("ORIGINAL_BUDGET", "REVISED_BUDGET", "OUTTURN"), pl.Decimal(18, 2)),
    )
    filled = ReturnData(return_id="finance.monitoring", submitter=authority, period="2024-25", tables={"lines": lines})
    return write_files(filled, folder / f"{authority}-{budget}")


def uploads(paths: Sequence[Path]) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]


def hand_in(client: Client, paths: Sequence[Path], *, authority: str = CAMDEN, once: str = "") -> Job:
    """Submit by the form, let the worker do it, and give the job."""
    response = client.post(
        "/returns/hand-in/",
        {"once": once or str(uuid.uuid4()), "authority": authority, "period": "2024-25", "files": uploads(paths)},
    )
    assert response.status_code == 302, response.content.decode()
    work()
    return Job.objects.get(pk=response["Location"].split("/")[-2])


def submission_of(authority: str) -> str:
    """The id of a return that this authority handed in, not yet accepted; handed in when it is first asked for."""
    return _submission_of(authority, find_home().path)


@cache
def _submission_of(authority: str, home: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        paths = monitoring(Path(folder), authority=authority)
        (outcome,) = workflow.submit(Home(home), paths, who="somebody", authority=authority, period="2024-25")
    return outcome.submission_id


def job_of(authority: str) -> uuid.UUID:
    """A job of handing in for this authority."""
    made: Job = Job.objects.create(kind="hand-in", authority=authority)
    return made.pk


def shown_figures(folder: Path) -> None:
    """Two boroughs' monitoring, accepted, released to members, and built into figures of the funding service."""
    for authority, outturn in ((CAMDEN, 130), ("E09000008", 90)):
        paths = monitoring(folder, outturn=outturn * 1_000_000, budget=100_000_000, authority=authority)
        workflow.submit(find_home(), paths, who="somebody", authority=authority, period="2024-25", accept=True)
    workflow.release_submissions(
        find_home(), who="somebody", to=Audience.MEMBERS, return_id="finance.monitoring", why="the agreement"
    )
    workflow.build(find_home(), services=["funding"])

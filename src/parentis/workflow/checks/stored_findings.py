"""The findings of a stored submission, for readers after it was checked."""

import io
import json
import zipfile
from dataclasses import asdict

import polars as pl

from parentis import archive
from parentis.archive import Home
from parentis.returns import Checked, Problem, Recognised
from parentis.workflow.checks.submissions import YearsBefore, check
from parentis.workflow.intake.contents import reopen
from parentis.workflow.register_queries import submission

ABOUT = "findings, with workers"
FRAMES = ("findings", "statuses", "workers")


def recheck(home: Home, submission_id: str) -> Checked:
    """The findings of a stored submission, checked again from its bytes. Takes seconds for a large return.

    Raises NotFoundError for an unknown submission and for one whose bytes were deleted.
    """
    row = submission(home, submission_id)
    return check(reopen(home, [row]), YearsBefore(home))[0]


def sealed_findings(home: Home, submission_id: str, checked: Checked) -> bytes:
    """`checked` sealed under the submission's key, so that erasing the submission makes every copy unreadable."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in FRAMES:
            frame = io.BytesIO()
            getattr(checked, name).write_ipc(frame)
            packed.writestr(name, frame.getvalue())
        head = {"return_id": checked.return_id, "part": checked.part, "period": checked.period}
        told = {name: [asdict(one) for one in getattr(checked, name)] for name in ("problems", "taken")}
        packed.writestr("head", json.dumps(head | told))
    return archive.seal_beside(home, submission_id, buffer.getvalue(), ABOUT)


def unsealed_findings(home: Home, submission_id: str, sealed: bytes) -> Checked:
    """Inverse of `sealed_findings`. Raises NotFoundError for an erased submission."""
    with zipfile.ZipFile(io.BytesIO(archive.open_beside(home, submission_id, sealed, ABOUT))) as packed:
        head = json.loads(packed.read("head"))
        frames = {name: pl.read_ipc(io.BytesIO(packed.read(name))) for name in FRAMES}
    problems = tuple(Problem(**one) for one in head.pop("problems"))
    taken = tuple(Recognised(**one) for one in head.pop("taken", ()))
    return Checked(**head, problems=problems, taken=taken, **frames)  # type: ignore[arg-type]

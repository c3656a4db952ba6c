"""Forgetting submissions: their bytes, their keys, their rows, and figures that were made of them."""

from collections.abc import Mapping

from parentis import archive, lake
from parentis.archive import CLOSED, WAIT_SECONDS, Event, Home
from parentis.errors import SubmissionStateError
from parentis.workflow.intake.upload_options import Progress, silent
from parentis.workflow.processing.recovery import finish_closing, recover_locked
from parentis.workflow.register_queries import submission
from parentis.workflow.results.build import build_anew


def erase(
    home: Home, submission_id: str, *, who: str, why: str, progress: Progress = silent, wait: float = WAIT_SECONDS
) -> str:
    """Forget a submission: its bytes, its key and its rows. The register keeps that it was there, and why it
    went. Gives its id. What is visible of other submissions does not change."""
    return erase_all(home, {submission_id: why}, who=who, progress=progress, wait=wait)[0]


def erase_all(
    home: Home, reasons: Mapping[str, str], *, who: str, progress: Progress = silent, wait: float = WAIT_SECONDS
) -> list[str]:
    """As `erase`, of several submissions (id to reason), with the figures built once. All are looked up before any is
    erased."""
    with archive.locked(home, wait=wait):
        recover_locked(home, progress)
        found = {submission(home, one)["submission_id"]: one for one in reasons}
        for whole in found:
            status = submission(home, whole)["status"]
            if status in CLOSED:
                raise SubmissionStateError(
                    expected="a submission whose bytes are kept",
                    found=f"one that is {status}",
                    where=f"submission {whole[:8]}",
                    do="Nothing is left to erase.",
                )
        for whole, asked in found.items():
            archive.append(home, [Event(event="erased", submission_id=whole, who=who, why=reasons[asked])])
            finish_closing(home, whole, "erased")
        if found and lake.shown(home).height:
            build_anew(home, progress=progress)
        return [str(whole) for whole in found]

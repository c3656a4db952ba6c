"""Erases submissions: their bytes, keys and rows, and the figures made from them."""

from collections.abc import Mapping
from typing import Any

from parentis import archive, lake
from parentis.archive import CLOSED, WAIT_SECONDS, Event, Home
from parentis.errors import SubmissionStateError
from parentis.workflow.intake.upload_options import Progress, silent
from parentis.workflow.processing.recovery import finish_closing, recover_locked
from parentis.workflow.register_queries import submission
from parentis.workflow.results.build import build_anew
from parentis.workflow.safeguards.requests import waiting_requests
from parentis.workflow.safeguards.two_people import second_person_needed


def erase(
    home: Home, submission_id: str, *, who: str, why: str, progress: Progress = silent, wait: float = WAIT_SECONDS
) -> str:
    """Erase a submission: its bytes, its key and its rows. The register keeps the record that it existed, and the
    reason for its erasure. Returns its id. The visible data of other submissions do not change.

    If decisions need two people, the first call only records a request, and the submission's status does not change.
    Raises SubmissionStateError if the same person asks again.
    """
    if second_person_needed():
        with archive.locked(home, wait=wait):
            recover_locked(home, progress)
            found = submission(home, submission_id)
            whole = str(found["submission_id"])
            _check_kept(found)
            asked = waiting_requests(home).filter(submission_id=whole, asks="erasure")
            if asked.is_empty():
                key = {name: found[name] for name in archive.KEY}
                archive.append(home, [Event(event="erasure-asked", submission_id=whole, who=who, why=why, **key)])
                return whole
            if asked["who"][0] == who:
                raise SubmissionStateError(
                    expected="a second person", found="whoever asked for the erasure",
                    where=f"submission {whole[:8]}", do="Somebody else confirms it, or refuses it.",
                )  # fmt: skip
            return _erase_locked(home, {whole: why}, who=who, progress=progress)[0]
    return erase_all(home, {submission_id: why}, who=who, progress=progress, wait=wait)[0]


def erase_all(
    home: Home, reasons: Mapping[str, str], *, who: str, progress: Progress = silent, wait: float = WAIT_SECONDS
) -> list[str]:
    """Erase several submissions (id to reason) and build the figures once. For erasures already decided, such as those
    of the retention schedule. All ids are looked up before anything is erased."""
    with archive.locked(home, wait=wait):
        recover_locked(home, progress)
        return _erase_locked(home, reasons, who=who, progress=progress)


def _erase_locked(home: Home, reasons: Mapping[str, str], *, who: str, progress: Progress) -> list[str]:
    found = {submission(home, one)["submission_id"]: one for one in reasons}
    for whole in found:
        _check_kept(submission(home, whole))
    for whole, asked in found.items():
        archive.append(home, [Event(event="erased", submission_id=whole, who=who, why=reasons[asked])])
        finish_closing(home, whole, "erased")
    if found and lake.shown(home).height:
        build_anew(home, progress=progress)
    return [str(whole) for whole in found]


def _check_kept(found: Mapping[str, Any]) -> None:
    if found["status"] in CLOSED:
        raise SubmissionStateError(
            expected="a submission whose files are stored",
            found=f"one that is {found['status']}",
            where=f"submission {found['submission_id'][:8]}",
            do="Nothing is left to erase.",
        )

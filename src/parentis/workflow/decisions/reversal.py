"""Reverses an acceptance, so that readers see again what it superseded."""

from parentis import archive
from parentis.archive import WAIT_SECONDS, Event, Home
from parentis.errors import SubmissionStateError
from parentis.workflow.intake.upload_options import silent
from parentis.workflow.processing.recovery import recover_locked
from parentis.workflow.register_queries import register, submission
from parentis.workflow.safeguards.two_people import check_publisher


def reverse(
    home: Home, submission_id: str, *, who: str, why: str, publishes: bool = True, wait: float = WAIT_SECONDS
) -> str:
    """Reverse an acceptance, so that the superseded load is visible again. Returns the id of that load's submission, ''
    if there is none. Bytes and rows of the reversed one are kept. Figures change at the next build.

    Raises NotFoundError, RefusedError for a publisher's file on which `who` may not decide, and SubmissionStateError
    if it is not the submission that readers see.
    """
    with archive.locked(home, wait=wait):
        recover_locked(home, silent)
        found = submission(home, submission_id)
        if not found["current"]:
            raise SubmissionStateError(
                expected="an accepted submission that readers see",
                found=f"one that is {'superseded' if found['status'] == 'accepted' else found['status']}",
                where=f"submission {found['submission_id'][:8]}",
                do="Take back the one that superseded it first, if that is what you mean.",
            )
        check_publisher(found | {"received_by": None}, who=who, publishes=publishes)
        key = {name: found[name] for name in archive.KEY}
        archive.append(home, [Event(event="reversed", submission_id=found["submission_id"], who=who, why=why, **key)])
        now = register(home)
        same = now.filter("current", *(now[name].eq_missing(value) for name, value in key.items()))
        return str(same["submission_id"][0]) if same.height else ""

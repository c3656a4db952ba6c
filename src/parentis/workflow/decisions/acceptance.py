"""Decisions about a submission: accept, sign, reject."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from parentis import archive, remedies
from parentis.archive import WAIT_SECONDS, Event, Home
from parentis.errors import SubmissionStateError
from parentis.returns import the_return
from parentis.workflow.editions import HELD_BACK, Editions, Replacing
from parentis.workflow.intake import loads
from parentis.workflow.intake.contents import Ready, reopen
from parentis.workflow.intake.outcome import Outcome
from parentis.workflow.intake.upload_options import Progress, silent
from parentis.workflow.processing.pipeline import make_load
from parentis.workflow.processing.recovery import recover_locked
from parentis.workflow.register_queries import problems_of, register, submission
from parentis.workflow.safeguards.objections import Objections
from parentis.workflow.safeguards.two_people import check_publisher, is_published, second_person_needed
from parentis.workflow.supersession import Current

AGAIN = "the same files handed in to be accepted"


def accept(
    home: Home,
    submission_id: str,
    *,
    who: str,
    role: str | None = None,
    why: str | None = None,
    publishes: bool = True,
    progress: Progress = silent,
    wait: float = WAIT_SECONDS,
) -> Outcome:
    """Accept a checked submission, or sign an accepted one in a further `role`. `publishes`: `who` may publish for the
    region.

    Raises NotFoundError, RefusedError for a publisher's file that `who` may not accept, and SubmissionStateError if
    its state does not allow it, the return has no such role, a second person is needed, or there is an objection and
    no reason is given.
    """
    with archive.locked(home, wait=wait):
        recover_locked(home, progress)
        found = submission(home, submission_id)
        _check_role(found, role)
        if found["status"] == "accepted" and role is not None:
            _append(home, found, "signed", who=who, role=role, why=why)
        elif found["status"] == "checked":
            check_publisher(found, who=who, publishes=publishes)
            _load(home, found, who=who, role=role, why=why, progress=progress)
        else:
            raise _not_possible(found, "accepted")
        return _told(home, found["submission_id"], "accepted")


def sign(
    home: Home,
    submission_ids: Sequence[str],
    *,
    who: str,
    role: str,
    why: str | None = None,
    wait: float = WAIT_SECONDS,
) -> int:
    """Sign several accepted submissions in a role, all at once. Returns how many.

    Raises NotFoundError, and SubmissionStateError if one is not accepted or has no such role: then none is signed.
    """
    with archive.locked(home, wait=wait):
        recover_locked(home, silent)
        known = {row["submission_id"]: row for row in register(home).iter_rows(named=True)}
        found = [known.get(one) or submission(home, one) for one in submission_ids]
        for one in found:
            if one["status"] != "accepted":
                raise _not_possible(one, "signed")
            _check_role(one, role)
        archive.append(
            home,
            [
                Event(
                    event="signed",
                    submission_id=one["submission_id"],
                    **{name: one[name] for name in archive.KEY},
                    who=who,
                    role=role,
                    why=why,
                )
                for one in found
            ],
        )
        return len(found)


def reject(home: Home, submission_id: str, *, who: str, why: str, wait: float = WAIT_SECONDS) -> Outcome:
    """Reject a checked submission, with the reason shown to its sender. Its bytes are kept."""
    if not why.strip():
        raise SubmissionStateError(
            expected="a reason for its sender", found="none", where="rejecting", do="Say what should be corrected."
        )
    with archive.locked(home, wait=wait):
        recover_locked(home, silent)
        found = submission(home, submission_id)
        if found["status"] != "checked":
            raise _not_possible(found, "rejected")
        _append(home, found, "rejected", who=who, why=why)
        return _told(home, found["submission_id"], "rejected")


def accept_held(home: Home, outcome: Outcome, who: str) -> Outcome:
    """Accept a stored, unaccepted submission when the same bytes are handed in again with a request to accept them.
    Runs under the caller's lock."""
    found = submission(home, outcome.submission_id)
    unread = any(one["severity"] == "error" for one in found["problems"] or ())
    if found["status"] != "checked" or unread or (found["why"] or "").startswith(HELD_BACK):
        return outcome
    if is_published(found) and second_person_needed():
        return outcome  # handing in the same bytes again is no decision on shared figures
    try:
        _load(home, found, who=who, role=None, why=None, note=AGAIN, progress=silent)
    except SubmissionStateError:  # there is an objection, and no reason was given
        return outcome
    return replace(_told(home, outcome.submission_id, "accepted"), files=outcome.files)


def considered(home: Home, ready: Ready, submission_id: str) -> Replacing:
    """The effect of accepting a stored submission on current data, and the objections to it."""
    against = Objections(home).to(ready, besides=submission_id)
    return Editions(home).consider(ready).with_reasons(against)


def _load(
    home: Home, found: dict[str, Any], *, who: str, role: str | None, why: str | None, progress: Progress,
    note: str = "",
) -> None:  # fmt: skip
    ready = reopen(home, [found])[0]
    replacing = considered(home, ready, found["submission_id"])
    if replacing.reason and not (why or "").strip():
        raise SubmissionStateError(
            expected="a reason why this file shall count all the same",
            found=f"none, and {replacing.reason}",
            where=f"submission {found['submission_id'][:8]}",
            do=remedies.GIVE_REASON,
        )
    why = ". ".join(filter(None, (why, note, replacing.told))) or None
    told = Current.of(home).notes(ready.found.key, found["submission_id"], ready.counts)
    problems = (*ready.found.reading.problems, *told)
    load = make_load(found["submission_id"], ready, archive.hasher(home, "lake"))
    loads.announce(home, [load.load_id])
    loads.write(home, [load], progress)
    _append(home, found, "accepted", who=who, role=role, why=why, load_id=load.load_id, problems=problems,
            contents=load.contents)  # fmt: skip
    progress("accepted", 1, 1)
    loads.done_pending(home)


def _append(home: Home, found: dict[str, Any], event: Any, **what: Any) -> None:
    key = {name: found[name] for name in archive.KEY}
    archive.append(home, [Event(event=event, submission_id=found["submission_id"], **key, **what)])


def _check_role(found: dict[str, Any], role: str | None) -> None:
    if role is None or found["return_id"] is None:
        return
    missing = [each for each in the_return(found["return_id"]).sign_offs if each not in found["signed"]]
    if role not in missing:
        raise SubmissionStateError(
            expected=f"a sign-off by {' or '.join(missing) or 'nobody further'}",
            found=role,
            where=f"submission {found['submission_id'][:8]}",
            do=remedies.SEE_SIGNATURES,
        )


def _not_possible(found: dict[str, Any], wanted: str) -> SubmissionStateError:
    return SubmissionStateError(
        expected=f"a checked submission, to be {wanted}",
        found=f"one that is {found['status']}",
        where=f"submission {found['submission_id'][:8]}",
        do="Hand in a corrected return; once accepted it supersedes this one.",
    )


def _told(home: Home, submission_id: str, status: Any) -> Outcome:
    row = submission(home, submission_id)
    return Outcome(
        submission_id=submission_id,
        status=status,
        **{name: row[name] for name in archive.KEY},
        files=tuple(file["name"] for file in row["files"] or ()),
        counts=tuple((count["table"], count["rows"]) for count in row["counts"] or ()),
        provisional=row["provisional"],
        problems=problems_of(row),
    )

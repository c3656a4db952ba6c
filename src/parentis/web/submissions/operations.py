"""All writes on submissions: each creates its job and its entry in the audit record in one transaction."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from parentis.errors import UserError
from parentis.web.audit.recorder import record
from parentis.web.jobs.models import Job, State
from parentis.web.jobs.queue import TakenKeyError, enqueue, enqueue_changes
from parentis.web.submissions import spool
from parentis.web.submissions.queries import SubmissionRow, changes, request_about, signatures
from parentis.web.submissions.sign_off import refusal
from parentis.workflow import second_person_needed

BEING_DECIDED = "Another decision is being processed. Try again in a moment."


class DecisionError(UserError):
    """A decision that cannot be taken as things stand."""


def hand_in(
    *, by: Any, authority: str, files: Sequence[spool.SealedUpload], period: str, return_id: str, once: uuid.UUID,
    request: HttpRequest | None = None,
) -> Job:  # fmt: skip
    """Store the files durably and request a check. A form that is sent twice submits once."""
    if Job.objects.filter(kind="hand-in", once=once, by=by).exists():
        return enqueue(kind="hand-in", by=by, asked={}, authority=authority, once=once)[0]
    job_id = uuid.uuid4()
    kept = spool.keep(job_id, files)
    try:
        with transaction.atomic():
            asked = {"files": kept, "period": period, "return_id": return_id}
            job, new = enqueue(kind="hand-in", by=by, asked=asked, authority=authority, once=once, job_id=job_id)
            if new:
                record(
                    who=by, what="submission:handed-in", authority=authority, subject=str(job.pk),
                    detail={"files": len(kept), "bytes": sum(one["size"] for one in kept)}, request=request,
                )  # fmt: skip
    except BaseException:
        spool.clear(job_id)
        raise
    if not new:  # of two simultaneous requests the other came first
        spool.clear(job_id)
    return job


def accept(
    *,
    by: Any,
    submission: SubmissionRow,
    role: str | None,
    seen: str,
    why: str = "",
    request: HttpRequest | None = None,
) -> Job:
    """Request acceptance of the submission by `by`, or signature in `role`. `seen`: its mark when the form was
    rendered."""
    _check_unchanged(submission, seen, ("checked", "accepted") if submission.asked else ("checked",))
    reason = why_not_accept(by, submission, role)
    if reason:
        raise _cannot(reason)
    if submission.row["status"] == "checked":
        _check_seen(submission, why)
    return _decide(by, "accept", submission, {"role": role, "why": why}, why, request)


def why_not_accept(by: Any, submission: SubmissionRow, role: str | None) -> str:
    """Why `by` may not accept it (in `role`), in a sentence; '' where they may."""
    if submission.is_published and not second_person_needed():
        return ""
    return refusal(
        who=by.email,
        handed_in_by=str(submission.row["received_by"]),
        signed=signatures(submission.id),
        asked=submission.asked,
        role=role,
    )


def _check_seen(submission: SubmissionRow, why: str) -> None:
    """Check that the changes on acceptance were computed and seen, and that a reason is given where there are
    objections."""
    found = changes(submission)
    if found is None or not found.tried:
        last = Job.objects.filter(kind="changes", asked__submission_id=submission.id).first()
        if last is None or last.state != State.FAILED:
            raise _cannot("What accepting it will change is not worked out yet. Look at that first, then decide.")
    elif found.objections and not why.strip():
        raise _cannot("Enter the reason for accepting it all the same.")


def work_out_changes(*, by: Any, submission: SubmissionRow) -> None:
    """Request the changes on acceptance to be computed (again)."""
    enqueue_changes(by, submission.id, _authority(submission))


def reverse(*, by: Any, submission: SubmissionRow, why: str, seen: str, request: HttpRequest | None = None) -> Job:
    """Request reversal of the acceptance, so that the superseded submission counts again."""
    _check_unchanged(submission, seen, ("accepted",))
    if not submission.row["current"]:
        raise _cannot("A later return has superseded it: take that one back first.")
    return _decide(by, "reverse", submission, {"why": why}, why, request)


def reject(*, by: Any, submission: SubmissionRow, why: str, seen: str, request: HttpRequest | None = None) -> Job:
    """Request rejection of the submission, with the reason that its sender is given."""
    _check_unchanged(submission, seen, ("checked",))
    return _decide(by, "reject", submission, {"why": why}, why, request)


def release(
    *, by: Any, submission: SubmissionRow, to: str, why: str, seen: str, request: HttpRequest | None = None
) -> Job:
    """Request release of an accepted submission's figures to `to`: own, members, published. A release that opens rows
    on children or money needs a second person, who makes the same request."""
    _check_unchanged(submission, seen, ("accepted",))
    if not submission.row["current"]:
        raise _cannot("A later return has superseded it.")
    waiting = request_about(submission)
    if waiting and waiting["audience"] == to and waiting["who"] == by.email and second_person_needed():
        raise _cannot("You asked for it: somebody else confirms it, or refuses it.")
    return _decide(by, "release", submission, {"to": to, "why": why}, why, request)


def refuse(*, by: Any, submission: SubmissionRow, why: str, seen: str, request: HttpRequest | None = None) -> Job:
    """Request refusal of a release that waits for a second person, or its withdrawal by the requester."""
    _check_unchanged(submission, seen, ("accepted",))
    if request_about(submission) is None:
        raise _cannot("No release waits for a decision.")
    return _decide(by, "refuse", submission, {"why": why}, why, request)


@transaction.atomic
def _decide(
    by: Any, kind: str, submission: SubmissionRow, asked: dict[str, Any], why: str, request: HttpRequest | None
) -> Job:
    authority = _authority(submission)
    # One decision at a time. The name is keyed, so that nobody can reserve it for another job beforehand.
    about = f"{submission.id}|{submission.mark}"
    decision = salted_hmac("parentis.decision", about, algorithm="sha256").hexdigest()
    try:
        job, new = enqueue(
            kind=kind, by=by, authority=authority, asked={"submission_id": submission.id, **asked}, decision=decision
        )
    except TakenKeyError:
        raise _cannot(BEING_DECIDED) from None
    if new:
        detail = {"kind": kind, "role": asked.get("role"), "to": asked.get("to")}
        record(
            who=by, what=f"submission:{kind}", authority=authority, subject=submission.id, why=why,
            detail={name: value for name, value in detail.items() if value}, request=request,
        )  # fmt: skip
    return job


def _authority(submission: SubmissionRow) -> str:
    """The authority of the submission; none for a publisher's file."""
    return "" if submission.is_published else str(submission.row["submitter"])


def _check_unchanged(submission: SubmissionRow, seen: str, statuses: tuple[str, ...]) -> None:
    if seen != submission.mark or submission.row["status"] not in statuses:
        raise _cannot("Somebody has made a decision since you opened the page. Review it again.")
    waiting = Job.objects.filter(asked__submission_id=submission.id, state__in=[State.WAITING, State.WORKING])
    if waiting.exclude(kind="changes").exists():
        raise _cannot(BEING_DECIDED)


def _cannot(do: str) -> DecisionError:
    return DecisionError(expected="a decision that is allowed", found="one that is not", where="submission", do=do)

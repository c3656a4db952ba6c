"""The worker's tasks on submissions. Each can be restarted after a crash and is safe to run twice."""

from typing import Any

from django.urls import reverse as address

from parentis import workflow
from parentis.archive import find_home
from parentis.errors import SubmissionStateError, UserError
from parentis.figures import Audience
from parentis.returns import returns
from parentis.web.error_messages import message_of, stored_message
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import enqueue_build, enqueue_changes, enqueue_fit
from parentis.web.notices.dispatch import notify
from parentis.web.people.models import Membership, Person
from parentis.web.people.permissions import actions
from parentis.web.people.roles import Kind
from parentis.web.submissions import queries, spool
from parentis.workflow import Outcome, Progress

WAIT = 900.0
"Seconds for which the worker waits for another writer to the home."
MOST_TRIED = 4
"""The most submissions of one delivery whose changes are computed automatically: each needs a trial build, which
delays other jobs. For further ones the person who decides requests it."""


def hand_in(job: Job, progress: Progress) -> dict[str, Any]:
    """Submit the files that wait in the job's spool."""
    asked = job.asked
    files = spool.kept_files(job.pk, asked["files"])
    if not files:
        raise SubmissionStateError(
            expected="the files that were sent", found="none", where="spool",
            do="Submit them again: they were lost before they were stored.",
        )  # fmt: skip
    try:
        outcomes = workflow.submit(
            find_home(), files, who=job.by.email, authority=job.authority or None, period=asked.get("period") or None,
            return_id=asked.get("return_id") or None, publishes=not job.authority, progress=progress, wait=WAIT,
        )  # fmt: skip
    except UserError:
        spool.clear(job.pk)  # nothing was stored; the sender is given the reason
        raise
    for outcome in outcomes:
        if outcome.checked is not None:
            queries.keep_findings(find_home(), outcome.submission_id, outcome.checked)
    if any(outcome.status == "accepted" for outcome in outcomes):  # a publisher's file, without a second person
        enqueue_build()
    _tell_about(job, outcomes)
    checked = [outcome.submission_id for outcome in outcomes if outcome.status == "checked"]
    for submission_id in checked:
        enqueue_changes(job.by, submission_id, job.authority, figures=len(checked) <= MOST_TRIED)
    spool.clear(job.pk)
    return {"outcomes": [_told(outcome) for outcome in outcomes]}


def _told(outcome: Outcome) -> dict[str, Any]:
    """An outcome in plain words, with names of files and headings but no cell values."""
    return {
        "submission_id": outcome.submission_id,
        "status": outcome.status,
        "title": outcome.title,
        "files": list(outcome.files),
        "rows": sum(rows for _, rows in outcome.counts),
        "errors": outcome.checked.errors if outcome.checked else None,
        "reading_errors": outcome.reading_errors,
        "problems": [stored_message(problem.sentence) for problem in outcome.problems],
        "error": message_of(outcome.error),
        "taken": [
            {
                "file": one.file,
                "for": returns()[one.return_id].spec.title,
                "table": one.table,
                "period": one.period or "",
                "because": one.because,
            }
            for one in outcome.taken
        ],
    }


def _tell_about(job: Job, outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.status == "accepted":
            title = returns()[outcome.return_id or ""].spec.title
            notify([job.by], text=f"{title} stored", path=address("submissions-published"))
        if outcome.status != "checked":
            continue
        path = queries.one(outcome.submission_id).address("one")
        return_title = returns()[outcome.return_id or ""].spec.title
        notify([job.by], text=f"{return_title} checked", path=path)
        others = [one for one in _deciders(job.authority) if one != job.by]
        notify(others, text=f"{return_title} is awaiting acceptance", path=path)


def _deciders(authority: str) -> list[Person]:
    """The people who accept: the authority's own, or the regional team for publishers' files."""
    if authority:
        return _holders("submissions.accept", authority)
    roles = [role for kind, role in actions()["submissions.accept-published"].to if kind is Kind.REGION]
    found = Membership.objects.filter(organisation__kind=Kind.REGION, role__in=roles).select_related("person")
    return list({one.person for one in found})


def _holders(action: str, authority: str) -> list[Person]:
    roles = [role for kind, role in actions()[action].to if kind is Kind.AUTHORITY]
    found = Membership.objects.filter(organisation__authority=authority, role__in=roles).select_related("person")
    return list({one.person for one in found})


def accept(job: Job, progress: Progress) -> dict[str, Any]:
    """Accept the submission, or sign it in a further role."""
    asked, role = job.asked, job.asked.get("role") or None
    row = workflow.submission(find_home(), asked["submission_id"])
    if row["status"] == "accepted" and (role is None or role in row["signed"]):
        return {"status": "accepted"}  # this job did it before it was interrupted
    outcome = workflow.accept(
        find_home(), asked["submission_id"], who=job.by.email, role=role, why=asked.get("why") or None,
        progress=progress, wait=WAIT,
    )  # fmt: skip
    enqueue_build()
    return {"status": outcome.status, "provisional": outcome.provisional}


def reject(job: Job, progress: Progress) -> dict[str, Any]:
    """Reject the submission; its sender is given the reason."""
    asked = job.asked
    row = workflow.submission(find_home(), asked["submission_id"])
    if row["status"] != "rejected":
        workflow.reject(find_home(), asked["submission_id"], who=job.by.email, why=asked["why"], wait=WAIT)
    sender = Person.objects.filter(email=row["received_by"])
    path = queries.one(asked["submission_id"]).address("one")
    notify(sender, text="A return you submitted was rejected", path=path)
    return {"status": "rejected"}


def release(job: Job, progress: Progress) -> dict[str, Any]:
    """Release the accepted submission's figures, or end the release; or ask a second person to do so."""
    asked, home = job.asked, find_home()
    if job.attempts > 1 and _released_already(job):
        return {"to": asked["to"]}
    chosen = workflow.release_submissions(
        home, who=job.by.email, to=Audience(asked["to"]), submission_ids=[asked["submission_id"]],
        why=asked.get("why") or None, wait=WAIT,
    )  # fmt: skip
    if chosen["done"].all():
        enqueue_build()
        return {"to": asked["to"]}
    found = queries.one(asked["submission_id"])
    others = [one for one in _holders("submissions.release", job.authority) if one != job.by]
    notify(others, text=f"{found.title}: a release needs your decision", path=found.address("one"))
    return {"to": asked["to"], "waits": "for a second person"}


def _released_already(job: Job) -> bool:
    """Whether this job did it before it was interrupted."""
    last = workflow.history(find_home(), job.asked["submission_id"]).row(-1, named=True)
    same = (last["who"], last["audience"]) == (job.by.email, job.asked["to"])
    return same and last["event"] in {"released", "release-asked"}


def refuse(job: Job, progress: Progress) -> dict[str, Any]:
    """Refuse, or withdraw, a release that waits for a second person."""
    asked, home = job.asked, find_home()
    waiting = workflow.waiting_requests(home).filter(submission_id=asked["submission_id"])
    if waiting.height:
        workflow.refuse_request(home, asked["submission_id"], who=job.by.email, why=asked.get("why") or None, wait=WAIT)
        text = f"{queries.one(asked['submission_id']).title}: the release you asked for was refused"
        who = Person.objects.filter(email=waiting["who"][0]).exclude(pk=job.by.pk)
        notify(who, text=text, path=queries.one(asked["submission_id"]).address("one"))
    return {"status": "refused"}


def reverse(job: Job, progress: Progress) -> dict[str, Any]:
    """Reverse an acceptance; the person who submitted it and the person who accepted it are notified."""
    asked, home = job.asked, find_home()
    row = workflow.submission(home, asked["submission_id"])
    returned = ""
    if row["status"] == "accepted":
        returned = workflow.reverse(home, asked["submission_id"], who=job.by.email, why=asked["why"], wait=WAIT)
        concerned = Person.objects.filter(email__in=[row["received_by"], row["accepted_by"]]).exclude(pk=job.by.pk)
        found = queries.one(asked["submission_id"])
        notify(concerned, text=f"{found.title}: the acceptance was taken back", path=found.address("one"))
    enqueue_build()
    return {"status": "reversed", "returned": returned}


def changes(job: Job, progress: Progress) -> dict[str, Any]:
    """Compute the changes on acceptance of the submission, and store them encrypted."""
    home, submission_id = find_home(), job.asked["submission_id"]
    if workflow.submission(home, submission_id)["status"] == "checked":
        figures = job.asked.get("figures", True)
        queries.keep_changes(home, workflow.changes(home, submission_id, figures=figures, progress=progress))
    return {}


def build(job: Job, progress: Progress) -> dict[str, Any]:
    """Build the figures again from the submissions that are now accepted."""
    made = workflow.build(find_home(), progress=progress, wait=WAIT)
    if made.warning:
        notify(Person.objects.filter(memberships__role="data-protection").distinct(), text=made.warning)
    enqueue_fit()
    return {"build_id": made.build_id, "figures": sum(made.figures.values())}

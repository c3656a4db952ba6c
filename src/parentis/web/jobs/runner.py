"""Execution of jobs: the worker's only task, and the function for each kind of job.

A worker that is killed leaves its job under way; the next one begins it again. So every kind must be safe to run
twice: a repeated submission of the same bytes is recognised, and a signature is given once. A job that ended two
workers is set aside, so that the others continue.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

from parentis.errors import ParentisError
from parentis.web.error_messages import message_of
from parentis.web.jobs.models import Job, State
from parentis.web.service import service_jobs

log = logging.getLogger(__name__)
SAY_EVERY = 0.5
"Seconds between two updates of a job's progress."
MOST_ATTEMPTS = 2
"A job that has ended a worker this many times is not started again."
SET_ASIDE = (
    "We tried to process this twice, and each time processing stopped before it was finished, so we have set it aside. "
    "Your files are stored. Save the tables as CSV and submit them again, or contact the site's administrator."
)
OUR_FAULT = "Sorry, there is a problem with the service. Nothing was changed. We have been notified."

KINDS = {
    "hand-in": "parentis.web.submissions.tasks.hand_in",
    "accept": "parentis.web.submissions.tasks.accept",
    "changes": "parentis.web.submissions.tasks.changes",
    "reverse": "parentis.web.submissions.tasks.reverse",
    "refuse": "parentis.web.submissions.tasks.refuse",
    "reject": "parentis.web.submissions.tasks.reject",
    "release": "parentis.web.submissions.tasks.release",
    "build": "parentis.web.submissions.tasks.build",
    "fit": "parentis.web.forecasts.answers.fit",
    "pack": "parentis.web.dashboards.packs.make",
}
"""The site's own kinds, each with the function `(job, progress) -> dict` that does it; services declare theirs
(`WebService.jobs`). A ParentisError is shown to the requester."""

Doing = Callable[[Job, Callable[[str, int, int], None]], dict[str, Any]]


@task()
def do(job_id: str) -> None:
    """Do one job, unless it is done already."""
    job = Job.objects.select_related("by").get(pk=job_id)
    if not job.is_open:
        return
    if job.attempts >= MOST_ATTEMPTS:
        log.error("a job ended the worker twice and is set aside: %s", job.kind)
        _end(job, State.FAILED, problem=SET_ASIDE)
        return
    job.state, job.begun_at, job.attempts = State.WORKING, timezone.now(), job.attempts + 1
    job.save(update_fields=["state", "begun_at", "attempts"])
    try:
        doing = _doing(job.kind)
        came = doing(job, _teller(job))
    except ParentisError as error:
        _end(job, State.FAILED, problem=message_of(error))
    except Exception:
        log.exception("a job failed by a fault of ours")
        _end(job, State.FAILED, problem=OUR_FAULT)
    else:
        _end(job, State.DONE, came=came)


def _doing(kind: str) -> Doing:
    own = KINDS.get(kind)
    doing: Doing = import_string(own) if own else service_jobs()[kind].resolve()
    return doing


def resume_interrupted() -> int:
    """Queue again the jobs that a killed worker left; returns how many. Called when the worker starts."""
    left = list(Job.objects.filter(state__in=[State.WAITING, State.WORKING]))
    for job in left:
        do.enqueue(str(job.pk))
    return len(left)


def _teller(job: Job) -> Callable[[str, int, int], None]:
    last = 0.0

    def tell(stage: str, done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SAY_EVERY:
            last = time.monotonic()
            Job.objects.filter(pk=job.pk).update(stage=f"{stage} {done} of {of}" if of > 1 else stage)

    return tell


def _end(job: Job, state: Any, *, came: dict[str, Any] | None = None, problem: str = "") -> None:
    job.state, job.ended_at, job.came, job.problem, job.stage = state, timezone.now(), came or {}, problem, ""
    job.decision = None  # the same decision may be made again, such as a release after its withdrawal
    job.save(update_fields=["state", "ended_at", "came", "problem", "stage", "decision"])

"""Creation of jobs, in the transaction of the writes that belong to them."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from parentis.errors import UserError
from parentis.web.jobs.models import Job, State
from parentis.web.jobs.runner import do


class TakenKeyError(UserError):
    """The key is already used by a different job."""


@transaction.atomic
def enqueue(
    *,
    kind: str,
    by: Any,
    asked: Mapping[str, Any],
    authority: str = "",
    once: uuid.UUID | None = None,
    decision: str | None = None,
    job_id: uuid.UUID | None = None,
) -> tuple[Job, bool]:
    """The job, and whether it is new. It begins after the commit.

    Args:
        once: the sender's own key: the same form sent twice asks once. It counts among one person's jobs of one kind.
        decision: the site's key of what is being decided: while it is carried out, nobody asks for it again.

    Raises TakenKeyError where the key stands for another job: of another authority, kind or person.
    """
    made = {"id": job_id or uuid.uuid4(), "authority": authority, "asked": dict(asked)}
    if decision is not None:
        job, new = Job.objects.get_or_create(decision=decision, defaults={**made, "kind": kind, "by": by})
    else:
        job, new = Job.objects.get_or_create(kind=kind, by=by, once=once or uuid.uuid4(), defaults=made)
    if not new and (job.kind, job.by, job.authority) != (kind, by, authority):
        raise TakenKeyError(
            expected="a key that stands for one request", found="another request under the same key",
            where="request", do="Open the form again, and send it from there.",
        )  # fmt: skip
    if new:
        transaction.on_commit(partial(do.enqueue, str(job.pk)))
    return job, new


def enqueue_build() -> None:
    """Request a build of the figures; one only, however many acceptances wait for it."""
    _ask_once("build")


def enqueue_changes(by: Any, submission_id: str, authority: str, *, figures: bool = True) -> None:
    """Request the changes on acceptance of a submission; one job only, however often they are requested meanwhile."""
    asked = {"submission_id": submission_id, "figures": figures}
    if not Job.objects.filter(kind="changes", state=State.WAITING, asked=asked).exists():
        enqueue(kind="changes", by=by, asked=asked, authority=authority)


def enqueue_fit() -> None:
    """Request a fit of the forecasts' model, unless it is already stored."""
    _ask_once("fit")


def _ask_once(kind: str) -> None:
    if not Job.objects.filter(kind=kind, state=State.WAITING).exists():
        enqueue(kind=kind, by=None, asked={})

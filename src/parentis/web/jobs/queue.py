"""Asking for a job, in the transaction of whatever else is written with it."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from parentis.web.jobs.models import Job, State
from parentis.web.jobs.runner import do


@transaction.atomic
def enqueue(
    *,
    kind: str,
    by: Any,
    asked: Mapping[str, Any],
    authority: str = "",
    once: uuid.UUID | None = None,
    job_id: uuid.UUID | None = None,
) -> tuple[Job, bool]:
    """The job, and whether it is new: a form sent twice (`once`) asks once. It begins after the commit."""
    job, new = Job.objects.get_or_create(
        once=once or uuid.uuid4(),
        defaults={
            "id": job_id or uuid.uuid4(), "kind": kind, "by": by, "authority": authority, "asked": dict(asked),
        },
    )  # fmt: skip
    if new:
        transaction.on_commit(partial(do.enqueue, str(job.pk)))
    return job, new


def enqueue_build() -> None:
    """Figures are built again soon; once, however many acceptances wait for it."""
    _ask_once("build")


def enqueue_fit() -> None:
    """The forecasts' model is fitted soon, unless it is kept already."""
    _ask_once("fit")


def _ask_once(kind: str) -> None:
    if not Job.objects.filter(kind=kind, state=State.WAITING).exists():
        enqueue(kind=kind, by=None, asked={})

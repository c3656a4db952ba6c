"""The cohort as a version has it on a day: counted by the worker, kept, and read at once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
from django.utils import timezone

from parentis import workflow
from parentis.archive import find_home
from parentis.errors import NotFoundError, UserError
from parentis.services.careers import sector_positions
from parentis.services.cohort import MEMBER, NEEDS, Definition, cohort_members
from parentis.web.cohort.models import Replay
from parentis.web.cohort.written import in_use
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import enqueue

EARLIEST = date(2017, 4, 1)
"A day before which no return of looked-after children is read."


class ReplayError(UserError):
    """A day or a version of which the cohort cannot be counted."""


def named(name: str) -> Definition:
    """A version by its name, `london-older v2`."""
    found = {one.name: one for one in in_use()}
    if name not in found:
        raise NotFoundError(
            expected=f"one of {', '.join(found)}", found=name, where="version", do="Choose one of these versions."
        )
    return found[name]


def ask(*, by: Any, name: str, day: date) -> Job:
    """Have a version counted on a day. Raises ReplayError for a day that is not over or too early."""
    one = named(name)
    if not EARLIEST <= day < timezone.localdate():
        raise ReplayError(
            expected=f"a day from {EARLIEST:%-d %B %Y} to yesterday", found=f"{day:%-d %B %Y}", where="day",
            do="Choose another day.",
        )  # fmt: skip
    job, _ = enqueue(kind="cohort-replay", by=by, asked={"name": one.name, "day": day.isoformat()})
    return job


def count(job: Job, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
    """The job: counts of every authority. Safe to run twice: the second replaces the first."""
    one, day = named(job.asked["name"]), date.fromisoformat(job.asked["day"])
    progress("Counting", 0, 1)
    tables = workflow.tables(find_home(), NEEDS)
    found = cohort_members(dict(tables), [one], [day], sector_positions())[one.name]
    if found.is_empty():
        raise ReplayError(
            expected="returns that cover the day", found="no looked-after child of these ages on it",
            where=f"{day:%-d %B %Y}", do="Choose a day that accepted returns cover.",
        )  # fmt: skip
    counts = found.group_by("authority").agg(
        yes=pl.col(MEMBER).fill_null(value=False).sum(), not_known=pl.col(MEMBER).is_null().sum(), of=pl.len()
    )
    kept = {row[0]: [int(one) for one in row[1:]] for row in counts.iter_rows()}
    Replay.objects.update_or_create(
        sha256=one.sha256, day=day, defaults={"name": one.name, "counts": kept, "made_at": timezone.now()}
    )
    return {"name": one.name, "day": day.isoformat()}

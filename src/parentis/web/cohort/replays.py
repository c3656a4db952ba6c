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
from parentis.web.cohort.written import countable
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import enqueue

EARLIEST = date(2017, 4, 1)
"A day before which no return of looked-after children is read."


class ReplayError(UserError):
    """A day or a version of which the cohort cannot be counted."""


def named(name: str) -> Definition:
    """A version by its name, `london-older v2`."""
    found = {one.name: one for one in countable()}
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
    before = [other for other in countable() if other.id == one.id and other.version == one.version - 1]
    told = cohort_members(dict(tables), [one, *before], [day], sector_positions())
    found = told[one.name]
    if found.is_empty():
        raise ReplayError(
            expected="returns that cover the day", found="no looked-after child of these ages on it",
            where=f"{day:%-d %B %Y}", do="Choose a day that accepted returns cover.",
        )  # fmt: skip
    kept = _counted(found, told[before[0].name] if before else None)
    Replay.objects.update_or_create(
        sha256=one.sha256, day=day, defaults={"name": one.name, "counts": kept, "made_at": timezone.now()}
    )
    return {"name": one.name, "day": day.isoformat()}


def _counted(found: pl.DataFrame, before: pl.DataFrame | None) -> dict[str, list[int]]:
    """Place to children in, not known, looked after, and, where there is a version before, those who come in by this
    one and those who are not in any more."""
    inside = pl.col(MEMBER).fill_null(value=False)
    counts = {
        "yes": inside.sum(), "not_known": pl.col(MEMBER).is_null().sum(), "of": pl.len(),
    }  # fmt: skip
    if before is None:
        told = found.group_by("authority").agg(**counts)
    else:
        was = before.select("authority", "child", was=inside)
        both = found.join(was, on=["authority", "child"], how="left").with_columns(pl.col("was").fill_null(value=False))
        told = both.group_by("authority").agg(
            **counts, entered=(inside & ~pl.col("was")).sum(), left=(~inside & pl.col("was")).sum()
        )
    return {row[0]: [int(one) for one in row[1:]] for row in told.iter_rows()}

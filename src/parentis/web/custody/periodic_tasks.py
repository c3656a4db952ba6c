"""Periodic tasks of the worker for custody: indexes expire, rows go to the lake at night, retention periods end."""

from parentis.web.custody.intake import index
from parentis.web.custody.retention import erasure, lake_export
from parentis.web.jobs.queue import enqueue_build
from parentis.web.scheduler import PeriodicTask

MINUTE = 60.0


def expire_indexes() -> None:
    index.expire(*index.expired())


def hand_over() -> None:
    """The nightly run; the figures are rebuilt after it."""
    if lake_export.due() and any(one.status == "accepted" for one in lake_export.hand_over()):
        enqueue_build()


PERIODIC_TASKS = (
    PeriodicTask(id="custody-indexes", every=5 * MINUTE, do=expire_indexes),
    PeriodicTask(id="custody-rows", every=10 * MINUTE, do=hand_over),
    PeriodicTask(id="custody-erasure", every=60 * MINUTE, do=erasure.erase_due),
)

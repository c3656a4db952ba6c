"""The worker's periodic task for places: each night it submits the year's log to the lake."""

from parentis.web.jobs.queue import enqueue_build
from parentis.web.places import log_export
from parentis.web.scheduler import PeriodicTask


def hand_over() -> None:
    """The night's run; the figures are built anew after it."""
    if log_export.due() and any(one.status == "accepted" for one in log_export.hand_over()):
        enqueue_build()


PERIODIC_TASKS = (PeriodicTask(id="places-log", every=3600.0, do=hand_over),)

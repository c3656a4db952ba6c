"""Periodic tasks of the worker for the audit record: send it to outside systems, and anchor its last entry."""

from parentis.web.audit.outside import anchor, stream
from parentis.web.scheduler import PeriodicTask

PERIODIC_TASKS = (
    PeriodicTask(id="audit-stream", every=2, do=stream, own_thread=True),
    PeriodicTask(id="anchors", every=30, do=anchor, own_thread=True),
)

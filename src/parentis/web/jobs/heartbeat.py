"""The worker's heartbeat: in the database for the health page, and in a file for its supervisor.

The scheduler beats between its tasks, so a task that hangs stops the beat as surely as a process that is stopped.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from parentis.web.jobs.models import Heartbeat

EVERY = 5.0
"Seconds between beats."
MISSED_AFTER = timedelta(seconds=60)
"Seconds without a beat after which the worker counts as stopped."
FILE_VARIABLE = "PARENTIS_WORKER_HEARTBEAT"


def beat(now: datetime | None = None) -> None:
    """Note that the worker was alive at this instant."""
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": now or timezone.now()})
    if path := os.environ.get(FILE_VARIABLE):
        Path(path).touch()


def is_alive(now: datetime | None = None) -> bool:
    """Whether a worker beat within the last minute."""
    since = (now or timezone.now()) - MISSED_AFTER
    return bool(Heartbeat.objects.filter(at__gte=since).exists())

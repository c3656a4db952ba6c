"""The worker's own periodic task: its heartbeat."""

from parentis.web.jobs import heartbeat
from parentis.web.scheduler import PeriodicTask

PERIODIC_TASKS = (PeriodicTask(id="heartbeat", every=heartbeat.EVERY, do=heartbeat.beat),)

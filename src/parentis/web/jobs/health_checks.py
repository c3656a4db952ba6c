"""The health checks on the worker."""

from parentis.web.jobs.heartbeat import is_alive

CHECKS = {"worker": is_alive}

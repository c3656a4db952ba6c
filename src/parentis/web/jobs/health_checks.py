"""What the health page asks about the worker."""

from parentis.web.jobs.heartbeat import is_alive

CHECKS = {"worker": is_alive}

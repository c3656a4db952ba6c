"""Periodic tasks of the worker for people: answer password reset requests, end temporary access."""

from parentis.web.people.emergency import end_what_is_over
from parentis.web.people.password_reset import answer_requests
from parentis.web.scheduler import PeriodicTask

PERIODIC_TASKS = (
    PeriodicTask(id="password-resets", every=1, do=answer_requests),
    PeriodicTask(id="emergency-access", every=60, do=end_what_is_over),
)

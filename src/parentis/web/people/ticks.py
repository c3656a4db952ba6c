"""What the worker does again and again for people: answer forgotten passwords, end access that was for a time."""

from parentis.web.jobs.ticking import Tick
from parentis.web.people.emergency import end_what_is_over
from parentis.web.people.password_reset import answer_requests

TICKS = (
    Tick(id="password-resets", every=1, do=answer_requests),
    Tick(id="emergency-access", every=60, do=end_what_is_over),
)

"""The worker sends mail in a thread of its own: a silent mail server delays nothing else."""

from parentis.web.jobs.scheduler import PeriodicTask
from parentis.web.mail.delivery import deliver

PERIODIC_TASKS = (PeriodicTask(id="mail", every=1, do=deliver, own_thread=True),)

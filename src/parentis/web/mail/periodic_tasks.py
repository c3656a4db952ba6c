"""The worker sends mail in a thread of its own: a silent mail server delays nothing else."""

from parentis.web.mail.delivery import deliver
from parentis.web.scheduler import PeriodicTask

PERIODIC_TASKS = (PeriodicTask(id="mail", every=1, do=deliver, own_thread=True),)

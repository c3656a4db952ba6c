"""The worker sends mail in a thread of its own: a silent mail server delays nothing else."""

from parentis.web.jobs.ticking import Tick
from parentis.web.mail.delivery import deliver

TICKS = (Tick(id="mail", every=1, do=deliver, own_thread=True),)

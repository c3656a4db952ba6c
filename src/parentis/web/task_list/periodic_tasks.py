"""The worker mails the digests in a thread of its own: reading what waits for everybody takes a while."""

from parentis.web.scheduler import PeriodicTask
from parentis.web.task_list.digest import send_due

PERIODIC_TASKS = (PeriodicTask(id="digests", every=60, do=send_due, own_thread=True),)

from parentis.web.duty.escalation import call
from parentis.web.scheduler import PeriodicTask

PERIODIC_TASKS = (PeriodicTask(id="duty calls", every=1.0, do=call),)

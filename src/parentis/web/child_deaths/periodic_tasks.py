"""The worker's periodic task of child death review: it computes the pages' content again when it is out of date."""

from parentis.web.child_deaths import pictures
from parentis.web.scheduler import PeriodicTask

PERIODIC_TASKS = (PeriodicTask(id="child-deaths-pictures", every=20.0, do=pictures.refresh, own_thread=True),)

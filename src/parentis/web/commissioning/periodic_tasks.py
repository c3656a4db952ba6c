"""The worker's periodic task for learning cards: mark those whose figure has changed."""

from parentis.web.commissioning.learning import mark_stale
from parentis.web.scheduler import PeriodicTask

PERIODIC_TASKS = (PeriodicTask(id="learning-cards", every=600, do=mark_stale, own_thread=True),)

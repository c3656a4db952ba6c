"""A job, from its request to its result."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone


class State(models.TextChoices):
    WAITING = "waiting", "Waiting"
    WORKING = "working", "In progress"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class Job(models.Model):
    """`kind` says which of `work.KINDS` does it, with `asked` (plain JSON); `came` is what came of it. Neither holds
    a child's values: files wait in the spool, findings are kept sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    authority = models.CharField("ONS code", max_length=9, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="jobs")
    once = models.UUIDField(default=uuid.uuid4)
    "Sent with the form: the same form sent twice asks for one job. Unique among one person's jobs of one kind."
    decision = models.CharField(max_length=64, null=True, unique=True, editable=False)
    "What is being decided, in a form that only the site can make; empty once the job has ended."
    asked_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    "How often a worker has started it."
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    stage = models.CharField(max_length=80, blank=True)
    asked = models.JSONField(default=dict)
    came = models.JSONField(default=dict)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ("-asked_at",)
        indexes = (models.Index(fields=("authority", "-asked_at")), models.Index(fields=("state",)))
        constraints = (models.UniqueConstraint(fields=("kind", "by", "once"), name="jobs_once_of_kind_and_person"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_open(self) -> bool:
        return self.state in {State.WAITING, State.WORKING}

    def told(self) -> dict[str, Any]:
        """The state as the waiting page receives it."""
        return {"state": self.state, "title": State(self.state).label, "stage": self.stage, "open": self.is_open}


class Heartbeat(models.Model):
    """One row: the time of the worker's last heartbeat."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"

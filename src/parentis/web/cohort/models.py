"""Versions of definitions written on the site, what they counted on a day, and which child an objection is about."""

import hashlib

from django.conf import settings
from django.db import models
from django.utils import timezone

from parentis.errors import DamageError
from parentis.web.cases.models import Case


class DefinitionVersion(models.Model):
    """A version proposed on the site. `text` is its file; it is frozen by `sha256` when a second person accepts it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        ACCEPTED = "accepted", "Accepted and frozen"
        DECLINED = "declined", "Declined"

    name = models.CharField(max_length=60)
    "The definition's id: `london-older`."
    number = models.PositiveIntegerField()
    "Its version."
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True)
    "Why it was accepted or declined."

    class Meta:
        ordering = ("name", "number", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("name", "number"), condition=~models.Q(state="declined"), name="one_of_a_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    def verified(self) -> str:
        """Its text. DamageError where it is not the text that was proposed."""
        if hashlib.sha256(self.text.encode()).hexdigest() != self.sha256:
            raise DamageError(table=f"cohort definition {self}", what="it was changed after it was frozen")
        return self.text


class Replay(models.Model):
    """The cohort as a version has it on a day. `counts`: place (ONS code) to children in, not known, looked after, and
    those who come in and leave beside the version before. Made by the worker; a later one of the same version and day
    replaces it."""

    name = models.CharField(max_length=80)
    "Of the version: `london-older v2`."
    sha256 = models.CharField(max_length=64)
    day = models.DateField()
    counts = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name", "-day")
        constraints = (models.UniqueConstraint(fields=("sha256", "day"), name="one_replay"),)

    def __str__(self) -> str:
        return f"{self.name}, {self.day}"


class ObjectionChild(models.Model):
    """The child, by its hash in the lake, that an objection is about."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="+")
    authority = models.CharField(max_length=9)
    child = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=("authority", "child")),)

    def __str__(self) -> str:
        return f"objection {self.case_id}"

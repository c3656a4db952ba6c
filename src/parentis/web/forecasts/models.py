"""Scenarios that somebody keeps."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from parentis.web.people.models import Organisation


class Saved(models.Model):
    """Levers under a name, in one organisation: its maker's own until it is shared there."""

    name = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_shared = models.BooleanField(default=False)
    levers = models.JSONField()

    class Meta:
        ordering = ("name", "-at")
        constraints = (models.UniqueConstraint(fields=("by", "name"), name="a_persons_scenarios_differ_in_name"),)

    def __str__(self) -> str:
        return str(self.name)

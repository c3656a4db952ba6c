"""The survey's drafts, its rounds, reminders, and saved schedules of rates."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from parentis.web.saved_queries import SavedQuery


class Draft(models.Model):
    """One authority's answers for one year, until they are handed in; then what was handed in last.

    `answers` holds text as it was typed: `volumes` (measure to number), `costs` (`CHILD:LEGAL` to its cells; `carried`
    where they came from an earlier year and nobody has looked at them since), `staff_time` (rows)."""

    authority = models.CharField(max_length=9)
    period = models.CharField(max_length=7)
    answers = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    handed_in_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("authority", "period"), name="one_draft_a_year_and_authority"),)

    def __str__(self) -> str:
        return f"{self.authority} {self.period}"


class Round(models.Model):
    """A year for which the region asks every authority for answers, and the due date."""

    period = models.CharField(max_length=7, unique=True)
    due = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-period",)

    def __str__(self) -> str:
        return str(self.period)


class Reminder(models.Model):
    """An authority was reminded of a round on a day: once, however often the button is pressed."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="reminders")
    authority = models.CharField(max_length=9)
    on = models.DateField()
    people = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("round", "authority", "on"), name="one_reminder_a_day"),)

    def __str__(self) -> str:
        return f"{self.authority} {self.on}"


class Schedule(SavedQuery):
    """A schedule of rates under a name."""

    asked_field = "rates"

    rates = models.JSONField()

    class Meta(SavedQuery.Meta):
        constraints = (models.UniqueConstraint(fields=("by", "name"), name="a_persons_schedules_differ_in_name"),)

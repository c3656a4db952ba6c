"""People's judgements of the page's alarms, and its budget of false alarms."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class BudgetChange(models.Model):
    """From `at` on the Signals page may give so many false alarms a year: changed by a named person, for a reason."""

    a_year = models.FloatField()
    why = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(a_year__gt=0) & Q(a_year__lte=12), name="a_budget_is_above_nothing"),
        )

    def __str__(self) -> str:
        return f"{self.a_year:g} a year"


class StoredPicture(models.Model):
    """What pages show, as the worker made it (`stored`): `mark` identifies its input, `sealed` is JSON encrypted
    under the enclave's key. Earlier rows are kept, so that a picture from before a withdrawal can be shown again."""

    name = models.CharField(max_length=40)
    mark = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("name", "mark"), name="a_picture_of_a_state_is_stored_once"),)

    def __str__(self) -> str:
        return f"{self.name}, {self.made_at:%Y-%m-%d %H:%M}"


class Judgement(models.Model):
    """What somebody found when they looked at an alarm: the stream, and the month it was raised in, say which."""

    class Outcome(models.TextChoices):
        CHANCE = "chance", "Chance"
        ARTEFACT = "artefact", "A change in how deaths are told of or counted"
        REAL = "real", "Real"
        OPEN = "open", "Still being looked at"

    stream = models.CharField(max_length=60)
    raised = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=["stream", "raised"]),)

    def __str__(self) -> str:
        return f"{self.stream} {self.raised}: {self.outcome}"

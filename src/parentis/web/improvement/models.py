"""Directors' ballots, boroughs' explanations, and decisions on their figures: nothing is overwritten, the latest
counts."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Ballot(models.Model):
    """How one authority's director would weigh the parts of a priority: `points` by part, 100 together."""

    authority = models.CharField(max_length=9)
    points = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.authority}, {self.at:%Y-%m-%d}"


class Explanation(models.Model):
    """What a borough says of a measure in which it stands in the region's best or worst fifth."""

    authority = models.CharField(max_length=9)
    measure = models.CharField(max_length=200)
    period = models.CharField(max_length=20)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("authority", "measure"), name="explained_measure"),)

    def __str__(self) -> str:
        return f"{self.authority} {self.measure} {self.period}"


class Difference(models.Model):
    """Who owns that a collected indicator differs from what is derived or published, and what they say of it."""

    authority = models.CharField(max_length=9)
    slot = models.CharField(max_length=10)
    period = models.CharField(max_length=20)
    owner = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("authority", "slot"), name="owned_difference"),)

    def __str__(self) -> str:
        return f"{self.authority} {self.slot} {self.period}"


class Rebasing(models.Model):
    """An analyst's decision that a series begins anew: its limits, trend and chance are of later periods alone.

    `authority` is empty where it holds for every borough; `holds` is false where the decision is taken back."""

    authority = models.CharField(max_length=9, blank=True)
    measure = models.CharField(max_length=200)
    period = models.CharField(max_length=20)
    reason = models.TextField()
    holds = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.authority or 'region'} {self.measure} from {self.period}"


class Conflict(models.Model):
    """A conflict of interest that a member of a borough's peer team has declared: the two boroughs are not matched.

    `until` is the last day on which it stands, empty where none is foreseen; `holds` is false where it has ended."""

    authority = models.CharField(max_length=9)
    other = models.CharField(max_length=9)
    post = models.CharField(max_length=200)
    reason = models.TextField()
    until = models.DateField(null=True, blank=True)
    holds = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.authority} and {self.other}"

"""Directors' ballots and boroughs' explanations: nothing is overwritten, the latest counts."""

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

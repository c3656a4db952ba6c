"""Which priority rule the desk works by, since when, and on what trial it was adopted."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class RuleAdoption(models.Model):
    """From `at` on the desk orders by a rule. `digest` of its points; `log` of the year it was tried on."""

    rule = models.CharField(max_length=40)
    digest = models.CharField(max_length=16)
    log = models.CharField(max_length=16)
    year = models.CharField(max_length=20)
    why = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(digest="") & ~Q(log="") & ~Q(why=""), name="a_rule_is_adopted_on_a_trial_and_for_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} ({self.digest})"

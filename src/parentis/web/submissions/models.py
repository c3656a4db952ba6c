"""Explanations of findings to check, sealed under the key of the submission that they were given for."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Explanation(models.Model):
    """Why a finding of a child stands. `sealed` holds the rule, the child and the text: erasing the submission makes
    them unreadable."""

    submission_id = models.CharField(max_length=64, db_index=True)
    sealed = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"explanation {self.pk}"

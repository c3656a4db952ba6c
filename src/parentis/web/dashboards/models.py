"""Authorities' comments on figures before release."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Comment(models.Model):
    """An authority's comment on its figures on one page, which the authority and the regional team can read."""

    page = models.CharField(max_length=120)
    authority = models.CharField("ONS code", max_length=9)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("page", "authority")),)

    def __str__(self) -> str:
        return f"{self.authority} on {self.page}"

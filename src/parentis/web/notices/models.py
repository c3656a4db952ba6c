from django.conf import settings
from django.db import models
from django.utils import timezone


class Notice(models.Model):
    """A sentence for one person, and where it leads. It never holds a child's values: mail is read anywhere."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    text = models.CharField(max_length=300)
    path = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=["person", "read_at"]),)

    def __str__(self) -> str:
        return str(self.text)

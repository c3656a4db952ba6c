from typing import Any

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


def unread_things(person: Any, most: int = 200) -> list[Notice]:
    """The last unread notice of each thing, the latest first: however many there are of one, it is told of once."""
    found: dict[str, Notice] = {}
    for one in person.notices.filter(read_at=None)[:most]:
        found.setdefault(one.path or f"#{one.pk}", one)
    return list(found.values())

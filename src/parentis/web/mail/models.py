"""A message that has not been sent yet. Once sent it is deleted: some hold links that open an account."""

from django.db import models
from django.utils import timezone


class QueuedMessage(models.Model):
    """`content` is the message, encrypted (`contents.encrypted`). `next_at` is when it is tried next; whoever tries it
    moves `next_at` on first, so that two workers never send it twice at once."""

    content = models.TextField()
    queued_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("next_at", "pk")
        indexes = (models.Index(fields=["next_at"]),)

    def __str__(self) -> str:
        return f"message {self.pk}"

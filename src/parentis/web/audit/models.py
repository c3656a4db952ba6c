"""The record and the head of its chain."""

from typing import Any

from django.db import models

from parentis.errors import IntegrityError

FIRST = "0" * 64
"""The previous hash of the first entry."""


class Entry(models.Model):
    """One recorded event. Never changed: the model and a database trigger refuse changes.

    `who` is the person's number, `who_text` their address at the time, so that the entry outlives the account.
    """

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    who = models.BigIntegerField(null=True)
    who_text = models.CharField(max_length=254, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    what = models.CharField(max_length=100)
    authority = models.CharField(max_length=9, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    why = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    request = models.CharField(max_length=32, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("-sequence",)
        verbose_name_plural = "entries"
        indexes = (
            models.Index(fields=["at"]),
            models.Index(fields=["who", "at"]),
            models.Index(fields=["authority", "at"]),
        )

    def __str__(self) -> str:
        return f"{self.sequence} {self.what}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise IntegrityError("audit: an entry is never changed")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise IntegrityError("audit: an entry is never deleted")


class Head(models.Model):
    """The last entry's number and hash. Whoever appends locks this row until they commit, so the chain never forks."""

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=FIRST)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash}"


class OutsidePosition(models.Model):
    """How far the record has been sent to an outside destination: `stream …` or `anchor …`, the last entry, and
    when."""

    place = models.CharField(max_length=300, unique=True)
    sequence = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.place} {self.sequence}"

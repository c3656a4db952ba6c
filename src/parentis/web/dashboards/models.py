"""Authorities' comments on figures before release, and editors' versions of packs."""

import uuid
from typing import Any

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


class PackVersion(models.Model):
    """An editor's version of a pack: the order of its chapters, text added to them, who answers for it; once frozen,
    the hash of its files. A frozen version is never changed: the next one has the next number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pack = models.CharField(max_length=60)
    place = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    "From 1, among the organisation's versions of the pack for the place."
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    "Whose people read and edit it: its figures were released to one of them."
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, related_name="+")
    "The last build of it."
    order = models.JSONField(default=list)
    narrative = models.JSONField(default=dict)
    signatures = models.JSONField(default=list)
    "Role, name, day and person of each who answers for it."
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("pack", "place", "organisation", "number"), name="one_number_a_version_of_a_pack"
            ),
            models.CheckConstraint(
                condition=models.Q(frozen_at=None, sha256="") | ~models.Q(frozen_at=None) & ~models.Q(sha256=""),
                name="a_frozen_pack_has_its_hash",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pack}, {self.place}, version {self.number}"

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None

    def edited(self) -> dict[str, Any]:
        """Everything that a build of it depends on, apart from the figures."""
        return {"order": self.order, "narrative": self.narrative, "signatures": self.signatures}

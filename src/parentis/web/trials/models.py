"""What a trial has beside its fields: frozen versions, sealed files, the allocation's log, results, design answers.

Nothing here is ever changed or deleted but by erasure of what is sealed: rows are added, and read back against their
hashes.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from parentis.web.cases.models import Case

HASH = 64


class ProtocolVersion(models.Model):
    """A frozen version: its canonical text, and the SHA-256 that the case's history has too."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="protocols")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=HASH)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("case", "number"), name="one_protocol_of_a_number"),
            models.CheckConstraint(
                condition=Q(number__gte=1) & ~Q(sha256=""), name="a_version_has_a_number_and_a_hash"
            ),
        )

    def __str__(self) -> str:
        return f"version {self.number}"


class Sealed(models.Model):
    """A file of a trial, encrypted: the seed, the units, the allocation, outcomes. `sha256` of the plain bytes;
    `commitment` what was published of a seed before."""

    SEED, UNITS, ALLOCATION, OUTCOMES = "seed", "units", "allocation", "outcomes"
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="trial_files")
    what = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=HASH)
    commitment = models.CharField(max_length=HASH, blank=True)
    rows = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("case", "what", "number"), name="one_trial_file_of_a_number"),)

    def __str__(self) -> str:
        return f"{self.what} {self.number}"


class LogEntry(models.Model):
    """A line of a trial's log, chained to the one before it. `facts` are numbers and hashes, nothing of a child."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="trial_log")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    at = models.CharField(max_length=40)
    facts = models.JSONField()
    before = models.CharField(max_length=HASH, blank=True)
    sha256 = models.CharField(max_length=HASH)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("case", "number"), name="one_line_of_a_trials_log"),)

    def __str__(self) -> str:
        return f"{self.number}: {self.kind}"


class Result(models.Model):
    """What an analysis found, with the version and hash of the plan it was run from, and the outcomes it read."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="trial_results")
    version = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=HASH)
    look = models.PositiveSmallIntegerField()
    outcomes = models.ForeignKey(Sealed, on_delete=models.SET_NULL, null=True, related_name="+")
    found = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-look", "-pk")
        constraints = (models.UniqueConstraint(fields=("case", "look"), name="a_look_is_taken_once"),)

    def __str__(self) -> str:
        return f"look {self.look}"


class DesignAnswer(models.Model):
    """A simulated power, by what was asked; `mark` of the model whose children were drawn."""

    key = models.CharField(max_length=HASH)
    mark = models.CharField(max_length=HASH)
    asked = models.JSONField()
    answer = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at",)
        constraints = (models.UniqueConstraint(fields=("key", "mark"), name="one_simulation_of_a_question"),)

    def __str__(self) -> str:
        return str(self.key)

"""What is kept of a detention, in two halves.

`Detention` holds what runs the work and makes the figures: force, suite, times, codes. Whatever says who the child is
stands in `Sealed`, one value a row, under the enclave's key; `enclave.read` alone opens it. The responsibility index
(`IndexLoad`, `IndexPerson`, `IndexKey`) stands in the enclave too, found by keyed hashes.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from parentis import region
from parentis.web.cases.models import Case
from parentis.web.people.models import Organisation

TIMES = (
    "arrival", "authorised", "relevant", "charge", "bail_decision", "request", "answer", "transfer", "release",
    "aa_requested", "aa_arrived", "merlin", "certificate", "court",
)  # fmt: skip
"Columns of instants, named as the clocks of `services.custody` name them."


class Suite(models.Model):
    """A custody suite: whose it is, in which police command, and in which authority it stands. `postcode`: a child who
    gives it as home gives the police station's."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="suites")
    command = models.CharField(max_length=60)
    authority = models.CharField("ONS code", max_length=9)
    postcode = models.CharField(max_length=10, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def command_name(self) -> str:
        return region.footprint(str(self.command)).name


class Detention(models.Model):
    """A child's stay in a suite, beside its case. Nothing here says who the child is.

    `reference` is how other programs name it; `record_hash` a keyed hash of the force's own number, erased with the
    rest. `as_at` holds, for each field that was told, the moment it was true (ISO), so that news that comes late does
    not undo newer news. `also` is the authority where the suite stands, if its duty desk helps another's child;
    `standing` what the child is to the authority (looked after, case, or neither); `reviews` are ISO instants."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="detention")
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="detentions")
    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="detentions")
    command = models.CharField(max_length=60)
    detained_in = models.CharField("ONS code", max_length=9)
    record_hash = models.CharField(max_length=32, null=True)
    as_at = models.JSONField(default=dict)

    rule = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    table_version = models.CharField(max_length=40, blank=True)
    routed_at = models.DateTimeField(null=True)
    also = models.CharField("ONS code", max_length=9, blank=True)

    arrival = models.DateTimeField(null=True)
    authorised = models.DateTimeField(null=True)
    relevant = models.DateTimeField(null=True)
    charge = models.DateTimeField(null=True)
    bail_decision = models.DateTimeField(null=True)
    request = models.DateTimeField(null=True)
    answer = models.DateTimeField(null=True)
    transfer = models.DateTimeField(null=True)
    release = models.DateTimeField(null=True)
    aa_requested = models.DateTimeField(null=True)
    aa_arrived = models.DateTimeField(null=True)
    merlin = models.DateTimeField(null=True)
    certificate = models.DateTimeField(null=True)
    court = models.DateTimeField(null=True)

    sex = models.CharField(max_length=20, blank=True)
    age = models.PositiveSmallIntegerField(null=True)
    ethnicity_self = models.CharField(max_length=20, blank=True)
    ethnicity_officer = models.CharField(max_length=20, blank=True)
    offence_group = models.CharField(max_length=40, blank=True)
    standing = models.CharField(max_length=20, blank=True)
    claimed_status = models.CharField(max_length=40, blank=True)
    claimed_authority = models.CharField("ONS code", max_length=9, blank=True)
    claimed_residence = models.CharField("ONS code", max_length=9, blank=True)
    confirmed_by = models.CharField(max_length=20, blank=True)
    bail = models.CharField(max_length=20, blank=True)
    ground = models.CharField(max_length=40, blank=True)
    accommodation = models.CharField(max_length=20, blank=True)
    answer_code = models.CharField(max_length=40, blank=True)
    aa_source = models.CharField(max_length=40, blank=True)
    strip_searched = models.BooleanField(null=True)
    force_used = models.BooleanField(null=True)
    reviews = models.JSONField(default=list)

    held_at = models.DateTimeField("legal hold since", null=True)
    handed_over_at = models.DateTimeField("its de-identified row went to the lake", null=True)

    class Meta:
        ordering = ("-arrival", "-pk")
        indexes = (models.Index(fields=["release", "handed_over_at"]),)
        constraints = (models.UniqueConstraint(fields=["force", "record_hash"], name="a_custody_record_is_here_once"),)

    def __str__(self) -> str:
        return f"detention {self.case_id}"


class EncryptedValue(models.Model):
    """One value that says who a child is, sealed. The one that holds is the latest by `at`, the moment it was true,
    then by arrival; the others stay as history until all are erased."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sealed")
    field = models.CharField(max_length=30)
    at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ("case", "field", "at", "pk")
        indexes = (models.Index(fields=["case", "field", "at"]),)

    def __str__(self) -> str:
        return f"{self.field} of case {self.case_id}"


class Delivery(models.Model):
    """A message that was taken in: sent again under its key it gets the same answer, and nothing else happens.

    `key` and `body` are keyed hashes (a sender may well name a message after the child): the same key with another
    body is refused. `answer` says nothing of who the child is."""

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="deliveries")
    key = models.CharField(max_length=32)
    body = models.CharField(max_length=32)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deliveries")
    answer = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        verbose_name_plural = "deliveries"
        constraints = (models.UniqueConstraint(fields=["force", "key"], name="a_delivery_is_taken_once"),)

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class IndexLoad(models.Model):
    """The responsibility index of one authority: the last it sent. The next takes its place; after a day it is gone."""

    authority = models.CharField("ONS code", max_length=9, unique=True)
    as_of = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    people = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("authority",)

    def __str__(self) -> str:
        return f"index of {self.authority_name}"

    @property
    def authority_name(self) -> str:
        return region.authority(str(self.authority)).name


class IndexSize(models.Model):
    """How many children an authority's last index had; it outlives the index, so that a sudden loss is seen."""

    authority = models.CharField("ONS code", max_length=9, unique=True)
    people = models.PositiveIntegerField()
    as_of = models.DateTimeField()

    class Meta:
        ordering = ("authority",)

    def __str__(self) -> str:
        return f"{self.people} on the index of {self.authority}"


class IndexPerson(models.Model):
    """Somebody whom an authority is responsible for, sealed."""

    load = models.ForeignKey(IndexLoad, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ("load", "number")
        constraints = (models.UniqueConstraint(fields=["load", "number"], name="an_index_entry_is_here_once"),)

    def __str__(self) -> str:
        return f"{self.number} of {self.load_id}"


class IndexKey(models.Model):
    """A keyed hash by which somebody in the index is found. It goes with its load, in one sweep of many rows: so it
    names its load itself, and the database does not look at each child for its keys."""

    load = models.ForeignKey(IndexLoad, on_delete=models.CASCADE, related_name="keys")
    person = models.ForeignKey(IndexPerson, on_delete=models.DO_NOTHING, related_name="keys", db_constraint=False)
    digest = models.CharField(max_length=32, db_index=True)

    def __str__(self) -> str:
        return f"key of {self.person_id}"

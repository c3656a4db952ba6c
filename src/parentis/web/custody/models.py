"""What is stored about a detention, in two parts.

`Detention` holds what operations and figures need: force, suite, times, codes. Values that identify the child are in
`EncryptedValue`, one value a row, under the enclave's key; only `encrypted_store.read` decrypts them for people. The
responsibility index (`IndexLoad`, `IndexPerson`, `IndexKey`) is in the enclave too, looked up by keyed hashes.
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
    """A custody suite: its force, its police command, and the authority where it is. `postcode`: a child who gives this
    as home has given the police station's postcode."""

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
    """A child's stay in a suite, stored beside its case. Nothing here identifies the child.

    `reference` is how other programs refer to it; `record_hash` is a keyed hash of the force's own number, erased with
    the rest. `as_at` holds, for each field that was given, the moment at which it was true (ISO), so that late news
    does not overwrite newer news. `also` is the authority where the suite is, if its duty desk helps with another
    authority's child; `standing` is the child's status with the authority (looked after, case, or neither); `reviews`
    are ISO instants.
    """

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
    """One encrypted value that identifies a child. The current one is the latest by `at`, the moment at which it was
    true, then by arrival; the others are kept as history until all are erased."""

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
    """A message that was taken in: if sent again under its key it gets the same answer and has no further effect.

    `key` and `body` are keyed hashes, because a sender may name a message after the child. The same key with another
    body is refused. `answer` says nothing about who the child is.
    """

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
    """The latest responsibility index of one authority. The next one replaces it; it is deleted after a day."""

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
    """How many children an authority's last index had; kept after the index is deleted, so that a sudden loss is
    noticed."""

    authority = models.CharField("ONS code", max_length=9, unique=True)
    people = models.PositiveIntegerField()
    as_of = models.DateTimeField()

    class Meta:
        ordering = ("authority",)

    def __str__(self) -> str:
        return f"{self.people} on the index of {self.authority}"


class IndexPerson(models.Model):
    """One child on an authority's responsibility index, encrypted."""

    load = models.ForeignKey(IndexLoad, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ("load", "number")
        constraints = (models.UniqueConstraint(fields=["load", "number"], name="an_index_entry_is_here_once"),)

    def __str__(self) -> str:
        return f"{self.number} of {self.load_id}"


class IndexKey(models.Model):
    """A keyed hash for looking up somebody on the index. All keys of a load are deleted in one statement, so each names
    its load and the database need not search the keys of each child."""

    load = models.ForeignKey(IndexLoad, on_delete=models.CASCADE, related_name="keys")
    person = models.ForeignKey(IndexPerson, on_delete=models.DO_NOTHING, related_name="keys", db_constraint=False)
    digest = models.CharField(max_length=32, db_index=True)

    def __str__(self) -> str:
        return f"key of {self.person_id}"

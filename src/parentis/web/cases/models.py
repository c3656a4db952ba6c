"""A case, its clocks, its history and related records.

What people write (comments, reasons, files) is stored in `Value` and `Attachment`, encrypted, and can be erased.
`Entry` holds commitments to it and never changes: the model and a database trigger refuse changes.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from parentis import region
from parentis.errors import IntegrityError
from parentis.web.cases.declarations import CaseType, Move, State, case_types

FIRST = "0" * 64
"""The previous hash of a case's first entry."""


class Case(models.Model):
    """`place` owns it: an authority's ONS code or a footprint's id. `version` counts writes, so that a form drawn
    before another person's write is refused. `sequence` and `head` are the number and hash of the last entry."""

    kind = models.CharField(max_length=30)
    place = models.CharField(max_length=60)
    state = models.CharField(max_length=30)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default=FIRST)

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=["kind", "place", "state"]),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(place="") & ~Q(state=""), name="a_case_has_a_kind_a_place_and_a_state"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")), name="a_case_closes_after_it_opens"
            ),
        )

    def __str__(self) -> str:
        """Its name, made from its open fields: the same on its page, in notices and in mail."""
        register = self.declared.register
        if register is None or not hasattr(self, "record"):
            return f"{self.declared.title} {self.pk}"
        values = {one.id: self.record.values.get(one.id) or "" for one in register.fields}
        return register.heading.format_map({"kind": self.declared.title, "pk": self.pk, **values})

    @property
    def declared(self) -> CaseType:
        return case_types()[self.kind]

    @property
    def state_now(self) -> State:
        return self.declared.machine.state(self.state)

    @property
    def moves(self) -> tuple[Move, ...]:
        return self.declared.machine.moves_from(self.state)

    @property
    def authority(self) -> str:
        """The ONS code of the authority that owns it; empty where a footprint does."""
        return str(self.place) if is_authority(str(self.place)) else ""

    @property
    def place_name(self) -> str:
        return place_name(str(self.place))


class Record(models.Model):
    """The values of a case's declared fields (`records`): `values` holds those that lists may search, `sealed` the
    encrypted ones.

    `key` is equal for two cases only where they are the same; null where the kind has no key, or it was erased.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="record")
    values = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)
    key = models.CharField(max_length=64, null=True, unique=True)
    practice = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"record of {self.case_id}"


class Group(models.Model):
    """A group that oversees a place's cases of a kind: an improvement board, a panel."""

    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=150)
    place = models.CharField(max_length=60)
    purpose = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("place", "name")
        constraints = (models.UniqueConstraint(fields=["kind", "place", "name"], name="a_group_has_its_name_once"),)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def place_name(self) -> str:
        return place_name(str(self.place))


class Member(models.Model):
    """A member of a group, from a day and until a day (inclusive)."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    name = models.CharField(max_length=150)
    organisation = models.CharField(max_length=150)
    position = models.CharField(max_length=150, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_member_leaves_after_joining"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}"


class Meeting(models.Model):
    """A meeting of a group and its minutes. Minutes are added to, not changed."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="meetings")
    held_on = models.DateField()
    minutes = models.TextField(max_length=20000)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-held_on", "-pk")

    def __str__(self) -> str:
        return f"{self.group}, {self.held_on}"


class CaseParticipant(models.Model):
    """Another place that takes part in a case, and in which of its kind's roles, until `until`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="participants")
    role = models.CharField(max_length=30)
    place = models.CharField(max_length=60)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    why = models.CharField(max_length=300)

    class Meta:
        ordering = ("case", "since", "pk")
        verbose_name_plural = "participants"
        indexes = (models.Index(fields=["role", "place", "until"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["case", "role", "place"], condition=Q(until=None), name="a_place_is_on_a_side_once"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_reach_ends_after_it_began"
            ),
        )

    def __str__(self) -> str:
        return f"{self.place} as {self.role} of {self.case_id}"


def is_authority(place: str) -> bool:
    """Whether a place is an authority's ONS code and not a footprint's id. (Footprint ids are in lower case.)"""
    return place[:1].isupper()


def place_name(place: str) -> str:
    return region.authority(place).name if is_authority(place) else region.footprint(place).name


def last_day_before(due_at: datetime) -> date:
    """The last day in London that is in time, for something that is late from midnight onwards."""
    return region.local_day(due_at - timedelta(microseconds=1))


class Entry(models.Model):
    """Something done to a case. `who` is the person's number; `state` is the case's state afterwards."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    who = models.BigIntegerField(null=True)
    what = models.CharField(max_length=40)
    state = models.CharField(max_length=30)
    commitment = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("case", "sequence")
        verbose_name_plural = "entries"
        constraints = (
            models.UniqueConstraint(fields=["case", "sequence"], name="an_entry_has_its_own_place"),
            models.UniqueConstraint(fields=["case", "previous"], name="a_history_never_forks"),
        )

    def __str__(self) -> str:
        return f"{self.case_id}.{self.sequence} {self.what}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise IntegrityError("cases: an entry of a history is never changed")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise IntegrityError("cases: an entry of a history is never deleted")


class Value(models.Model):
    """The value of an entry, encrypted, with the salt of its commitment. Erased with the case."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="value")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"value of {self.entry_id}"


class Attachment(models.Model):
    """A file's bytes, encrypted; its name and SHA-256 are in the entry's value. Erased with the case."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="attachment")
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"file of {self.entry_id}"


class Clock(models.Model):
    """A time limit within which something must be done. `due_at` is derived from the other fields and stored so that it
    can be searched: null while the clock is stopped."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    name = models.CharField(max_length=30)
    title = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=20, choices=[(unit.value, unit.value) for unit in region.Unit])
    met_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("case", "name")
        indexes = (models.Index(fields=["met_at", "due_at"]),)
        constraints = (models.UniqueConstraint(fields=["case", "name"], name="a_case_has_a_clock_once"),)

    def __str__(self) -> str:
        return f"{self.title}, {self.term}"

    @property
    def term(self) -> region.Term:
        return region.Term(self.amount, region.Unit(self.unit))

    def reckon(self) -> None:
        """Set `due_at` from the start, the term and the stops."""
        pauses = [region.Pause(one.started_at, one.ended_at) for one in self.stops.all()]
        self.due_at = region.due(self.started_at, self.term, pauses)


class ClockStop(models.Model):
    """A period during which a clock was stopped, for one of its kind's reasons, until `ended_at`."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="stops")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=30)

    class Meta:
        ordering = ("clock", "started_at")
        constraints = (
            models.UniqueConstraint(fields=["clock"], condition=Q(ended_at=None), name="a_clock_is_stopped_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="a_stop_ends_after_it_began"
            ),
        )

    def __str__(self) -> str:
        return f"{self.clock_id} stopped: {self.reason}"

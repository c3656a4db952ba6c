"""The rota of an authority's desks, its phone list, and the calls made from it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from parentis.web.cases.models import Case
from parentis.web.duty.desks import BY_ID, CLOSES, DESKS, OPENS

DESK_CHOICES = [(one.id, one.title) for one in DESKS]


class Hours(models.Model):
    """An authority's office hours on working days, where they differ from the usual ones."""

    authority = models.CharField("ONS code", max_length=9, unique=True)
    opens = models.TimeField(default=OPENS)
    closes = models.TimeField(default=CLOSES)

    class Meta:
        ordering = ("authority",)
        verbose_name_plural = "hours"
        constraints = (models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="hours_close_after_they_open"),)

    def __str__(self) -> str:
        return f"{self.authority} {self.opens:%H:%M} to {self.closes:%H:%M}"


class Shift(models.Model):
    """A person at a desk from `starts_at` until `ends_at`. They may have shifts for several authorities at once."""

    authority = models.CharField("ONS code", max_length=9)
    desk = models.CharField(max_length=30, choices=DESK_CHOICES)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ("starts_at", "desk", "person__name")
        indexes = (models.Index(fields=["authority", "desk", "ends_at"]),)
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_turn_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["authority", "desk", "person", "starts_at"], name="a_turn_is_on_the_rota_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}, {self.desk_title}"

    @property
    def desk_title(self) -> str:
        return BY_ID[str(self.desk)].title


class EscalationStep(models.Model):
    """A line of a desk's phone list: who is called, and how many minutes after those on duty, if nobody answered."""

    authority = models.CharField("ONS code", max_length=9)
    desk = models.CharField(max_length=30, choices=DESK_CHOICES)
    minutes = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="escalation_steps")
    phone = models.CharField(max_length=30)

    class Meta:
        ordering = ("desk", "minutes", "person__name")
        constraints = (
            models.UniqueConstraint(fields=["authority", "desk", "person"], name="a_person_is_on_a_list_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="a_list_begins_after_those_on_duty"),
        )

    def __str__(self) -> str:
        return f"{self.person}, after {self.minutes} minutes"

    @property
    def desk_title(self) -> str:
        return BY_ID[str(self.desk)].title


class Call(models.Model):
    """A call to people about a case, until it leaves the state and the place that it had when the call began.

    `step` counts the completed steps; `list_began_at` is when the desks that are open now were first called, and `last`
    the minute of the latest completed step.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="calls")
    place = models.CharField(max_length=60)
    state = models.CharField(max_length=30)
    began_at = models.DateTimeField()
    desks = models.CharField(max_length=100, blank=True)
    list_began_at = models.DateTimeField(null=True)
    step = models.PositiveIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("began_at", "pk")
        indexes = (models.Index(fields=["ended_at", "next_at"]),)
        constraints = (
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="a_case_is_called_about_once"),
        )

    def __str__(self) -> str:
        return f"call about {self.case_id}"


class CallAttempt(models.Model):
    """Who was called, when, and at which step: 0 for those on duty."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    desks = models.CharField(max_length=100, blank=True)
    people = models.JSONField(default=list)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.call}: after {self.minutes} minutes"

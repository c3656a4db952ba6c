"""Recommendations and what stands around them. What people said of one (evidence, comments, reasons) is its case's."""

from django.db import models
from django.db.models import F, Q

from parentis.web.cases.models import Case, place_name
from parentis.web.recommendations.deadlines import DEADLINES, Deadline


class Report(models.Model):
    """An inspection's published report."""

    title = models.CharField(max_length=200)
    inspectorate = models.CharField(max_length=100)
    published_on = models.DateField()
    link = models.URLField(blank=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        ordering = ("-published_on", "title")
        constraints = (models.UniqueConstraint(fields=["title", "published_on"], name="a_report_is_here_once"),)

    def __str__(self) -> str:
        return str(self.title)


class Recommendation(models.Model):
    """One recommendation of a report to one place: the place of its case. `owners`: who answers for it, in words."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="recommendation")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="recommendations")
    number = models.CharField(max_length=20)
    text = models.TextField(max_length=4000)
    deadline = models.CharField(max_length=20, choices=[(one.id, one.title) for one in DEADLINES.values()])
    owners = models.CharField(max_length=300)
    place = models.CharField(max_length=60)

    class Meta:
        ordering = ("report", "number", "place")
        constraints = (
            models.UniqueConstraint(fields=["report", "number", "place"], name="a_recommendation_is_made_once"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(number=""), name="a_recommendation_says_something"),
        )

    def __str__(self) -> str:
        return f"{self.report}, {self.number}"

    @property
    def deadline_class(self) -> Deadline:
        return DEADLINES[str(self.deadline)]


class Group(models.Model):
    """A group that oversees the recommendations to a place: an improvement board, a gold group."""

    name = models.CharField(max_length=150)
    place = models.CharField(max_length=60)
    purpose = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("place", "name")
        constraints = (models.UniqueConstraint(fields=["place", "name"], name="a_group_is_here_once"),)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def place_name(self) -> str:
        return place_name(str(self.place))


class Member(models.Model):
    """Somebody who sits in a group, from a day and until a day (inclusive)."""

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


class Grading(models.Model):
    """A judgement of an inspection or re-inspection of a place."""

    place = models.CharField(max_length=60)
    inspectorate = models.CharField(max_length=100)
    subject = models.CharField(max_length=150)
    judgement = models.CharField(max_length=100)
    inspected_on = models.DateField()
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ("place", "subject", "inspected_on")
        constraints = (
            models.UniqueConstraint(fields=["place", "subject", "inspected_on"], name="a_grading_is_given_once"),
        )

    def __str__(self) -> str:
        return f"{self.subject}: {self.judgement}"

    @property
    def place_name(self) -> str:
        return place_name(str(self.place))

"""Gradings: entered, seen, and as a table of the meeting pack."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.http import HttpRequest

from parentis.web.audit.recorder import record
from parentis.web.cases import permissions
from parentis.web.cases.declarations import EDIT, VIEW
from parentis.web.cases.models import Group, is_authority
from parentis.web.cases.register.forms import PlacedForm
from parentis.web.forms import DateInput
from parentis.web.recommendations.case_types import KIND
from parentis.web.recommendations.models import Grading
from parentis.web.workbooks import Cell, Table

if TYPE_CHECKING:
    from django.db.models import QuerySet


class GradingForm(PlacedForm):
    """A judgement."""

    inspectorate = forms.CharField(label="Inspectorate", max_length=100)
    subject = forms.CharField(label="Subject", max_length=150, help_text="What was judged.")
    judgement = forms.CharField(label="Judgement", max_length=100, help_text="In the inspectorate's words.")
    inspected_on = forms.DateField(label="Inspected on", widget=DateInput)
    source = forms.CharField(label="Source", max_length=300, help_text="The report that contains the judgement.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        same = {name: cleaned.get(name) for name in ("place", "subject", "inspected_on")}
        if Grading.objects.filter(**same).exists():
            self.add_error("inspected_on", "This judgement has already been added.")
        return cleaned


def gradings(person: Any) -> "QuerySet[Grading]":
    """Those that `person` may see."""
    return Grading.objects.filter(place__in=permissions.places_for(person, VIEW, KIND))


@transaction.atomic
def add_grading(
    *, by: Any, place: str, inspectorate: str, subject: str, judgement: str, inspected_on: date, source: str,
    request: HttpRequest | None = None,
) -> Grading:  # fmt: skip
    """A judgement of an inspection or re-inspection."""
    permissions.require(by, EDIT, kind=KIND, place=place)
    grading: Grading = Grading.objects.create(
        place=place, inspectorate=inspectorate, subject=subject, judgement=judgement, inspected_on=inspected_on,
        source=source,
    )  # fmt: skip
    record(
        who=by, what="grading:added", authority=place if is_authority(place) else "",
        subject=f"{subject}, {inspected_on}", detail={"place": place}, request=request,
    )  # fmt: skip
    return grading


def pack_tables(person: Any, group: Group, places: Iterable[str]) -> list[Table]:
    """The gradings of a group's places, for its meeting pack."""
    shown = gradings(person).filter(place__in=places).order_by("place", "subject", "-inspected_on")
    rows: list[list[Cell]] = [
        [one.place_name, one.subject, one.inspected_on, one.judgement, one.inspectorate, one.source] for one in shown
    ]
    headings = ("Place", "Subject", "Inspected", "Judgement", "Inspectorate", "Source")
    return [Table(title="Gradings", headings=headings, rows=rows, note="Judgements, newest first.")]

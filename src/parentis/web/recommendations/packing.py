"""What a group meets over: one set of tables, drawn as a page and as a workbook, so that the two cannot disagree."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone

from parentis import region
from parentis.web.cases.models import Entry, last_day_before, place_name
from parentis.web.recommendations import looking
from parentis.web.recommendations.casework import MACHINE
from parentis.web.recommendations.models import Group, Meeting, Recommendation
from parentis.web.workbooks import Cell, Table

SHOWN = ("Number", "To", "Recommendation", "Owners", "State", "Due", "Given to")


def meeting_pack(person: Any, group: Group) -> list[Table]:
    """The tables of a group's next meeting, of what `person` may see of its place and of that place's authorities."""
    from parentis.web.cases.reach import codes_of

    places = {group.place, *codes_of(group.place)}
    found = looking.recommendations(person).filter(place__in=places)
    last = group.meetings.filter(held_on__lte=timezone.localdate()).first()
    return [
        _listed("Overdue", looking.overdue(found), "Past their date and not agreed as done, the longest first."),
        _listed("Due within 30 days", looking.due_soon(found), "The soonest first."),
        _listed("To be agreed", found.filter(case__state="put-forward"), "Put forward as done by their owners."),
        _changes(found, last),
        _gradings(person, places),
        _members(group),
    ]


def _listed(title: str, found: Iterable[Recommendation], note: str) -> Table:
    return Table(title=title, headings=SHOWN, rows=[_row(one) for one in found], note=note)


def _row(one: Recommendation) -> list[Cell]:
    due = last_day_before(one.due_at) if one.due_at else "Stands still"
    given = str(one.case.assigned_to or "")
    return [one.number, place_name(one.place), one.text, one.owners, one.case.state_now.title, due, given]


def _changes(found: Any, last: Meeting | None) -> Table:
    """Moves since the last meeting, newest first."""
    entries = Entry.objects.filter(case__recommendation__in=found.order_by(), what__in=["opened", "moved"])
    if last is not None:
        entries = entries.filter(at__gt=timezone.make_aware(datetime.combine(last.held_on, time.max)))
    shown = entries.select_related("case__recommendation").order_by("-at")
    rows: list[list[Cell]] = [
        [region.local_day(one.at), one.case.recommendation.number, place_name(one.case.place),
         MACHINE.state(one.state).title]
        for one in shown
    ]  # fmt: skip
    since = f"Since the meeting of {last.held_on:%d %B %Y}." if last else "Since the register began."
    return Table(title="What changed", headings=("Day", "Number", "To", "State"), rows=rows, note=since)


def _gradings(person: Any, places: Iterable[str]) -> Table:
    shown = looking.gradings(person).filter(place__in=places).order_by("place", "subject", "-inspected_on")
    rows: list[list[Cell]] = [
        [one.place_name, one.subject, one.inspected_on, one.judgement, one.inspectorate, one.source] for one in shown
    ]
    headings = ("Place", "Subject", "Inspected", "Judgement", "Inspectorate", "Source")
    return Table(title="Gradings", headings=headings, rows=rows, note="Each judgement, the newest first.")


def _members(group: Group) -> Table:
    now = group.members.filter(Q(until=None) | Q(until__gte=timezone.localdate()))
    rows: list[list[Cell]] = [[one.name, one.organisation, one.position, one.since] for one in now]
    headings = ("Name", "Organisation", "Position", "Since")
    return Table(title="Members", headings=headings, rows=rows, note=f"Of {group} today.")

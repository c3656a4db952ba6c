"""The papers of a group's meeting: one set of tables, shown as a page and as a workbook, so that the two cannot
differ."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone

from parentis import region
from parentis.web.cases import permissions
from parentis.web.cases import values as of
from parentis.web.cases.declarations import case_types
from parentis.web.cases.models import Entry, Group, Meeting, Record, last_day_before, place_name
from parentis.web.cases.records import register_of
from parentis.web.cases.register import queries
from parentis.web.workbooks import Cell, Table


def meeting_pack(person: Any, group: Group) -> list[Table]:
    """The tables for a group's next meeting: what `person` may see of its place and of that place's authorities."""
    kind, register = group.kind, register_of(group.kind)
    places = {group.place, *permissions.codes_of(group.place)}
    found = queries.records(person, kind).filter(case__place__in=places)
    last = group.meetings.filter(held_on__lte=timezone.localdate()).first()
    late, soon = queries.overdue(found, kind), queries.due_soon(found, kind)
    states = register.meetings.states if register.meetings else {}
    further = register.meetings.tables if register.meetings else None
    return [
        _listed(kind, "Overdue", late, "Past their due date and not closed, longest overdue first."),
        _listed(kind, "Due within 30 days", soon, "Soonest first."),
        *(_listed(kind, title, found.filter(case__state=one), note) for one, (title, note) in states.items()),
        _changes(kind, found, last),
        *(further.resolve()(person, group, places) if further else ()),
        _members(group),
    ]


def listed_fields(kind: str) -> tuple[list[Any], list[Any]]:
    """The fields of a list's columns: those before the place, and those after it."""
    register = register_of(kind)
    listed = [one for one in register.fields if one.listed]
    at = next((at for at, one in enumerate(listed, start=1) if one.id == register.lead_id), 0)
    return listed[:at], listed[at:]


def _listed(kind: str, title: str, found: Iterable[Record], note: str) -> Table:
    before, after = listed_fields(kind)
    headings = [
        *(one.label for one in before), register_of(kind).place, *(one.label for one in after), "State", "Due",
        "Assigned to",
    ]  # fmt: skip
    return Table(title=title, headings=tuple(headings), rows=[_row(kind, one) for one in found], note=note)


def _row(kind: str, one: Record) -> list[Cell]:
    before, after = listed_fields(kind)
    cells = [
        [of.cell(field, of.value(field, one.values.get(field.id))) for field in fields] for fields in (before, after)
    ]
    due = last_day_before(one.due_at) if one.due_at else "Paused"
    given = str(one.case.assigned_to or "")
    return [*cells[0], place_name(one.case.place), *cells[1], one.case.state_now.title, due, given]


def _changes(kind: str, found: Any, last: Meeting | None) -> Table:
    """Moves since the last meeting, newest first."""
    entries = Entry.objects.filter(case__record__in=found.order_by(), what__in=["opened", "moved"])
    if last is not None:
        entries = entries.filter(at__gt=timezone.make_aware(datetime.combine(last.held_on, time.max)))
    register, machine = register_of(kind), case_types()[kind].machine
    first = next((one for one in register.fields if one.listed), register.fields[0])
    rows: list[list[Cell]] = [
        [region.local_day(one.at), of.cell(first, of.value(first, one.case.record.values.get(first.id))),
         place_name(one.case.place), machine.state(one.state).title]
        for one in entries.select_related("case__record").order_by("-at")
    ]  # fmt: skip
    since = f"Since the meeting of {last.held_on:%d %B %Y}." if last else "Since the register began."
    return Table(title="What changed", headings=("Day", first.label, register.place, "State"), rows=rows, note=since)


def _members(group: Group) -> Table:
    now = group.members.filter(Q(until=None) | Q(until__gte=timezone.localdate()))
    rows: list[list[Cell]] = [[one.name, one.organisation, one.position, one.since] for one in now]
    headings = ("Name", "Organisation", "Position", "Since")
    return Table(title="Members", headings=headings, rows=rows, note=f"Of {group} today.")

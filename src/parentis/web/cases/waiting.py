"""Which cases wait for a person: those assigned to them, unassigned ones whose clocks are about to run out, and those
in a state that waits for the person's permission (`State.waits_for`)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import DateTimeField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from parentis.web.cases.declarations import EDIT, CaseType, case_types
from parentis.web.cases.models import Case, Clock, Entry
from parentis.web.cases.permissions import as_participant, places_for, visible
from parentis.web.people.authorisation import holds
from parentis.web.tasks import Task

if TYPE_CHECKING:
    from django.db.models import QuerySet

SOON = timedelta(days=30)
"""A clock that runs out within this time counts as work to be done; a later one can wait."""
SHORTENED = 140
"""Number of characters of a case's text that a line shows."""


def tasks_of(person: Any) -> Iterator[Task]:
    for kind in case_types().values():
        if any(holds(person, action) for action in _actions(kind)):
            yield from (_task(case) for case in waiting(person, kind))


def _actions(kind: CaseType) -> set[str]:
    shared = (role.permissions.values() for role in kind.participant_roles)
    return {*kind.permissions.values(), *kind.of_footprint.values(), *(action for each in shared for action in each)}


def waiting(person: Any, kind: CaseType) -> "QuerySet[Case]":
    """The cases of a kind that wait for `person`, each with `due_at` and `clock_title` of the clock that runs out first
    (None where none is running) and `since`, when it entered its state."""
    running = Clock.objects.filter(case=OuterRef("pk"), met_at=None).exclude(due_at=None).order_by("due_at")
    moved = Entry.objects.filter(case=OuterRef("pk"), what__in=("moved", "handed-over")).order_by("-sequence")
    found = Case.objects.filter(kind=kind.id, closed_at=None, erased_at=None).annotate(
        due_at=Subquery(running.values("due_at")[:1]),
        clock_title=Subquery(running.values("title")[:1]),
        since=Coalesce(Subquery(moved.values("at")[:1]), "opened_at", output_field=DateTimeField()),
    )
    free = Q(assigned_to=None) | Q(assigned_to=person)
    wanted = Q(assigned_to=person, pk__in=visible(person, kind.id).values("pk"))
    wanted |= free & Q(due_at__lte=timezone.now() + SOON) & _may(person, kind, EDIT)
    for permission, states in _waiting_states(kind).items():
        # Approvers are asked whoever is assigned; other work, once assigned, waits for its assignee alone.
        whose = free if permission == EDIT else Q()
        wanted |= Q(state__in=states) & whose & _may(person, kind, permission)
    return found.filter(wanted).select_related("record")


def _waiting_states(kind: CaseType) -> dict[str, list[str]]:
    """Each permission with the states that wait for its holders."""
    found: dict[str, list[str]] = {}
    for state in kind.machine.states:
        for permission in kind.machine.waits_for(state.id):
            found.setdefault(permission, []).append(state.id)
    return found


def _may(person: Any, kind: CaseType, permission: str) -> Q:
    """The cases for which `person` has `permission`, as their owner or as a participant."""
    may = Q(place__in=places_for(person, permission, kind.id))
    for role in kind.participant_roles:
        if permission in role.permissions:
            may |= Q(pk__in=as_participant(person, kind.id, role.id, permission=permission).values("pk"))
    return may


def _task(case: Any) -> Task:
    register = case.declared.register
    detail = ""
    if register is not None and hasattr(case, "record") and not register.field(register.lead_id).is_closed:
        detail = str(case.record.values.get(register.lead_id) or "")
    title = case.state_now.title
    return Task(
        path=reverse(case.declared.detail_url, kwargs={"pk": case.pk}),
        title=str(case),
        wanted=f"{title}. {case.clock_title}" if case.clock_title and case.clock_title != "Due" else title,
        place=case.place_name,
        since=case.since,
        due=case.due_at,
        detail=detail if len(detail) <= SHORTENED else f"{detail[:SHORTENED].rsplit(' ', 1)[0]} …",
    )

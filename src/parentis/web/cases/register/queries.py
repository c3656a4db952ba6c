"""The cases of a register that somebody may see: every query about a register starts here."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DecimalField, F, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest
from django.utils import timezone

from parentis import region
from parentis.web.cases import permissions
from parentis.web.cases.declarations import EDIT, VIEW, case_types
from parentis.web.cases.fields import FieldType
from parentis.web.cases.models import Clock, Group, Record, is_authority, place_name
from parentis.web.cases.records import register_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

SOON = timedelta(days=30)


def closed_states(kind: str) -> list[str]:
    return [one.id for one in case_types()[kind].machine.states if one.closed]


def records(person: Any, kind: str) -> "QuerySet[Record]":
    """The cases that `person` may see, soonest due first, each with `due_at`: the earliest due time among its running
    clocks; None where no clock is running."""
    due = Clock.objects.filter(case=OuterRef("case"), met_at=None).order_by("due_at").exclude(due_at=None)
    found = Record.objects.filter(case__in=permissions.visible(person, kind)).select_related(
        "case", "case__assigned_to"
    )
    keys = [f"values__{name}" for name in register_of(kind).key if not register_of(kind).field(name).is_closed]
    return found.annotate(due_at=Subquery(due.values("due_at")[:1])).order_by(
        F("due_at").asc(nulls_last=True), *keys, "case__place", "case"
    )


def not_closed(found: "QuerySet[Record]", kind: str) -> "QuerySet[Record]":
    return found.exclude(case__state__in=closed_states(kind))


def overdue(found: "QuerySet[Record]", kind: str) -> "QuerySet[Record]":
    # As in `region.in_time` for terms in days: late from the end of the day.
    return not_closed(found, kind).filter(due_at__lte=timezone.now())


def due_soon(found: "QuerySet[Record]", kind: str) -> "QuerySet[Record]":
    now = timezone.now()
    return not_closed(found, kind).filter(due_at__gt=now, due_at__lte=now + SOON)


def narrowed(found: "QuerySet[Record]", kind: str, wanted: Mapping[str, Any]) -> "QuerySet[Record]":
    """The records that match a `FilterForm`'s answers."""
    register = register_of(kind)
    if wanted.get("place"):
        found = found.filter(case__place=wanted["place"])
    if wanted.get("state"):
        found = found.filter(case__state=wanted["state"])
    for one in register.fields:
        for name, lookup in ((one.id, ""), (f"{one.id}_from", "__gte"), (f"{one.id}_to", "__lte")):
            if one.filtered and wanted.get(name):
                said = wanted[name]
                said = said == "yes" if one.type is FieldType.YES_NO else said
                found = found.filter(
                    **{f"values__{one.id}{lookup}": said.isoformat() if one.type is FieldType.DAY else said}
                )
    if words := wanted.get("words"):
        searched = [one.id for one in register.fields if one.searched]
        found = found.filter(_any(Q(**{f"values__{name}__icontains": words}) for name in searched))
    return found


def _any(conditions: Any) -> Q:
    found = Q(pk__in=())
    for one in conditions:
        found |= one
    return found


def sorted_by(found: "QuerySet[Record]", kind: str, wanted: str) -> "QuerySet[Record]":
    """Sort by a listed field (its id, with `-` in front to reverse), the place, the state or the due date."""
    name, down = wanted.removeprefix("-"), wanted.startswith("-")
    own = {"place": F("case__place"), "state": F("case__state"), "due": F("due_at")}
    listed = {one.id: one for one in register_of(kind).fields if one.listed}
    if name in listed:
        text = KeyTextTransform(name, "values")
        by: Any = KeyTextTransform(name, "values")
        if listed[name].type in {FieldType.NUMBER, FieldType.MONEY}:
            by = Cast(text, DecimalField(max_digits=20, decimal_places=2))
    elif name in own:
        by = own[name]
    else:
        return found
    return found.order_by(by.desc(nulls_last=True) if down else by.asc(nulls_last=True), "case")


def by_place(person: Any, kind: str) -> list[dict[str, Any]]:
    """Each place with its number of cases (`every`), of overdue and of closed ones, and of those in each state that the
    meeting pack names (`states`)."""
    register = register_of(kind)
    states = list(register.meetings.states) if register.meetings else []
    seen = records(person, kind).order_by()
    late = Counter(overdue(seen, kind).values_list("case__place", flat=True))
    closed = closed_states(kind)
    counts = seen.values("case__place").annotate(
        every=Count("pk"),
        closed=Count("pk", filter=Q(case__state__in=closed)),
        **{f"state_{at}": Count("pk", filter=Q(case__state=one)) for at, one in enumerate(states)},
    )
    rows = [
        {
            "place": row["case__place"], "name": place_name(row["case__place"]), "every": row["every"],
            "closed": row["closed"], "overdue": late[row["case__place"]],
            "states": [row[f"state_{at}"] for at in range(len(states))],
        }
        for row in counts
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (is_authority(row["place"]), row["name"]))


def groups(person: Any, kind: str) -> "QuerySet[Group]":
    return Group.objects.filter(kind=kind, place__in=permissions.places_for(person, VIEW, kind))


def places_to_enter(person: Any, kind: str) -> list[tuple[str, str]]:
    """`(place, name)` of the authorities, and of the register's kinds of footprint, for which the person may enter
    cases."""
    kept = {one.id for one in region.footprints() if one.kind in register_of(kind).footprints}
    able = permissions.places_for(person, EDIT, kind)
    found = [(one, place_name(one)) for one in able if one in kept or is_authority(one)]
    return sorted(found, key=lambda one: (is_authority(one[0]), one[1]))


def group_or_404(person: Any, kind: str, pk: int) -> Group:
    group = groups(person, kind).filter(pk=pk).first()
    if group is None:
        raise Http404
    return group


def place_of_group(request: HttpRequest, *, kind: str, action: str, pk: int) -> str:
    """For `Route.place`: the ONS code that the gate uses to decide on a group's pages."""
    from parentis.web.people.authorisation import may
    from parentis.web.people.permissions import About, actions

    group = Group.objects.filter(pk=pk, kind=kind).first()
    if group is None:
        raise Http404
    codes = permissions.codes_of(group.place)
    if actions()[action].about is not About.AUTHORITY:
        return codes[0]
    return next((code for code in codes if may(request.user, action, authority=code)), codes[0])

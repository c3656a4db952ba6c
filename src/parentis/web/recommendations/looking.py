"""What of the register somebody may look at: every question about it begins here."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404, HttpRequest
from django.utils import timezone

from parentis.web.cases import reach
from parentis.web.cases.kinds import READ, WORK
from parentis.web.cases.models import Clock, place_name
from parentis.web.people.authorise import may
from parentis.web.recommendations.casework import DUE, KIND, MACHINE
from parentis.web.recommendations.models import Grading, Group, Recommendation

if TYPE_CHECKING:
    from django.db.models import QuerySet

SOON = timedelta(days=30)
CLOSED = [one.id for one in MACHINE.states if one.closed]


def recommendations(person: Any) -> "QuerySet[Recommendation]":
    """Those that `person` may see, the soonest due first, each with `due_at`; None where its clock stands still."""
    due = Clock.objects.filter(case=OuterRef("case"), name=DUE).values("due_at")[:1]
    seen = Recommendation.objects.filter(case__in=reach.visible(person, KIND))
    return seen.select_related("report", "case", "case__assigned_to").annotate(due_at=Subquery(due)).order_by(
        "due_at", "report", "number", "place"
    )  # fmt: skip


def not_closed(found: "QuerySet[Recommendation]") -> "QuerySet[Recommendation]":
    return found.exclude(case__state__in=CLOSED)


def overdue(found: "QuerySet[Recommendation]") -> "QuerySet[Recommendation]":
    return not_closed(found).filter(due_at__lte=timezone.now())


def due_soon(found: "QuerySet[Recommendation]") -> "QuerySet[Recommendation]":
    now = timezone.now()
    return not_closed(found).filter(due_at__gt=now, due_at__lte=now + SOON)


def narrowed(found: "QuerySet[Recommendation]", wanted: Mapping[str, Any]) -> "QuerySet[Recommendation]":
    """Those that fit a FilterForm's answers."""
    if wanted.get("place"):
        found = found.filter(place=wanted["place"])
    if wanted.get("state"):
        found = found.filter(case__state=wanted["state"])
    if wanted.get("deadline"):
        found = found.filter(deadline=wanted["deadline"])
    if words := wanted.get("words"):
        found = found.filter(Q(text__icontains=words) | Q(owners__icontains=words) | Q(report__title__icontains=words))
    return found


def by_place(person: Any) -> list[dict[str, Any]]:
    """Each police command and authority with how many of its recommendations are open, overdue, put forward, closed."""
    seen = recommendations(person).order_by()
    late = Counter(overdue(seen).values_list("place", flat=True))
    counts = seen.values("place").annotate(
        every=Count("pk"),
        closed=Count("pk", filter=Q(case__state__in=CLOSED)),
        put_forward=Count("pk", filter=Q(case__state="put-forward")),
    )
    rows = [{**row, "name": place_name(row["place"]), "overdue": late[row["place"]]} for row in counts]
    return sorted(rows, key=lambda row: (row["place"][0].isupper(), row["name"]))


def groups(person: Any) -> "QuerySet[Group]":
    return Group.objects.filter(place__in=reach.places_for(person, READ, KIND))


def gradings(person: Any) -> "QuerySet[Grading]":
    return Grading.objects.filter(place__in=reach.places_for(person, READ, KIND))


def places_to_enter(person: Any) -> list[tuple[str, str]]:
    """`(place, name)` of the authorities, police commands and other footprints whose recommendations one may enter."""
    from parentis.region import footprints

    police = {one.id for one in footprints() if one.kind == "bcu"}
    able = reach.places_for(person, WORK, KIND)
    found = [(one, place_name(one)) for one in able if one in police or one[:1].isupper()]
    return sorted(found, key=lambda one: (one[0][0].isupper(), one[1]))


def group_or_404(person: Any, pk: int) -> Group:
    group = groups(person).filter(pk=pk).first()
    if group is None:
        raise Http404
    return group


def place_of_group(request: HttpRequest, *, pk: int, **_: Any) -> str:
    """For `Route.place`: the ONS code by which the gate judges a group's pages."""
    group = Group.objects.filter(pk=pk).first()
    if group is None:
        raise Http404
    codes = reach.codes_of(group.place)
    return next((code for code in codes if may(request.user, "recommendations.read", authority=code)), codes[0])

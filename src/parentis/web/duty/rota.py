"""Who is on duty: from the rota or, where the rota names nobody, from the roles people hold."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from parentis.region import LONDON
from parentis.web.duty.desks import CLOSES, OPENS, Desk, open_desks
from parentis.web.duty.models import EscalationStep, Hours, Shift
from parentis.web.people.models import Membership, Person

if TYPE_CHECKING:
    from parentis.web.cases.models import Case

DAY = timedelta(days=1)


def hours_of(authority: str) -> tuple[time, time]:
    """When an authority's office opens and closes."""
    own = Hours.objects.filter(authority=authority).first()
    return (own.opens, own.closes) if own else (OPENS, CLOSES)


def desks_of(authority: str, at: datetime) -> tuple[Desk, ...]:
    """The authority's desks that are open at an instant."""
    return open_desks(at, *hours_of(authority))


def next_change(authority: str, at: datetime) -> datetime:
    """The next instant at which an authority's office hours may start or end."""
    opens, closes = hours_of(authority)
    today = at.astimezone(LONDON).date()
    walls = (datetime.combine(day, edge, LONDON) for day in (today, today + DAY) for edge in (opens, closes))
    return min(edge for wall in walls if (edge := wall.astimezone(UTC)) > at)


def on_duty(authority: str, at: datetime) -> list[Person]:
    """Who is to be called for an authority at an instant, by name: people with a shift at an open desk who still hold
    its role or, where a desk has none, everybody who holds the role. A call is never without a recipient while anybody
    holds the role."""
    return _by_name(person for desk in desks_of(authority, at) for person in at_desk(authority, desk.id, at)[0])


def at_desk(authority: str, desk: str, at: datetime) -> tuple[list[Person], bool]:
    """Who is at a desk at an instant, and whether the rota names them."""
    holders = holders_of(authority, desk)
    shifts = shifts_at(authority, desk, at).values_list("person", flat=True)
    named = [person for person in holders if person.pk in set(shifts)]
    return (named, True) if named else (holders, False)


def shifts_at(authority: str, desk: str, at: datetime) -> "QuerySet[Shift]":
    return Shift.objects.filter(authority=authority, desk=desk, starts_at__lte=at, ends_at__gt=at)


def holders_of(authority: str, desk: str) -> list[Person]:
    """The active people who hold a desk's role for an authority, by name."""
    held = Membership.objects.filter(
        role=desk, organisation__authority=authority, person__is_active=True
    ).select_related("person")
    return _by_name(one.person for one in held)


def phone_list(authority: str, at: datetime) -> list[EscalationStep]:
    """The lines of the open desks' phone lists, soonest first: only people who still hold the desk's role."""
    open_ids = [desk.id for desk in desks_of(authority, at)]
    held = {desk: {one.pk for one in holders_of(authority, desk)} for desk in open_ids}
    escalation_steps = (
        EscalationStep.objects.filter(authority=authority, desk__in=open_ids)
        .select_related("person")
        .order_by("minutes")
    )
    return [one for one in escalation_steps if one.person_id in held[one.desk]]


def on_duty_of(case: "Case", people: list[Person]) -> list[Person]:
    """For `CaseType.on_duty`: those of `people` who are on duty now, for a case of an authority."""
    from django.utils import timezone

    if not case.authority:
        return people
    now = {one.pk for one in on_duty(case.authority, timezone.now())}
    return [one for one in people if one.pk in now] or people


def _by_name(people: Iterable[Person]) -> list[Person]:
    return sorted({one.pk: one for one in people}.values(), key=lambda one: (one.name, one.email))

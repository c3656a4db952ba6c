"""Shifts and phone lists for the practice region's boroughs, so that calls there go down a list."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from parentis import region
from parentis.web.duty.desks import CLOSES, DESKS, OPENS
from parentis.web.duty.local_time import instant
from parentis.web.duty.models import Shift
from parentis.web.duty.operations import add_escalation_step, add_shift
from parentis.web.duty.rota import holders_of
from parentis.web.people.initial_accounts import DEMO_BOROUGHS, DEMO_DOMAIN, authority_organisation, person_with

DAYS = 14
SECOND = "second"
MINUTES = 10


def make_practice_rota(now: datetime | None = None) -> int:
    """Create a fortnight of shifts at every desk, and a person to be called ten minutes later; return how many shifts
    are new. Creates nothing where there are shifts already."""
    if Shift.objects.exists():
        return 0
    today = region.local_day(now or timezone.now())
    return sum(_desk(name, desk.id, today) for name in DEMO_BOROUGHS for desk in DESKS)


def _desk(name: str, desk: str, today: date) -> int:
    organisation = authority_organisation(name)
    first = holders_of(organisation.authority, desk)[0]
    second = person_with(
        email=f"{SECOND}-{desk}@{organisation.slug}.{DEMO_DOMAIN}", name=f"Second at {desk} of {organisation.name}",
        organisation=organisation, role=desk,
    )  # fmt: skip
    add_escalation_step(
        by=None, authority=organisation.authority, desk=desk, person=second, minutes=MINUTES, phone="020 7946 0000"
    )
    begins, ends, later = (OPENS, CLOSES, 0) if desk != "emergency-duty" else (CLOSES, CLOSES, 1)
    days = (today + timedelta(days=number) for number in range(-1, DAYS))
    return sum(
        add_shift(
            by=None, authority=organisation.authority, desk=desk, person=first, starts_at=_at(day, begins),
            ends_at=_at(day + timedelta(days=later), ends),
        )
        for day in days
    )  # fmt: skip


def _at(day: date, wall: time) -> datetime:
    return instant(datetime.combine(day, wall))

"""Every write to a rota, a phone list or office hours. Each is on the audit record; none is about a child."""

from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from parentis.errors import UserError
from parentis.web.audit.recorder import record
from parentis.web.duty import rota
from parentis.web.duty.desks import BY_ID
from parentis.web.duty.local_time import shown
from parentis.web.duty.models import EscalationStep, Hours, Shift
from parentis.web.people.authorisation import require
from parentis.web.people.models import Person


class RotaError(UserError):
    """Somebody who may not be at a desk, or a shift with invalid times."""


@transaction.atomic
def add_shift(
    *, by: Any, authority: str, desk: str, person: Person, starts_at: datetime, ends_at: datetime,
    request: HttpRequest | None = None,
) -> bool:  # fmt: skip
    """Put a person on a desk's rota from one instant until another; return whether anything changed. Raises RotaError
    where they do not hold its role for this authority, or the shift does not end after it starts."""
    _require(by, authority)
    _must_hold(authority, desk, person)
    if ends_at <= starts_at:
        raise RotaError(
            expected="a shift that ends after it starts",
            found="one that does not",
            where="rota",
            do="Change the times.",
        )
    shift = {"authority": authority, "desk": desk, "person": person, "starts_at": starts_at}
    if Shift.objects.filter(**shift, ends_at=ends_at).exists():
        return False
    Shift.objects.update_or_create(**shift, defaults={"ends_at": ends_at})
    subject = f"{person}, {BY_ID[desk].title}, {shown(starts_at):%Y-%m-%d %H:%M} to {shown(ends_at):%Y-%m-%d %H:%M}"
    record(who=by, what="rota:put-on", authority=authority, subject=subject, request=request)
    return True


@transaction.atomic
def remove_shift(*, by: Any, shift: Shift, request: HttpRequest | None = None) -> None:
    """Remove a shift from the rota. Safe to repeat."""
    _require(by, shift.authority)
    if Shift.objects.filter(pk=shift.pk).delete()[0]:
        subject = f"{shift.person}, {shift.desk_title}, from {shown(shift.starts_at):%Y-%m-%d %H:%M}"
        record(who=by, what="rota:taken-off", authority=shift.authority, subject=subject, request=request)


@transaction.atomic
def add_escalation_step(
    *, by: Any, authority: str, desk: str, person: Person, minutes: int, phone: str,
    request: HttpRequest | None = None,
) -> bool:  # fmt: skip
    """Add or change a person's line on a desk's phone list; return whether anything changed."""
    _require(by, authority)
    _must_hold(authority, desk, person)
    if minutes < 1:
        raise RotaError(expected="a minute or more", found=str(minutes), where="phone list", do="Change the minutes.")
    line = {"authority": authority, "desk": desk, "person": person}
    if EscalationStep.objects.filter(**line, minutes=minutes, phone=phone).exists():
        return False
    EscalationStep.objects.update_or_create(**line, defaults={"minutes": minutes, "phone": phone})
    subject = f"{person}, {BY_ID[desk].title}, after {minutes} minutes"
    record(who=by, what="phone-list:put-on", authority=authority, subject=subject, request=request)
    return True


@transaction.atomic
def remove_escalation_step(*, by: Any, escalation_step: EscalationStep, request: HttpRequest | None = None) -> None:
    """Remove a line from the phone list. Safe to repeat."""
    _require(by, escalation_step.authority)
    if EscalationStep.objects.filter(pk=escalation_step.pk).delete()[0]:
        subject = f"{escalation_step.person}, {escalation_step.desk_title}"
        record(
            who=by, what="phone-list:taken-off", authority=escalation_step.authority, subject=subject, request=request
        )


@transaction.atomic
def set_hours(*, by: Any, authority: str, opens: time, closes: time, request: HttpRequest | None = None) -> None:
    """Set an authority's office hours on working days."""
    _require(by, authority)
    if closes <= opens:
        raise RotaError(
            expected="an office that closes after it opens", found="one that does not", where="office hours",
            do="Change the times.",
        )  # fmt: skip
    Hours.objects.update_or_create(authority=authority, defaults={"opens": opens, "closes": closes})
    record(who=by, what="hours:set", authority=authority, subject=f"{opens:%H:%M} to {closes:%H:%M}", request=request)


def _require(by: Any, authority: str) -> None:
    if by is not None:
        require(by, "duty.keep", authority=authority)


def _must_hold(authority: str, desk: str, person: Person) -> None:
    if desk not in BY_ID or person not in rota.holders_of(authority, desk):
        raise RotaError(
            expected="somebody who holds the desk's role in the authority", found="somebody who does not",
            where="rota", do="An administrator of the authority gives the role.",
        )  # fmt: skip

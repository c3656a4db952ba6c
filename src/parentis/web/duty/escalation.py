"""Calling people about a case until somebody acknowledges it.

`begin` only adds one row, in the transaction that brings the case to its place, so that whoever gives notice of a case
never waits for mail to be sent. The worker's tick (`call`) does the rest, a second later at most: it tells those on
duty, then goes down the phone list at the set minutes, and starts again after the last line. If office hours end
meanwhile, those then on duty are called. A case that has left its state or its place needs no more calls.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from parentis.web.audit.recorder import record
from parentis.web.cases.declarations import EDIT
from parentis.web.cases.history import subject_of
from parentis.web.cases.models import Case, is_authority
from parentis.web.cases.permissions import people_who
from parentis.web.duty import rota
from parentis.web.duty.models import Call, CallAttempt
from parentis.web.notices.dispatch import notify
from parentis.web.people.models import Person

AGAIN = 15
"Minutes after which those on duty are called again, where there is no phone list, or after its last line."
MOST = 200
"""Maximum number of calls made in one transaction: a flood of calls takes several."""


def begin(case: Case, *, at: datetime | None = None) -> None:
    """Start calling people about a case at its place, until it leaves its state. Call it inside the transaction of a
    write."""
    now = at or timezone.now()
    Call.objects.filter(case=case, ended_at=None).update(ended_at=now)
    Call.objects.create(case=case, place=case.place, state=case.state, began_at=now, next_at=now)


def begin_all(cases: Iterable[Case]) -> None:
    """Like `begin`, for new cases about which nobody has been called."""
    now = timezone.now()
    Call.objects.bulk_create(
        Call(case=case, place=case.place, state=case.state, began_at=now, next_at=now) for case in cases
    )


@dataclass(frozen=True, slots=True)
class EscalationSteps:
    """The steps of a call: minutes after it reached the desks that are open, and whom it calls at each."""

    desks: str
    people: Mapping[int, tuple[Person, ...]]
    changes_at: datetime | None = None
    "When other desks may open."

    def after(self, minutes: int) -> int:
        """The minute of the next step; after the last one the list starts again, AGAIN minutes later."""
        length = max(self.people) + AGAIN
        rounds, within = divmod(minutes, length)
        later = [one for one in self.people if one > within]
        return rounds * length + (min(later) if later else length)

    def at(self, minutes: int) -> tuple[Person, ...]:
        return self.people[minutes % (max(self.people) + AGAIN)]


def escalation_steps_of(place: str, authority: str, at: datetime, anybody: Sequence[Person]) -> EscalationSteps:
    """The steps at a place at an instant. If the place is not an authority, or nobody holds a desk's role, `anybody` is
    called: the people who may work on the case."""
    if not authority:
        return EscalationSteps("", {0: tuple(anybody)})
    may = {one.pk for one in anybody}
    people: dict[int, list[Person]] = defaultdict(list)
    people[0] = [one for one in rota.on_duty(place, at) if one.pk in may] or list(anybody)
    for one in rota.phone_list(place, at):
        if one.person_id in may:
            people[one.minutes].append(one.person)
    titles = ", ".join(desk.title for desk in rota.desks_of(place, at))
    return EscalationSteps(
        titles, {minutes: tuple(each) for minutes, each in people.items()}, rota.next_change(place, at)
    )


def call(now: datetime | None = None) -> int:
    """Make the calls that are due; return how many. Each is one transaction with its notices and its record, or shares
    one with up to MOST others that are due."""
    now, made = now or timezone.now(), 0
    if not Call.objects.filter(ended_at=None, next_at__lte=now).exists():
        return 0
    while True:
        done = _some(now)
        made += done
        if done < MOST:
            return made


@transaction.atomic
def _some(now: datetime) -> int:
    due = Call.objects.filter(ended_at=None, next_at__lte=now).select_related("case").order_by("next_at", "pk")
    skip = connection.features.has_select_for_update_skip_locked
    calls = list(due.select_for_update(of=("self",), skip_locked=skip)[:MOST])
    told: dict[tuple[int, str], list[Case]] = defaultdict(list)
    people: dict[int, Person] = {}
    escalation_steps: dict[tuple[str, str], EscalationSteps] = {}
    noted: dict[str, list[str]] = defaultdict(list)
    attempts: list[CallAttempt] = []
    for one in calls:
        before = one.step
        attempt, called = _called(one, now, escalation_steps)
        if attempt is not None:
            attempts.append(attempt)
        for person in called:
            people[person.pk] = person
            told[person.pk, one.case.kind].append(one.case)
        if before and one.step > before:
            noted[one.place].append(subject_of(one.case))
    CallAttempt.objects.bulk_create(attempts)
    # All together: in a flood of calls, each would cost the worker two statements.
    Call.objects.bulk_update(calls, ["desks", "list_began_at", "step", "last", "next_at", "ended_at"])
    for (person_id, _), cases in told.items():
        _tell(people[person_id], cases)
    for place, subjects in noted.items():
        authority = place if is_authority(place) else ""
        record(
            who=None, what="duty:escalated", authority=authority, subject=subjects[0] if len(subjects) == 1 else "",
            detail={"cases": subjects},
        )  # fmt: skip
    return len(calls)


def _called(
    one: Call, now: datetime, known: dict[tuple[str, str], EscalationSteps]
) -> tuple[CallAttempt | None, tuple[Person, ...]]:
    """Advance a call by a step; return the attempt, if one is made, and whom it calls. The caller saves the call."""
    case = one.case
    if (case.place, case.state) != (one.place, one.state):
        one.ended_at, one.next_at = now, None
        return None, ()
    key = (case.kind, one.place)
    if key not in known:
        known[key] = escalation_steps_of(one.place, case.authority, now, people_who(EDIT, case))
    escalation_steps, step = known[key], _step(one, known[key], now)
    called: tuple[Person, ...] = ()
    attempt = None
    if step is not None:
        called, one.step = escalation_steps.at(step), one.step + 1
        attempt = CallAttempt(
            call=one, at=now, minutes=step, desks=escalation_steps.desks, people=[each.pk for each in called]
        )
    one.next_at = _next(one, escalation_steps)
    return attempt, called


def _step(one: Call, escalation_steps: EscalationSteps, now: datetime) -> int | None:
    """The minute of the step that is due; None if none is due yet. When other desks open, the list starts again."""
    if one.list_began_at is None or one.desks != escalation_steps.desks:
        one.list_began_at, one.desks, one.last = now, escalation_steps.desks, 0
        return 0
    minutes = escalation_steps.after(one.last)
    if now < one.list_began_at + timedelta(minutes=minutes):
        return None
    one.last = minutes
    return minutes


def _next(one: Call, escalation_steps: EscalationSteps) -> datetime | None:
    if one.list_began_at is None:
        return None
    due = one.list_began_at + timedelta(minutes=escalation_steps.after(one.last))
    return min(due, escalation_steps.changes_at) if escalation_steps.changes_at else due


def _tell(person: Person, cases: Sequence[Case]) -> None:
    """Send one notice and one mail with everything that this tick has for a person."""
    first, title = cases[0], cases[0].declared.title
    places = ", ".join(sorted({one.place_name for one in cases}))
    if len(cases) == 1:
        text, path = (
            f"{first}, {places}: {first.state_now.title}",
            reverse(first.declared.detail_url, kwargs={"pk": first.pk}),
        )
    else:
        text = f"{title}: {len(cases)} wait, {places}"
        path = reverse(first.declared.list_url) if first.declared.list_url else ""
    notify([person], text=text[:300], path=path)

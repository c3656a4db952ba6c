"""The digest: once a working day, or on Mondays, what waits for a person, by mail.

It says what there is and how much of it is late, and holds no child's values: a mail is read anywhere. Nothing is sent
to whom nothing waits for."""

from datetime import date, datetime, time

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from parentis.region import LONDON, is_working_day, local_day
from parentis.web.people.models import Person
from parentis.web.task_list.models import Digest
from parentis.web.task_list.waiting import tasks_of
from parentis.web.tasks import Task

FROM = time(7)
"By the clocks of London: mailed from then on."
LISTED = 20
"Lines of a digest; of more it says how many."
AT_ONCE = 20
"Digests made in one tick, so that other periodic work does not wait for all of them."
MONDAY = 0


def send_due(now: datetime | None = None) -> int:
    """Mail the digests that are due and not yet made today; gives how many were sent."""
    at = now or timezone.now()
    today = local_day(at)
    if not is_working_day(today) or at.astimezone(LONDON).time() < FROM:
        return 0
    # Of a week without a working Monday, the first working day stands for it.
    made_today = Q(digest__made_on__gte=today)
    people = Person.objects.filter(is_active=True, memberships__isnull=False).exclude(made_today).distinct()
    return sum(_send(person, today, at) for person in people.order_by("pk")[:AT_ONCE])


def _send(person: Person, today: date, now: datetime) -> bool:
    with transaction.atomic():
        Digest.objects.get_or_create(person=person)
        held = Digest.objects.select_for_update().get(person=person)
        if held.made_on is not None and held.made_on >= today:
            return False
        due = is_due(Digest.Frequency(held.frequency), held.made_on, today)
        held.made_on = today
        held.save(update_fields=["made_on"])
        tasks = tasks_of(person) if due else []
        if tasks:
            send_mail(subject(tasks, now), body(tasks, now), settings.DEFAULT_FROM_EMAIL, [person.email])
    return bool(tasks)


def is_due(frequency: Digest.Frequency, last: date | None, today: date) -> bool:
    """Whether one that is wanted so often is sent today: of a week without a working Monday, on its first day."""
    if frequency is Digest.Frequency.WEEKLY:
        return today.weekday() == MONDAY or (last is not None and last.isocalendar()[:2] != today.isocalendar()[:2])
    return frequency is Digest.Frequency.DAILY


def subject(tasks: list[Task], now: datetime) -> str:
    number = sum(one.is_late(now) for one in tasks)
    things = f"{len(tasks)} {'thing waits' if len(tasks) == 1 else 'things wait'} for you"
    return f"Parentis: {things}{f', {number} of them late' if number else ''}"


def body(tasks: list[Task], now: datetime) -> str:
    lines = [_line(one, now) for one in tasks[:LISTED]]
    if len(tasks) > LISTED:
        lines.append(f"and {len(tasks) - LISTED} more.")
    said = "\n".join(lines)
    return f"{said}\n\nSign in to Parentis to see them. How often you get this mail you choose on your account page.\n"


def _line(task: Task, now: datetime) -> str:
    about = ", ".join(part for part in (task.title, task.place) if part)
    when = ""
    if task.due is not None:
        when = f" ({'late: was due' if task.is_late(now) else 'due'} {task.due_on:%-d %B %Y})"
    return f"* {about}: {task.wanted}{when}"

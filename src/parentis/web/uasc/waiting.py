"""What the survey asks of a person: answers of their authority, and, of who asked for them, those that are overdue."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from parentis import region
from parentis.region import LONDON
from parentis.web.people.authorisation import authorities_for, holds
from parentis.web.tasks import Task
from parentis.web.uasc.models import Draft, Round
from parentis.web.uasc.response import response_statuses


def tasks_of(person: Any) -> Iterator[Task]:
    rounds = list(Round.objects.all())
    for one in rounds:
        yield from _to_answer(person, one)
    if holds(person, "uasc.ask"):
        authorities = sorted(authorities_for(person, "uasc.ask"))
        for one in rounds:
            missing = [gss for gss, is_at in response_statuses(authorities, one.period).items() if not is_at.answered]
            if missing and late_from(one.due) <= timezone.now():
                yield Task(
                    path=f"{reverse('uasc-response')}?period={one.period}",
                    title=f"Survey of costs of unaccompanied children, {one.period}",
                    wanted=f"{len(missing)} of {len(authorities)} authorities have not answered",
                    place="", since=one.at, due=late_from(one.due),
                )  # fmt: skip


def _to_answer(person: Any, asked: Round) -> Iterator[Task]:
    own = sorted(authorities_for(person, "uasc.answer"))
    begun = set(Draft.objects.filter(period=asked.period, authority__in=own).values_list("authority", flat=True))
    for gss, is_at in response_statuses(own, asked.period).items():
        if not is_at.answered:
            path = (
                reverse("uasc-survey", args=[gss, asked.period])
                if gss in begun
                else f"{reverse('uasc')}#{gss}-{asked.period}"
            )
            yield Task(
                path=path, title=f"Survey of costs of unaccompanied children, {asked.period}",
                wanted=f"Answer the survey: {is_at.text}", place=region.authority(gss).name, since=asked.at,
                due=late_from(asked.due),
            )  # fmt: skip


def late_from(due: date) -> datetime:
    """The instant from which what is due on a day is late."""
    return datetime.combine(due + timedelta(days=1), time(), LONDON)

"""What trials ask of a person beside steps that wait: looks that are due, and trials whose harm rule is met."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone

from parentis.region import LONDON
from parentis.services.trials import Frozen
from parentis.web.cases.models import Case
from parentis.web.cases.permissions import places_for
from parentis.web.people.authorisation import holds
from parentis.web.tasks import Task
from parentis.web.trials import analyses, protocols
from parentis.web.trials.cards import is_harm
from parentis.web.trials.case_types import ANALYSE, KIND, STOP


def tasks_of(person: Any) -> Iterator[Task]:
    if not (holds(person, "trials.analyse") or holds(person, "trials.stop")):
        return
    analysing, stopping = places_for(person, ANALYSE, KIND), places_for(person, STOP, KIND)
    for case in Case.objects.filter(kind=KIND, state="running").select_related("record"):
        if case.place in analysing:
            yield from _look(case)
        if case.place in stopping:
            yield from _harm(case)


def _look(case: Case) -> Iterator[Task]:
    plan = protocols.in_force(case)
    upcoming = analyses.next_look(case)
    if upcoming is None or analyses.final(case) is not None:
        return
    due = datetime.combine(due_on(plan, upcoming), time(), LONDON)
    if due <= timezone.now():
        yield Task(
            path=reverse("trial-analysis", args=[case.pk]), title=str(case),
            wanted=f"Look {upcoming} is due: hand in outcomes and analyse", place=case.place_name, since=due, due=due,
        )  # fmt: skip


def _harm(case: Case) -> Iterator[Task]:
    result = case.trial_results.first()
    if result is not None and is_harm(result):
        yield Task(
            path=f"{reverse('trial', args=[case.pk])}#moves", title=str(case),
            wanted="The harm rule is met: stop the trial, or say why not", place=case.place_name, since=result.at,
            due=result.at,
        )  # fmt: skip


def due_on(plan: Frozen, look: int) -> date:
    """The day from which a look can be taken: looks share out the time from the start to the end of the last period,
    when the outcome of its children has been read."""
    timing, outcome = plan.protocol.timing, plan.protocol.outcome
    share = look / len(analyses.looks_of(plan))
    months = round(timing.periods * timing.months * share) + outcome.months
    year, month = divmod(timing.starts.month - 1 + months, 12)
    return date(timing.starts.year + year, month + 1, 1)

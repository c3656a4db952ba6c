"""All writes on the survey and schedules: each with its entry in the audit record, in one transaction."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from parentis.errors import UserError
from parentis.web.audit.recorder import record
from parentis.web.jobs.models import Job
from parentis.web.notices.dispatch import notify
from parentis.web.people.models import Membership, Person
from parentis.web.people.permissions import actions
from parentis.web.people.roles import Kind
from parentis.web.submissions import operations as submitting
from parentis.web.submissions import spool
from parentis.web.uasc import drafts
from parentis.web.uasc.models import Draft, Reminder, Round
from parentis.web.uasc.questions import SURVEY


class StaleDraftError(UserError):
    """Another person has saved answers since the form was rendered."""


@transaction.atomic
def begin(*, by: Any, authority: str, period: str, request: HttpRequest | None = None) -> Draft:
    """The year's draft, created empty if there is none."""
    draft, new = Draft.objects.get_or_create(authority=authority, period=period, defaults={"by": by})
    if new:
        record(who=by, what="survey:begun", authority=authority, subject=period, request=request)
    return draft


@transaction.atomic
def save(
    *, by: Any, draft: Draft, seen: int, answers: Mapping[str, Any], what: str, request: HttpRequest | None = None
) -> Draft:
    """Save answers, if nobody has saved others since `seen`. `what`: which part of the survey."""
    own = Draft.objects.select_for_update().get(pk=draft.pk)
    if own.revision != seen:
        raise StaleDraftError(
            expected="the version of the answers you were viewing",
            found="a later version",
            where="cost survey",
            do="Somebody has saved changes since you opened the page. Review them, then enter yours again.",
        )
    own.answers, own.revision, own.by, own.at = dict(answers), seen + 1, by, timezone.now()
    own.save(update_fields=["answers", "revision", "by", "at"])
    record(
        who=by, what="survey:saved", authority=str(own.authority), subject=str(own.period), request=request,
        detail={"part": what, "revision": own.revision},
    )  # fmt: skip
    return own


def carry(*, by: Any, draft: Draft, request: HttpRequest | None = None) -> int:
    """Fill empty answers from the last accepted year; returns how many were filled."""
    before = drafts.carried_forward(str(draft.authority), str(draft.period))
    costs = draft.answers.get("costs", {})
    new = {key: cells for key, cells in before["costs"].items() if key not in costs}
    sampled = [row for row in before["staff_time"] if f"{row['GROUP']}:{row['HEADING']}" in new]
    answers = {
        **draft.answers,
        "costs": {**costs, **new},
        "staff_time": [*draft.answers.get("staff_time", []), *sampled],
    }
    save(by=by, draft=draft, seen=int(draft.revision), answers=answers, what="carried forward", request=request)
    return len(new)


def hand_in(*, by: Any, draft: Draft, once: uuid.UUID, request: HttpRequest | None = None) -> Job:
    """Submit the draft as a return: it is checked, then signed by others, like any file."""
    job = submitting.hand_in(
        by=by, authority=str(draft.authority), files=spool.sealed(drafts.files(draft)), period=str(draft.period),
        return_id=SURVEY, once=once, request=request,
    )  # fmt: skip
    Draft.objects.filter(pk=draft.pk).update(handed_in_at=timezone.now())
    return job


@transaction.atomic
def ask(*, by: Any, period: str, due: date, request: HttpRequest | None = None) -> Round:
    """Ask every authority for a year's answers, or change the due date."""
    made, _ = Round.objects.update_or_create(period=period, defaults={"due": due, "by": by, "at": timezone.now()})
    record(who=by, what="survey:asked", subject=period, detail={"due": due.isoformat()}, request=request)
    return made


@transaction.atomic
def remind(*, by: Any, round_: Round, authorities: list[str], request: HttpRequest | None = None) -> int:
    """Tell the people of these authorities that their answers are wanted, once a day; how many were told."""
    told = 0
    today = timezone.localdate()
    for authority in sorted(authorities):
        people = who_answers(authority)
        _, new = Reminder.objects.get_or_create(
            round=round_, authority=authority, on=today, defaults={"people": len(people)}
        )
        if new:
            told += len(people)
            notify(
                people,
                text=f"The cost survey of unaccompanied children for {round_.period} is wanted by "
                f"{round_.due.day} {round_.due:%B %Y}",
                path=reverse("uasc"),
            )
            record(
                who=by, what="survey:reminded", authority=authority, subject=str(round_.period), request=request,
                detail={"people": len(people)},
            )  # fmt: skip
    return told


def who_answers(authority: str) -> list[Person]:
    """The people of an authority who may fill the survey in."""
    roles = [role for kind, role in actions()["uasc.answer"].to if kind is Kind.AUTHORITY]
    found = Membership.objects.filter(organisation__authority=authority, role__in=roles, person__is_active=True)
    return list({one.person for one in found.select_related("person")})

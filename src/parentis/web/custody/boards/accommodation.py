"""What those who act for a child write to its case: each write goes through `cases`, in one transaction with its
record.

The authority acknowledges, answers a request for accommodation, or hands the case over. The suite's news
(`operations.tell`) is added through `suite_says`. Both send messages.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from parentis import region
from parentis.errors import UserError
from parentis.services import custody
from parentis.web.cases.models import Case
from parentis.web.cases.operations import change, hand_over, move
from parentis.web.custody.boards.timeline import SECURE, is_asked
from parentis.web.custody.case_types import DESK_PLACE
from parentis.web.custody.intake.notices import read_news
from parentis.web.custody.models import Detention
from parentis.web.custody.operations import Receipt, tell


class AnswerError(UserError):
    """An answer that the law does not provide for, or an answer without a request."""


def acknowledge(*, by: Any, case: Case, seen: int | None, request: HttpRequest | None = None) -> Case:
    """The authority confirms that it knows the child is detained. Escalation calls stop."""
    return move(by=by, case=case, move="acknowledge", seen=seen, request=request)


def answer(*, by: Any, case: Case, code: str, why: str, seen: int | None, request: HttpRequest | None = None) -> Case:
    """The authority's answer to a request for accommodation. A request that is not for secure accommodation cannot
    lawfully be refused: having no place means that it failed to accommodate (Children Act 1989, s.21), and is recorded
    as such."""

    def apply(held: Case) -> None:
        detention = Detention.objects.get(pk=held.pk)
        if not is_asked(detention):
            raise AnswerError(
                expected="an unanswered request for accommodation", found="none", where=str(held),
                do="Review the case again.",
            )  # fmt: skip
        lawful = {one.code: one for one in custody.lawful_answers(secure=detention.accommodation == SECURE)}
        if code not in lawful:
            raise AnswerError(
                expected=f"one of: {', '.join(one.label for one in lawful.values())}", found="another",
                where="Children Act 1989, s.21(2)(b)",
                do="A request that is not for secure accommodation cannot be refused.",
            )  # fmt: skip
        if not lawful[code].accommodates and not why.strip():
            raise AnswerError(
                expected="a reason", found="none", where="answer", do="Explain why no place is available."
            )
        Detention.objects.filter(pk=held.pk).update(answer=timezone.now(), answer_code=code)

    return change(
        by=by, case=case, what="answered", value={"answer": code, "text": why.strip()}, apply=apply, seen=seen,
        request=request,
    )  # fmt: skip


def give_to(
    *, by: Any, case: Case, authority: str, why: str, seen: int | None, request: HttpRequest | None = None
) -> Case:
    """Hand the case to another authority, whose desks are called; an empty `authority` returns it to the routing desk.
    The former authority can no longer see it."""
    step, to = ("hand-over", region.authority(authority).gss) if authority else ("return", DESK_PLACE)
    return hand_over(by=by, case=case, move=step, to=to, why=why, seen=seen, request=request)


def suite_says(
    *, by: Any, detention: Detention, said: Mapping[str, Any], key: str, request: HttpRequest | None = None
) -> Receipt:
    """Add news of a detention from the suite's own forms; `key` ensures that a form sent twice counts once."""
    return tell(by=by, detention=detention, news=read_news(said), key=key, request=request)


def new_key() -> str:
    return f"form-{uuid.uuid4()}"

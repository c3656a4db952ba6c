"""What those who act for a child write to its case: each through the kernel, in one transaction, with its record.

The authority acknowledges, answers a request for accommodation, hands over; the suite's news (`writing.tell`) is
told through `suite_says`; both leave messages.
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
    """An answer that the law does not know, or to nothing that was asked."""


def acknowledge(*, by: Any, case: Case, seen: int | None, request: HttpRequest | None = None) -> Case:
    """The authority has seen that the child is held. Nobody is called any more."""
    return move(by=by, case=case, move="acknowledge", seen=seen, request=request)


def answer(*, by: Any, case: Case, code: str, why: str, seen: int | None, request: HttpRequest | None = None) -> Case:
    """The authority's answer to a request for accommodation. To a request that is not for secure accommodation there
    is no lawful refusal: no place means that it failed to accommodate (Children Act 1989, s.21), recorded as that."""

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
    """To another authority, whose desks are called; `authority` empty: back to the routing desk. Whoever had it sees
    nothing of it from then on."""
    step, to = ("hand-over", region.authority(authority).gss) if authority else ("return", DESK_PLACE)
    return hand_over(by=by, case=case, move=step, to=to, why=why, seen=seen, request=request)


def suite_says(
    *, by: Any, detention: Detention, said: Mapping[str, Any], key: str, request: HttpRequest | None = None
) -> Receipt:
    """News of a detention by the suite's own forms; `key` keeps a form that is sent twice from counting twice."""
    return tell(by=by, detention=detention, news=read_news(said), key=key, request=request)


def new_key() -> str:
    return f"form-{uuid.uuid4()}"

"""What the routing desk compares: the child, and who on the indexes is like them. On the record before it is shown."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.services.custody import Decision
from parentis.web.audit.recorder import record
from parentis.web.cases.history import subject_of
from parentis.web.cases.models import Case
from parentis.web.custody import encrypted_store
from parentis.web.custody.desk.routing import TAKEN, decide_again
from parentis.web.custody.fields import BY_ID, Audience


@transaction.atomic
def compared(
    person: Any, case: Case, why: str, *, noted: bool, request: HttpRequest | None = None
) -> tuple[list[tuple[str, str]], Decision]:
    """The child's values, by title, and the decision on what is known now, with its candidates. `noted`: this person's
    look is on the record already, and the same page is drawn again."""
    if Audience.DESK not in encrypted_store.audiences_of(person, case):
        raise PermissionDenied("custody: the routing desk's")
    values = encrypted_store.held(case, TAKEN)
    decision = decide_again(case, now=timezone.now())
    if not noted:
        detail = {"fields": list(TAKEN), "candidates": len(decision.candidates)}
        record(who=person, what="custody:compared", subject=subject_of(case), why=why, detail=detail, request=request)
    return [(BY_ID[name].title, values[name]) for name in TAKEN if name in values], decision

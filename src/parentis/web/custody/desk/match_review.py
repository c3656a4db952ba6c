"""What the routing desk compares: the child and similar children on the indexes. Each view is recorded before it is
shown."""

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
from parentis.web.custody.fields import Audience
from parentis.web.custody.routing import TAKEN, decide_again


@transaction.atomic
def compared(
    person: Any, case: Case, why: str, *, request: HttpRequest | None = None
) -> tuple[dict[str, str], Decision]:
    """The child's values, and the decision on what is known now with its candidates, for a person who gives a reason
    for looking. Every view is put on the audit record before anything is returned."""
    if Audience.DESK not in encrypted_store.audiences_of(person, case):
        raise PermissionDenied("custody: the routing desk's")
    if not why.strip():
        raise encrypted_store.ReasonError(expected="a reason", found="none", where="custody", do="Say why you compare.")
    values = encrypted_store.held(case, TAKEN)
    decision = decide_again(case, now=timezone.now())
    detail = {"fields": list(TAKEN), "candidates": len(decision.candidates)}
    record(who=person, what="custody:compared", subject=subject_of(case), why=why, detail=detail, request=request)
    return values, decision

"""Deciding a case again: new information about a child's identity or home may change which authority is responsible.

If the decision changes, the case leaves the authority that had it, in the transaction that stores the new information.
It goes to the authority that is now sure, or to the routing desk if there is doubt. The former authority is told and
can no longer see the case; the desk is told; the record lists who at that authority had opened the child's values.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from parentis.services.custody import Decision, Outcome, Subject
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.audit.recorder import record
from parentis.web.cases import permissions
from parentis.web.cases.declarations import EDIT
from parentis.web.cases.history import subject_of
from parentis.web.cases.models import Case, place_name
from parentis.web.cases.operations import add_participant, change, hand_over, remove_participant
from parentis.web.custody.case_types import DESK_PLACE, ENDED, HOST, STANDINGS
from parentis.web.custody.models import Detention
from parentis.web.custody.routing import Asked, decide_all
from parentis.web.duty import escalation
from parentis.web.duty.rota import on_duty_of
from parentis.web.notices.dispatch import notify
from parentis.web.people.models import Membership, Person

WHY = "Details of the child changed, so the responsible authority was decided again."


@dataclass(frozen=True, slots=True)
class Said:
    """What was known about a child before and after some new information."""

    before: Subject
    after: Subject


def decide_anew(*, by: Any, case: Case, said: Said, request: HttpRequest | None = None) -> Case:
    """Decide a case again after new information has been stored; return the updated case. Call it inside the same
    transaction.

    If the information does not change the decision, the case stays where a person or the table placed it.
    """
    detention = Detention.objects.get(pk=case.pk)
    asked = [Asked(subject=one, detained_in=detention.detained_in) for one in (said.before, said.after)]
    before, after = decide_all(asked, now=timezone.now())
    place = str(after.authority) if after.outcome is Outcome.ROUTED else DESK_PLACE
    if _gist(before) == _gist(after) or place == case.place:
        return _stays(case, after, is_tables=place == case.place)
    return _goes(by, case, after, place, request)


def _gist(decision: Decision) -> tuple[Any, ...]:
    candidates = {(one.entry.authority, one.entry.person_ref) for one in decision.candidates}
    return decision.rule, decision.authority, decision.also, frozenset(candidates)


def _stays(case: Case, decision: Decision, *, is_tables: bool) -> Case:
    """Whether the case is still in the right place: by the table, or by a person's decision that the news does not
    contradict."""
    if is_tables:
        _set_sides(case, decision)
    value = {"rule": decision.rule, "reason": decision.reason, "table": decision.table_version, "text": decision.reason}

    def apply(held: Case) -> None:
        if is_tables:
            _set_decision(held, decision)

    return change(by=None, case=case, what="decided-again", value=value, apply=apply, seen=None)


def _goes(by: Any, case: Case, decision: Decision, place: str, request: HttpRequest | None) -> Case:
    old, was = str(case.place), case.authority
    leaving = _to_be_told(case) if was else []
    read_by = _readers(case, was)

    def apply(held: Case) -> None:
        _set_decision(held, decision)
        if held.state != ENDED:
            escalation.begin(held)

    over = case.state == ENDED or Detention.objects.filter(pk=case.pk, release__isnull=False).exists()
    step = "doubt" if place == DESK_PLACE else "correct" if over else "decide"
    moved = hand_over(by=None, case=case, move=step, to=place, why=WHY, seen=None, apply=apply, request=request)
    _set_sides(moved, decision)
    text = f"{moved} is no longer with {place_name(old)}: details of the child changed"
    notify(leaving, text=text, path=reverse("custody"))
    if place != DESK_PLACE:  # the desk is called about cases that come to it
        notify(desk_people(), text=f"{text}. It went to {place_name(place)}", path=reverse("custody"))
    record(
        who=by, what="custody:decided-again", authority=was, subject=subject_of(moved), why=WHY,
        detail={"from": old, "to": place, "rule": decision.rule, "read_by": read_by}, request=request,
    )  # fmt: skip
    return moved


def _set_decision(held: Case, decision: Decision) -> None:
    Detention.objects.filter(pk=held.pk).update(
        rule=decision.rule, reason=decision.reason, table_version=decision.table_version,
        routed_at=timezone.now() if decision.outcome is Outcome.ROUTED else None,
        also=next(iter(decision.also), ""), standing=STANDINGS.get(decision.rule, "none"), handed_over_at=None,
    )  # fmt: skip


def _set_sides(case: Case, decision: Decision) -> None:
    """The duty desk near the suite helps with the child only if the current decision says so."""
    now = {one.place for one in case.participants.filter(role=HOST, until=None)}
    for place in now - set(decision.also):
        remove_participant(by=None, case=case, role=HOST, place=place, why=WHY, seen=None)
    for place in set(decision.also) - now:
        add_participant(
            by=None, case=case, role=HOST, place=place, why="The suite stands there: practical help.", seen=None
        )  # fmt: skip


def _to_be_told(case: Case) -> list[Person]:
    return on_duty_of(case, permissions.people_who(EDIT, case))


def _readers(case: Case, authority: str) -> list[int]:
    """The people who opened the child's values while the authority had the case: needed to assess a possible breach."""
    found = AuditEntry.objects.filter(subject=subject_of(case), what="custody:read", authority=authority)
    return sorted(set(found.exclude(who=None).values_list("who", flat=True))) if authority else []


def desk_people() -> Iterable[Person]:
    """The people at the region's routing desk."""
    held = Membership.objects.filter(role="routing-desk", person__is_active=True).select_related("person")
    return {one.person_id: one.person for one in held}.values()

"""Every write to a case: one transaction that checks permission, changes the row, appends to the history and puts it on
the audit record; notices are sent after it commits. `by` is a Person, or None for the site itself.

`seen` is the version from which the person's form was drawn: if somebody else has written since, nothing is changed.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from parentis.errors import DeclarationError, UserError
from parentis.web.audit.recorder import AuditEvent, record, record_all
from parentis.web.cases import history, permissions, records
from parentis.web.cases.clock_starts import ClockStart, restart_clocks, start_clocks
from parentis.web.cases.declarations import EDIT, ERASE, Move, case_types
from parentis.web.cases.media import media_type_of
from parentis.web.cases.models import Attachment, Case, CaseParticipant, Clock, Entry, Value, place_name
from parentis.web.notices.dispatch import notify
from parentis.web.people.models import Person
from parentis.workflow import second_person_needed


class StaleError(UserError):
    """A form drawn before somebody else changed the case."""


class CaseStateError(UserError):
    """A step that the case's state does not allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantStart:
    """A place that takes part in a case from its beginning."""

    role: str
    place: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case to be opened. `value` describes it: the history's first value. `state` is for cases that were begun
    elsewhere; otherwise the case starts in its kind's initial state. `request` is set where several cases from
    different requests are opened together."""

    place: str
    value: Mapping[str, Any]
    state: str = ""
    clocks: tuple[ClockStart, ...] = ()
    participant_roles: tuple[ParticipantStart, ...] = ()
    request: HttpRequest | None = None


def open_case(
    *, by: Any, kind: str, place: str, value: Mapping[str, Any], permission: str = EDIT, state: str = "",
    clocks: Iterable[ClockStart] = (), participant_roles: Iterable[ParticipantStart] = (),
    apply: Callable[[Case], None] | None = None, asked: bool = False, request: HttpRequest | None = None,
) -> Case:  # fmt: skip
    """Open a new case of `place`, for anyone with `permission` there; see `Opening` and `open_cases`."""
    one = Opening(
        place=place, value=value, state=state, clocks=tuple(clocks), participant_roles=tuple(participant_roles)
    )
    return open_cases(
        [one], by=by, kind=kind, permission=permission, asked=asked, request=request,
        apply=None if apply is None else lambda cases: apply(cases[0]),
    )[0]  # fmt: skip


@transaction.atomic
def open_cases(
    openings: Sequence[Opening], *, by: Any, kind: str, permission: str = EDIT,
    apply: Callable[[list[Case]], None] | None = None, asked: bool = False, request: HttpRequest | None = None,
) -> list[Case]:  # fmt: skip
    """Open new cases, in one transaction and few statements. `apply` creates the app's own data about them. `asked`:
    the caller has already checked a permission of its own, as where one place opens a case that belongs to another."""
    if not asked:
        for place in {one.place for one in openings}:
            permissions.require(by, permission, kind=kind, place=place)
    machine, now = case_types()[kind].machine, timezone.now()
    states = [machine.state(one.state or machine.initial) for one in openings]
    cases: list[Case] = Case.objects.bulk_create(
        Case(kind=kind, place=one.place, state=state.id, opened_at=now, closed_at=now if state.closed else None)
        for one, state in zip(openings, states, strict=True)
    )
    for case, one in zip(cases, openings, strict=True):
        start_clocks(case, one.clocks)
    CaseParticipant.objects.bulk_create(
        CaseParticipant(
            case=case, role=case_types()[kind].role(role.role).id, place=role.place, since=now, why=role.why
        )
        for case, one in zip(cases, openings, strict=True)
        for role in one.participant_roles
    )
    if apply is not None:
        apply(cases)
    said = zip(cases, (one.value for one in openings), strict=True)
    history.append_all(said, who=by.pk if by else None, what="opened", at=now)
    for case in cases:
        case.version += 1
    if len(cases) == 1:  # for one row, a third of the cost of the bulk statement
        one = cases[0]
        Case.objects.filter(pk=one.pk).update(version=one.version, sequence=one.sequence, head=one.head)
    else:
        Case.objects.bulk_update(cases, ["version", "sequence", "head"])
    lines = [
        AuditEvent(
            what=f"{kind}:opened", authority=case.authority, subject=history.subject_of(case),
            detail={"state": case.state, "history": f"{case.sequence}:{case.head}"}, request=one.request,
        )
        for case, one in zip(cases, openings, strict=True)
    ]  # fmt: skip
    record_all(lines, who=by, request=request)
    return cases


@transaction.atomic
def move(
    *, by: Any, case: Case, move: str, seen: int | None, why: str = "", values: Mapping[str, Any] | None = None,
    apply: Callable[[Case], None] | None = None, request: HttpRequest | None = None,
) -> Case:  # fmt: skip
    """Take a case through a step. `values` are those of the declared fields that the step asks for; `apply` changes the
    app's own data about the case. Raises CaseStateError where the state does not allow the step, a required reason is
    missing, or the step hands the case over."""
    step = case_types()[case.kind].machine.move(move)
    if step.hands_over:
        raise CaseStateError(
            expected="a step that does not transfer the case", found=step.title, where=str(case),
            do="Choose who to transfer it to.",
        )  # fmt: skip
    with _held(by, case, step.permission, seen) as held:
        _second_person(by, held, step)
        _step(held, step, why)
        _applied(held, step, apply)
        value = {"move": step.id, "why": why.strip(), **_changed(held, step, values)}
        told = _to_tell(held, step.tell)
        _written(held, by=by, what="moved", value=value, tell=told, text=held.state_now.title, request=request)
    return held


@transaction.atomic
def hand_over(
    *, by: Any, case: Case, move: str, to: str, why: str, seen: int | None, values: Mapping[str, Any] | None = None,
    apply: Callable[[Case], None] | None = None, request: HttpRequest | None = None,
) -> Case:  # fmt: skip
    """Give a case to another owner, by a step that does so. The former owner can no longer see it, unless it takes part
    in it; the new owner's people are told. Raises CaseStateError where the step is not allowed, or the owner would not
    change."""
    step = case_types()[case.kind].machine.move(move)
    with _held(by, case, step.permission, seen) as held:
        _second_person(by, held, step)
        before = held.place
        if not step.hands_over or to == before:
            raise CaseStateError(
                expected="a step that transfers the case", found=step.title, where=str(held),
                do="Choose who to transfer it to.",
            )  # fmt: skip
        place_name(to)  # raises UserError where the place does not exist
        _step(held, step, why)
        held.place, held.assigned_to = to, None
        _applied(held, step, apply)
        value = {"move": step.id, "why": why.strip(), "from": before, "to": to, **_changed(held, step, values)}
        if held.declared.register is not None:
            records.moved(held)
        told = _to_tell(held, step.tell)
        _written(
            held, by=by, what="handed-over", value=value, tell=told, text=held.state_now.title, request=request,
            detail={"from": before, "to": to},
        )  # fmt: skip
    return held


@transaction.atomic
def add_participant(
    *, by: Any, case: Case, role: str, place: str, why: str, seen: int | None, permission: str = EDIT,
    request: HttpRequest | None = None,
) -> Case:  # fmt: skip
    """Add a place as a participant in a case. Safe to repeat."""
    with _held(by, case, permission, seen) as held:
        if _add_participant(held, role, place, why, timezone.now()):
            value = {"side": role, "place": place, "why": why}
            detail = {"side": role, "place": place}
            _written(held, by=by, what="let-in", value=value, detail=detail, request=request)
    return held


@transaction.atomic
def remove_participant(
    *, by: Any, case: Case, role: str, place: str, why: str, seen: int | None, permission: str = EDIT,
    request: HttpRequest | None = None,
) -> Case:  # fmt: skip
    """End a place's participation in a case, after which it can no longer see it. Safe to repeat."""
    with _held(by, case, permission, seen) as held:
        if held.participants.filter(role=role, place=place, until=None).update(until=timezone.now()):
            value = {"side": role, "place": place, "why": why}
            detail = {"side": role, "place": place}
            _written(held, by=by, what="let-go", value=value, detail=detail, request=request)
    return held


@transaction.atomic
def assign(
    *, by: Any, case: Case, to: Any, seen: int | None, permission: str = EDIT, request: HttpRequest | None = None
) -> Case:
    """Assign a case to somebody who may work on it, or to nobody (None)."""
    with _held(by, case, permission, seen) as held:
        if to is not None and to not in permissions.people_who(EDIT, held):
            raise CaseStateError(
                expected="somebody who may work on it", found="somebody who may not", where=str(held),
                do="Choose from the list.",
            )  # fmt: skip
        held.assigned_to = to
        value = {"person": to.pk if to else None}
        _written(held, by=by, what="assigned", value=value, text="assigned to you", request=request)
    return held


@transaction.atomic
def change(
    *, by: Any, case: Case, what: str, value: Mapping[str, Any], apply: Callable[[Case], None], seen: int | None,
    permission: str = EDIT, tell: str = "", text: str = "", request: HttpRequest | None = None,
) -> Case:  # fmt: skip
    """Change the app's own data about a case: `apply` runs in the case's transaction, on its row. `value` is what the
    history records; the holders of the permission `tell` get the notice `text`."""
    with _held(by, case, permission, seen) as held:
        apply(held)
        told = _to_tell(held, tell)
        _written(held, by=by, what=what, value=value, tell=told, text=text, request=request)
    return held


@transaction.atomic
def comment(
    *,
    by: Any,
    case: Case,
    text: str,
    what: str = "commented",
    permission: str = EDIT,
    request: HttpRequest | None = None,
) -> Entry:
    """Comment on a case. Two people may do so at once, because a comment changes nothing that the other has seen."""
    with _held(by, case, permission, None) as held:
        return _written(
            held,
            by=by,
            what=what,
            value={"text": text.strip()},
            text=held.declared.comment_types.get(what, what),
            request=request,
        )


@transaction.atomic
def attach(
    *, by: Any, case: Case, name: str, data: bytes, note: str = "", what: str = "attached", permission: str = EDIT,
    request: HttpRequest | None = None,
) -> Entry:  # fmt: skip
    """Attach a file to a case, encrypted. Raises AttachmentError where it is too large or of a type that is not
    accepted."""
    media_type = media_type_of(name, data)
    with _held(by, case, permission, None) as held:
        value = {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "text": note.strip()}
        entry = _appended(held, by=by, what=what, value=value)
        sealed = history.sealed_file(entry, data)
        Attachment.objects.create(entry=entry, media_type=media_type, size=len(data), sealed=sealed)
        _recorded(held, by=by, what=what, text="a file was added to", request=request)
    return entry


@transaction.atomic
def stop_clock(
    *, by: Any, case: Case, clock: str, reason: str, seen: int | None, why: str = "", permission: str = EDIT,
    request: HttpRequest | None = None,
) -> Clock:  # fmt: skip
    """Stop a clock from now on, for one of its kind's reasons."""
    with _held(by, case, permission, seen) as held:
        running, now = _clock(held, clock), timezone.now()
        if reason not in held.declared.stop_reasons or running.met_at or running.stops.filter(ended_at=None).exists():
            raise CaseStateError(
                expected="a running clock, and a reason from the list", found=reason, where=running.title,
                do="Nothing was changed. Review the case again.",
            )  # fmt: skip
        running.stops.create(started_at=now, reason=reason)
        running.reckon()
        running.save()
        value = {"clock": clock, "reason": reason, "why": why.strip()}
        _written(held, by=by, what="clock-stopped", value=value, text="its clock was paused", request=request)
    return running


@transaction.atomic
def start_clock(
    *, by: Any, case: Case, clock: str, seen: int | None, permission: str = EDIT, request: HttpRequest | None = None
) -> Clock:
    """Restart a stopped clock."""
    with _held(by, case, permission, seen) as held:
        stopped = _clock(held, clock)
        ended = stopped.stops.filter(ended_at=None).update(ended_at=timezone.now())
        if not ended:
            raise CaseStateError(
                expected="a paused clock", found="one that is running", where=stopped.title,
                do="Nothing was changed. Review the case again.",
            )  # fmt: skip
        stopped.reckon()
        stopped.save()
        _written(
            held, by=by, what="clock-started", value={"clock": clock}, text="its clock was resumed", request=request
        )
    return stopped


@transaction.atomic
def erase(*, by: Any, case: Case, why: str, request: HttpRequest | None = None) -> Case:
    """Erase every value and file of a case, and what its app stores about it. The chain of commitments stays.

    Where erasure takes two people, the first only requests it, and another person with the permission carries it out;
    if there is no other, one person does it alone. The site itself (`by` is None) erases without a request, where
    retention has ended.
    """
    with _held(by, case, ERASE, None) as held:
        others = [one for one in permissions.people_who(ERASE, held) if by is not None and one.pk != by.pk]
        asked = history.erasure_asked_by(held)
        if second_person_needed() and others and asked in {None, by.pk}:
            if asked is not None:
                raise CaseStateError(
                    expected="a second person", found="whoever asked for the erasure", where=str(held),
                    do="Ask somebody else who may erase it to confirm.",
                )  # fmt: skip
            _written(
                held, by=by, what=history.ERASURE_ASKED, value={"why": why.strip()}, tell=others,
                text="an erasure needs your decision", request=request,
            )  # fmt: skip
            return held
        Value.objects.filter(entry__case=held).delete()
        Attachment.objects.filter(entry__case=held).delete()
        if held.declared.register is not None:
            records.erase(held)
        if held.declared.erase is not None:
            held.declared.erase(held)
        held.erased_at = timezone.now()
        alone = {"second person": "none"} if by is not None and not others else None
        _written(held, by=by, what=history.ERASED, value={"why": why.strip()}, detail=alone, request=request)
    return held


@contextmanager
def _held(by: Any, case: Case, permission: str, seen: int | None) -> Iterator[Case]:
    """The case's row, locked until the transaction ends; permission and version are checked against its current
    values."""
    held = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    permissions.require_of(by, permission, held)
    if seen is not None and seen != held.version:
        raise StaleError(
            expected="the version of the case you were viewing", found="a later version", where=str(held),
            do="Your changes were not saved. Review the latest version, then try again.",
        )  # fmt: skip
    yield held


def _second_person(by: Any, case: Case, step: Move) -> None:
    """Refuse a step to whoever last took one of those that it must not share a person with."""
    if by is not None and by.pk in history.taken_by(case, step.not_by):
        raise CaseStateError(
            expected="a second person", found="whoever took the step before it", where=step.title,
            do="Ask somebody else who may take this step.",
        )  # fmt: skip


def _step(case: Case, step: Move, why: str) -> None:
    """Set the state and the clocks after a step, on a row that is locked and not yet saved."""
    now = timezone.now()
    if case.state not in step.sources:
        raise CaseStateError(
            expected=f"a case in {' or '.join(step.sources)}", found=case.state, where=str(case),
            do="Nothing was changed. The case has been updated: review it again.",
        )  # fmt: skip
    if step.requires_reason and not why.strip():
        raise CaseStateError(
            expected="a reason", found="none", where=step.title, do="Give a reason; it is recorded in the history."
        )
    case.state = step.target
    case.closed_at = now if case.state_now.closed else None
    case.clocks.filter(name__in=step.completes_clocks, met_at=None).update(met_at=now)
    case.clocks.filter(name__in=step.restarts_clocks).update(met_at=None)


def _applied(case: Case, step: Move, more: Callable[[Case], None] | None) -> None:
    """Change the app's own data about a case: as the step declares, and as its caller asks."""
    if step.apply is not None:
        step.apply.resolve()(case)
    if more is not None:
        more(case)


def _changed(case: Case, step: Move, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the history records of the fields that a step asked for."""
    given = values or {}
    if unknown := set(given) - set(step.asks):
        raise DeclarationError(f"the step {step.id} of {case.kind} does not ask for {sorted(unknown)}")
    if missing := [name for name in step.asks if given.get(name) in (None, "", (), [])]:
        labels = [records.register_of(case.kind).field(name).label for name in missing]
        raise CaseStateError(
            expected=", ".join(labels),
            found="nothing",
            where=step.title,
            do="Enter it with this step; nothing was changed.",
        )
    if not given:
        return {}
    changed = records.change(case, given)
    restart_clocks(case, set(changed))
    return {"changed": changed}


def _to_tell(case: Case, permission: str) -> list[Person]:
    """The holders of a permission who are to be told now; never anybody without it."""
    people = permissions.people_who(permission, case) if permission else []
    notify_filter = case.declared.notify_filter
    return (
        people if notify_filter is None or not people else [one for one in notify_filter(case, people) if one in people]
    )


def _add_participant(case: Case, role: str, place: str, why: str, now: datetime) -> bool:
    """Add a participant; return whether the place did not have the role before."""
    case.declared.role(role)  # one that there is
    _, new = case.participants.get_or_create(role=role, place=place, until=None, defaults={"since": now, "why": why})
    return bool(new)


def _written(
    case: Case, *, by: Any, what: str, value: Mapping[str, Any], tell: Iterable[Any] = (), text: str = "",
    detail: Mapping[str, Any] | None = None, request: HttpRequest | None,
) -> Entry:  # fmt: skip
    entry = _appended(case, by=by, what=what, value=value)
    _recorded(case, by=by, what=what, tell=tell, text=text, detail=detail, request=request)
    return entry


def _appended(case: Case, *, by: Any, what: str, value: Mapping[str, Any]) -> Entry:
    entry = history.append(case, who=by.pk if by else None, what=what, value=value, at=timezone.now())
    case.version += 1
    case.save()
    return entry


def _recorded(
    case: Case, *, by: Any, what: str, tell: Iterable[Any] = (), text: str = "",
    detail: Mapping[str, Any] | None = None, request: HttpRequest | None,
) -> None:  # fmt: skip
    """Notify people, then write the audit record last, because other writers must wait for it until this commits."""
    assigned = [case.assigned_to] if case.assigned_to else []
    people = {one.pk: one for one in (*assigned, *tell) if by is None or one.pk != by.pk}
    if text:
        words = f"{case}, {case.place_name}: {text}"
        notify(people.values(), text=words, path=reverse(case.declared.detail_url, kwargs={"pk": case.pk}))
    record(
        who=by, what=f"{case.kind}:{what}", authority=case.authority, subject=history.subject_of(case),
        detail={"state": case.state, "history": f"{case.sequence}:{case.head}", **(detail or {})}, request=request,
    )  # fmt: skip


def _clock(case: Case, name: str) -> Clock:
    clock: Clock = case.clocks.get(name=name)
    return clock

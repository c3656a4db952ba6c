"""Every write to a register. Changes to a case itself go through `cases.operations`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.web.audit.recorder import record
from parentis.web.cases import permissions, records
from parentis.web.cases.clock_starts import clocks_of, restart_clocks
from parentis.web.cases.declarations import EDIT
from parentis.web.cases.fields import Edit
from parentis.web.cases.models import Case, Group, Meeting, Member, is_authority
from parentis.web.cases.operations import CaseStateError, Opening, ParticipantStart, change, open_cases
from parentis.web.cases.records import register_of


def enter(
    *,
    by: Any,
    kind: str,
    place: str,
    values: Mapping[str, Any],
    state: str = "",
    participant_roles: Sequence[ParticipantStart] = (),
    practice: bool = False,
    request: HttpRequest | None = None,
) -> Case:
    """Enter a new case of a place with its values; its clocks start as declared. Raises TakenError where a case with
    the same key exists."""
    register = register_of(kind)
    if register.participants is not None and not participant_roles:
        participant_roles = register.participants.resolve()(values)
    opening = Opening(
        place=place, value=records.plain_of(register, values), state=state, participant_roles=tuple(participant_roles),
        clocks=tuple(clocks_of(register, values, timezone.now())),
    )  # fmt: skip

    def apply(cases: list[Case]) -> None:
        records.create([(cases[0], values)], practice=practice)

    return open_cases([opening], by=by, kind=kind, apply=apply, request=request)[0]


def edit(
    *, by: Any, case: Case, edit: Edit, values: Mapping[str, Any], seen: int | None, why: str = "",
    request: HttpRequest | None = None,
) -> None:  # fmt: skip
    """Change some fields of a case. The old values and the reason for the change stay in its history."""
    said: dict[str, Any] = {"why": why.strip()}

    def apply(held: Case) -> None:
        if edit.states and held.state not in edit.states:
            raise CaseStateError(
                expected=f"a case in {' or '.join(edit.states)}", found=held.state, where=str(held),
                do="Nothing was changed. The case has been updated: review it again.",
            )  # fmt: skip
        said["changed"] = records.change(held, values)
        restart_clocks(held, set(said["changed"]))

    change(
        by=by,
        case=case,
        what=f"{edit.id}-changed",
        value=said,
        apply=apply,
        seen=seen,
        permission=edit.permission or EDIT,
        text=edit.done,
        request=request,
    )


@transaction.atomic
def add_group(
    *, by: Any, kind: str, name: str, place: str, purpose: str = "", request: HttpRequest | None = None
) -> Group:
    """A group that oversees a place's cases."""
    permissions.require(by, EDIT, kind=kind, place=place)
    group: Group = Group.objects.create(kind=kind, name=name, place=place, purpose=purpose)
    _record(by, "group:added", place, name, request)
    return group


@transaction.atomic
def add_member(
    *, by: Any, group: Group, name: str, organisation: str, position: str, since: date,
    request: HttpRequest | None = None,
) -> Member:  # fmt: skip
    """Add a member of a group from a given day. They need no account here."""
    permissions.require(by, EDIT, kind=group.kind, place=group.place)
    member: Member = Member.objects.create(
        group=group, name=name, organisation=organisation, position=position, since=since
    )
    _record(by, "group:joined", group.place, str(group), request)
    return member


@transaction.atomic
def member_left(*, by: Any, member: Member, until: date, request: HttpRequest | None = None) -> None:
    """Set a member's last day; safe to repeat."""
    permissions.require(by, EDIT, kind=member.group.kind, place=member.group.place)
    if Member.objects.filter(pk=member.pk, until=None).update(until=max(until, member.since)):
        _record(by, "group:left", member.group.place, str(member.group), request)


@transaction.atomic
def add_meeting(*, by: Any, group: Group, held_on: date, minutes: str, request: HttpRequest | None = None) -> Meeting:
    """Add the minutes of a meeting."""
    permissions.require(by, EDIT, kind=group.kind, place=group.place)
    meeting: Meeting = Meeting.objects.create(group=group, held_on=held_on, minutes=minutes)
    _record(by, "meeting:minuted", group.place, f"{group}, {held_on}", request)
    return meeting


def _record(by: Any, what: str, place: str, subject: str, request: HttpRequest | None) -> None:
    authority = place if is_authority(place) else ""
    record(who=by, what=what, authority=authority, subject=subject, detail={"place": place}, request=request)

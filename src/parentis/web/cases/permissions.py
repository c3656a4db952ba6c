"""The single place that decides who may see a case and what they may do to it.

Only the case's places and the person's roles count. The type says which action gives a permission, and a role allows it
where its organisation covers the authority that owns the case, or any authority of the owning footprint. Other places
may take part in a case (`CaseParticipant`): what they may do follows in the same way, from the actions of their role in
it.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from parentis import region
from parentis.web.cases.declarations import VIEW, CaseType, ParticipantRole, case_types
from parentis.web.cases.models import Case, CaseParticipant, is_authority
from parentis.web.people.authorisation import authorities_for, may, organisations_for
from parentis.web.people.models import Membership, Organisation, Person
from parentis.web.people.permissions import About, actions

if TYPE_CHECKING:
    from django.db.models import QuerySet


def codes_of(place: str) -> tuple[str, ...]:
    """ONS codes of a place: an authority's own, or those of the footprint's members today."""
    return (place,) if is_authority(place) else region.members(place, timezone.localdate())


def allowed(person: Any, permission: str, *, kind: str, place: str) -> bool:
    """Whether `person` may do `permission` to cases of this kind that `place` owns."""
    action = case_types()[kind].action(permission, of_authority=is_authority(place))
    return action is not None and any(may(person, action, authority=code) for code in codes_of(place))


def may_do(person: Any, permission: str, case: Case) -> bool:
    """Whether `person` may do `permission` to a case: as its owner, or as a participant now."""
    return allowed(person, permission, kind=case.kind, place=case.place) or bool(
        participant_roles_of(person, permission, case)
    )


def participant_roles_of(person: Any, permission: str, case: Case) -> tuple[str, ...]:
    """The roles of participants in which `person` may do `permission` to a case; not the owner's."""
    return tuple(
        dict.fromkeys(
            one.role for one, action in _by_participants(permission, case) if _may_at(person, action, one.place)
        )
    )


def require(person: Any, permission: str, *, kind: str, place: str) -> None:
    """Raise PermissionDenied unless `person` may; None is the site itself (commands, seeds), which may."""
    if person is not None and not allowed(person, permission, kind=kind, place=place):
        raise PermissionDenied(f"{kind}: {permission}")


def require_of(person: Any, permission: str, case: Case) -> None:
    """Like `require`, for an existing case: as its owner or as a participant."""
    if person is not None and not may_do(person, permission, case):
        raise PermissionDenied(f"{case.kind}: {permission}")


def visible(person: Any, kind: str) -> "QuerySet[Case]":
    """The cases of a kind that `person` may see."""
    found = Q(place__in=places_for(person, VIEW, kind))
    for role in case_types()[kind].participant_roles:
        found |= Q(pk__in=CaseParticipant.objects.filter(_as_participant(person, VIEW, role)).values("case"))
    return Case.objects.filter(Q(kind=kind) & found)


def as_participant(person: Any, kind: str, role: str, *, permission: str = VIEW) -> "QuerySet[Case]":
    """The cases of a kind to which `person` may do `permission` as a participant in this role."""
    open_participants = CaseParticipant.objects.filter(
        _as_participant(person, permission, case_types()[kind].role(role))
    )
    return Case.objects.filter(kind=kind, pk__in=open_participants.values("case"))


def places_for(person: Any, permission: str, kind: str) -> frozenset[str]:
    """The codes of authorities and ids of footprints for whose cases of a kind `person` has `permission`."""
    declared = case_types()[kind]
    own, shared = (declared.action(permission, of_authority=each) for each in (True, False))
    found = authorities_for(person, own) if own else frozenset()
    return found | _footprints(authorities_for(person, shared) if shared else frozenset())


def case_for(person: Any, kind: str, pk: int, *, permission: str = VIEW) -> Case:
    """The case, for a person who has `permission` for it. A case they may not even see is reported as not found,
    because its existence is confidential."""
    case = Case.objects.filter(pk=pk, kind=kind).first()
    if case is None or not may_do(person, VIEW, case):
        raise Http404
    if not may_do(person, permission, case):
        raise PermissionDenied(f"{kind}: {permission}")
    return case


def gate_place(person: Any, case: Case) -> str:
    """The ONS code that the gate checks: one that the person's roles cover, if there is one among the case's."""
    codes = codes_of(case.place)
    action = case.declared.action(VIEW, of_authority=bool(case.authority))
    reached = [code for code in codes if action and may(person, action, authority=code)]
    for one, allowing in _by_participants(VIEW, case):
        if not reached and _may_at(person, allowing, one.place):
            there = sorted(_codes_at(allowing, one.place))
            reached = [code for code in there if code in authorities_for(person, allowing)] or there
    return (reached or list(codes))[0]


def people_who(permission: str, case: Case) -> list[Person]:
    """The active people who may do `permission` to a case, by name."""
    owners = case.declared.action(permission, of_authority=bool(case.authority))
    wanted = [(owners, frozenset(codes_of(case.place)))] if owners else []
    taking_part = list(_by_participants(permission, case))
    wanted += [(action, _codes_at(action, one.place)) for one, action in taking_part]
    roles = {role for action, _ in wanted for _, role in actions()[action].to}
    codes = frozenset().union(*(each for _, each in wanted))
    # A provider has no authorities: its organisation's slug identifies it.
    named = {one.place for one, action in taking_part if actions()[action].about is About.ORGANISATION}
    held = Membership.objects.filter(role__in=roles, person__is_active=True).select_related("person", "organisation")
    near = {
        one.person for one in held if codes & one.organisation.authorities() or one.organisation.slug in named
    }  # a few candidates, each then checked with `may`
    return sorted((one for one in near if may_do(one, permission, case)), key=lambda one: (one.name, one.email))


def _by_participants(permission: str, case: Case) -> Iterator[tuple[CaseParticipant, str]]:
    """The participants in a case now, each with the action that gives the permission there."""
    declared: CaseType = case.declared
    if not any(permission in role.permissions for role in declared.participant_roles):
        return
    for one in case.participants.all():
        if one.until is None and (action := declared.role(one.role).permissions.get(permission)):
            yield one, action


def _may_at(person: Any, action: str, place: str) -> bool:
    if actions()[action].about is About.ORGANISATION:
        organisation = Organisation.objects.filter(slug=place).first()
        return organisation is not None and may(person, action, organisation=organisation)
    return any(may(person, action, authority=code) for code in codes_of(place))


def _codes_at(action: str, place: str) -> frozenset[str]:
    """ONS codes of a participant's place."""
    if actions()[action].about is About.ORGANISATION:
        organisation = Organisation.objects.filter(slug=place).first()
        return organisation.authorities() if organisation else frozenset()
    return frozenset(codes_of(place))


def _as_participant(person: Any, permission: str, role: ParticipantRole) -> Q:
    """The participants in this role, now, as which the person has the permission."""
    action = role.permissions.get(permission)
    if action is None:
        return Q(pk__in=())
    if actions()[action].about is About.ORGANISATION:
        places = frozenset(one.slug for one in organisations_for(person, action))
    else:
        reached = authorities_for(person, action)
        places = reached | _footprints(reached)
    return Q(role=role.id, until=None, place__in=places)


def _footprints(reached: frozenset[str]) -> frozenset[str]:
    """The footprints that have any of these authorities among their members today."""
    return _footprints_on(reached, timezone.localdate())


@lru_cache(maxsize=1024)
def _footprints_on(reached: frozenset[str], day: date) -> frozenset[str]:
    # Cached: boards ask twice a second, and footprint membership does not change while the site runs.
    if not reached:
        return frozenset()
    return frozenset(one.id for one in region.footprints() if reached.intersection(region.members(one.id, day)))

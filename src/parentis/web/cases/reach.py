"""The one point at which it is decided who may see a case and what they may do to it.

By the case's place and the person's roles, nothing else: the kind says which action allows a deed, and a role
allows it where its organisation reaches the authority that owns the case, or any authority of the footprint that does.
"""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from parentis import region
from parentis.web.cases.kinds import READ, kinds
from parentis.web.cases.models import Case, is_authority
from parentis.web.people.authorise import authorities_for, may
from parentis.web.people.models import Membership, Person
from parentis.web.people.permissions import actions

if TYPE_CHECKING:
    from django.db.models import QuerySet


def codes_of(place: str) -> tuple[str, ...]:
    """ONS codes of a place: an authority's own, or those of the footprint's members today."""
    return (place,) if is_authority(place) else region.members(place, timezone.localdate())


def allowed(person: Any, deed: str, *, kind: str, place: str) -> bool:
    """Whether `person` may do `deed` to cases of this kind that `place` owns."""
    action = kinds()[kind].action(deed, of_authority=is_authority(place))
    return action is not None and any(may(person, action, authority=code) for code in codes_of(place))


def may_do(person: Any, deed: str, case: Case) -> bool:
    return allowed(person, deed, kind=case.kind, place=case.place)


def require(person: Any, deed: str, *, kind: str, place: str) -> None:
    """Raise PermissionDenied unless `person` may; None is the site itself (commands, seeds), which may."""
    if person is not None and not allowed(person, deed, kind=kind, place=place):
        raise PermissionDenied(f"{kind}: {deed}")


def visible(person: Any, kind: str) -> "QuerySet[Case]":
    """The cases of a kind that `person` may see."""
    return Case.objects.filter(Q(kind=kind) & Q(place__in=places_for(person, READ, kind)))


def places_for(person: Any, deed: str, kind: str) -> frozenset[str]:
    """The authorities' codes and footprints' ids to whose cases of a kind `person` may do `deed`."""
    declared = kinds()[kind]
    own, shared = (declared.action(deed, of_authority=each) for each in (True, False))
    found = authorities_for(person, own) if own else frozenset()
    reached = authorities_for(person, shared) if shared else frozenset()
    if not reached:
        return found
    return found | {one.id for one in region.footprints() if reached.intersection(codes_of(one.id))}


def case_for(person: Any, kind: str, pk: int, *, deed: str = READ) -> Case:
    """The case, for a person who may do `deed` to it. One they may not even see is not found: that it exists is
    nobody else's to know."""
    case = Case.objects.filter(pk=pk, kind=kind).first()
    if case is None or not may_do(person, READ, case):
        raise Http404
    if not may_do(person, deed, case):
        raise PermissionDenied(f"{kind}: {deed}")
    return case


def gate_place(person: Any, case: Case) -> str:
    """The ONS code by which the gate is to judge: one that the person reaches, if any of the case's is."""
    codes = codes_of(case.place)
    action = case.declared.action(READ, of_authority=bool(case.authority))
    reached = [code for code in codes if action and may(person, action, authority=code)]
    return (reached or list(codes))[0]


def people_who(deed: str, case: Case) -> list[Person]:
    """The active people who may do `deed` to a case, by name."""
    action = case.declared.action(deed, of_authority=bool(case.authority))
    if action is None:
        return []
    holders, codes = actions()[action].to, set(codes_of(case.place))
    roles = {role for _, role in holders}
    held = Membership.objects.filter(role__in=roles, person__is_active=True).select_related("person", "organisation")
    near = {one.person for one in held if codes & one.organisation.authorities()}  # a few, of whom `may` then decides
    return sorted((one for one in near if may_do(one, deed, case)), key=lambda one: (one.name, one.email))

"""Giving roles: nobody can give themselves a role, and a second person decides on an administrator's request."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from parentis.web.audit.recorder import record
from parentis.web.notices.dispatch import notify
from parentis.web.people import authorisation, operations
from parentis.web.people.models import Invitation, Membership, Organisation, Person, RoleRequest
from parentis.web.people.operations import RoleError
from parentis.web.people.permissions import actions
from parentis.web.people.roles import ROLE_BY_ID, Kind

WATCHERS = ("auditor", "data-protection")
"""Roles that are told when an outsider requested, approved or received access."""

Given = Membership | tuple[Invitation, str]


@transaction.atomic
def ask_for_role(
    *, by: Person, email: str, organisation: Organisation, role: str, request: HttpRequest | None = None
) -> RoleRequest | Given:
    """Request a role for the person with this address. A second person decides; where there is none, or the site is set
    up without, it is given at once and the record says so. Returns the request, the new role, or the invitation."""
    operations.check_role(organisation, role)
    address = email.strip().lower()
    if address == by.email.lower():
        raise RoleError(
            expected="a role for somebody else", found="your own address", where=organisation.name,
            do="Ask another administrator to give you the role.",
        )  # fmt: skip
    others = deciders(organisation, without=(by.email, address))
    if not settings.SECOND_PERSON_FOR_ROLES or not others:
        return _give(by, None, address, organisation, role, request)
    asked, is_new = RoleRequest.objects.get_or_create(
        email=address, organisation=organisation, role=role, decision="", defaults={"asked_by": by}
    )
    if is_new:
        text = (
            f"{ROLE_BY_ID[role].title} at {organisation.name} has been requested for {address}: it needs your decision."
        )
        notify(others, text=text, path=reverse("people-access"))
        record(
            who=by, what="role:asked", authority=organisation.authority, subject=f"{address} in {organisation.slug}",
            detail={"role": role}, request=request,
        )  # fmt: skip
    return asked


@transaction.atomic
def decide(*, by: Person, asked: RoleRequest, grant: bool, request: HttpRequest | None = None) -> Given | None:
    """Grant or refuse another person's request. Neither the requester nor the person it is for may decide."""
    authorisation.require(by, "people.confirm", organisation=asked.organisation)
    found = RoleRequest.objects.select_for_update().get(pk=asked.pk)
    if found.decision:
        raise RoleError(
            expected="a request awaiting a decision", found=f"one that was {found.decision}", where=str(found),
            do="Review the list again.",
        )  # fmt: skip
    if by.pk == found.asked_by_id or by.email.lower() == found.email:
        raise RoleError(
            expected="a second person", found="the person who asked for the role, or would hold it", where=str(found),
            do="Ask another administrator, the auditor or the data-protection officer to decide.",
        )  # fmt: skip
    found.decided_by, found.decided_at = by, timezone.now()
    found.decision = RoleRequest.Decision.GRANTED if grant else RoleRequest.Decision.REFUSED
    found.save(update_fields=["decided_by", "decided_at", "decision"])
    organisation = found.organisation
    if not grant:
        record(
            who=by, what="role:refused", authority=organisation.authority,
            subject=f"{found.email} in {organisation.slug}", detail={"role": found.role}, request=request,
        )  # fmt: skip
        notify([found.asked_by], text=f"{found} was refused.", path=reverse("people-access"))
        return None
    return _give(found.asked_by, by, found.email, organisation, found.role, request)


def deciders(organisation: Organisation, *, without: Iterable[str] = ()) -> list[Person]:
    """Who may decide on a role in an organisation: its own people, or the regional team's where it has none."""
    left_out = {one.lower() for one in without}
    holders = actions()["people.confirm"].to
    own = Membership.objects.filter(organisation=organisation)
    region = Membership.objects.filter(organisation__kind=Kind.REGION)
    for memberships in (own, region):
        people = {
            one.person
            for one in memberships.select_related("person", "organisation")
            if (Kind(one.organisation.kind), one.role) in holders
            and one.person.is_active
            and one.person.email.lower() not in left_out
        }
        if people:
            return sorted(people, key=lambda one: one.email)
    return []


def waiting_for(person: Any) -> list[RoleRequest]:
    """The requests that `person` may decide."""
    found = RoleRequest.objects.filter(decision="").exclude(asked_by=person).exclude(email__iexact=person.email)
    found = found.filter(organisation__in=authorisation.organisations_for(person, "people.confirm"))
    return list(found.select_related("organisation", "asked_by"))


def _give(
    asked_by: Person, decided_by: Person | None, email: str, organisation: Organisation, role: str,
    request: HttpRequest | None,
) -> Given:  # fmt: skip
    """Give the requested role; the organisation's auditors and data-protection officers are told if an outsider was
    involved."""
    alone = {} if decided_by else {"second person": "none"}
    detail = {"asked_by": asked_by.email, "decided_by": decided_by.email} if decided_by else alone
    by = decided_by or asked_by
    person = Person.objects.filter(email__iexact=email).first()
    involved = [one for one in (asked_by, decided_by, person) if one is not None]
    outsiders = [one for one in involved if not one.memberships.filter(organisation=organisation).exists()]
    given: Given
    if person is not None:
        given = operations.give_role(
            by=by, person=person, organisation=organisation, role=role, detail=detail, request=request
        )
    else:
        given = operations.invite(
            by=by, email=email, organisation=organisation, role=role, detail=detail, request=request
        )
    if outsiders:
        text = (
            f"{email} is given {ROLE_BY_ID[role].title} at {organisation.name}; "
            f"not of {organisation.name}: {', '.join(sorted(one.email for one in outsiders))}."
        )
        notify(watchers(organisation), text=text[:300], path=reverse("people-access"))
    return given


def watchers(organisation: Organisation) -> list[Person]:
    """The auditors and data-protection officers of an organisation."""
    people = Person.objects.filter(
        memberships__organisation=organisation, memberships__role__in=WATCHERS, is_active=True
    )
    return list(people.distinct().order_by("email"))

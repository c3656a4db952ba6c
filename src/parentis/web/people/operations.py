"""Every write about people: the person responsible must be given, and is recorded in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.errors import UserError
from parentis.web.audit.recorder import record
from parentis.web.people import authorisation
from parentis.web.people.models import INVITATION_LASTS, Invitation, Membership, Organisation, Person
from parentis.web.people.roles import ROLE_BY_ID, roles_of


class RoleError(UserError):
    """A role that cannot be given, taken away or accepted at present."""


@transaction.atomic
def add_organisation(
    *, by: Any, kind: str, name: str, slug: str, authority: str = "", footprint: str = "",
    request: HttpRequest | None = None,
) -> Organisation:  # fmt: skip
    """A new organisation."""
    made: Organisation = Organisation.objects.create(
        kind=kind, name=name, slug=slug, authority=authority, footprint=footprint
    )
    record(who=by, what="organisation:added", subject=slug, authority=authority, request=request)
    return made


@transaction.atomic
def invite(
    *, by: Any, email: str, organisation: Organisation, role: str, detail: Mapping[str, str] | None = None,
    request: HttpRequest | None = None,
) -> tuple[Invitation, str]:  # fmt: skip
    """Create an invitation and the secret of its link, which is not stored. An earlier invitation to the same role is
    withdrawn."""
    check_role(organisation, role)
    address = email.strip().lower()
    now = timezone.now()
    Invitation.objects.filter(
        email=address, organisation=organisation, role=role, accepted_at=None, withdrawn_at=None
    ).update(withdrawn_at=now)
    secret = Invitation.new_secret()
    made = Invitation.objects.create(
        email=address, organisation=organisation, role=role, secret_hash=Invitation.hash_of(secret), invited_by=by,
        invited_at=now, expires_at=now + INVITATION_LASTS,
    )  # fmt: skip
    record(
        who=by,
        what="invitation:sent",
        authority=organisation.authority,
        subject=f"{address} to {organisation.slug}",
        detail={"role": role, **(detail or {})},
        request=request,
    )
    return made, secret


@transaction.atomic
def withdraw(*, by: Any, invitation: Invitation, request: HttpRequest | None = None) -> None:
    """Withdraw an open invitation, so that its link no longer works."""
    changed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )
    if changed:
        record(who=by, what="invitation:withdrawn", subject=invitation.email, request=request)


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, name: str, password: str, request: HttpRequest | None = None
) -> Person:
    """Accept an invitation: the holder of the link gets an account with the role, and its address counts as
    confirmed."""
    from allauth.account.models import EmailAddress

    held = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not held.is_open or Person.objects.filter(email__iexact=held.email).exists():
        raise RoleError(
            expected="an open invitation", found="one that was used, withdrawn or has expired", where="invitation",
            do="Ask the person who invited you for a new one.",
        )  # fmt: skip
    person = Person(email=held.email, name=name)
    person.set_password(password)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    Membership.objects.create(person=person, organisation=held.organisation, role=held.role)
    held.accepted_at = timezone.now()
    held.save(update_fields=["accepted_at"])
    record(
        who=person,
        what="invitation:accepted",
        subject=held.organisation.slug,
        detail={"role": held.role},
        request=request,
    )
    return person


@transaction.atomic
def give_role(
    *, by: Any, person: Person, organisation: Organisation, role: str, detail: Mapping[str, str] | None = None,
    until: datetime | None = None, request: HttpRequest | None = None,
) -> Membership:  # fmt: skip
    """Give a role (until an instant, if one is given) to an existing person; it reactivates one who had left."""
    check_role(organisation, role)
    held, is_new = Membership.objects.get_or_create(
        person=person, organisation=organisation, role=role, defaults={"until": until}
    )
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
    if is_new:
        record(
            who=by, what="role:given", authority=organisation.authority,
            subject=f"{person.email} in {organisation.slug}", detail={"role": role, **(detail or {})}, request=request,
        )  # fmt: skip
    return held


@transaction.atomic
def take_role(*, by: Any, membership: Membership, why: str = "", request: HttpRequest | None = None) -> None:
    """Remove one role. A person with no roles left cannot sign in."""
    person, role, place = membership.person, membership.role, membership.organisation
    deleted, _ = Membership.objects.filter(pk=membership.pk).delete()
    if deleted:
        _leave_if_nothing_held(person)
        record(
            who=by, what="role:taken", authority=place.authority, subject=f"{person.email} in {place.slug}", why=why,
            detail={"role": role}, request=request,
        )  # fmt: skip


@transaction.atomic
def remove_person(
    *, by: Any, person: Person, organisation: Organisation, why: str = "", request: HttpRequest | None = None
) -> None:
    """Remove every role that somebody holds in an organisation. Their open sessions end with their next request."""
    roles = list(person.memberships.filter(organisation=organisation).values_list("role", flat=True))
    person.memberships.filter(organisation=organisation).delete()
    _leave_if_nothing_held(person)
    record(
        who=by, what="person:removed", authority=organisation.authority,
        subject=f"{person.email} from {organisation.slug}", why=why, detail={"roles": roles}, request=request,
    )  # fmt: skip


@transaction.atomic
def reset_codes(*, by: Any, person: Person, why: str, request: HttpRequest | None = None) -> None:
    """For a lost telephone: one-time codes are set up again at the next sign-in, and the person's tokens are withdrawn.

    People who also belong to another organisation keep their codes, because these protect that organisation's data too.
    """
    from allauth.mfa.models import Authenticator

    from parentis.web.people.signals import end_tokens

    if by is not None:
        managed = set(authorisation.organisations_for(by, "people.manage"))
        if others := {one.organisation for one in person.memberships.select_related("organisation")} - managed:
            raise RoleError(
                expected="a person whose organisations you manage",
                found=f"one who also belongs to {', '.join(sorted(one.name for one in others))}",
                where=person.name,
                do=f"Ask an administrator of the regional team to reset the codes of {person.name}.",
            )
    Authenticator.objects.filter(user=person).delete()
    end_tokens(person, by=by, request=request)
    record(who=by, what="codes:reset", subject=person.email, why=why, request=request)


def _leave_if_nothing_held(person: Person) -> None:
    if not person.memberships.exists():
        person.is_active = False
        person.save(update_fields=["is_active"])


def check_role(organisation: Organisation, role: str) -> None:
    """Raise RoleError unless the role can be held in an organisation of this kind."""
    if role not in {one.id for one in roles_of(organisation.kind)}:
        raise RoleError(
            expected=f"a role of a {organisation.kind} organisation",
            found=ROLE_BY_ID[role].title if role in ROLE_BY_ID else repr(role),
            where=organisation.slug,
            do=f"Choose from {', '.join(one.title for one in roles_of(organisation.kind))}.",
        )

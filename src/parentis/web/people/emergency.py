"""Emergency access ("break glass"): a role for some hours, given on the server with a reason, and reported to auditors.

For a night when everybody who may give a role is away. It needs no second person, so it notifies auditors and
data-protection officers.
"""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from parentis.web.audit.recorder import record
from parentis.web.notices.dispatch import notify
from parentis.web.people import grants, operations
from parentis.web.people.models import Membership, Organisation, Person
from parentis.web.people.operations import RoleError
from parentis.web.people.roles import ROLE_BY_ID, Kind

LONGEST_HOURS = 24


@transaction.atomic
def give_emergency_access(*, email: str, organisation: Organisation, role: str, why: str, hours: int) -> Membership:
    """Give the role until `hours` from now. The auditors and data-protection officers of the organisation and of the
    region are told; the reason is on the audit record."""
    if not why.strip():
        raise RoleError(
            expected="a reason", found="none", where="emergency access", do="Give a reason, for the audit record."
        )
    if not 1 <= hours <= LONGEST_HOURS:
        raise RoleError(
            expected=f"1 to {LONGEST_HOURS} hours", found=str(hours), where="emergency access",
            do="Give it for one shift; it can be given again.",
        )  # fmt: skip
    person = Person.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is None:
        raise RoleError(
            expected="the address of somebody who can sign in", found="nobody active", where="emergency access",
            do="Invite them, or choose somebody else.",
        )  # fmt: skip
    until = timezone.now() + timedelta(hours=hours)
    given = operations.give_role(
        by=None, person=person, organisation=organisation, role=role, until=until, detail={"emergency": "yes"}
    )
    record(
        who=None, what="role:emergency", authority=organisation.authority,
        subject=f"{person.email} in {organisation.slug}", why=why, detail={"role": role, "until": until.isoformat()},
    )  # fmt: skip
    region = Organisation.objects.filter(kind=Kind.REGION)
    told = {one for place in (organisation, *region) for one in grants.watchers(place)}
    text = f"Emergency access: {person.email} is {ROLE_BY_ID[role].title} at {organisation.name} for {hours} hours."
    notify(sorted(told, key=lambda one: one.email), text=text, path=reverse("audit"))
    return given


def end_what_is_over() -> int:
    """Remove expired roles; they give no access from the moment they expire, whenever this runs."""
    over = list(Membership.objects.filter(until__lte=timezone.now()).select_related("person", "organisation"))
    for one in over:
        operations.take_role(by=None, membership=one, why="It expired.")
    return len(over)

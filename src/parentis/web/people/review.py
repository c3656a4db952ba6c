"""The access review: who holds which role, since when, when they last signed in, and who may have left."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from parentis.web.audit.models import Entry
from parentis.web.people.models import Membership, Organisation

REVIEWED = "access:reviewed"
IDLE_AFTER = timedelta(days=90)
"""A person who has not signed in for this long may have left."""
REVIEW_EVERY = timedelta(days=90)
COLUMNS = ("name", "email", "role", "since", "until", "last_sign_in", "look_at")


def rows(organisation: Organisation, now: datetime | None = None) -> list[dict[str, Any]]:
    """One row for each role held, by person; `look_at` says why somebody should check it, or is empty."""
    at = now or timezone.now()
    held = organisation.memberships.select_related("person").order_by("person__name", "person__email", "role")
    return [
        {
            "name": one.person.name,
            "email": one.person.email,
            "role": one.role_title,
            "since": f"{one.since:%Y-%m-%d}",
            "until": f"{one.until:%Y-%m-%d}" if one.until else "",
            "last_sign_in": f"{one.person.last_login:%Y-%m-%d}" if one.person.last_login else "",
            "look_at": look_at(one, at),
        }
        for one in held
    ]


def look_at(held: Membership, now: datetime) -> str:
    """Why a role should be checked: never used, or not used for a long time."""
    last = held.person.last_login
    if last is None:
        return "never signed in" if now - held.since > IDLE_AFTER else ""
    return f"not signed in for {(now - last).days} days" if now - last > IDLE_AFTER else ""


def people_to_look_at(organisation: Organisation, now: datetime | None = None) -> int:
    """How many people of an organisation may have left."""
    return len({one["email"] for one in rows(organisation, now) if one["look_at"]})


def last_review(organisation: Organisation) -> datetime | None:
    """When the organisation's access was last reviewed, from the audit record."""
    entry = Entry.objects.filter(what=REVIEWED, subject=organisation.slug).order_by("-sequence").first()
    return entry.at if entry else None

"""Conflicts of interest that members of peer teams declare: a declared pair is not matched."""

from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from parentis.web.audit.recorder import record
from parentis.web.improvement.models import Conflict

LONGEST_POST, LONGEST_REASON = 200, 500


def declared(on: date) -> list[Conflict]:
    """Conflicts in force on a day: the latest declaration of each post on each pair."""
    latest: dict[tuple[str, str, str], Conflict] = {}
    for one in Conflict.objects.all():
        latest.setdefault((one.authority, one.other, one.post.casefold()), one)
    return [one for one in latest.values() if one.holds and (one.until is None or one.until >= on)]


def pairs(on: date) -> set[frozenset[str]]:
    """The boroughs that may not be matched with each other."""
    return {frozenset({one.authority, one.other}) for one in declared(on)}


@transaction.atomic
def declare(
    *, by: Any, authority: str, other: str, post: str, reason: str, until: date | None, request: HttpRequest | None
) -> None:
    """Keep a conflict of interest of a member of `authority`'s team with `other`."""
    Conflict.objects.create(authority=authority, other=other, post=post, reason=reason, until=until, by=by)
    record(who=by, what="improvement:conflict-declared", authority=authority, subject=other, request=request)


@transaction.atomic
def end(*, by: Any, conflict: Conflict, request: HttpRequest | None) -> None:
    """Save that a conflict has ended; the declaration is kept."""
    Conflict.objects.create(
        authority=conflict.authority, other=conflict.other, post=conflict.post, reason=conflict.reason,
        until=conflict.until, holds=False, by=by,
    )  # fmt: skip
    record(
        who=by, what="improvement:conflict-ended", authority=conflict.authority, subject=conflict.other,
        request=request,
    )  # fmt: skip

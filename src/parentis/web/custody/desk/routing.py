"""Whose child it is, decided by `services.custody.route` over who on the index shares a key with the child."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from parentis.services.custody import Decision, Subject, route
from parentis.web.cases.models import Case
from parentis.web.custody.desk.postcodes import postcodes
from parentis.web.custody.encrypted_store import held
from parentis.web.custody.fields import SEALED
from parentis.web.custody.intake import index

TAKEN = ("first_name", "surname", "date_of_birth", "address", "postcode")
"The sealed fields that a decision needs."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A child of whom something is known, and the authority the suite stands in."""

    subject: Subject
    detained_in: str


def decide_all(asked: Sequence[Asked], *, now: datetime) -> list[Decision]:
    """The decision on each."""
    found, stale = index.candidates([one.subject for one in asked], now), index.stale(now)
    return [
        route(
            one.subject, entries, detained_in=one.detained_in, now=now, stale=stale, postcodes=postcodes()
        )
        for one, entries in zip(asked, found, strict=True)
    ]  # fmt: skip


def decide_again(case: Case, *, now: datetime) -> Decision:
    """The same on what is known by now: for the routing desk, which alone may see its candidates."""
    detention = case.detention
    columns = {name: getattr(detention, name) for name in ("sex", *CLAIMS)}
    subject = subject_of(held(case, SEALED), columns)
    return decide_all([Asked(subject=subject, detained_in=detention.detained_in)], now=now)[0]


CLAIMS = ("claimed_status", "claimed_authority", "claimed_residence")


def subject_of(sealed: Mapping[str, str], columns: Mapping[str, Any]) -> Subject:
    given = {name: sealed.get(name) or None for name in TAKEN if name != "date_of_birth"}
    born = sealed.get("date_of_birth")
    said = {name: columns.get(name) or None for name in ("sex", *CLAIMS)}
    return Subject(**given, **said, date_of_birth=date.fromisoformat(born) if born else None)

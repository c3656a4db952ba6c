"""Which authority is responsible for a child: `services.custody.route` applied to index entries that share a key."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from parentis.services.custody import Decision, Subject, route
from parentis.services.custody.names import bare_postcode
from parentis.services.custody.residence import shared_postcodes
from parentis.web.cases.models import Case
from parentis.web.custody.encrypted_store import held
from parentis.web.custody.intake import index
from parentis.web.custody.models import Detention, Suite
from parentis.web.custody.postcodes import postcodes

STATIONS_KEPT = 60
"""Seconds for which a process caches the postcodes of the suites."""

TAKEN = ("first_name", "surname", "date_of_birth", "address", "postcode")
"""The encrypted fields that a decision needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A child about whom something is known, and the authority where the suite is."""

    subject: Subject
    detained_in: str


def decide_all(asked: Sequence[Asked], *, now: datetime) -> list[Decision]:
    """The decision for each child."""
    loads = index.fresh_loads(now)
    found, stale = index.candidates([one.subject for one in asked], now, loads), index.stale(now, loads)
    return [
        route(
            one.subject, entries, detained_in=one.detained_in, now=now, stale=stale, postcodes=postcodes(),
            crowded=_is_shared,
        )
        for one, entries in zip(asked, found, strict=True)
    ]  # fmt: skip


def _is_shared(postcode: str) -> bool:
    """Whether a postcode is that of a police station or a known reception centre."""
    return postcode in shared_postcodes() or postcode in _stations(int(time.monotonic() // STATIONS_KEPT))


@lru_cache(maxsize=1)
def _stations(_period: int) -> frozenset[str]:
    return frozenset(
        bare_postcode(one) for one in Suite.objects.exclude(postcode="").values_list("postcode", flat=True)
    )


def decide_again(case: Case, *, now: datetime) -> Decision:
    """Decide again with what is known now: for the routing desk, which alone may see the candidates."""
    detention = case.detention
    return decide_all([Asked(subject=subject_now(detention), detained_in=detention.detained_in)], now=now)[0]


def subject_now(detention: Detention) -> Subject:
    """The child as known now. Decrypts the child's values for the site's own use."""
    return subject_of(held(detention.case, TAKEN), {name: getattr(detention, name) for name in COLUMNS})


COLUMNS = ("sex", "claimed_status", "claimed_authority", "claimed_residence", "confirmed_by")
"The columns that a decision needs."


def subject_of(sealed: Mapping[str, str], columns: Mapping[str, Any]) -> Subject:
    given = {name: sealed.get(name) or None for name in TAKEN if name != "date_of_birth"}
    born = sealed.get("date_of_birth")
    said = {name: columns.get(name) or None for name in COLUMNS}
    return Subject(**given, **said, date_of_birth=date.fromisoformat(born) if born else None)

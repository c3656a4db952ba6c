"""A practice month in London's custody suites, at the published scale, with the correct answer known for every case.

About 3,005 children were detained overnight and 483 over a weekend in the half-year to April 2015 (Mayor's questions
2016/0200 and 0204): some 500 and 80 a month. 1,295 were charged and kept in the year to January 2018 (London Assembly,
September 2018): 108 a month. Requests for accommodation are as inspectors found in the year to May 2017 (310 of 449).
All other shares are invented and do not describe any real group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from parentis.services.custody.accuracy import Router
from parentis.services.custody.deidentification import Detention
from parentis.services.custody.lookup import Index
from parentis.services.custody.persons import LOOKED_AFTER, IndexEntry
from parentis.services.custody.practice_cases import SAID_KINDS, Case
from parentis.services.custody.practice_kinds import case, child_of
from parentis.services.custody.practice_people import (
    ON,
    Person,
    anywhere,
    drawn_at,
    index_of,
    known_children,
    practice_postcodes,
)
from parentis.services.custody.practice_stays import Stay, simulate_stay
from parentis.services.custody.residence import postcode_lookup
from parentis.services.custody.routing import Outcome

if TYPE_CHECKING:
    import polars as pl

OVERNIGHT: Final = 500
WEEKEND: Final = 80
KEPT_AFTER_CHARGE: Final = 108
KEPT_OVER_WEEKEND: Final = 30
DETENTIONS: Final = 900
"""Total: an assumption; detentions not overnight ended before the early hours."""

AMBIGUOUS: Final = 0.3
AGAIN: Final = 0.15
"""Share of detentions of a child who was already detained earlier in the month."""
DAYS: Final = 31
LEFT_OUT: Final = ("plain", "no claim", "stale index")
"""Kinds of case that are not ambiguous, or do not depend on what is said."""

ETHNICITIES: Final = (("W", 0.27), ("B", 0.39), ("A", 0.12), ("M", 0.13), ("O", 0.05), ("N", 0.04))
KEPT_MORE: Final = {"B": 1.6, "M": 1.3}
"""How much likelier these groups are to be kept after charge: set deliberately, so that the disparity measures find
it."""

Rng = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeNotice:
    """One detention: what is said of the child, what is true, and what happens."""

    reference: str
    case: Case = field(repr=False)
    detention: Detention


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeMonth:
    """A month of notices in order of arrival, with the indexes and postcodes used to route them."""

    first: date
    last: date
    notices: tuple[PracticeNotice, ...]
    index: tuple[IndexEntry, ...] = field(repr=False)
    postcodes: "pl.DataFrame" = field(repr=False, compare=False)
    "`postcode` and `authority`, for `postcode_lookup`."


def practice_month(seed: int) -> PracticeMonth:
    """The same month for the same seed: `DETENTIONS` notices, of which exactly `OVERNIGHT`, `WEEKEND` (all of them also
    overnight) and `KEPT_AFTER_CHARGE`."""
    rng = np.random.Generator(np.random.Philox(key=np.array([seed, 7], dtype=np.uint64)))
    known = known_children(rng)
    cases = _cases(rng, known)
    numbers = {person: number for number, person in enumerate(dict.fromkeys(one.person for one in cases), 1)}
    groups = {person: _drawn(rng, ETHNICITIES) for person in numbers}
    stays = _kinds_of_stay(rng, [groups[one.person] for one in cases])
    index = (*index_of(known, drawn_at()), *_extra(cases))
    router = Router(Index(index), postcode_lookup(practice_postcodes()))
    notices = [
        PracticeNotice(
            reference=f"SYN-{place:04}",
            case=one,
            detention=_detention(rng, f"SYN-{place:04}", one, stay, numbers[one.person], groups[one.person], router),
        )
        for place, (one, stay) in enumerate(zip(cases, stays, strict=True), 1)
    ]
    return PracticeMonth(
        first=ON,
        last=ON + timedelta(days=DAYS - 1),
        notices=tuple(sorted(notices, key=lambda notice: notice.detention.times.arrival)),
        index=index,
        postcodes=practice_postcodes(),
    )


def _cases(rng: Rng, known: Sequence[Person]) -> list[Case]:
    ambiguous = [kind for kind in SAID_KINDS if kind not in LEFT_OUT]
    made: list[Case] = []
    for _ in range(DETENTIONS):
        if made and rng.random() < AGAIN:
            made.append(made[int(rng.integers(len(made)))])
            continue
        person = child_of(rng, "plain", known)
        kind = ambiguous[int(rng.integers(len(ambiguous)))] if rng.random() < AMBIGUOUS else "plain"
        made.append(case(rng, kind, person, anywhere(rng)))
    return made


def _extra(cases: Sequence[Case]) -> list[IndexEntry]:
    """The entries that cases add to the indexes, once each, with a reference number in its authority's format."""
    entries = {id(entry): entry for one in cases for entry in one.extra}
    return [replace(entry, person_ref=f"SYN9{number:05}") for number, entry in enumerate(entries.values())]


def _kinds_of_stay(rng: Rng, groups: Sequence[str]) -> list[Stay]:
    """The kind of stay of each detention; who is kept after charge is drawn with the odds in `KEPT_MORE`."""
    nights = rng.permutation(len(groups))
    weekend, night = nights[:WEEKEND], nights[WEEKEND:OVERNIGHT]
    kinds = [Stay.DAY] * len(groups)
    for places, stay, kept_as, kept in (
        (weekend, Stay.WEEKEND, Stay.WEEKEND_KEPT, KEPT_OVER_WEEKEND),
        (night, Stay.NIGHT, Stay.NIGHT_KEPT, KEPT_AFTER_CHARGE - KEPT_OVER_WEEKEND),
    ):
        odds = np.array([KEPT_MORE.get(groups[place], 1.0) for place in places])
        chosen = set(rng.choice(places, kept, replace=False, p=odds / odds.sum()).tolist())
        for place in places:
            kinds[place] = kept_as if place in chosen else stay
    return kinds


def _detention(rng: Rng, reference: str, one: Case, stay: Stay, number: int, group: str, router: Router) -> Detention:
    person = one.person
    lived = simulate_stay(rng, ON, DAYS, stay)
    arrival = lived.times.arrival
    notified = arrival + timedelta(minutes=15)
    age = (ON - person.date_of_birth).days // 365
    certified = lived.certified and ("serious harm" if lived.secure and rng.random() < 0.4 else "impracticable")
    return Detention(
        detention=reference,
        child=f"SYN-C{number:04}",
        responsible=one.truth,
        detained_in=one.detained_in,
        times=lived.times,
        age=age,
        sex=person.sex,
        ethnicity=group,
        standing="looked after" if LOOKED_AFTER in person.statuses else "case" if person.statuses else "none",
        routed_by="table" if router.decide(one).outcome is Outcome.ROUTED else "desk",
        notified=notified,
        acknowledged=notified + timedelta(minutes=int(rng.integers(2, 60))),
        secure=lived.secure,
        secure_justified=lived.justified,
        answer=lived.answer,
        certificate_ground=certified or None,
        strip_search=bool(rng.random() < 0.06),
        force=bool(rng.random() < 0.15),
    )


def _drawn(rng: Rng, shares: Sequence[tuple[str, float]]) -> str:
    weights = np.array([share for _, share in shares])
    return shares[int(rng.choice(len(shares), p=weights / weights.sum()))][0]

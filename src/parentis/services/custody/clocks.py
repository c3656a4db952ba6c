"""What is due for a child in custody, and when: reviews, limits, the appropriate adult, accommodation, reports.

The review clock runs from the authorisation of detention, and the 24-hour limit from the relevant time: they are
separate clocks. All times are timezone-aware. Hours are elapsed hours, so a review due on a night when the clocks
change is neither an hour early nor an hour late.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Final

from parentis.region import Term, Unit, due, in_time
from parentis.services.custody.duty_settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When each event happened. Every time is timezone-aware; None means that the event has not happened."""

    arrival: datetime
    authorised: datetime | None = None
    "Detention authorised by the custody officer (PACE s.37)."
    relevant: datetime | None = None
    """The relevant time (PACE s.41(2)): usually arrival, and taken to be arrival where it is not given."""
    reviews: tuple[datetime, ...] = ()
    charge: datetime | None = None
    bail_decision: datetime | None = None
    bail_refused: bool = False
    request: datetime | None = None
    "The authority was asked to accommodate (s.38(6))."
    answer: datetime | None = None
    accommodated: bool = False
    """Whether the answer was a place."""
    transfer: datetime | None = None
    "To the authority's accommodation."
    certificate: datetime | None = None
    court: datetime | None = None
    "When the child is, or was, to be brought before a court."
    release: datetime | None = None
    """Release from police custody in any other way than that transfer: bailed, released, taken to court."""
    aa_requested: datetime | None = None
    aa_arrived: datetime | None = None
    merlin: datetime | None = None

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            for instant in value if isinstance(value, tuple) else (value,):
                if isinstance(instant, datetime) and instant.tzinfo is None:
                    raise ValueError(f"{one.name} does not know its time zone")

    @property
    def ended(self) -> datetime | None:
        """When the child left police custody."""
        return min(filter(None, (self.transfer, self.release)), default=None)


class State(StrEnum):
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    LATE = "done late"
    MISSED = "missed"  # overdue when custody ended: it can no longer be done


@dataclass(frozen=True, slots=True)
class Duty:
    """An action to be completed by `due` (UTC) under `basis`; `done` is when it was completed."""

    name: str
    due: datetime
    done: datetime | None
    state: State
    basis: str


def duties(times: Times, *, now: datetime, settings: Settings) -> tuple[Duty, ...]:
    """All duties at `now`, including completed ones, ordered by due time. Duties that no event has triggered yet are
    left out, and so are those that did not arise because custody ended first."""
    found = (
        *_reviews(times, now, settings),
        *_limit(times, now, settings),
        *_appropriate_adult(times, now, settings),
        *_accommodation(times, now, settings),
        *_report(times, now, settings),
    )
    return tuple(sorted(found, key=lambda duty: (duty.due, duty.name)))


def _reviews(times: Times, now: datetime, settings: Settings) -> Iterator[Duty]:
    """Each review is due from the time of the previous one; after a missed review, the next is due only once it has
    been done."""
    if times.authorised is None:
        return
    start, term, basis = times.authorised, settings.first_review, "PACE 1984 s.40(3)(a)"
    done = sorted(times.reviews)
    for number, at in enumerate((*done, None), 1):
        yield from _duty(f"review {number}", start, term, at, now, times.ended, basis)
        if at is None:
            return
        start, term, basis = at, settings.later_review, "PACE 1984 s.40(3)(b), (c)"


def _limit(times: Times, now: datetime, settings: Settings) -> Iterator[Duty]:
    start = times.relevant or times.arrival
    done = min(filter(None, (times.charge, times.ended)), default=None)
    yield from _duty("charge or release", start, settings.detention_limit, done, now, None, "PACE 1984 s.41")


def _appropriate_adult(times: Times, now: datetime, settings: Settings) -> Iterator[Duty]:
    basis, start = "PACE Code C 3.15", times.authorised or times.arrival
    ended = times.ended
    yield from _duty("appropriate adult asked", start, settings.aa_request, times.aa_requested, now, ended, basis)
    if times.aa_requested:
        term = settings.aa_arrival
        yield from _duty("appropriate adult there", times.aa_requested, term, times.aa_arrived, now, ended, basis)


def _accommodation(times: Times, now: datetime, settings: Settings) -> Iterator[Duty]:
    if not times.bail_refused or times.bail_decision is None:
        return
    law, ended = "PACE 1984 s.38(6)", times.ended
    ask, reply = settings.accommodation_request, settings.accommodation_answer
    yield from _duty("accommodation asked for", times.bail_decision, ask, times.request, now, ended, law)
    if times.request:
        duty_to_receive = "Children Act 1989 s.21(2)(b)"
        yield from _duty("authority's answer", times.request, reply, times.answer, now, ended, duty_to_receive)
    if times.answer and times.accommodated:
        yield from _duty("transfer", times.answer, settings.transfer, times.transfer, now, ended, law)
    if times.court and times.transfer is None:
        at, done = times.court, times.certificate
        state = _state(at, Unit.MINUTES, done, now, None)  # an instant, as the end of a term in minutes is
        yield Duty("certificate for the court", at, done, state, "PACE 1984 s.38(7)")


def _report(times: Times, now: datetime, settings: Settings) -> Iterator[Duty]:
    basis = "Merlin: HMIC, 25 November 2016"
    yield from _duty("Merlin report", times.arrival, settings.merlin, times.merlin, now, None, basis)


def _duty(
    name: str,
    start: datetime,
    term: Term,
    done: datetime | None,
    now: datetime,
    ended: datetime | None,
    basis: str,
) -> Iterator[Duty]:
    by = due(start, term)
    if by is None:
        raise ValueError("a clock without pauses has no due time")
    if done is None and ended is not None and in_time(ended, by, term.unit):
        return
    yield Duty(name, by, done, _state(by, term.unit, done, now, ended), basis)


def _state(by: datetime, unit: Unit, done: datetime | None, now: datetime, ended: datetime | None) -> State:
    if done is not None:
        return State.DONE if in_time(done, by, unit) else State.LATE
    if ended is not None:
        return State.MISSED
    return State.DUE if in_time(now, by, unit) else State.OVERDUE


@dataclass(frozen=True, slots=True)
class Answer:
    """What an authority may answer to a request for accommodation."""

    code: str
    label: str
    accommodates: bool
    lawful: bool


_PLACE: Final = Answer("place", "A place is offered", accommodates=True, lawful=True)
_NO_SECURE: Final = Answer("no-secure-place", "No secure accommodation is available", accommodates=False, lawful=True)
_FAILED: Final = Answer("failed", "Failed to accommodate, s.21", accommodates=False, lawful=False)

ANSWERS: Final = (_PLACE, _NO_SECURE, _FAILED)


def lawful_answers(*, secure: bool) -> tuple[Answer, ...]:
    """The answers a form may offer to a request. A request for accommodation that is not secure cannot lawfully be
    refused (Children Act 1989 s.21(2)(b)): an authority that finds no place has failed to accommodate, and the record
    says so. For secure accommodation, "no place available" is a lawful answer."""
    return ANSWERS if secure else (_PLACE, _FAILED)

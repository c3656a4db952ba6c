"""Statutory clocks: when something is due, not counting the time for which the clock was paused.

Hours and minutes are elapsed time between instants: a night on which the clocks go forward is an hour
shorter, and a review six hours after midnight is then at seven. Days, working days and months are counted on the
calendar of Europe/London, from the day after the one on which the clock started to the end of the last.
"""

import calendar
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from parentis.errors import DeclarationError
from parentis.region.working_days import is_working_day

LONDON: Final = ZoneInfo("Europe/London")
DAY: Final = timedelta(days=1)


class Unit(StrEnum):
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Term:
    """The time allowed."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise DeclarationError(f"a term of {self.amount} {self.unit}")

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit.removesuffix('s')}"


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock was paused from `start` to `end`; `end` is None while the pause lasts. Both have a time zone."""

    start: datetime
    end: datetime | None = None


def due(started: datetime, term: Term, pauses: Iterable[Pause] = ()) -> datetime | None:
    """The instant (UTC) at which the term ends; `in_time` decides whether that instant itself is in time. None while
    the clock is paused, because the due time is then unknown. A pause that begins after the term ended changes nothing.

    A term in days ends at the end of a day: the instant is the following midnight in London. A pause excludes the days
    at whose end the clock was paused: from a Tuesday to that week's Thursday, two days. A term in months ends on the
    day with the same number, or the last of the month (Dodds v Walker [1981] 1 WLR 1027); the excluded days are then
    added. Pauses may overlap, and may begin before the clock started.
    """
    stops = _merged(started, pauses)
    late = _late_from(started, term, [stop for stop in stops if stop.end is not None])
    return late if all(stop.end is not None or stop.start >= late for stop in stops) else None


def in_time(at: datetime, by: datetime, unit: Unit) -> bool:
    """Whether an event at the instant `at` is in time for a term in `unit` that ends at `by`, the result of `due`.

    A term in hours includes its last instant: a review of detention is to be "not later than six hours after" (Police
    and Criminal Evidence Act 1984, s.40(3)), and nobody is kept for "more than 24 hours" (s.41(1)). A term in days ends
    at the end of a day: `by` is the first instant of the next day, which is late.
    """
    return at <= by if unit in (Unit.MINUTES, Unit.HOURS) else at < by


def _late_from(started: datetime, term: Term, stops: Sequence[Pause]) -> datetime:
    if term.unit in (Unit.MINUTES, Unit.HOURS):
        seconds = term.amount * (60 if term.unit is Unit.MINUTES else 3600)
        return _after(started.astimezone(UTC), timedelta(seconds=seconds), stops)
    day, stopped = local_day(started), frozenset(_stopped_days(stops))
    if term.unit is Unit.MONTHS:
        last = months_after(day, term.amount)
        taken = sum(1 for each in stopped if day < each <= last)
        return midnight(_counted(last, taken, lambda each: each not in stopped) + DAY)
    works = is_working_day if term.unit is Unit.WORKING_DAYS else _any_day
    return midnight(_counted(day, term.amount, lambda each: works(each) and each not in stopped) + DAY)


def _any_day(_: date) -> bool:
    return True


def elapsed(started: datetime, now: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
    """How long the clock has run by `now`; zero before it started."""
    until = now.astimezone(UTC)
    gone = max(until - started.astimezone(UTC), timedelta())
    for stop in _merged(started, pauses):
        gone -= max(min(stop.end or until, until) - stop.start, timedelta())
    return gone


def local_day(instant: datetime) -> date:
    """The date of an instant in London."""
    return instant.astimezone(LONDON).date()


def midnight(day: date) -> datetime:
    """The first instant (UTC) of a day in London."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The day with the same number `months` later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _merged(started: datetime, pauses: Iterable[Pause]) -> Sequence[Pause]:
    """The pauses in UTC, in order and merged where they overlap, none before `started`; only the last may be open."""
    begun = started.astimezone(UTC)
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: one.start):
        start = max(pause.start.astimezone(UTC), begun)
        end = pause.end.astimezone(UTC) if pause.end else None
        if end is not None and end <= start:
            continue
        if merged and (merged[-1].end is None or start <= merged[-1].end):
            before = merged[-1]
            end = max(before.end, end) if before.end and end else None
            merged[-1] = Pause(before.start, end)
        else:
            merged.append(Pause(start, end))
    return merged


def _after(start: datetime, length: timedelta, stops: Sequence[Pause]) -> datetime:
    """The instant after `length` of running time from `start`."""
    end = start + length
    for stop in stops:
        if stop.start < end and stop.end is not None:
            end += stop.end - stop.start
    return end


def _counted(day: date, amount: int, counts: Callable[[date], bool]) -> date:
    """The `amount`-th counted day after `day`."""
    while amount:
        day += DAY
        amount -= counts(day)
    return day


def _stopped_days(stops: Sequence[Pause]) -> Iterator[date]:
    """The days at whose end the clock was paused."""
    for stop in stops:
        if stop.end is not None:
            day, until = local_day(stop.start), local_day(stop.end)
            while day < until:
                yield day
                day += DAY

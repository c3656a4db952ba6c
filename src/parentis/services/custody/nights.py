"""Detentions overnight and over a weekend, as defined in the Mayor's questions, in London local time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from parentis.region import LONDON, local_day, midnight

NIGHT_ENDS: Final = time(8)
"A night is from midnight to this hour (Mayor's question 2016/0200)."
LEAST: Final = timedelta(hours=4)
"""Hours that must be spent in it without a break: elapsed hours, also on the nights the clocks change."""
SATURDAY: Final = 5


def overnight(start: datetime, end: datetime) -> bool:
    """Whether someone detained from `start` to `end` was held for at least four consecutive hours between 00:00 and
    08:00.

    Both times are timezone-aware. That window is seven hours long on the night the clocks go forward, and nine in
    autumn.
    """
    return any(min(end, closes) - max(start, opens) >= LEAST for opens, closes in _nights(start, end))


def weekend(start: datetime, end: datetime) -> bool:
    """Whether someone was detained for part of a Saturday or Sunday, and for four hours or more before a release on the
    Monday or later. The published definition says *on the Monday*; anyone held for longer was also held over the
    weekend."""
    _forwards(start, end)
    if end - start < LEAST:
        return False
    first, last = local_day(start), local_day(end)
    sunday = first + timedelta(days=(6 - first.weekday()) % 7)
    return sunday < last


def _nights(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    _forwards(start, end)
    day, last = local_day(start), local_day(end)
    while day <= last:
        yield midnight(day), _at(day, NIGHT_ENDS)
        day += timedelta(days=1)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, LONDON).astimezone(UTC)


def _forwards(start: datetime, end: datetime) -> None:
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("a detention's times must know their time zone")
    if end < start:
        raise ValueError("a detention ends before it starts")

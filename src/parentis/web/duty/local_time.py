"""Converting London local time to an instant, including on the two nights when the clocks change."""

from datetime import UTC, datetime

from parentis.region import LONDON


class LocalTimeError(ValueError):
    """A local time that does not occur in London."""


def instant(wall: datetime, *, last: bool = False) -> datetime:
    """The instant (UTC) of the local time `wall`, which has no time zone. In the hour that occurs twice it is the first
    or, with `last`, the second: a shift that starts with the one and ends with the other leaves no gap. Raises
    LocalTimeError for the hour that is skipped."""
    found = wall.replace(tzinfo=LONDON, fold=1 if last else 0).astimezone(UTC)
    if found.astimezone(LONDON).replace(tzinfo=None, fold=0) != wall.replace(fold=0):
        raise LocalTimeError("no such time: the clocks go forward in that hour")
    return found


def shown(at: datetime) -> datetime:
    """London local time at an instant, without a time zone."""
    return at.astimezone(LONDON).replace(tzinfo=None, fold=0)

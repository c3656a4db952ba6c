"""What a clock on the wall in London shows, as an instant, also in the two nights on which it jumps."""

from datetime import UTC, datetime

from parentis.region import LONDON


class LocalTimeError(ValueError):
    """A time that no clock in London shows."""


def instant(wall: datetime, *, last: bool = False) -> datetime:
    """The instant (UTC) at which clocks show `wall`, which has no zone. In the hour that comes twice it is the first,
    or with `last` the second: a turn that begins with the one and ends with the other leaves no gap. WallError for
    the hour that is left out."""
    found = wall.replace(tzinfo=LONDON, fold=1 if last else 0).astimezone(UTC)
    if found.astimezone(LONDON).replace(tzinfo=None, fold=0) != wall.replace(fold=0):
        raise LocalTimeError("no such time: the clocks go forward in that hour")
    return found


def shown(at: datetime) -> datetime:
    """What clocks in London show at an instant, without a zone."""
    return at.astimezone(LONDON).replace(tzinfo=None, fold=0)

"""The desks of an authority and their hours: data, and the one rule for which desks are open."""

from dataclasses import dataclass
from datetime import datetime, time

from parentis.region import LONDON, is_working_day

OPENS, CLOSES = time(9), time(17)
"Office hours where an authority has not set its own."


@dataclass(frozen=True, slots=True)
class Desk:
    """`id` is the role of the people at the desk. `in_hours`: open in office hours on working days and closed
    otherwise; the other desks are open when those are closed."""

    id: str
    title: str
    in_hours: bool


DESKS: tuple[Desk, ...] = (
    Desk("front-door", "Front door", in_hours=True),
    Desk("youth-justice", "Youth justice", in_hours=True),
    Desk("emergency-duty", "Emergency duty team", in_hours=False),
)
BY_ID = {one.id: one for one in DESKS}


def open_desks(at: datetime, opens: time = OPENS, closes: time = CLOSES) -> tuple[Desk, ...]:
    """The desks that are open at an instant. Office hours are in London local time, on working days in England; the
    emergency duty team's hours start the minute they end."""
    here = at.astimezone(LONDON)
    in_hours = is_working_day(here.date()) and opens <= here.time() < closes
    return tuple(one for one in DESKS if one.in_hours is in_hours)

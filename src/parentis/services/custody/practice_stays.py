"""What happens in practice detentions: the times of each, by kind of stay, and the outcome of any request."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from typing import Final

import numpy as np

from parentis.region import LONDON
from parentis.services.custody.clocks import Times

Rng = np.random.Generator

REQUESTED: Final = 310 / 449
"Inspectors' count in north and north-east London, year to May 2017 (HMIP and HMICFRS)."
SECURE: Final = 0.3
JUSTIFIED: Final = 0.6
MOVED: Final = 0.05
"""Share of requests that end in a transfer. Published: 3 of 310; set higher here so that there are examples."""
ANSWERED: Final = 0.85
CERTIFIED: Final = 0.8
NO_SECURE: Final = 0.8
"""Of requests for secure places that did not end in a transfer, the share for which no place existed; in the others the
authority failed to accommodate."""
CHARGED: Final = 0.25
"""Share charged, of those not kept after charge."""
ADULT_CAME: Final = 0.95
REPORTED: Final = 0.95
SATURDAY, SUNDAY = 5, 6


class Stay(Enum):
    DAY = auto()
    NIGHT = auto()
    NIGHT_KEPT = auto()
    WEEKEND = auto()
    WEEKEND_KEPT = auto()

    @property
    def kept(self) -> bool:
        return self in (Stay.NIGHT_KEPT, Stay.WEEKEND_KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedStay:
    """What happened in one detention. `answer` is a code of `clocks.ANSWERS`."""

    times: Times
    secure: bool = False
    justified: bool = False
    answer: str | None = None
    certified: bool = False


def simulate_stay(rng: Rng, first: date, days: int, stay: Stay) -> SimulatedStay:
    """A detention of this kind, in London local time, that begins within `days` days from `first`."""
    arrival, end = _arrival_and_end(rng, first, days, stay)
    authorised = arrival + _minutes(rng, 10, 40)
    asked = authorised + _minutes(rng, 5, 90)
    came = asked + _minutes(rng, 30, 240)
    common = {
        "arrival": arrival,
        "authorised": authorised,
        "relevant": arrival,
        "reviews": _reviews(rng, authorised, end),
        "aa_requested": asked,
        "aa_arrived": came if came < end and rng.random() < ADULT_CAME else None,
        "merlin": arrival + _minutes(rng, 60, 1200) if rng.random() < REPORTED else None,
    }
    if stay.kept:
        return _kept(rng, common, end)
    charge = end - _minutes(rng, 5, 30) if rng.random() < CHARGED else None
    return SimulatedStay(times=Times(**common, charge=charge, bail_decision=charge, release=end))  # type: ignore[arg-type]


def _kept(rng: Rng, common: dict[str, object], court: datetime) -> SimulatedStay:
    """Charged, refused bail, and kept until court unless an authority accommodates the child."""
    arrival = common["arrival"]
    if not isinstance(arrival, datetime):
        raise TypeError("a stay without an arrival")
    charge = arrival + _minutes(rng, 240, 420)
    refused = charge + _minutes(rng, 10, 30)
    more: dict[str, object] = {"charge": charge, "bail_decision": refused, "bail_refused": True, "court": court}
    if rng.random() >= REQUESTED:
        certified = bool(rng.random() < CERTIFIED)
        more |= {"release": court, "certificate": court - timedelta(hours=1) if certified else None}
        return SimulatedStay(times=Times(**common, **more), certified=certified)  # type: ignore[arg-type]
    request = refused + _minutes(rng, 10, 60)
    secure = bool(rng.random() < SECURE)
    moved = rng.random() < MOVED
    answer: str | None = "place" if moved else None
    if not moved and rng.random() < ANSWERED:
        answer = "no-secure-place" if secure and rng.random() < NO_SECURE else "failed"
    more |= {"request": request, "answer": request + _minutes(rng, 10, 120) if answer else None}
    if moved:
        # In the early hours, so that the detention still counts as a night in custody.
        more |= {"accommodated": True, "transfer": _local(court, time(5)) + _minutes(rng, 0, 90)}
    certified = not moved and bool(rng.random() < CERTIFIED)
    if not moved:
        more |= {"release": court, "certificate": court - timedelta(hours=1) if certified else None}
    return SimulatedStay(
        times=Times(**common, **more),  # type: ignore[arg-type]
        secure=secure,
        justified=secure and bool(rng.random() < JUSTIFIED),
        answer=answer,
        certified=certified,
    )


def _arrival_and_end(rng: Rng, first: date, days: int, stay: Stay) -> tuple[datetime, datetime]:
    every = [first + timedelta(days=day) for day in range(days)]
    match stay:
        case Stay.DAY:
            arrival = _on(_one(rng, every), time(9)) + _minutes(rng, 0, 420)
            return arrival, arrival + _minutes(rng, 180, 390)
        case Stay.NIGHT:
            # Not on a Sunday, whose night ends on a Monday and makes it a weekend.
            day = _one(rng, [day for day in every if day.weekday() != SUNDAY])
            return _on(day, time(17)) + _minutes(rng, 0, 419), _next(day, time(6, 30)) + _minutes(rng, 0, 450)
        case Stay.NIGHT_KEPT:
            day = _one(rng, [day for day in every if day.weekday() < SATURDAY])
            return _on(day, time(14)) + _minutes(rng, 0, 360), _next(day, time(10)) + _minutes(rng, 0, 300)
        case Stay.WEEKEND | Stay.WEEKEND_KEPT:
            saturday = _one(rng, [day for day in every if day.weekday() == SATURDAY])
            # On the month's last Saturday before midnight, so that all arrive within it.
            latest = 660 if saturday + timedelta(days=1) > every[-1] else 1680
            arrival = _on(saturday, time(12)) + _minutes(rng, 0, latest)
            return arrival, _on(saturday + timedelta(days=2), time(9)) + _minutes(rng, 0, 240)


def _reviews(rng: Rng, authorised: datetime, end: datetime) -> tuple[datetime, ...]:
    """About nine in ten are on time."""
    done: list[datetime] = []
    at = authorised + _minutes(rng, 240, 370)
    while at < end:
        done.append(at)
        at += _minutes(rng, 420, 555)
    return tuple(done)


def _on(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, LONDON).astimezone(UTC)


def _next(day: date, hour: time) -> datetime:
    return _on(day + timedelta(days=1), hour)


def _local(instant: datetime, hour: time) -> datetime:
    """That hour of the instant's day in London."""
    return _on(instant.astimezone(LONDON).date(), hour)


def _minutes(rng: Rng, least: int, most: int) -> timedelta:
    return timedelta(minutes=int(rng.integers(least, most)))


def _one(rng: Rng, of: list[date]) -> date:
    return of[int(rng.integers(len(of)))]

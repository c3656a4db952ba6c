"""Declared clocks: those that start when a case opens, and those that start once a particular field is filled in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from parentis import region
from parentis.region import Term
from parentis.web.cases import records
from parentis.web.cases.fields import Register
from parentis.web.cases.models import Case, Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStart:
    """A clock that a case opens with."""

    name: str
    title: str
    term: Term
    started_at: datetime


def start_clocks(case: Case, clocks: Iterable[ClockStart]) -> None:
    """Start these clocks of a case now."""
    for one in clocks:
        clock = Clock(
            case=case, name=one.name, title=one.title, started_at=one.started_at, amount=one.term.amount,
            unit=one.term.unit, met_at=case.closed_at,
        )  # fmt: skip
        clock.save()
        clock.reckon()
        clock.save()


def clocks_of(register: Register, values: Mapping[str, Any], now: datetime) -> Iterator[ClockStart]:
    """The clocks with which a case with these values opens."""
    for rule in register.clocks:
        term = rule.terms.get(values.get(rule.by, "")) if rule.by else rule.term
        day: date | None = values.get(rule.starts) if rule.starts else None
        if term is None or (rule.starts and day is None):
            continue
        yield ClockStart(name=rule.name, title=rule.title, term=term, started_at=region.midnight(day) if day else now)


def restart_clocks(case: Case, changed: set[str]) -> None:
    """Recalculate the clocks whose start or term depends on what was changed; start those that were waiting for it."""
    register = records.register_of(case.kind)
    moved = {one.name for one in register.clocks if {one.starts, one.by} & changed}
    for start in clocks_of(register, records.values_of(case.record), timezone.now()):
        clock = case.clocks.filter(name=start.name).first()
        if clock is None and start.name in moved:
            start_clocks(case, [start])
        elif start.name in moved and clock is not None:
            clock.started_at, clock.amount, clock.unit = start.started_at, start.term.amount, start.term.unit
            clock.reckon()
            clock.save()

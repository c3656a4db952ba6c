"""Time within which a joint agency response must meet: dated defaults and footprints' standards, with sources."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from parentis.region import Term, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """`footprint`: whose it is; empty for the default of those that have none of their own."""

    id: str
    title: str
    footprint: str
    term: Term
    valid_from: date
    source: str


@cache
def standards() -> tuple[Standard, ...]:
    text = (files(__package__) / "standards.csv").read_text(encoding="utf-8")
    return tuple(
        Standard(
            id=row["standard"], title=row["title"], footprint=row["footprint"],
            term=Term(int(row["amount"]), Unit(row["unit"])), valid_from=date.fromisoformat(row["valid_from"]),
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


def standard_of(footprint: str, on: date) -> Standard:
    """A footprint's standard on a day: its own, or the default."""
    held = [one for one in standards() if one.valid_from <= on]
    own = [one for one in held if one.footprint == footprint]
    return (own or [one for one in held if not one.footprint])[-1]

"""Breaks in LAIT's series, at which their meaning changes: `tables/breaks.csv`, from LAIT's dictionary.

No trend and no limits are drawn across a break.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from parentis.services.statistics.lait import measure_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A change in the meaning of a measure for periods that end on `day` or later."""

    day: date
    why: str


@cache
def _breaks() -> Mapping[str, tuple[Break, ...]]:
    text = files(__package__).joinpath("tables", "breaks.csv").read_text(encoding="utf-8")
    found: dict[str, list[Break]] = {}
    for row in csv.DictReader(text.splitlines()):
        known = found.setdefault(measure_id(row["measure"]), [])
        known.append(Break(day=date(int(row["year"]), 1, 1), why=row["why"]))
    return {measure: tuple(sorted(known, key=lambda one: one.day)) for measure, known in found.items()}


def breaks_of(measure: str) -> tuple[Break, ...]:
    """The breaks of a measure, by its id, the earliest first; empty for a measure that is not from LAIT."""
    return _breaks().get(measure, ())

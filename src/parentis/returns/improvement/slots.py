"""The indicators of the quarterly collection: `tables/slots.csv`, each dated.

The list that London agreed is not public. These eighteen indicators are a proposal in its place; each equals a
published LAIT measure at the end of the year. When the agreed list is known, its rows replace these, with the day
from which they apply.
"""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """An indicator: a share (`scale` 100), a rate (10,000) or a mean (1) of numerator and denominator."""

    id: str
    title: str
    numerator: str
    denominator: str
    scale: int
    polarity: str
    lait: str
    "LAIT's short name of the measure to which it is equal at the end of the year."
    year: str
    """How quarters give the published year: `sum` of the four, or the quarter (`Q4`, `Q2`) on whose last day it is
    counted."""
    tolerance: float
    "Tolerated difference from the published measure, in the indicator's unit."
    valid_from: date
    valid_to: date | None


@cache
def slots() -> tuple[Slot, ...]:
    """All indicators, current and past."""
    text = files(__package__).joinpath("tables", "slots.csv").read_text(encoding="utf-8")
    return tuple(_slot(row) for row in csv.DictReader(text.splitlines()))


def slots_on(day: date) -> tuple[Slot, ...]:
    """The indicators collected for a quarter that ends on `day`."""
    return tuple(one for one in slots() if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to))


def _slot(row: dict[str, str]) -> Slot:
    return Slot(
        id=row["slot"],
        title=row["title"],
        numerator=row["numerator"],
        denominator=row["denominator"],
        scale=int(row["scale"]),
        polarity=row["polarity"],
        lait=row["lait"],
        year=row["year"],
        tolerance=float(row["tolerance"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )

"""Discount factors of HM Treasury's Green Book, from a dated table: a rule that changes is a new row."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np

from parentis.errors import PeriodError

LAST_YEAR = 125
REVIEW = date(2025, 12, 16)
"Day on which HM Treasury opened a review of discounting; the rates of the table stood then."


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountRate:
    """The rate of the years from `year_from` to `year_to` after the first, in the rule that stands from a day to
    another (None: no end known)."""

    kind: str
    stands_from: date
    stands_until: date | None
    year_from: int
    year_to: int
    rate: float
    source: str


@cache
def discount_rates() -> tuple[DiscountRate, ...]:
    """Every row of the table."""
    text = files("parentis.services.prevention").joinpath("tables", "discount_rates.csv").read_text(encoding="utf-8")
    return tuple(
        DiscountRate(
            kind=row["kind"],
            stands_from=date.fromisoformat(row["stands_from"]),
            stands_until=date.fromisoformat(row["stands_until"]) if row["stands_until"] else None,
            year_from=int(row["year_from"]),
            year_to=int(row["year_to"]),
            rate=float(row["rate"]),
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def discount_factors(years: int, *, on: date, kind: str = "standard") -> np.ndarray:
    """Factors of years 0 to `years` − 1 under the rule of the day `on`, (years,); year 0 is not discounted.

    Raises PeriodError for a day without a rule, or more years than it has rates for.
    """
    rule = [
        row
        for row in discount_rates()
        if row.kind == kind and row.stands_from <= on and (row.stands_until is None or on <= row.stands_until)
    ]
    if not rule or not 0 < years <= LAST_YEAR + 1:
        raise PeriodError(
            expected=f"a day from {min(row.stands_from for row in discount_rates())}, and 1 to {LAST_YEAR + 1} years",
            found=f"{kind} rates on {on} for {years} years",
            where="discount rates",
            do="Choose a later day or a shorter time, or add the rule of that day to the table.",
        )
    growth = np.ones(years)
    for row in rule:
        growth[row.year_from : row.year_to + 1] = 1 + row.rate
    return np.asarray(1 / np.cumprod(growth))


def discount_factor(year: int, *, on: date, kind: str = "standard") -> float:
    """The factor of one year."""
    return float(discount_factors(year + 1, on=on, kind=kind)[year])


def rule_note(on: date) -> str:
    """A sentence on the rule that is used."""
    rule = next(row for row in discount_rates() if row.kind == "standard" and row.stands_from <= on)
    said = f"Discounted at 3.5, 3.0 and 2.5 % a year (health: 1.5, 1.286, 1.071 %): {rule.source.split(';')[0]}."
    if on >= REVIEW:
        said += (
            " HM Treasury opened a review of discounting on 16 December 2025: its outcome is a new row of the table."
        )
    return said

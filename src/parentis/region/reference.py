"""The reference tables: small CSV files in this package, each read once, when first needed."""

import csv
from datetime import date
from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Every row of `tables/<name>.csv` as text by column; tables/README.md describes each table."""
    text = (files(__package__) / "tables" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def day(text: str) -> date | None:
    """An ISO date, or None where the table leaves it open."""
    return date.fromisoformat(text) if text else None


def holds(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    """Whether `on` lies between the two days, both inclusive; None is unbounded."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)

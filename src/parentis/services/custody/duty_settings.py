"""Times and ages that govern the duties in custody: a cited table. A region may change the values that the law leaves
open."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from parentis.errors import DeclarationError
from parentis.region import Term, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each setting is a row of `tables/settings.csv`, which states its source and how certain it is."""

    first_review: Term
    later_review: Term
    detention_limit: Term
    aa_request: Term
    aa_arrival: Term
    merlin: Term
    accommodation_request: Term
    accommodation_answer: Term
    transfer: Term
    serious_harm_age: int
    "In years: from this age s.38(6)(b) of PACE may be relied on."

    def serious_harm_applies(self, age: int) -> bool:
        """Whether a child of this age may be kept because only secure accommodation would protect the public."""
        return age >= self.serious_harm_age


def settings(changes: Mapping[str, int] | None = None) -> Settings:
    """The settings in force, with `changes` in the table's own units: `{"serious_harm_age": 13}`."""
    changed = dict(changes or {})
    if unknown := changed.keys() - {field.name for field in fields(Settings)}:
        raise DeclarationError(f"custody has no settings {sorted(unknown)}")
    values: dict[str, Any] = {
        row["setting"]: _value(changed.get(row["setting"], int(row["value"])), row["unit"]) for row in settings_table()
    }
    return Settings(**values)


@cache
def settings_table() -> tuple[dict[str, str], ...]:
    """`setting`, `value`, `unit`, `what`, `source`, `certainty` of each."""
    text = (files(__package__) / "tables" / "settings.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _value(amount: int, unit: str) -> "Term | int":
    return amount if unit == "years" else Term(amount, Unit(unit))

"""The editions of the reference tables in force: those submitted, or else those packaged with Parentis.

Deflators, inflation forecasts, populations and the Home Office's rates are published every year. A submitted
edition replaces the packaged one within a `with_references` block: a build, a command, a test. Functions of this
package use the edition in force, and `edition` identifies it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

Table = Literal["gdp_deflator", "inflation", "population_0_17", "uasc_rates", "uasc_instructions", "uasc_thresholds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of a reference table."""

    title: str
    "Whose table it is, in words: `HM Treasury, GDP deflators`."
    released: date | None = None
    until: date | None = None
    "For an edition without a release date, the last day that its rows cover."
    load_ids: tuple[str, ...] = ()
    "The loads it was read from; none for what is packaged."
    table: str = ""
    "Of the lake, `return/table`, where it was submitted."

    @property
    def packaged(self) -> bool:
        return not self.load_ids

    def said(self, on: date | None = None) -> str:
        """`HM Treasury, GDP deflators, December 2023, packaged with Parentis, 2 years old`; the age only where `on` is
        given. A submitted edition is shown without its age."""
        of = f", {self.released:%B %Y}" if self.released else ""
        if not self.packaged:
            return f"{self.title}{of}, as submitted"
        since = self.released or self.until
        age = f", {_years(since, on)}" if since and on else ""
        rows = f", rows to {self.until:%B %Y}" if self.until else ""
        return f"{self.title}{of}, packaged with Parentis{rows}{age}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """Rows of one reference table, with the columns that this package's function for it returns, and their edition."""

    edition: Edition
    rows: "pl.DataFrame" = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The submitted tables. `on` is the day on which packaged editions' age is stated; None: no age is stated."""

    tables: Mapping[Table, Submitted] = field(default_factory=dict)
    on: date | None = None


PACKAGED: Mapping[Table, Edition] = {
    "gdp_deflator": Edition(
        title="HM Treasury, GDP deflators at market prices (OBR forecasts)", released=date(2023, 12, 22)
    ),
    "inflation": Edition(title="OBR, growth of the GDP deflator, Autumn Statement", released=date(2023, 11, 22)),
    "population_0_17": Edition(
        title="ONS, mid-year population estimates, as DfE published them in 2025", until=date(2024, 6, 30)
    ),
    "uasc_rates": Edition(title="Home Office rates, as cited in region/tables", until=date(2025, 3, 31)),
    "uasc_instructions": Edition(title="Home Office funding instructions, as cited in region/tables"),
    "uasc_thresholds": Edition(title="Home Office thresholds, as cited in region/tables"),
}

_NOTHING = References()
_in_force: ContextVar[References] = ContextVar("references", default=_NOTHING)


@contextmanager
def with_references(references: References) -> Iterator[None]:
    """Within the block, submitted tables replace the packaged ones."""
    token = _in_force.set(references)
    try:
        yield
    finally:
        _in_force.reset(token)


def submitted(table: Table) -> "pl.DataFrame | None":
    """The submitted rows in force; None where the packaged table is in force."""
    found = _in_force.get().tables.get(table)
    return None if found is None else found.rows


def edition(table: Table) -> Edition:
    """The edition of a table in force."""
    found = _in_force.get().tables.get(table)
    return PACKAGED[table] if found is None else found.edition


def edition_words(table: Table) -> str:
    """The edition in force, in words, with the age of a packaged one if the day is known."""
    return edition(table).said(_in_force.get().on)


def references() -> References:
    """The references in force."""
    return _in_force.get()


def _years(since: date, on: date) -> str:
    whole = on.year - since.year - ((on.month, on.day) < (since.month, since.day))
    return "less than a year old" if whole < 1 else f"{whole} year{'s' if whole > 1 else ''} old"

"""The facts available to rules besides the row: the collection year, the other tables, the child."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from parentis.returns.rules import attach
from parentis.returns.ssda903.rules.expressions import RAW
from parentis.returns.ssda903.spec import SPEC


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One collection's year, tables and children. `tables` are prepared; last year's end in `_last`."""

    period: str
    form: str
    tables: Mapping[str, pl.DataFrame]
    per_child: pl.DataFrame
    partition: tuple[str, ...]
    "Columns that separate authorities; empty where only one is checked."
    providers: pl.DataFrame = field(default_factory=pl.DataFrame)
    whose: pl.Expr = field(default_factory=lambda: pl.lit(None, pl.String))
    "The DfE number of each row's authority."

    @property
    def year(self) -> int:
        """The calendar year in which the collection ends: 2025 for 2024-25."""
        return int(self.period[:4]) + 1

    @property
    def start(self) -> date:
        return date(self.year - 1, 4, 1)

    @property
    def end(self) -> date:
        return date(self.year, 3, 31)

    @property
    def last_start(self) -> date:
        return date(self.year - 2, 4, 1)

    @property
    def last_end(self) -> date:
        return date(self.year - 1, 3, 31)

    @property
    def male(self) -> str:
        return "M" if self.period >= "2024-25" else "1"

    @property
    def female(self) -> str:
        return "F" if self.period >= "2024-25" else "2"

    def codes(self, table: str, column: str) -> tuple[str, ...]:
        """The column's code list in this year."""
        return tuple(code.code.upper() for code in SPEC.nearest(self.period).tables[table].column(column).codes)

    def has(self, table: str) -> bool:
        return table in self.tables

    def knows(self, fact: str) -> bool:
        return fact in self.per_child.columns

    def t(self, table: str, *facts: str) -> pl.LazyFrame:
        """A prepared table as a lazy frame, with the named facts of each row's child."""
        return attach(self.tables[table], list(facts), self.per_child).lazy()

    def pairs(self, left: pl.LazyFrame, right: pl.LazyFrame) -> pl.LazyFrame:
        """Every pair of rows of one child; the right one's columns of the same name end in `_right`."""
        return left.join(right, on="child", how="inner", suffix="_right")

    def unreadable(self, name: str) -> pl.Expr:
        """Filled, but no real date in the form the return asks for: dd/mm/yyyy in text files."""
        wrong = pl.col(name).is_null()
        if self.form == "csv":
            wrong |= ~pl.col(name + RAW).str.contains(r"^\d{1,2}/\d{1,2}/\d{4}$")
        return pl.col(name + RAW).is_not_null() & wrong

    def in_year(self, name: str) -> pl.Expr:
        return pl.col(name).is_between(self.start, self.end)

    def overlaps(self, start: str, end: str) -> pl.Expr:
        """Whether the period overlaps the year; without a readable end it is open."""
        return ((pl.col(start) <= self.end) & (pl.col(end).is_null() | (pl.col(end) >= self.start))).fill_null(
            value=False
        )

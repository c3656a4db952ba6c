"""The spec of a return: its tables, columns and code lists, as a base and dated changes.

Reading, checking, the blank template, the documentation page, the practice data and the lake's schema all follow from
this one declaration. A spec is checked when it is constructed, before any data are read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, cached_property
from typing import TypeAlias

import polars as pl

from parentis import remedies
from parentis.errors import DeclarationError, PeriodError
from parentis.region import parse_period


class Kind(StrEnum):
    """The type of a cell's value."""

    TEXT = "text"
    CODE = "code"  # text that must be one of the column's codes
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"  # pounds, two decimal places


DTYPES: Mapping[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.CODE: pl.String(),
    Kind.DATE: pl.Date(),
    Kind.INTEGER: pl.Int64(),
    Kind.NUMBER: pl.Float64(),
    Kind.MONEY: pl.Decimal(18, 2),
}


class Retention(StrEnum):
    """How a column's values are changed before they are stored in the lake."""

    KEEP = "keep"
    HASH = "hash"  # keyed hash (HMAC); the key's id is stored with it
    SECTOR = "sector"  # postcode cut to its sector: `SW1A 1AA` → `SW1A 1`
    MONTH = "month"  # a date cut to the first of its month
    DROP = "drop"  # checked, then not stored: no agreed use needs it


@dataclass(frozen=True, slots=True)
class Code:
    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table. `name` is its published heading."""

    name: str
    kind: Kind
    meaning: str
    codes: tuple[Code, ...] = ()
    key: bool = False
    "Without this column the table cannot be read at all."
    aliases: tuple[str, ...] = ()
    "Other headings for the column, in any case."
    retention: Retention = Retention.KEEP
    regional: Retention | None = None
    "If set, the coarser value that readers outside the authority see: month of birth, postcode sector."
    unit: str = ""
    example: str = ""
    "An obviously invented value, for the template."
    partial: bool = False
    "A date with parts that can be unknown, written `ZZ/ZZ/2004`: typed as null, but not a malformed cell."

    @property
    def dtype(self) -> pl.DataType:
        return DTYPES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a return."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    optional: bool = True
    unique: tuple[str, ...] = ()
    "Columns whose combined values are unique; a repeated row is a finding and is kept."
    identity: tuple[str, ...] = ()
    """Columns whose values identify the data set of a publisher's family: a later submission supersedes only one with
    the same values here. `ONE|OTHER`: the first of them that has values."""
    authority: str = ""
    "In a publisher's table, the column with the code or name of the authority of a row."
    edition: str = ""
    "In a publisher's table with editions, the column with the release date of the edition."
    amount: str = ""
    "In such a table, the column whose values a later edition may change but not remove."
    same: tuple[str, ...] = ()
    "In such a table, the columns that match an amount of one edition to another; all of them are filled."

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise DeclarationError(f"table {self.name} has no column {name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTable:
    year: str
    table: Table
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable:
    year: str
    table: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn:
    year: str
    table: str
    column: Column
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumn:
    year: str
    table: str
    column: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recode:
    """From `year` on the column's code list loses `remove` and gains `add`."""

    year: str
    table: str
    column: str
    why: str
    add: tuple[Code, ...] = ()
    remove: tuple[str, ...] = ()


Change: TypeAlias = AddTable | DropTable | AddColumn | DropColumn | Recode


@dataclass(frozen=True, slots=True, kw_only=True)
class YearSpec:
    """A spec as it applies in one period."""

    id: str
    title: str
    period: str
    tables: Mapping[str, Table]
    upper_case: bool = False
    other_tables: Mapping[str, Table] = field(default_factory=dict)
    "Tables that the return has only in other periods. If submitted, they are not part of this period's return."


@dataclass(frozen=True, kw_only=True)
class Spec:
    """`periods` are in order; `tables` are those of the first period; each change in `changes` has its start year.

    A return whose structure does not change between periods has `periods=()`: any well-formed period is valid.
    """

    id: str
    title: str
    tables: tuple[Table, ...]
    periods: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    source: str = ""
    upper_case: bool = False
    "Text is read in upper case and without the `.0` that spreadsheets put behind codes; as written otherwise."
    dated: bool = False
    """`periods` are the first days of editions. A day belongs to the last edition that began by then; a day before
    the first edition belongs to the first; a longer period belongs to the edition of its last day."""
    _by_period: dict[str, YearSpec] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _refuse_repeats(self.id, "table", (table.name for table in self.tables))
        unknown = {change.year for change in self.changes} - set(self.periods)
        if unknown:
            raise DeclarationError(f"{self.id}: changes in periods the spec does not cover: {sorted(unknown)}")
        tables = {table.name: _checked(self.id, table) for table in self.tables}
        for period in self.periods or ("",):
            for change in self.changes:
                if change.year == period:
                    tables = _apply(self.id, tables, change)
            self._by_period[period] = YearSpec(
                id=self.id, title=self.title, period=period, tables=dict(tables), upper_case=self.upper_case
            )
        every = self.union()
        for period, year in self._by_period.items():
            others = {name: table for name, table in every.items() if name not in year.tables}
            self._by_period[period] = replace(year, other_tables=others)

    def at(self, period: str) -> YearSpec:
        """The spec in force in `period`; a period outside it is a `PeriodError`."""
        if not self.periods:
            return replace(self._by_period[""], period=period)
        if self.dated and period:
            return replace(self._by_period[self._edition(period)], period=period)
        if period not in self._by_period:
            raise PeriodError(
                expected="a day" if self.dated else f"a period from {self.periods[0]} to {self.periods[-1]}",
                found=period or "none",
                where=self.title,
                do=remedies.GIVE_DAY if self.dated else remedies.CHECK_PERIOD,
            )
        return self._by_period[period]

    def _edition(self, period: str) -> str:
        """The first day of the edition that is in force on the last day of a period."""
        last = parse_period(period).end.isoformat()
        return max((first for first in self.periods if first <= last), default=self.periods[0])

    def nearest(self, period: str) -> YearSpec:
        """`at`, but a period before the first gets the first period's tables and codes, as older ones are not
        declared."""
        if self.periods and period < self.periods[0]:
            return replace(self._by_period[self.periods[0]], period=period)
        return self.at(period)

    @property
    def latest(self) -> YearSpec:
        return self._by_period[self.periods[-1] if self.periods else ""]

    def union(self) -> Mapping[str, Table]:
        """Every table and column of any period, first meaning kept: the lake's schema, which only grows."""
        return self._union

    @cached_property
    def _union(self) -> Mapping[str, Table]:
        tables: dict[str, dict[str, Column]] = {}
        heads: dict[str, Table] = {}
        for year in self._by_period.values():
            for table in year.tables.values():
                heads.setdefault(table.name, table)
                known = tables.setdefault(table.name, {})
                for column in table.columns:
                    if known.setdefault(column.name, column).kind is not column.kind:
                        raise DeclarationError(
                            f"{self.id}.{table.name}.{column.name} changes type in {year.period}: "
                            "a changed type is a new column"
                        )
        return {name: replace(heads[name], columns=tuple(known.values())) for name, known in tables.items()}


def _refuse_repeats(where: str, what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise DeclarationError(f"{where}: {what} {name} is declared twice")
        seen.add(name.casefold())


def _checked(where: str, table: Table) -> Table:
    place = f"{where}.{table.name}"
    _refuse_repeats(place, "heading", (n for c in table.columns for n in (c.name, *c.aliases)))
    for column in table.columns:
        _refuse_repeats(f"{place}.{column.name}", "code", (code.code for code in column.codes))
        if bool(column.codes) != (column.kind is Kind.CODE):
            raise DeclarationError(f"{place}.{column.name}: a code column, and no other, has codes")
    for name in (
        *table.unique,
        *(n for either in table.identity for n in either.split("|")),
        *filter(None, [table.authority]),
    ):
        table.column(name)
    return table


def _apply(where: str, tables: Mapping[str, Table], change: Change) -> dict[str, Table]:
    after = dict(tables)
    if isinstance(change, AddTable):
        if change.table.name in after:
            raise DeclarationError(f"{where}: {change.year} adds {change.table.name}, which is there already")
        after[change.table.name] = _checked(where, change.table)
        return after
    if change.table not in after:
        raise DeclarationError(f"{where}: {change.year} changes {change.table}, which is not there")
    if isinstance(change, DropTable):
        del after[change.table]
        return after
    table = after[change.table]
    match change:
        case AddColumn():
            columns = (*table.columns, change.column)
        case DropColumn():
            table.column(change.column)
            columns = tuple(c for c in table.columns if c.name != change.column)
        case Recode():
            columns = tuple(_recoded(where, c, change) if c.name == change.column else c for c in table.columns)
            table.column(change.column)
    after[change.table] = _checked(where, replace(table, columns=columns))
    return after


def _recoded(where: str, column: Column, change: Recode) -> Column:
    known = {code.code for code in column.codes}
    if missing := set(change.remove) - known:
        raise DeclarationError(f"{where}.{column.name}: {change.year} removes unknown codes {sorted(missing)}")
    kept = tuple(code for code in column.codes if code.code not in change.remove)
    return replace(column, codes=(*kept, *change.add))


@cache
def codes(**labels: str) -> tuple[Code, ...]:
    """`codes(M="male", F="female")`: a code list written as keywords."""
    return tuple(Code(code, label) for code, label in labels.items())

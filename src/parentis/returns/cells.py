"""Typing of cells: text as written becomes dates, codes, numbers and money, and the text is kept as well.

Reading is lenient (ISO and day-first dates, any case, stray spaces); rules report what the published format forbids,
from the `__raw` columns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from parentis.returns.findings import gather
from parentis.returns.models import Reading
from parentis.returns.spec import Column, Kind, Table, YearSpec

RAW = "__raw"
MALFORMED = "SPEC-CELL"
YEARS = range(1900, 2200)
"A year outside this range was mistyped: `01/02/17` is not the year 17."

_DAY_FIRST = "%d/%m/%Y"
_PARTIAL = r"^(?:\d{1,2}|ZZ)/(?:\d{1,2}|ZZ)/(?:\d{4}|ZZZZ)$"
_MIDNIGHT = r"[ T]00:00(?::00(?:\.0+)?)?Z?$"
_FLOAT_TAIL = r"^(-?\d+)\.0+$"
_TO_STRIP = r"^\s|\s$|^$"
_TO_TIDY = _TO_STRIP + r"|\.0+$|[\p{Lowercase}\p{Lt}]"
"Text without any of these characters needs no tidying: most columns of most files pass unchanged."


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A reading with typed cells.

    Each table has `row` (UInt32), the year's columns in spec order (null where the file had none), and each
    one's text as written under `<name>__raw`, then `file`. Text is stripped, blanks are null.
    """

    return_id: str
    part: str
    period: str
    tables: Mapping[str, pl.DataFrame]
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    "Columns of the year that a submitted table does not have."
    findings: pl.DataFrame
    "Cells that could not be understood (`SPEC-CELL`); their typed value is null."
    other_tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    "Tables that the return has in other years only."

    @property
    def as_last_year(self) -> Mapping[str, pl.DataFrame]:
        """The tables that the next year's rules compare with. A table that is new in that year may be part of this
        submission."""
        return {**self.other_tables, **self.tables}


def type_cells(reading: Reading, spec: YearSpec) -> Typed:
    """Type every table of `reading` that is in `spec`. Does not raise for any cell content."""
    tables: dict[str, pl.DataFrame] = {}
    absent: dict[str, tuple[str, ...]] = {}
    findings = []
    for name, table in (*spec.tables.items(), *spec.other_tables.items()):
        if name not in reading.tables:
            continue
        text = reading.tables[name]
        absent[name] = tuple(c.name for c in table.columns if c.name not in text.columns)
        if name in spec.other_tables:
            continue
        tables[name] = _typed(text, table, upper_case=spec.upper_case)
        findings += _malformed(tables[name], table)
    return Typed(
        return_id=reading.return_id,
        part=reading.part,
        period=spec.period,
        tables=tables,
        absent={name: columns for name, columns in absent.items() if columns},
        findings=gather(findings),
        other_tables=_others(reading, spec),
    )


def _others(reading: Reading, spec: YearSpec) -> dict[str, pl.DataFrame]:
    given = {name: table for name, table in spec.other_tables.items() if name in reading.tables}
    return {name: _typed(reading.tables[name], table, upper_case=spec.upper_case) for name, table in given.items()}


def cell_finding(
    frame: pl.DataFrame, *, rule: str, table: Table, fields: tuple[str, ...], where: pl.Expr
) -> pl.DataFrame:
    """Findings about the rows of a typed table for which `where` holds, with the values as written."""
    child = pl.col("CHILD" + RAW) if "CHILD" + RAW in frame.columns else pl.lit(None, pl.String)
    return frame.filter(where).select(
        rule=pl.lit(rule),
        table=pl.lit(table.name),
        row=pl.col("row"),
        authority=pl.lit(None, pl.String),
        child=child,
        fields=pl.lit(list(fields), pl.List(pl.String)),
        values=pl.concat_list([pl.col(name + RAW) for name in fields]),
    )


def _typed(text: pl.DataFrame, table: Table, *, upper_case: bool) -> pl.DataFrame:
    raws = [
        (pl.col(c.name) if c.name in text.columns else pl.lit(None, pl.String)).alias(c.name + RAW)
        for c in table.columns
    ]
    untidy = _untidy(text, table, upper_case=upper_case)
    values = [
        _value(c, upper_case=upper_case, untidy=untidy[c.name]).alias(c.name)
        if c.name in untidy
        else pl.lit(None, c.dtype).alias(c.name)
        for c in table.columns
    ]
    typed = text.select("row", *values, *raws, "file")
    return _other_dates(typed, [c.name for c in table.columns if c.kind is Kind.DATE])


def _untidy(text: pl.DataFrame, table: Table, *, upper_case: bool) -> dict[str, bool]:
    """For each column present: whether the text of any cell needs tidying before it is typed."""
    there = [c for c in table.columns if c.name in text.columns]
    if not there:
        return {}
    patterns = {c.name: _TO_TIDY if upper_case or c.kind is Kind.CODE else _TO_STRIP for c in there}
    patterns |= {c.name: _TO_STRIP for c in there if c.kind is Kind.DATE}
    found = text.select(pl.col(name).str.contains(pattern).any() for name, pattern in patterns.items())
    return dict(zip(patterns, found.row(0), strict=True))


def _value(column: Column, *, upper_case: bool, untidy: bool) -> pl.Expr:
    if not untidy and column.kind in (Kind.TEXT, Kind.CODE) and all(c.code == c.code.upper() for c in column.codes):
        return pl.col(column.name)
    cell = _stripped(column.name) if untidy else pl.col(column.name)
    return _PARSERS[column.kind](cell, column, upper_case)


def _stripped(name: str) -> pl.Expr:
    stripped = pl.col(name).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _text(cell: pl.Expr, _column: Column, upper_case: bool) -> pl.Expr:
    return cell.str.to_uppercase().str.replace(_FLOAT_TAIL, "$1") if upper_case else cell


def _code(cell: pl.Expr, column: Column, _upper_case: bool) -> pl.Expr:
    """The listed code that matches in any case; otherwise the text in upper case."""
    code = cell.str.to_uppercase()
    if any(known.code.isdigit() for known in column.codes):
        code = code.str.replace(_FLOAT_TAIL, "$1")
    listed = {known.code.upper(): known.code for known in column.codes if known.code != known.code.upper()}
    return code.replace(listed) if listed else code


def _date(cell: pl.Expr, _column: Column, _upper_case: bool) -> pl.Expr:
    return cell.str.to_date(_DAY_FIRST, strict=False)


def _other_dates(typed: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Remove dates with an implausible year, then try the less common date formats on the remaining cells."""
    if not names:
        return typed
    ends = typed.select(
        pl.concat_list(pl.col(n).min(), pl.col(n).max()).list.eval(pl.element().dt.year()) for n in names
    )
    odd = [n for n, (years,) in ends.to_dict(as_series=True).items() if not all(y is None or y in YEARS for y in years)]
    typed = typed.with_columns(_plausible(pl.col(name)) for name in odd) if odd else typed
    for name in names:
        if typed[name].null_count() == typed[name + RAW].null_count():
            continue
        unread = typed.select((pl.col(name).is_null() & pl.col(name + RAW).is_not_null()).arg_true()).to_series()
        days = typed.select(pl.col(name + RAW).gather(unread)).select(lenient_date(name + RAW)).to_series()
        if days.null_count() < days.len():
            typed = typed.with_columns(typed[name].scatter(unread, days))
    return typed


def lenient_date(name: str) -> pl.Expr:
    """A text column as dates, in any accepted format; null where the text is not a date."""
    day = _stripped(name).str.replace(_MIDNIGHT, "").str.replace_all(r"[-.]", "/")
    forms = [day.str.to_date(form, strict=False) for form in ("%Y/%m/%d", _DAY_FIRST)]
    return pl.coalesce(*map(_plausible, forms))


def _plausible(day: pl.Expr) -> pl.Expr:
    return pl.when(day.dt.year().is_between(YEARS.start, YEARS.stop - 1)).then(day)


def _bare_number(cell: pl.Expr) -> pl.Expr:
    """Without pound sign, thousands separators and spaces; `(12)` is how accounts write −12."""
    return cell.str.replace_all(r"[£,\s]", "").str.replace(r"^\((.+)\)$", "-$1").str.replace("^[−–]", "-")


def _integer(cell: pl.Expr, _column: Column, _upper_case: bool) -> pl.Expr:
    return _bare_number(cell).str.replace(_FLOAT_TAIL, "$1").cast(pl.Int64, strict=False)


def _number(cell: pl.Expr, _column: Column, _upper_case: bool) -> pl.Expr:
    number = _bare_number(cell).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _money(cell: pl.Expr, _column: Column, _upper_case: bool) -> pl.Expr:
    """Pounds rounded to the penny, through a float, which holds pennies exactly up to £10¹³."""
    number = _number(cell, _column, _upper_case)
    return pl.when(number.abs() < 1e13).then(number).round(2).cast(pl.Decimal(18, 2))


_PARSERS: Mapping[Kind, Callable[[pl.Expr, Column, bool], pl.Expr]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.DATE: _date,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
}


def _malformed(typed: pl.DataFrame, table: Table) -> list[pl.DataFrame]:
    found = []
    for column in table.columns:
        if typed[column.name].null_count() == typed[column.name + RAW].null_count():
            continue
        written = _stripped(column.name + RAW)
        unread = pl.col(column.name).is_null() & written.is_not_null()
        if column.partial:
            unread &= ~written.str.to_uppercase().str.contains(_PARTIAL)
        found.append(cell_finding(typed, rule=MALFORMED, table=table, fields=(column.name,), where=unread))
    return found

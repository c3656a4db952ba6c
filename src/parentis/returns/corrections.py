"""Corrections of what an export did to the cells of a return by accident, with one remark for each correction.

A case system, a query tool or a spreadsheet changes whole columns: `NULL` for blank, a time of midnight behind each
date, day numbers instead of dates, months before days, `.0` behind numbers, a letter for a nought. Rules would report
each row of such a column. A cell with only one possible meaning is read with that meaning, with one remark for each
table, column and cause. A cell whose value cannot be known (a formula error, lost digits) stays as written, and the
remark names its lines. A single date in another format is not corrected: the published format forbids ISO dates, and
rules report them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from parentis.returns.problems import Severity
from parentis.returns.recognition import plain
from parentis.returns.spec import Column, Kind, Retention, Table

LISTED = 5
"The most lines that a remark names."
WHOLE_COLUMN = 3
"At least this many cells must have a date format before it is taken as the column's format."
DAY_NUMBERS = range(20_000, 73_051)
"Spreadsheets count days from 30 December 1899: October 1954 to the end of 2099. Smaller numbers may not be dates."
_DAY_ZERO = date(1899, 12, 30)

_BLANKS = {"null", "(null)", "<null>", "[null]", "none", "nan", "nat", "<na>", "\\n"}
_ERRORS = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|ERROR!)", re.IGNORECASE)
_STRANGE_SPACES = re.compile("[\u00a0\u2007\u202f\u200b\ufeff]")
_MIDNIGHT = re.compile(r"(.+?)[ T]0{1,2}:00(?::00(?:\.0+)?)?Z?")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBER = re.compile(r"(\d+)\.0*")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_POSTCODE_LETTER = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)(\s*)O([A-Z]{2})")

_PLAIN_DATE = r"^(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/\d{4}$"
_AFTER_THE_TWELFTH = r"^(?:1[3-9]|2\d|3[01])/"
_ODD_TEXT = "|".join(
    (
        r"^[#\[(<\\]|(?i:^null$|^none$|^nan$|^nat$)",
        r"[\x{a0}\x{2007}\x{202f}\x{200b}\x{feff}]",
        r"\.0*$|^\d(?:\.\d+)?[Ee]\+\d",
        r"^[A-Z]{1,2}[0-9][A-Z0-9]?\s*O[A-Z]{2}$",
    )
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on a table as it was read. `rows`: the rows not used because of it."""

    message: str
    severity: Severity
    rows: int = 0


class _Cause(NamedTuple):
    """A reason why cells were not in the return's format. `said` is followed by how they were read."""

    said: str
    read: str
    severity: Severity = "warning"


NULL = _Cause("hold the word a database writes for nothing (NULL)", "read as blank", "note")
ERROR = _Cause("hold the error of a formula (#REF!, #N/A)", "what they should hold is not known: correct them", "error")
SPACES = _Cause("have spaces that are no ordinary ones (non-breaking)", "read without", "note")
MIDNIGHT = _Cause("are dates with a time of midnight behind them", "read as the dates", "note")
CLOCK = _Cause("are dates with a time of day", "read as the dates")
SERIAL = _Cause("are a spreadsheet's day numbers", "read as the dates they stand for")
ISO = _Cause("are dates with the year first", "read as such; the return asks for dd/mm/yyyy")
MONTH_FIRST = _Cause(
    "are dates with the month first, which some of them can only be", "read as such; the return asks for dd/mm/yyyy"
)
LETTER = _Cause("have the letter O where a nought must be", "read as noughts")
FLOAT = _Cause("are whole numbers with a decimal point", "read without", "note")
SCIENTIFIC = _Cause("are shown as powers of ten, with digits lost", "export them again as text", "error")


def corrected(
    frame: pl.DataFrame, table: Table, *, first_line: int = 2, workbook: bool = False
) -> tuple[pl.DataFrame, tuple[Remark, ...]]:
    """The table as text with the effects of the export undone, and the remarks on it.

    `frame` has `row`, columns of the spec and `file`. `first_line` is the line of row 0 in its file. In a `workbook`
    date cells are always read as ISO text, so that format needs no correction.
    """
    frame, headings = _without_headings(frame, table, first_line)
    remarks = [*headings]
    months = []
    for column in table.columns:
        if column.name not in frame.columns:
            continue
        values = frame[column.name]
        odd = _odd(values, column)
        if odd.is_empty():
            continue
        mended, said = _mended(values, odd, column, workbook=workbook)
        remarks += _remarks(frame, said, table, column, first_line)
        frame = frame.with_columns(mended) if mended is not values else frame
        if column.kind is Kind.DATE and _month_first(odd):
            months.append(column)
    if months:
        frame, turned = _months_before_days(frame, table, months, first_line)
        remarks += turned
    return frame, tuple(remarks)


def one_column(name: str, given: Mapping[int, pl.Series]) -> tuple[pl.Series, Remark | None]:
    """One column made from several with the same heading, in file order, and a remark: None where they are equal
    throughout.

    Where one cell is blank, the other is used. Where two differ, the right one cannot be known, and the first is
    used.
    """
    first, *others = (_blank_as_null(series) for series in given.values())
    places = " and ".join(str(place + 1) for place in given)
    differ, filled = 0, 0
    for other in others:
        filled += int((first.is_null() & other.is_not_null()).sum() or 0)
        differ += int((first.is_not_null() & other.is_not_null() & (first != other)).sum() or 0)
        first = first.zip_with(first.is_not_null(), other)
    if differ:
        return first, Remark(
            f"the column {name} is there {len(given)} times (columns {places}) and differs in {differ:,} rows: "
            "the first was used; take away the one that is wrong",
            "error",
        )
    if filled:
        return first, Remark(
            f"the column {name} is there {len(given)} times (columns {places}): {filled:,} cells that are blank in the "
            "first were taken from the other",
            "warning",
        )
    return first, None


def _blank_as_null(series: pl.Series) -> pl.Series:
    return series.to_frame().select(pl.when(pl.first().str.strip_chars() != "").then(pl.first())).to_series()


def _without_headings(frame: pl.DataFrame, table: Table, first_line: int) -> tuple[pl.DataFrame, list[Remark]]:
    """The table without rows that repeat the headings, which occur where files were appended to each other."""
    key = next((column for column in table.columns if column.key and column.name in frame.columns), None)
    if key is None or not frame.height:
        return frame, []
    known = {column.name: {plain(name) for name in (column.name, *column.aliases)} for column in table.columns}
    may_be = frame.filter(pl.col(key.name).str.to_lowercase().str.replace_all("[^0-9a-z]", "").is_in(known[key.name]))
    rows = [
        row["row"]
        for row in may_be.iter_rows(named=True)
        if all(plain(row[name]) in names for name, names in known.items() if row.get(name))
    ]
    if not rows:
        return frame, []
    lines = _lines([row + first_line for row in rows])
    message = f"{table.name}: the headings come again in {lines}: left out"
    return frame.filter(~pl.col("row").is_in(rows)), [Remark(message, "note", len(rows))]


def _odd(values: pl.Series, column: Column) -> pl.Series:
    """The distinct cells that are not in the column's format; most columns have none."""
    cell = pl.col(values.name)
    match column.kind:
        case Kind.DATE:
            odd = ~cell.str.contains(_PLAIN_DATE)
        case Kind.CODE:
            odd = ~cell.is_in([code.code for code in column.codes])
        case Kind.TEXT:
            odd = cell.str.contains(_ODD_TEXT)
        case _:
            odd = ~cell.str.contains(r"^\d+$")
    return values.to_frame().filter(odd).to_series().unique()


def _mended(
    values: pl.Series, odd: pl.Series, column: Column, *, workbook: bool
) -> tuple[pl.Series, dict[_Cause, list[str]]]:
    """The column with its odd cells corrected, and those cells by cause."""
    said: dict[_Cause, list[str]] = {}
    meant: dict[str, str | None] = {}
    for cell in odd:
        for cause, value in _readings_of(cell, column, workbook=workbook):
            if cause is not None:
                said.setdefault(cause, []).append(cell)
            meant[cell] = value
    if column.kind is Kind.DATE and not workbook and (iso := _iso_column(values, meant)):
        said[ISO] = list(iso)
        meant |= iso
    changed = {cell: value for cell, value in meant.items() if value != cell}
    if not changed:
        return values, said
    return values.replace(changed), said


def _readings_of(cell: str, column: Column, *, workbook: bool) -> Iterator[tuple[_Cause | None, str | None]]:
    """Each step in the correction of a cell, with its cause; empty where the cell is unchanged."""
    if _STRANGE_SPACES.search(cell):
        cell = _STRANGE_SPACES.sub(" ", cell).strip()
        yield SPACES, cell or None
    bare = cell.strip()
    if bare.casefold() in _BLANKS:
        yield NULL, None
    elif _ERRORS.fullmatch(bare):
        yield ERROR, cell
    elif column.kind is Kind.DATE:
        yield from _dates(bare, column, workbook=workbook)
    elif found := _NUMBER.fullmatch(bare):
        yield FLOAT, found[1]
    elif column.kind is Kind.CODE:
        yield from _codes(bare, column)
    elif column.key and _SCIENTIFIC.fullmatch(bare):
        yield SCIENTIFIC, cell
    elif column.retention is Retention.SECTOR and (found := _POSTCODE_LETTER.fullmatch(bare.upper())):
        yield LETTER, f"{found[1]}{found[2]}0{found[3]}"


def _dates(cell: str, column: Column, *, workbook: bool) -> Iterator[tuple[_Cause | None, str | None]]:
    day = cell
    if found := _MIDNIGHT.fullmatch(day):
        day = found[1].strip()
        if _as_date(day, workbook=True):
            yield (None if workbook else MIDNIGHT), _as_date(day, workbook=True)
            return
    if workbook and (found := _TIME.fullmatch(day)):
        yield CLOCK, _as_date(found[1], workbook=True)
    elif workbook and (written := _as_date(day, workbook=True)):
        yield None, written
    elif (found := re.fullmatch(r"(\d{5})(?:\.0+)?", day)) and int(found[1]) in DAY_NUMBERS:
        yield SERIAL, _written(_DAY_ZERO + timedelta(days=int(found[1])))
    elif "O" in day.upper() and (written := _as_date(day.upper().replace("O", "0"), workbook=False)):
        yield LETTER, written


def _codes(cell: str, column: Column) -> Iterator[tuple[_Cause | None, str | None]]:
    upper = cell.upper()
    listed = {code.code.upper(): code.code for code in column.codes}
    if "O" in upper and upper not in listed and (meant := listed.get(upper.replace("O", "0"))):
        yield LETTER, meant


def _as_date(text: str, *, workbook: bool) -> str | None:
    """A valid date as dd/mm/yyyy; year-first dates are accepted only from a workbook, which always gives them so."""
    if found := _DAY_FIRST.fullmatch(text):
        return _written(_day(int(found[3]), int(found[2]), int(found[1])))
    if workbook and (found := _ISO.fullmatch(text)):
        return _written(_day(int(found[1]), int(found[2]), int(found[3])))
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _written(day: date | None) -> str | None:
    return day.strftime("%d/%m/%Y") if day else None


def _iso_column(values: pl.Series, meant: Mapping[str, str | None]) -> dict[str, str]:
    """Cells and dates, where every filled cell has the year first: that is how the column is written."""
    filled = values.drop_nulls()
    if filled.len() < WHOLE_COLUMN or not filled.str.contains(r"^\d{4}-\d{1,2}-\d{1,2}$").all():
        return {}
    read = {cell: _as_date(cell, workbook=True) for cell in filled.unique() if cell not in meant}
    return {cell: day for cell, day in read.items() if day}


def _month_first(odd: pl.Series) -> bool:
    """Whether any cell is a valid date only if its second part is the day."""
    found = (_DAY_FIRST.fullmatch(cell.strip()) for cell in odd)
    return any(one and _day(int(one[3]), int(one[1]), int(one[2])) for one in found)


def _months_before_days(
    frame: pl.DataFrame, table: Table, months: list[Column], first_line: int
) -> tuple[pl.DataFrame, list[Remark]]:
    """Swap months and days where dates are valid only that way.

    One program writes all dates of a file in one format: if no date of the file must be day first, all its date
    columns are swapped; otherwise only a column with several month-first dates and no day-first date.
    """
    dates = [c.name for c in table.columns if c.kind is Kind.DATE and c.name in frame.columns]
    day_first = {name: int(frame[name].str.contains(_AFTER_THE_TWELFTH).sum() or 0) for name in dates}
    turned = dates if not any(day_first.values()) else []
    remarks = []
    for column in months:
        cells = frame[column.name]
        only = cells.str.extract(r"^\d{1,2}/(\d{1,2})/\d{4}$").cast(pl.Int64, strict=False) > 12
        if not turned and not day_first[column.name] and int(only.sum() or 0) >= WHOLE_COLUMN:
            turned = [*turned, column.name]
        elif column.name not in turned:
            lines = _lines([row + first_line for row in frame.filter(only.fill_null(value=False))["row"]])
            message = (
                f"{table.name}.{column.name}: dates can only be month first in {lines}, and others only day first: "
                "those lines could not be read; correct them"
            )
            remarks.append(Remark(message, "error"))
    for name in turned:
        parts = frame[name].str.extract_groups(r"^(\d{1,2})/(\d{1,2})/(\d{4})$").struct.unnest()
        count = parts.height - parts.to_series(0).null_count()
        if count:
            swapped = parts.select(pl.format("{}/{}/{}", *(pl.nth(place) for place in (1, 0, 2)))).to_series()
            frame = frame.with_columns(swapped.fill_null(frame[name]).alias(name))
            remarks.append(
                Remark(f"{table.name}.{name}: {count:,} cells {MONTH_FIRST.said}: {MONTH_FIRST.read}", "warning")
            )
    return frame, remarks


def _remarks(
    frame: pl.DataFrame, said: Mapping[_Cause, list[str]], table: Table, column: Column, first_line: int
) -> Iterator[Remark]:
    for cause, cells in said.items():
        where = frame.filter(pl.col(column.name).is_in(cells))["row"].to_list()
        lines = _lines([row + first_line for row in where])
        counted = f"{len(where):,} cells"
        yield Remark(f"{table.name}.{column.name}: {counted} {cause.said}, in {lines}: {cause.read}", cause.severity)


def _lines(lines: list[int]) -> str:
    named = ", ".join(map(str, lines[:LISTED]))
    return ("line " if len(lines) == 1 else "lines ") + named + (" …" if len(lines) > LISTED else "")


Correct = Callable[[pl.DataFrame, Table], tuple[pl.DataFrame, tuple[Remark, ...]]]

"""Workbooks of a return: the blank template, and the template with rows.

They follow the guidance on accessible spreadsheets: a cover, notes, one table per sheet, one row of headings at the
top, no merged or hidden cells, a table object with a name, codes chosen from a list.
"""

import io
import re
from collections.abc import Mapping, Sequence

import polars as pl
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from parentis.returns.catalogue import the_return
from parentis.returns.cell_text import HOLDS
from parentis.returns.spec import Column, Table, YearSpec

BLANK_ROWS = 1_000
"Rows of a blank template that offer the code lists."

_MAX_LIST = 255
"The longest list of choices that Excel accepts as text; longer lists are on the codes sheet."

NOTES = "Notes"
CODES = "Codes"


def template(return_id: str, period: str) -> bytes:
    """A blank XLSX of a return for a period, ready to fill in and to read back."""
    return workbook(the_return(return_id).spec.at(period), {})


def workbook(spec: YearSpec, rows: Mapping[str, pl.DataFrame]) -> bytes:
    """An XLSX with every table of `spec`; `rows` holds text tables to fill in, by name."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "dd/mm/yyyy", "strings_to_formulas": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": f"{spec.title}, {spec.period}", "subject": spec.id})
        lists = _sheets_of_words(book, spec)
        for name, table in spec.tables.items():
            _table_sheet(book, table, rows.get(name), lists)
    return buffer.getvalue()


def _sheets_of_words(book: Workbook, spec: YearSpec) -> dict[tuple[str, str], str]:
    """Write cover, notes and codes; returns the position of each code list, by table and column."""
    heading, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    cover = book.add_worksheet("Cover")
    cover.set_column(0, 0, 14)
    cover.set_column(1, 1, 90, wrapped)
    about = (
        ("Return", spec.id),
        ("Title", spec.title),
        ("Period", spec.period),
        ("How to use", "Fill in the sheets of the tables you have; leave the others empty. Keep the headings."),
        ("Dates", "Write them as dd/mm/yyyy."),
    )
    for row, (name, text) in enumerate(about):
        cover.write_string(row, 0, name, heading)
        cover.write_string(row, 1, text)
    notes = book.add_worksheet(NOTES)
    described = [
        (t.name, c.name, c.meaning, c.unit or HOLDS[c.kind], "yes" if c.key else "no", _example(c))
        for t in spec.tables.values()
        for c in t.columns
    ]
    note_columns = ("Table", "Column", "Meaning", "Holds", "Must be there", "Invented example")
    _plain_table(notes, "notes", note_columns, described, wrapped, (16, 24, 80, 10, 14, 18))
    sheet = book.add_worksheet(CODES)
    listed = [
        (t.name, c.name, code.code, code.label) for t in spec.tables.values() for c in t.columns for code in c.codes
    ]
    _plain_table(sheet, "codes", ("Table", "Column", "Code", "Label"), listed, wrapped, (16, 24, 12, 80))
    places: dict[tuple[str, str], str] = {}
    for table, column in dict.fromkeys((table, column) for table, column, *_ in listed):
        at = [row for row, entry in enumerate(listed, 2) if entry[:2] == (table, column)]
        places[table, column] = f"={CODES}!$C${at[0]}:$C${at[-1]}"
    return places


def _plain_table(
    sheet: Worksheet,
    name: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    wrapped: object,
    widths: tuple[int, ...],
) -> None:
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width, wrapped)
    last = max(len(rows), 1)
    headers = [{"header": column} for column in columns]
    sheet.add_table(0, 0, last, len(columns) - 1, {"name": name, "columns": headers, "data": list(rows)})
    sheet.freeze_panes(1, 0)


def _table_sheet(book: Workbook, table: Table, rows: pl.DataFrame | None, lists: Mapping[tuple[str, str], str]) -> None:
    sheet = book.add_worksheet(table.name)
    text = book.add_format({"num_format": "@"})
    last = BLANK_ROWS if rows is None else max(rows.height, 1)
    data = [] if rows is None else rows.select(_or_blank(rows, column) for column in table.columns).rows()
    columns = [{"header": column.name} for column in table.columns]
    name = "t_" + re.sub(r"\W", "_", table.name)
    sheet.add_table(0, 0, last, len(columns) - 1, {"name": name, "columns": columns, "data": data})
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(table.columns):
        # Text, so that the spreadsheet changes neither a code's leading zero nor the order of a date.
        sheet.set_column(index, index, max(12, len(column.name) + 4), text)
        if column.codes:
            sheet.data_validation(1, index, last, index, _choices(column, lists[table.name, column.name]))


def _or_blank(rows: pl.DataFrame, column: Column) -> pl.Expr:
    return pl.col(column.name) if column.name in rows.columns else pl.lit(None, pl.String).alias(column.name)


def _choices(column: Column, place: str) -> dict[str, object]:
    codes = [code.code for code in column.codes]
    short = sum(map(len, codes)) + len(codes) <= _MAX_LIST
    return {
        "validate": "list",
        "source": codes if short else place,
        "error_type": "warning",
        "error_title": "Not in the list",
        "error_message": f"The codes of {column.name} are on the sheet {CODES}."[:255],
    }


def _example(column: Column) -> str:
    listed = [code.code for code in column.codes]
    return column.example if not listed or column.example in listed else listed[0]

"""Exporting tables as a workbook, in the style of the packs: a title in A1, one table a sheet, text as text, no
formulas.

A cell that a spreadsheet could run, if the file were saved as CSV, gets an apostrophe in front; `unguarded` removes it
again, so that data exported and read back is unchanged.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter

from parentis.web.exports import FORMULA_STARTS

SHEET_NAME_LIMIT = 31
WIDEST = 60
HEADING_ROW = 3
"0-based: title, note, an empty row, headings."
Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`rows` are as wide as `headings`; an empty cell is None or ''."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


def workbook(title: str, tables: Sequence[Table]) -> bytes:
    """XLSX bytes, a sheet for each table."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": title})
    large, head = book.add_format({"bold": True, "font_size": 16}), book.add_format({"bold": True, "text_wrap": True})
    text, day = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"num_format": "yyyy-mm-dd"})
    for number, table in enumerate(tables, start=1):
        sheet = book.add_worksheet(_sheet_name(table.title, number))
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, f"{title}: {table.title}", large)
        sheet.write_string(1, 0, table.note or f"{len(table.rows)} rows.")
        columns = [{"header": heading, "header_format": head} for heading in table.headings]
        last = HEADING_ROW + max(1, len(table.rows))
        sheet.add_table(
            HEADING_ROW, 0, last, len(columns) - 1, {"name": f"table_{number}", "style": None, "columns": columns}
        )
        for down, row in enumerate(table.rows, start=HEADING_ROW + 1):
            for across, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(down, across, value, day)
                elif isinstance(value, int | float):
                    sheet.write_number(down, across, value)
                else:
                    sheet.write_string(down, across, guarded(value or ""), text)
        for across, heading in enumerate(table.headings):
            longest = max((len(str(row[across] or "")) for row in table.rows), default=0)
            sheet.set_column(across, across, min(WIDEST, max(12, len(heading), longest) + 2))
    book.close()
    return out.getvalue()


def guarded(text: str) -> str:
    """Text that is safe in a spreadsheet: an apostrophe goes before text that would run, or that starts like guarded
    text."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """Inverse of `guarded`."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text


def _sheet_name(title: str, number: int) -> str:
    plain = "".join(letter for letter in title if letter.isalnum() or letter == " ")
    return f"{number} {plain}"[:SHEET_NAME_LIMIT].strip()

"""Writes a document as an accessible workbook: cover, contents, notes, then one marked-up table per sheet.

It follows the government Analysis Function's rules for accessible spreadsheets: a title in A1, one table per sheet
under one unique heading row, no merged or blank cells inside it, wrapped text, shorthand in brackets.
"""

import io
import re

import xlsxwriter

from parentis.evidence.document import Document, Grid, key_of
from parentis.evidence.formats import SHORTHAND
from parentis.evidence.sources import Origins
from parentis.figures import Catalogue

SHEET_NAME_LIMIT = 31
FIRST_TABLE_ROW = 4


def workbook(document: Document, origins: Origins, catalogue: Catalogue) -> bytes:
    """XLSX bytes; the same document gives the same bytes."""
    out = io.BytesIO()
    # Write text as text, so that nothing a submitter typed becomes a formula or a link.
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties(
        {
            "title": document.title,
            "subject": document.subtitle,
            "comments": " ".join(document.warnings),
            "created": document.at,
        }
    )
    sheets = _Sheets(book)
    grids = list(document.grids())
    names = {grid.name: f"Table {number}" for number, grid in enumerate(grids, start=1)}
    _cover(sheets, document)
    _contents(sheets, grids, names)
    _notes(sheets, document, catalogue)
    for grid in grids:
        _table(sheets, grid, names[grid.name])
    _figures(sheets, document, catalogue)
    _submissions(sheets, origins)
    _sources(sheets, origins)
    book.close()
    return out.getvalue()


class _Sheets:
    """The workbook's formats, and the method that writes a titled table on a sheet."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.right = book.add_format({"align": "right", "valign": "top"})
        self._numbers: dict[int, xlsxwriter.format.Format] = {}
        self._tables = 0

    def number(self, decimals: int) -> xlsxwriter.format.Format:
        if decimals not in self._numbers:
            digits = "#,##0" + ("." + "0" * decimals if decimals else "")
            self._numbers[decimals] = self.book.add_format({"num_format": digits, "align": "right", "valign": "top"})
        return self._numbers[decimals]

    def sheet(self, name: str, title: str, lines: tuple[str, ...] = ()) -> xlsxwriter.worksheet.Worksheet:
        sheet = self.book.add_worksheet(name[:SHEET_NAME_LIMIT])
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, title, self.title)
        for row, line in enumerate(lines, start=1):
            sheet.write_string(row, 0, line)
        return sheet

    def table(
        self,
        sheet: xlsxwriter.worksheet.Worksheet,
        row: int,
        name: str,
        headings: list[str],
        rows: list[list[str | float | None]],
        formats: list[xlsxwriter.format.Format] | None = None,
    ) -> None:
        """A named table with `headings` at `row`; floats as numbers, everything else as text."""
        self._tables += 1
        unique = _unique(headings)
        sheet.add_table(
            row,
            0,
            row + max(1, len(rows)),
            len(headings) - 1,
            {
                "name": re.sub(r"\W", "_", name),
                "style": None,
                "autofilter": bool(rows),
                "columns": [{"header": text, "header_format": self.head} for text in unique],
            },
        )
        for down, values in enumerate(rows, start=row + 1):
            for across, value in enumerate(values):
                style = formats[across] if formats else self.text
                if isinstance(value, (int, float)):
                    sheet.write_number(down, across, value, style)
                else:
                    sheet.write_string(down, across, value or "", self.right if formats and across else self.text)


def _unique(headings: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        out.append(heading if seen[heading] == 1 else f"{heading} ({seen[heading]})")
    return out


def _cover(sheets: _Sheets, document: Document) -> None:
    sheet = sheets.sheet("Cover", document.title, (document.subtitle, *document.warnings))
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 90)
    rows: list[list[str | float | None]] = [[name, value] for name, value in document.facts]
    sheets.table(sheet, len(document.warnings) + 3, "cover", ["About this pack", "Value"], rows)


def _contents(sheets: _Sheets, grids: list[Grid], names: dict[str, str]) -> None:
    sheet = sheets.sheet("Contents", "Contents", ("This sheet lists the tables of this workbook.",))
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 90)
    rows: list[list[str | float | None]] = [[names[grid.name], grid.title] for grid in grids]
    rows += [
        ["Figures", "Every figure shown, one a row, with its labels"],
        ["Submissions", "What was sent in: files and their hashes"],
        ["Sources", "The submissions and rows each figure was made from"],
    ]
    sheets.table(sheet, 3, "contents", ["Sheet", "Table"], rows)
    for down, grid in enumerate(grids, start=4):
        sheet.write_url(down, 0, f"internal:'{names[grid.name]}'!A1", string=names[grid.name])


def _notes(sheets: _Sheets, document: Document, catalogue: Catalogue) -> None:
    sheet = sheets.sheet("Notes", "Notes", ("Shorthand used in this workbook, then what each measure means.",))
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 100)
    rows: list[list[str | float | None]] = [[f"[{letter}]", meaning] for letter, meaning in SHORTHAND.items()]
    for measure_id in sorted({cell.measure for cell in document.cells()}):
        measure = catalogue[measure_id]
        rows.append([f"{measure.title} ({measure.id})", f"{measure.definition} Unit: {measure.unit}. {measure.source}"])
    sheets.table(sheet, 3, "notes", ["Shorthand or measure", "Meaning"], rows)


def _table(sheets: _Sheets, grid: Grid, name: str) -> None:
    sheet = sheets.sheet(
        name,
        f"{name}: {grid.title}",
        (" ".join(grid.notes) or "No notes.", "[c] [x] [z] [k]: see the sheet Notes."),
    )
    sheet.set_column(0, 0, 30)
    columns = grid.columns()
    sheet.set_column(1, max(1, len(columns)), 20)
    sheet.freeze_panes(FIRST_TABLE_ROW, 1)
    headings = [grid.label, *(column.title for column in columns)]
    rows: list[list[str | float | None]] = [
        [row.label, *(column.values[at] for column in columns)] for at, row in enumerate(grid.rows)
    ]
    formats = [sheets.text, *(sheets.number(column.decimals) for column in columns)]
    sheets.table(sheet, FIRST_TABLE_ROW - 1, grid.name, headings, rows, formats)


def _figures(sheets: _Sheets, document: Document, catalogue: Catalogue) -> None:
    sheet = sheets.sheet("Figures", "Figures", ("Every figure shown in this pack, unrounded.",))
    sheet.set_column(0, 12, 18)
    numbers = document.numbers()
    headings = [
        "Figure",
        "Measure",
        "Title",
        "Geography",
        "Period",
        "Breakdown",
        "Value",
        "Low",
        "High",
        "Unit",
        "Authorities",
        "Gross or net",
        "In-year or cumulative",
        "Netted",
        "Basis",
        "Provisional",
        "Provenance",
    ]
    seen: dict[tuple[str, str, str, str], list[str | float | None]] = {}
    for cell in document.cells():
        if cell.present:
            measure = catalogue[cell.measure]
            seen[(cell.measure, cell.geography, cell.period, cell.breakdown)] = [
                numbers[key_of(cell)],
                cell.measure,
                measure.title,
                cell.geography_name,
                cell.period,
                cell.breakdown,
                f"[{cell.suppressed or 'x'}]" if cell.value is None else cell.value,
                "[z]" if cell.low is None else cell.low,
                "[z]" if cell.high is None else cell.high,
                measure.unit,
                cell.authority_set,
                measure.gross_net,
                measure.cumulative,
                measure.netted,
                cell.method,
                "provisional" if cell.provisional else "",
                cell.provenance_id,
            ]
    sheets.table(sheet, 3, "figures", headings, list(seen.values()))


def _submissions(sheets: _Sheets, origins: Origins) -> None:
    sheet = sheets.sheet("Submissions", "Submissions", ("One row a file. Hashes are SHA-256 of it as received.",))
    sheet.set_column(0, 6, 24)
    rows: list[list[str | float | None]] = [
        [one.anchor, one.submission_id, one.submitter, one.return_id, one.period, name, sha256]
        for one in origins.submissions
        for name, sha256 in one.files
    ]
    headings = ["Number", "Submission", "Submitter", "Return", "Period", "File", "Hash"]
    sheets.table(sheet, 3, "submissions", headings, rows)


def _sources(sheets: _Sheets, origins: Origins) -> None:
    lines = ("Rows count from 0, the first row of data. Submissions by their number on the sheet Submissions.",)
    sheet = sheets.sheet("Sources", "Sources", lines)
    sheet.set_column(0, 6, 24)
    headings = ["Provenance", "Service", "Code version", "Parameters", "Table", "Rows", "Submissions"]
    rows: list[list[str | float | None]] = [
        [
            entry.provenance_id,
            entry.service,
            entry.code_version,
            entry.parameters,
            used.table,
            used.rows,
            " ".join(one.anchor for one in used.submissions),
        ]
        for entry in origins.entries
        for used in entry.used
    ]
    sheets.table(sheet, 3, "sources", headings, rows)

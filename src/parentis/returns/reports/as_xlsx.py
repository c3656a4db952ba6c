"""Findings as a workbook: rules, findings with the offending values, children, fields; each sheet has filters."""

from dataclasses import asdict
from io import BytesIO

import polars as pl

from parentis.returns.findings import Checked
from parentis.returns.reports.as_csv import findings_table
from parentis.returns.reports.context import ReportContext
from parentis.returns.reports.summaries import by_child, by_field, by_rule

WIDTHS = {"message": 80, "reason": 50, "found": 60, "child": 16, "fields": 40, "values": 40, "rules": 60}
MOST_ROWS = 1_048_000
"A sheet holds 1,048,576 rows; findings beyond that are in the CSV, and the sheet says so."


def findings_xlsx(checked: Checked, beside: ReportContext | None = None) -> bytes:
    """A workbook; all text is written as text, so that nothing in a return can act as a formula."""
    import xlsxwriter  # the import takes a tenth of a second: only when a workbook is made

    buffer = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": f"Findings, {checked.return_id} {checked.period}"})
        _sheet(book, "Rules", by_rule(checked), "Each rule: how often it was broken, or why it was not run.")
        findings = findings_table(checked)
        said = "One row for each finding. Line is the line of the submitted table, headings counted."
        if findings.height > MOST_ROWS:
            said = f"{said} Only the first {MOST_ROWS:,} of {findings.height:,} fit here; the CSV has all."
        _sheet(book, "Findings", findings.head(MOST_ROWS), said)
        _sheet(book, "Children", by_child(checked).head(MOST_ROWS), "How many findings each child has.")
        _sheet(book, "Fields", by_field(checked), "How many findings name each field.")
        if checked.problems:
            _sheet(
                book,
                "Files",
                _files(checked),
                "What was noticed while reading the files, and the rows not used for it.",
            )
        for name, (frame, sentence) in _more(beside or ReportContext()).items():
            _sheet(book, name, frame.head(MOST_ROWS), sentence)
    return buffer.getvalue()


def _more(beside: ReportContext) -> dict[str, tuple[pl.DataFrame, str]]:
    sheets = {
        "Changes": (_in_words(beside.changes), "Findings new and gone since the last check, then those unchanged."),
        "Worklist": (beside.worklist, "Children with findings, by who works with them now."),
        "Years": (beside.years, "Findings by rule and year; blank where the rule was not run."),
    }
    return {name: (frame, sentence) for name, (frame, sentence) in sheets.items() if frame is not None}


def _files(checked: Checked) -> pl.DataFrame:
    schema = {**dict.fromkeys(("file", "where", "severity", "message"), pl.String), "rows": pl.Int64}
    return pl.DataFrame([asdict(one) for one in checked.problems], schema=schema)


def _in_words(changes: pl.DataFrame | None) -> pl.DataFrame | None:
    if changes is None:
        return None
    return changes.with_columns(
        pl.col("fields").list.join(", "), pl.col("values").list.eval(pl.element().fill_null("blank")).list.join(", ")
    )


def _sheet(book: object, name: str, frame: pl.DataFrame, said: str) -> None:
    """A title, a sentence, and the table from the fourth row on, frozen and with filters."""
    sheet = book.add_worksheet(name)  # type: ignore[attr-defined]
    bold = book.add_format({"bold": True})  # type: ignore[attr-defined]
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})  # type: ignore[attr-defined]
    sheet.write_string(0, 0, name, bold)
    sheet.write_string(1, 0, said)
    for column, heading in enumerate(frame.columns):
        sheet.write_string(3, column, heading.replace("_", " ").capitalize(), bold)
        sheet.set_column(column, column, WIDTHS.get(heading, 14), wrapped)
        text = frame.schema[heading] == pl.String
        write = sheet.write_string if text else sheet.write_number
        for row, value in enumerate(frame[heading].to_list(), start=4):
            if value is not None:
                write(row, column, value)
    sheet.freeze_panes(4, 0)
    if frame.width:
        sheet.autofilter(3, 0, 3 + max(frame.height, 1), frame.width - 1)

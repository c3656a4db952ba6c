"""Findings as JSON, CSV, XLSX and HTML: the same findings, and nothing in a return that acts."""

import csv
import io
import json
from dataclasses import replace
from html.parser import HTMLParser

import openpyxl
import polars as pl
import pytest

from parentis.returns import FINDINGS, STATUSES, Checked
from parentis.returns.reports import findings_csv, findings_html, findings_json, findings_xlsx

NASTY = '=HYPERLINK("http://example.org")'
SCRIPT = '<script>alert(1)</script>\n"line"'


@pytest.fixture
def checked() -> Checked:
    findings = pl.DataFrame(
        [
            ("101", "Header", 0, None, NASTY, ["SEX"], [None]),
            ("202", "Header", 1, None, "B", ["SEX", "DOB"], [SCRIPT, "@1"]),
            ("202", "Header", None, None, "C", ["SEX"], ["-1"]),
        ],
        schema=FINDINGS,
        orient="row",
    )
    statuses = pl.DataFrame(
        [
            ("101", "Gender code is not valid.", "error", "run", None, 1),
            ("202", "The gender code conflicts.", "query", "run", None, 2),
            ("219", "The URN does not match.", "error", "not run", "no provider register was given", 0),
            ("102", "Date of birth is not valid.", "error", "run", None, 0),
        ],
        schema=STATUSES,
        orient="row",
    )
    return Checked(return_id="ssda903", part="", period="2024-25", findings=findings, statuses=statuses)


@pytest.mark.unit
def test_json_is_as_documented(checked: Checked) -> None:
    told = json.loads(findings_json(checked))
    assert set(told) == {"return", "collection_year", "files", "problems", "rules", "findings"}
    assert (told["return"], told["collection_year"]) == ("ssda903", "2024-25")
    assert told["rules"]["219"] == {"status": "not run", "reason": "no provider register was given", "count": 0}
    assert told["findings"][1] == {
        "rule": "202",
        "table": "Header",
        "row": 1,
        "child": "B",
        "fields": ["SEX", "DOB"],
        "values": [SCRIPT, "@1"],
    }
    assert told["findings"][2]["row"] is None


@pytest.mark.unit
def test_json_of_a_clean_return_is_still_json(checked: Checked) -> None:
    clean = Checked(
        return_id="r", part="", period="p", findings=pl.DataFrame(schema=FINDINGS), statuses=checked.statuses
    )
    assert json.loads(findings_json(clean))["findings"] == []


@pytest.mark.unit
def test_csv_has_a_line_for_each_finding_and_no_formula(checked: Checked) -> None:
    rows = list(csv.DictReader(io.StringIO(findings_csv(checked).decode("utf-8-sig"))))
    assert [row["line"] for row in rows] == ["2", "3", ""]
    assert rows[1]["found"].startswith("SEX: <script>")
    assert rows[0]["found"] == "SEX: blank"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@pytest.mark.unit
def test_a_column_that_is_not_there_is_named_in_every_report(checked: Checked) -> None:
    """Such a finding has a field and no value."""
    findings = pl.DataFrame([("102", "Header", None, None, None, ["DOB"], [])], schema=FINDINGS, orient="row")
    without = replace(checked, findings=pl.concat([checked.findings, findings]))
    rows = list(csv.DictReader(io.StringIO(findings_csv(without).decode("utf-8-sig"))))
    assert [row["found"] for row in rows][-1] == "DOB"
    sheet = openpyxl.load_workbook(io.BytesIO(findings_xlsx(without)))["Findings"]
    assert sheet.cell(sheet.max_row, 7).value == "DOB"
    assert b"DOB" in findings_html(without)


@pytest.mark.unit
def test_xlsx_holds_text_as_text_and_can_be_filtered(checked: Checked) -> None:
    book = openpyxl.load_workbook(io.BytesIO(findings_xlsx(checked)))
    assert book.sheetnames == ["Rules", "Findings", "Children", "Fields"]
    assert all(sheet.auto_filter.ref for sheet in book)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert NASTY in {cell.value for cell in cells}
    assert book["Rules"]["A5"].value == "202"


@pytest.mark.unit
def test_html_escapes_values_and_has_no_script(checked: Checked) -> None:
    page = findings_html(checked).decode()

    class Tags(HTMLParser):
        seen: set[str] = set()  # noqa: RUF012

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.seen.add(tag)

    Tags().feed(page)
    assert "script" not in Tags.seen
    assert {"h1", "h2", "caption", "th", "main", "title"} <= Tags.seen
    assert "no provider register was given" in page
    assert "&lt;script&gt;" in page
    assert 'lang="en-GB"' in page

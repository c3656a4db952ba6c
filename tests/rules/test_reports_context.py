"""What changed since the last check, whose work it is, how the years compare; and where reports show it."""

import io
import json
from dataclasses import replace

import openpyxl
import polars as pl
import pytest

from parentis.errors import UnreadableFileError
from parentis.returns import FINDINGS, STATUSES, Checked, reports
from parentis.returns.ssda903.inference import workers

A = ("101", "Header", 0, None, "A", ["SEX"], [None])
B = ("202", "Header", 1, None, "B", ["SEX"], ["9"])
C = ("202", "Header", 2, None, "C", ["SEX"], ["9"])


def outcome(*findings: tuple[object, ...], period: str = "2024-25", idle: str = "") -> Checked:
    frame = pl.DataFrame(findings, schema=FINDINGS, orient="row")
    rules = [("101", "Gender code is not valid.", "error"), ("202", "The gender code conflicts.", "query")]
    statuses = [
        (*rule, "not run" if rule[0] == idle else "run", None, frame.filter(pl.col("rule") == rule[0]).height)
        for rule in rules
    ]
    return Checked(
        return_id="ssda903",
        part="",
        period=period,
        findings=frame,
        statuses=pl.DataFrame(statuses, schema=STATUSES, orient="row"),
    )


@pytest.mark.spec
def test_new_gone_and_unchanged() -> None:
    """B went, C came, A only moved to another row."""
    moved = (*A[:2], 7, *A[3:])
    told = reports.changes(outcome(moved, C), reports.findings_json(outcome(A, B)))
    assert told.select("change", "rule", "child").rows() == [
        ("new", "202", "C"),
        ("gone", "202", "B"),
        ("unchanged", "101", "A"),
    ]


@pytest.mark.spec
def test_the_same_finding_twice_is_two() -> None:
    told = reports.changes(outcome(A, A), reports.findings_json(outcome(A)))
    assert told["change"].to_list() == ["new", "unchanged"]


@pytest.mark.unit
def test_an_earlier_list_of_outcomes_is_searched_for_the_year() -> None:
    both = [json.loads(reports.findings_json(outcome(A, period=period))) for period in ("2023-24", "2024-25")]
    told = reports.changes(outcome(A), json.dumps(both).encode())
    assert told["change"].to_list() == ["unchanged"]


@pytest.mark.unit
@pytest.mark.parametrize("previous", [b"no json", b"[1]", b'{"return": "ssda903"}', b"\xff"])
def test_anything_else_is_refused(previous: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="--since"):
        reports.changes(outcome(A), previous)


@pytest.mark.unit
def test_another_year_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="other returns or years"):
        reports.changes(outcome(A), reports.findings_json(outcome(A, period="2023-24")))


@pytest.mark.spec
def test_the_worker_is_the_one_still_there_else_the_last() -> None:
    episodes = pl.DataFrame(
        {
            "CHILD": ["A", "A", "B", "B", "C", None],
            "SW_ID": ["OPEN", "ENDED", "FIRST", "SECOND", None, "X"],
            "SW_DECOM": ["2024-04-01", "2024-06-01", "2024-04-01", "2024-08-01", "2024-04-01", "2024-04-01"],
            "SW_DEC": [None, "2024-07-01", "2024-08-01", "2024-09-01", None, None],
        }
    ).with_columns(pl.col("SW_DECOM", "SW_DEC").str.to_date())
    assert sorted(workers({"SWEpisodes": episodes}).rows()) == [("A", "OPEN"), ("B", "SECOND")]
    assert workers({}).is_empty()


@pytest.mark.spec
def test_worklist_counts_by_worker_and_child() -> None:
    of = pl.DataFrame({"child": ["A", "B"], "worker": ["W2", "W1"]})
    told = reports.worklist(replace(outcome(A, A, B, C), workers=of))
    assert told is not None
    assert told.rows() == [("W1", "B", 0, 1, "202"), ("W2", "A", 2, 0, "101"), ("no worker named", "C", 0, 1, "202")]
    assert reports.worklist(outcome(A)) is None


@pytest.mark.spec
def test_years_stand_side_by_side() -> None:
    years = reports.year_on_year(
        [outcome(A, B, C), outcome(A, B, period="2023-24"), outcome(period="2022-23", idle="101")]
    )
    assert years is not None
    assert years.drop("message").rows() == [("202", 0, 1, 2, 1), ("101", None, 1, 1, 0)]
    assert years.columns[1:5] == ["2022-23", "2023-24", "2024-25", "change"]
    assert reports.year_on_year([outcome(A)]) is None


@pytest.mark.unit
def test_every_report_shows_what_is_beside_it() -> None:
    checked = replace(outcome(A, C), workers=pl.DataFrame({"child": ["A"], "worker": ["=W"]}))
    beside = reports.ReportContext(
        changes=reports.changes(checked, reports.findings_json(outcome(A, B))),
        worklist=reports.worklist(checked),
        years=reports.year_on_year([checked, outcome(A, period="2023-24")]),
    )
    told = json.loads(reports.findings_json(checked, beside))
    assert {key: told["changes"][key] for key in ("new", "gone", "unchanged")} == {"new": 1, "gone": 1, "unchanged": 1}
    assert [one["child"] for one in told["changes"]["findings"]] == ["C", "B"]
    assert told["worklist"][0] == {"worker": "=W", "child": "A", "must_fix": 1, "to_query": 0, "rules": "101"}
    assert told["years"][0] == {"rule": "202", "2023-24": 0, "2024-25": 1, "change": 1}
    book = openpyxl.load_workbook(io.BytesIO(reports.findings_xlsx(checked, beside)))
    assert book.sheetnames == ["Rules", "Findings", "Children", "Fields", "Changes", "Worklist", "Years"]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    page = reports.findings_html(checked, beside).decode()
    assert all(f'<h2 id="{part}">' in page for part in ("changes", "workers", "years"))
    assert "New: 1. Gone: 1. Unchanged: 1." in page

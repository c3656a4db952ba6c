"""Returns as boroughs export them: understood with a note where the meaning is plain, else named, and never silent."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from exported import EPISODES, HEADER, HEADINGS, check, found, said, write

from parentis import workflow
from parentis.errors import SpecificationError
from parentis.returns import Checked, absent_parts, read
from parentis.returns.ssda903.rules import RULE_SET
from parentis.returns.ssda903.rules.check import NEED_THE_YEAR


def spoiled(old: str, new: str) -> list[str]:
    return [row.replace(old, new) for row in EPISODES]


@pytest.fixture
def plain(tmp_path: Path) -> list[tuple[str, int | None]]:
    """What the unspoiled return has found of it."""
    return found(check(write(tmp_path / "plain")))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("rows", "severity", "told"),
    [
        (spoiled("12/05/2026", "12/05/2026 00:00:00"), "note", "midnight"),
        (spoiled("12/05/2026", "46154"), "warning", "day numbers"),
        (spoiled("12/05/2026", "12/O5/2026"), "warning", "letter O"),
        (spoiled("C2", "C2\u00a0"), "note", "spaces"),
        ([*EPISODES, HEADINGS], "note", "headings come again"),
        (spoiled(",,,,", ",NULL,NULL,NULL,"), "note", "NULL"),
        (["X1,05/12/2026" + EPISODES[0][13:], "X2,09/03/2026" + EPISODES[1][13:], "X3,10/25/2026" + EPISODES[2][13:]],
         "warning", "month first"),
        (["X1,2026-05-12" + EPISODES[0][13:], "X2,2026-09-03" + EPISODES[1][13:], "X3,2026-10-25" + EPISODES[2][13:]],
         "warning", "year first"),
    ],
    ids=["midnight", "day numbers", "letter O", "nbsp", "headings again", "NULL", "month first", "year first"],
)  # fmt: skip
def test_what_can_mean_one_thing_only_is_read_as_that_and_said_in_one_line(
    tmp_path: Path, plain: list[tuple[str, int | None]], rows: list[str], severity: str, told: str
) -> None:
    checked = check(write(tmp_path / "return", rows))
    assert found(checked) == plain
    about = [message for message in said(checked, severity) if told in message]
    assert about
    assert len(about) == len({message.partition(":")[0] for message in about})  # one line for a column
    assert checked.reading_errors == 0


@pytest.mark.integration
def test_a_single_odd_date_stays_for_the_rules(tmp_path: Path) -> None:
    checked = check(write(tmp_path / "return", spoiled("12/05/2026", "2026-05-12")))
    assert ("141", 0) in found(checked)


@pytest.mark.integration
def test_a_formulas_error_is_named_with_its_line_and_never_a_blank(tmp_path: Path) -> None:
    checked = check(write(tmp_path / "return", spoiled("V2", "#REF!")))
    (message,) = said(checked, "error")
    assert "Episodes.LS" in message
    assert "line 3" in message
    assert ("144", 1) in found(checked)


@pytest.mark.integration
def test_dates_that_speak_against_one_another_are_not_turned(tmp_path: Path) -> None:
    rows = [EPISODES[0], "X2,09/25/2026" + EPISODES[1][13:], EPISODES[2]]
    checked = check(write(tmp_path / "return", rows))
    (message,) = said(checked, "error")
    assert "line 3" in message
    assert ("141", 1) in found(checked)
    assert ("141", 0) not in found(checked)


@pytest.mark.integration
@pytest.mark.parametrize(("first", "second"), [("", "01/02/2027"), ("01/02/2027", ""), ("01/02/2027", "01/02/2027")])
def test_of_a_column_twice_the_one_that_speaks_is_used(tmp_path: Path, first: str, second: str) -> None:
    headings = HEADINGS.replace(",DEC,", ",DEC,DEC,")
    rows = [row.replace(",,,,", f",{first},{second},,,", 1) for row in EPISODES]
    checked = check(write(tmp_path / "return", rows, headings))
    assert ("148", 0) in found(checked)  # an end without a reason: the end was seen
    assert checked.reading_errors == 0


@pytest.mark.integration
def test_of_a_column_twice_that_differs_it_is_said(tmp_path: Path) -> None:
    headings = HEADINGS.replace(",DEC,", ",DEC,DEC,")
    rows = [row.replace(",,,,", ",01/02/2027,01/03/2027,,,", 1) for row in EPISODES]
    (message,) = said(check(write(tmp_path / "return", rows, headings)), "error")
    assert "DEC" in message
    assert "3 rows" in message


@pytest.mark.integration
def test_headings_in_words(tmp_path: Path, plain: list[tuple[str, int | None]]) -> None:
    words = (
        "Child ID,Date Episode Commenced,Reason for New Episode,Legal Status,Category of Need,Placement Type,"
        "Placement Provider,Date Episode Ceased,Reason Episode Ceased,Reason for Placement Change,Home Postcode,"
        "Placement Postcode,URN"
    )
    checked = check(write(tmp_path / "return", EPISODES, words))
    assert found(checked) == plain
    assert any("Date Episode Commenced as DECOM" in message for message in said(checked, "note"))


@pytest.mark.integration
def test_no_row_of_headings(tmp_path: Path, plain: list[tuple[str, int | None]]) -> None:
    rows = [row.replace(",,,,", ",01/12/2026,X1,CHILD,", 1) for row in EPISODES]
    with_headings = found(check(write(tmp_path / "with", rows)))
    checked = check(write(tmp_path / "without", "\n".join(rows) + "\n"))
    assert found(checked) == with_headings != plain
    assert any("no row of headings" in message for message in said(checked, "warning"))


@pytest.mark.integration
def test_without_a_column_its_rules_are_counted_in_an_error(tmp_path: Path) -> None:
    headings = HEADINGS.replace("DEC,REC", "REC")
    rows = [row.replace(",,,,", ",,,", 1) for row in EPISODES]
    first, *_ = absent_parts(check(write(tmp_path / "return", rows, headings)))
    assert first.startswith("column DEC was not given: ")
    assert int(first.split(": ")[1].split()[0]) > 20


@pytest.mark.functional
@pytest.mark.parametrize(("there", "absent"), [("header", "Episodes"), ("episodes", "Header")])
def test_without_a_table_that_every_return_has_no_check_succeeds(tmp_path: Path, there: str, absent: str) -> None:
    folder = write(tmp_path / "return", EPISODES)
    for file in folder.iterdir():
        if there not in file.name.casefold():
            file.unlink()
    ran = subprocess.run(
        [sys.executable, "-m", "parentis", "check", str(folder), "--collection-year", "2026-27"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == SpecificationError.exit_code
    first, *lines = ran.stderr.splitlines()
    assert re.search(r"\d+ of \d+ rules did not run", first)
    assert any(re.search(rf"warning: table {absent} was not given: [1-9]\d* rules", line) for line in lines)


@pytest.mark.integration
def test_a_file_cut_in_the_middle_of_a_line(tmp_path: Path) -> None:
    text = "\n".join([HEADINGS, *EPISODES])
    checked = check(write(tmp_path / "return", text[: text.index("K2")]))
    assert any("middle of line 3" in message for message in said(checked, "error"))


@pytest.mark.integration
def test_a_comma_too_many_and_cells_too_few_are_named(tmp_path: Path) -> None:
    rows = [EPISODES[0] + ",more", "X2,03/09/2026,S", EPISODES[2]]
    checked = check(write(tmp_path / "return", rows))
    assert any("line 2 has more cells" in message for message in said(checked, "error"))
    assert any("line 3 has fewer cells" in message for message in said(checked, "warning"))


@pytest.mark.integration
def test_leading_zeros_lost_in_one_table_are_one_line(tmp_path: Path) -> None:
    rows = [row.replace("X", "00") for row in EPISODES]
    header = "\n".join([HEADER[0], *(row.removeprefix("X") for row in HEADER[1:])]) + "\n"
    checked = check(write(tmp_path / "return", rows, header=header))
    assert not {"INT03", "EPI"} & {rule for rule, _ in found(checked)}
    (message,) = [message for message in said(checked, "warning") if "leading zeros" in message]
    assert message.startswith("Header: 3 ")


@pytest.mark.integration
def test_two_children_whose_numbers_differ_in_zeros_stay_two(tmp_path: Path) -> None:
    rows = [EPISODES[0].replace("X1", "007"), EPISODES[1].replace("X2", "7"), EPISODES[2]]
    reading = read([write(tmp_path / "return", rows)])[0]
    assert reading.tables["Episodes"]["CHILD"].to_list() == ["007", "7", "X3"]


def workbook(path: Path, headings: str, rows: list[list[object]]) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_row(0, 0, headings.split(","))
        for at, row in enumerate(rows, 1):
            sheet.write_row(at, 0, row)


@pytest.mark.integration
@pytest.mark.parametrize("header", ["csv", "xlsx"])
def test_a_workbooks_dates_are_dates(tmp_path: Path, plain: list[tuple[str, int | None]], header: str) -> None:
    """Alone or among text files: rules that look at how a date is written see it as the workbook shows it."""
    from datetime import datetime

    folder = write(tmp_path / "return")
    cells = [[datetime.strptime(cell, "%d/%m/%Y") if n == 1 else cell for n, cell in enumerate(row.split(","))]
             for row in EPISODES]  # fmt: skip
    workbook(folder / "episodes.xlsx", HEADINGS, cells)
    (folder / "episodes.csv").unlink()
    if header == "xlsx":
        workbook(folder / "header.xlsx", HEADER[0], [list(row.split(",")) for row in HEADER[1:]])
        (folder / "header.csv").unlink()
    assert found(check(folder)) == plain


def together(tmp_path: Path, first: list[str], second: list[str]) -> Checked:
    extra = "\n".join([HEADINGS, *second]) + "\n"
    return check(write(tmp_path / "return", first, episodes_2=extra))


@pytest.mark.integration
def test_an_export_in_two_files_is_joined(tmp_path: Path, plain: list[tuple[str, int | None]]) -> None:
    checked = together(tmp_path, list(EPISODES[:1]), list(EPISODES[1:]))
    assert found(checked) == plain
    assert any("2 rows were put below" in message for message in said(checked, "warning"))
    assert sum(one.kept or 0 for one in checked.taken if one.table == "Episodes") == 3


@pytest.mark.integration
def test_a_copy_is_used_once(tmp_path: Path, plain: list[tuple[str, int | None]]) -> None:
    checked = together(tmp_path, list(EPISODES), list(EPISODES[:2]))
    assert found(checked) == plain
    assert checked.reading_errors == 0


@pytest.mark.integration
def test_two_files_that_contradict_one_another_are_not_joined(tmp_path: Path) -> None:
    checked = together(tmp_path, list(EPISODES), [EPISODES[0].replace("U4", "U6")])
    (message,) = said(checked, "error")
    assert "CHILD and DECOM" in message


@pytest.mark.integration
@pytest.mark.parametrize("period", [None, "2026-27"])
def test_two_years_in_one_folder_are_told_apart(tmp_path: Path, period: str | None) -> None:
    older = "\n".join([HEADINGS, *(row.replace("/2026", "/2024") for row in EPISODES)]) + "\n"
    folder = write(tmp_path / "return", EPISODES, episodes_old=older)
    checked = {one.period: one for one in workflow.check_files([folder], period=period)}
    assert set(checked) == {"2024-25", "2026-27"}
    rows = {year: [one.kept for one in each.taken if one.table == "Episodes"] for year, each in checked.items()}
    assert rows == {"2024-25": [3], "2026-27": [3]}
    assert all(each.reading_errors for each in checked.values())


@pytest.mark.integration
def test_last_years_folder_speaks_too(tmp_path: Path) -> None:
    """Split, or with day numbers for dates, it is compared with as if it were whole and written as asked."""
    this = write(tmp_path / "this", [row.replace("/2026", "/2024") for row in EPISODES])
    rows = [row.replace("/2026", "/2024") for row in EPISODES]
    whole = write(tmp_path / "whole", rows)
    split = write(tmp_path / "split", rows[:1], episodes_2="\n".join([HEADINGS, *rows[1:]]) + "\n")
    numbers = write(tmp_path / "numbers", [row.replace("12/05/2024", "45424") for row in rows])
    of_whole = check(this, "2025-26", last_year=[whole])
    for folder, told in ((split, "several files"), (numbers, "day numbers")):
        checked = check(this, "2025-26", last_year=[folder])
        assert found(checked) == found(of_whole)
        assert any(told in one.message and "last year" in one.where for one in checked.problems)


@pytest.mark.integration
def test_this_years_dates_in_last_years_folder_are_not_compared_with(tmp_path: Path) -> None:
    this, last = write(tmp_path / "this"), write(tmp_path / "last")
    checked = check(this, None, last_year=[last])
    (message,) = said(checked, "error")
    assert "Episodes is not compared with: 3 of its 3 rows begin after 31 March 2026" in message
    reasons = checked.statuses.filter(checked.statuses["status"] == "not run")["reason"].to_list()
    assert any("last year's Episodes was not used" in reason for reason in reasons)


@pytest.mark.integration
def test_last_years_liberty_orders_are_seen(tmp_path: Path) -> None:
    this = write(tmp_path / "this", DoLo="CHILD,DOB,DOLO_START,DOLO_END\nX2,15/02/2010,05/09/2026,\n")
    rows = [row.replace("/2026", "/2025") for row in EPISODES]
    last = write(tmp_path / "last", rows, DoLo="CHILD,DOB,DOLO_START,DOLO_END\nX2,15/02/2010,05/03/2026,\n")
    checked = check(this, last_year=[last], rules=["706"])
    assert checked.findings.select("rule", "child").rows() == [("706", "X2")]


@pytest.mark.integration
def test_the_year_before_the_first_list_refuses_nothing(tmp_path: Path) -> None:
    this = write(tmp_path / "this", [row.replace("/2026", "/2016") for row in EPISODES])
    last = write(tmp_path / "last", [row.replace("/2026", "/2015") for row in EPISODES])
    checked = check(this, "2016-17", last_year=[last])
    assert any("no list of rules of its own" in message for message in said(checked, "note"))
    assert check(last, "2015-16").statuses.height == checked.statuses.height


@pytest.mark.integration
def test_a_headers_own_flag_is_seen_by_303(tmp_path: Path) -> None:
    header = "\n".join([HEADER[0] + ",UASC", *(row + ",0" for row in HEADER[1:])]) + "\n"
    folder = write(tmp_path / "return", header=header, uasc="CHILD,SEX,DOB,DUC\nX2,F,15/02/2010,01/10/2026\n")
    checked = check(folder, rules=["303"])
    assert set(checked.findings.select("table", "row").rows()) == {("Header", 1), ("UASC", 0)}


@pytest.mark.integration
def test_without_starts_199_says_so(tmp_path: Path) -> None:
    headings = HEADINGS.replace("DECOM,", "")
    rows = [row.replace(row.split(",")[1] + ",", "", 1) for row in EPISODES]
    checked = check(write(tmp_path / "return", rows, headings), rules=["199"])
    assert checked.statuses["reason"].to_list() == ["column DECOM was not given"]


def within_the_year(last: date) -> list[str]:
    """Forty children who come one after the other from 1 April 2026 to `last`."""
    first = date(2026, 4, 1)
    days = [first + (last - first) * at / 39 for at in range(40)]
    return [f"Y{at},{day:%d/%m/%Y},S,C2,N1,U4,PR1,,,,ZZ1 1ZZ,ZZ1 2ZZ,SC000001" for at, day in enumerate(days)]


@pytest.mark.integration
def test_of_an_extract_within_the_year_no_rule_asks_what_is_yet_to_come(tmp_path: Path) -> None:
    oc2 = "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED\nY1,01/06/2012,,,\n"
    extract = check(write(tmp_path / "extract", within_the_year(date(2026, 6, 30)), OC2=oc2))
    whole = check(write(tmp_path / "whole", within_the_year(date(2027, 3, 31)), OC2=oc2))
    assert any("known to 30 June 2026" in message for message in said(extract, "note"))
    assert not any("known to" in message for message in said(whole, "note"))
    reason = "it needs the whole year, and the return tells to 30 June 2026"
    withheld = extract.statuses.filter(extract.statuses["reason"] == reason)["rule"].to_list()
    assert {"186", "210", "SW17STG2"} <= set(withheld)
    assert set(withheld) == set(NEED_THE_YEAR) - {"SW01STG1", "SW11STG2"}  # of other years
    assert set(NEED_THE_YEAR) <= {rule.code for rule in RULE_SET}
    assert "it needs the whole year" not in " ".join(whole.statuses["reason"].drop_nulls())

"""The child death returns: read, checked, and kept without anything that says who a child was."""

from pathlib import Path

import polars as pl
import pytest

from parentis.returns import Retention, check_spec, read, the_return, type_cells
from parentis.returns.child_deaths import FROM_OLD_FORM, RETURNS, codes_of, sources_of
from parentis.returns.child_deaths.code_lists import names
from parentis.returns.child_deaths.rules import nhs_check

HEAD = (
    "CASE,FOOTPRINT,NHS_NUMBER,NHS_REASON,OUTCOME,BORN,DIED,AGE,PLACE,RESIDENCE,SEX,ETHNICITY,JAR,LIKELY,RECEIVED,"
    "WITHDRAWN,JAR_MET"
)
GOOD = {
    "CASE": "SYN-1", "FOOTPRINT": "cdr-bhr", "NHS_NUMBER": "9990000018", "NHS_REASON": "", "OUTCOME": "live",
    "BORN": "01/05/2024", "DIED": "03/06/2024", "AGE": "28-364d", "PLACE": "home", "RESIDENCE": "E09000002",
    "SEX": "F", "ETHNICITY": "W", "JAR": "sudden", "LIKELY": "10", "RECEIVED": "04/06/2024", "WITHDRAWN": "",
    "JAR_MET": "06/06/2024",
}  # fmt: skip


def _broken(path: Path, return_id: str, name: str) -> set[str]:
    (reading,) = read([path], return_id=return_id, period="2024-25")
    declared = the_return(reading.return_id)
    spec = declared.spec.at("2024-25")
    typed = type_cells(reading, spec)
    assert declared.check is not None
    found = declared.check(reading, typed, spec).findings["rule"].to_list()
    return {*found, *check_spec(reading, typed, spec).findings["rule"].to_list()} - {"SPEC-COLUMN"}


def _notified(folder: Path, **changed: str) -> set[str]:
    path = folder / "notifications.csv"
    path.write_text(f"{HEAD}\n{','.join({**GOOD, **changed}[name] for name in HEAD.split(','))}\n")
    return _broken(path, "child_deaths.notifications", "notifications")


# The specification's §8, as far as one row can show it.
@pytest.mark.spec
@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"DIED": "01/04/2024", "AGE": "", "RECEIVED": "02/04/2024", "JAR_MET": ""}, "CDR-BORN"),
        ({"BORN": "03/06/2006", "AGE": "15-17y"}, "CDR-18"),
        ({"OUTCOME": "stillborn"}, "CDR-OUTCOME"),
        ({"NHS_NUMBER": "9990000019"}, "CDR-NHS"),
        ({"NHS_NUMBER": "not available"}, "CDR-NHS"),
        ({"NHS_NUMBER": ""}, "CDR-NHS-REASON"),
        ({"RECEIVED": "02/06/2024"}, "CDR-RECEIVED"),
        ({"RECEIVED": "01/09/2025"}, "CDR-LATE"),
        ({"RESIDENCE": "outside"}, "CDR-ELSEWHERE"),
        ({"AGE": "5-9y"}, "CDR-AGE"),
        ({"WITHDRAWN": "01/06/2024"}, "CDR-WITHDRAWN"),
        ({"JAR_MET": "01/06/2024"}, "CDR-JAR"),
        ({"JAR": "none"}, "CDR-JAR"),
    ],
)
def test_what_cannot_be_is_found(tmp_path: Path, changed: dict[str, str], rule: str) -> None:
    assert rule in _notified(tmp_path, **changed)


@pytest.mark.spec
def test_a_sound_notification_has_no_findings(tmp_path: Path) -> None:
    assert _notified(tmp_path) == set()
    assert _notified(tmp_path, NHS_NUMBER="", NHS_REASON="not-issued") == set()


@pytest.mark.spec
def test_category_11_is_no_code(tmp_path: Path) -> None:
    assert _notified(tmp_path, LIKELY="11") - {"CDR-NHS"}


@pytest.mark.spec
def test_the_same_child_from_two_hospitals_is_found(tmp_path: Path) -> None:
    path = tmp_path / "notifications.csv"
    rows = [{**GOOD}, {**GOOD, "CASE": "SYN-2"}]
    path.write_text(f"{HEAD}\n" + "".join(f"{','.join(row[name] for name in HEAD.split(','))}\n" for row in rows))
    assert "CDR-TWICE" in _broken(path, "child_deaths.notifications", "notifications")


@pytest.mark.spec
@pytest.mark.parametrize(
    ("return_id", "text", "rules"),
    [
        ("reviews", "MEETING,PANEL,CATEGORY,STOP,STOPPED_DAYS\n01/09/2024,01/08/2024,10,,", {"CDR-PANEL"}),
        ("reviews", "MEETING,PANEL,CATEGORY,STOP,STOPPED_DAYS\n01/07/2024,01/08/2024,10,inquest,", {"CDR-STOP"}),
        ("reviews", "MEETING,PANEL,CATEGORY,STOP,STOPPED_DAYS\n01/07/2024,01/08/2024,10,,30", {"CDR-STOP"}),
        ("reviews", "MEETING,PANEL,CATEGORY,STOP,STOPPED_DAYS\n01/07/2024,01/08/2024,10,inquest,30", set()),
        ("factors", "DOMAIN,FACTOR,RELEVANCE,OLD_RELEVANCE\n,C1,2,", {"CDR-DOMAIN", "SPEC-BLANK"}),
        ("factors", "DOMAIN,FACTOR,RELEVANCE,OLD_RELEVANCE\nB,C1,2,", {"CDR-DOMAIN"}),
        ("factors", "DOMAIN,FACTOR,RELEVANCE,OLD_RELEVANCE\nC,C1,,", {"CDR-SCORE"}),
        ("factors", "DOMAIN,FACTOR,RELEVANCE,OLD_RELEVANCE\nC,C1,,1*", set()),
        ("reports", "AGENCY,ASKED,REPORTED\ngp,01/09/2024,01/08/2024", {"CDR-REPORTED"}),
    ],
)
def test_reports_reviews_and_factors(tmp_path: Path, return_id: str, text: str, rules: set[str]) -> None:
    head, row = text.split("\n")
    path = tmp_path / f"{return_id}.csv"
    path.write_text(f"CASE,FOOTPRINT,RESIDENCE,{head}\nSYN-1,cdr-bhr,E09000002,{row}\n")
    assert _broken(path, f"child_deaths.{return_id}", return_id) == rules


@pytest.mark.spec
@pytest.mark.parametrize(
    ("row", "rules"),
    [
        ("SYN-A,cdr-bhr,C1,Y,Short lesson,Do it,01/06/2024,01/09/2024,Y,", set()),
        ("SYN-A,cdr-bhr,C1,N,Mother said,Do it,01/06/2024,,,", {"CDR-NARRATIVE"}),
        (f"SYN-A,cdr-bhr,C1,Y,{'long ' * 90},Do it,01/06/2024,,,", {"CDR-NARRATIVE"}),
        ("SYN-A,cdr-bhr,C1,Y,Lesson,Do it,01/06/2024,01/09/2024,N,", {"CDR-EVIDENCE"}),
        ("SYN-A,cdr-bhr,C1,Y,Lesson,Do it,01/06/2024,,,01/09/2025", {"CDR-RECHECK"}),
    ],
)
def test_narrative_is_refused_and_actions_close_with_evidence(tmp_path: Path, row: str, rules: set[str]) -> None:
    path = tmp_path / "actions.csv"
    path.write_text(f"ACTION_ID,FOOTPRINT,FACTOR,SHARED,LESSON,ACTION,AGREED,CLOSED,EVIDENCE,RECHECKED\n{row}\n")
    assert _broken(path, "child_deaths.actions", "actions") == rules


@pytest.mark.unit
@pytest.mark.parametrize(
    ("number", "fits"), [("9990000018", True), ("9990000019", False), ("999000001", False), ("abc", False), ("", False)]
)
def test_the_check_digit(number: str, fits: bool) -> None:
    assert pl.select(nhs_check(pl.lit(number))).item() is fits


@pytest.mark.unit
def test_nothing_that_names_a_child_or_a_case_is_kept_as_written() -> None:
    for declared in RETURNS:
        for table in declared.spec.union().values():
            for column in table.columns:
                if column.name in {"CASE", "NHS_NUMBER", "ACTION_ID"}:
                    assert column.retention is Retention.HASH
                if column.kind.value == "text" and column.retention is Retention.KEEP:
                    assert column.name in {"FOOTPRINT", "RESIDENCE", "LESSON", "ACTION", "OWNER"}


@pytest.mark.unit
def test_every_code_list_names_the_form_it_is_from() -> None:
    for name in names():
        assert all(sources_of(name)), name
    assert {one.code for one in codes_of("old_relevance")} == set(FROM_OLD_FORM)


@pytest.mark.unit
def test_what_each_year_added() -> None:
    notifications = the_return("child_deaths.notifications").spec
    before, after, later = (
        notifications.at(year).tables["notifications"] for year in ("2020-21", "2021-22", "2022-23")
    )
    gained = {one.code for one in after.column("JAR").codes} - {one.code for one in before.column("JAR").codes}
    assert gained == {"unattended"}
    newer = {one.name for one in later.columns}
    assert newer - {one.name for one in after.columns} == {"NHS_REASON"}
    factors = the_return("child_deaths.factors").spec
    years = ("2020-21", "2021-22", "2022-23")
    assert [len(factors.at(year).tables["factors"].column("FACTOR").codes) for year in years] == [21, 23, 24]

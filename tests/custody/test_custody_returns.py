"""The index and the detentions as returns: read, checked, and the index kept nowhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from parentis import archive, workflow
from parentis.archive import Home
from parentis.errors import RefusedError, SpecificationError
from parentis.returns import Retention, check_spec, read, the_return, type_cells, write_files
from parentis.returns.custody.detentions import ANSWERS
from parentis.returns.return_data import ReturnData
from parentis.services.custody import ANSWERS as LAWFUL
from parentis.services.custody import index_entries, is_stale

AS_OF = "2026-11-02T02:00:00+00:00"
SECRET = "Zebedee"
INDEX = f"""PERSON_REF,FIRST_NAME,SURNAME,OTHER_NAMES,DATE_OF_BIRTH,SEX,ADDRESS,POSTCODE,LOOKED_AFTER,CARE_LEAVER,\
OPEN_CASE,YOUTH_JUSTICE_ORDER,RESPONSIBLE_AUTHORITY,AS_OF
SYN1,{SECRET},Invented,Zed; Zeb Made-Up,01/02/2011,M,"1 Nowhere Road, Camden",QX7 1CI,Y,N,N,N,,{AS_OF}
SYN2,Example,Invented,,03/04/2010,F,,,N,N,Y,Y,Islington,{AS_OF}
"""


@pytest.fixture
def index_file(tmp_path: Path) -> Path:
    path = tmp_path / "tonight.csv"
    path.write_text(INDEX)
    return path


def _typed(path: Path) -> tuple[pl.DataFrame, int]:
    (reading,) = read([path])
    declared = the_return(reading.return_id)
    spec = declared.spec.at("")
    typed = type_cells(reading, spec)
    assert declared.check is not None
    return typed.tables["people"], check_spec(reading, typed, spec).errors + declared.check(reading, typed, spec).errors


@pytest.mark.spec
def test_index_becomes_entries(index_file: Path) -> None:
    people, errors = _typed(index_file)
    first, second = index_entries(people, "E09000007")
    assert errors == 0
    assert (first.authority, first.holder, first.statuses) == ("E09000007", "E09000007", {"looked after"})
    assert first.other_names == ("Zed", "Zeb Made-Up")
    assert second.holder == "E09000019"
    assert second.statuses == {"open case", "youth justice order"}
    assert first.as_of is not None
    assert first.as_of.utcoffset() is not None
    assert SECRET not in repr(first)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("written", "instead", "rule"),
    [
        ("Y,N,N,N,,", "N,N,N,N,,", "IDX-WHY"),
        (f"N,,{AS_OF}", "N,,2026-11-02 02:00", "IDX-WHEN"),
        (f"N,,{AS_OF}", "N,,2026-11-01T02:00:00+00:00", "IDX-ONE"),
    ],
)
def test_index_that_cannot_be_relied_on(index_file: Path, written: str, instead: str, rule: str) -> None:
    index_file.write_text(INDEX.replace(written, instead))
    (reading,) = read([index_file])
    declared = the_return("custody.index")
    spec = declared.spec.at("")
    assert declared.check is not None
    checked = declared.check(reading, type_cells(reading, spec), spec)
    assert rule in checked.findings["rule"].to_list()
    assert set(checked.statuses["status"]) == {"run"}


@pytest.mark.unit
def test_index_with_an_unknown_authority_is_not_guessed(index_file: Path) -> None:
    index_file.write_text(INDEX.replace("Islington", "Islingtown"))
    people, _ = _typed(index_file)
    with pytest.raises(SpecificationError, match="row 2"):
        index_entries(people, "E09000007")


@pytest.mark.unit
def test_every_column_of_the_index_is_dropped_at_the_door() -> None:
    spec = the_return("custody.index").spec
    assert {column.retention for table in spec.tables for column in table.columns} == {Retention.DROP}


@pytest.mark.integration
@pytest.mark.parametrize("named", [None, "custody.index"])
def test_index_is_kept_nowhere(index_file: Path, tmp_path: Path, named: str | None) -> None:
    home = Home(tmp_path / "home")
    if named:
        with pytest.raises(RefusedError, match="custody desk"):
            workflow.submit(home, [index_file], who="someone", authority="Camden", return_id=named)
        assert not home.archive.exists()
        return
    (outcome,) = workflow.submit(home, [index_file], who="someone", authority="Camden", accept=True)
    assert outcome.status == "rejected"
    assert isinstance(outcome.error, RefusedError)
    assert SECRET not in str(outcome.error)
    assert archive.kept(home) == frozenset()
    assert archive.events(home)["event"].to_list() == ["received", "rejected", "erased"]
    assert not any("custody" in path.name for path in home.lake.rglob("*"))
    for path in home.path.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
    assert workflow.recover(home) == []


@pytest.mark.integration
def test_index_in_a_folder_is_refused_before_it_is_stored(index_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "all" / "custody.index" / "2026" / "E09000007"
    folder.mkdir(parents=True)
    index_file.rename(folder / index_file.name)
    with pytest.raises(RefusedError):
        workflow.submit(Home(tmp_path / "home"), [tmp_path / "all"], who="someone")


ROW = {
    "DETENTION": "a", "CHILD_KEY": "b", "RESPONSIBLE": "E09000007", "DETAINED_IN": "E09000008",
    "WEEK": "05/10/2026", "MONTH": "01/10/2026", "AGE": "15", "SEX": "M", "ETHNICITY": "W", "STANDING": "none",
    "ROUTED_BY": "table", "HOURS_HELD": "20", "OVERNIGHT": "Y", "WEEKEND": "N", "CHARGED": "Y", "BAIL_REFUSED": "Y",
    "HOURS_AFTER_CHARGE": "11.5", "REQUEST": "non-secure", "ANSWER": "failed", "TRANSFERRED": "N",
    "CERTIFICATE": "missing", "STRIP_SEARCH": "N", "FORCE": "N",
}  # fmt: skip


@pytest.mark.spec
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({}, None),
        ({"WEEK": "06/10/2026"}, "CUS-WEEK"),
        ({"MONTH": "02/10/2026"}, "CUS-WEEK"),
        ({"HOURS_HELD": "-1"}, "CUS-LENGTH"),
        ({"AGE": "18"}, "CUS-AGE"),
        ({"CHARGED": "N"}, "CUS-BAIL"),
        ({"BAIL_REFUSED": "N", "CERTIFICATE": "none"}, "CUS-REQUEST"),
        ({"REQUEST": "none", "ANSWER": "place"}, "CUS-REQUEST"),
        ({"ANSWER": "no-secure-place"}, "CUS-REFUSAL"),
        ({"CERTIFICATE": "none"}, "CUS-CERTIFICATE"),
        ({"TRANSFERRED": "Y"}, "CUS-CERTIFICATE"),
    ],
)
def test_detention_rules(tmp_path: Path, change: dict[str, str], rule: str | None) -> None:
    filled = ReturnData(
        return_id="custody.detentions",
        submitter="Custody desk",
        period="2026-10-01..2026-10-31",
        tables={"detentions": pl.DataFrame([ROW | change])},
    )
    (reading,) = read(write_files(filled, tmp_path))
    declared = the_return("custody.detentions")
    spec = declared.spec.at(filled.period)
    typed = type_cells(reading, spec)
    assert declared.check is not None
    checked = declared.check(reading, typed, spec)
    assert check_spec(reading, typed, spec).errors == 0
    assert checked.findings["rule"].to_list() == ([rule] if rule else [])
    assert set(checked.statuses["status"]) == {"run"}


@pytest.mark.unit
def test_the_clocks_answers_are_the_returns() -> None:
    assert {one.code for one in LAWFUL} | {"none"} == {one.code for one in ANSWERS}


@pytest.mark.spec
@pytest.mark.parametrize(("hours", "stale"), [(0, False), (24, False), (24.1, True), (-0.5, False), (-2, True)])
def test_an_index_is_good_for_a_day(hours: float, stale: bool) -> None:
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)
    assert is_stale(now - timedelta(hours=hours), now) is stale
    assert is_stale(None, now)

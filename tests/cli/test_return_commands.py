"""`parentis convert` and `parentis explain`, as whoever puts a return right runs them."""

import json
from pathlib import Path

import pytest
from conftest_types import Run

from parentis.errors import NotFoundError, SpecificationError

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nSYN1,M,01/02/2010,WBRI,A123456789012,,\n"
EPISODES = (
    "Episodes of the year,,,\n"
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
    "SYN1,01/05/2024,S,C2,N1,K2,PR1,,,,ZZ1 1ZZ,ZZ1 1ZZ,SC9\nSYN1,01/04/2024,S,C9,N1,K2,PR1,,,,ZZ1 1ZZ,ZZ1 1ZZ,SC9\n"
)


@pytest.fixture
def handed(tmp_path: Path) -> Path:
    folder = tmp_path / "return"
    folder.mkdir()
    (folder / "header.csv").write_text(HEADER)
    (folder / "episodes.csv").write_text(EPISODES)
    return folder


@pytest.mark.functional
def test_a_rule_is_explained_with_the_rows_that_break_it(parentis: Run, handed: Path) -> None:
    ran = parentis("explain", "143", handed, "--collection-year", "2024-25")
    assert ran.returncode == 0, ran.stderr
    assert "143: The reason for new episode code is not a valid code" in ran.stderr
    assert "Reads: Episodes" in ran.stderr
    ran = parentis("explain", "144", handed, "--collection-year", "2024-25", "--format", "json")
    told = json.loads(ran.stdout)
    assert told["rule"]["code"] == "144"
    [outcome] = told["checked"]
    assert outcome["said"] == "1 row breaks it"
    # the line is that of the file, in which a title stands above the headings
    assert [(row["file"], row["line"], row["found"]) for row in outcome["rows"]] == [
        ("return/episodes.csv", 4, "LS: C9")
    ]
    unknown = parentis("explain", "14")
    assert unknown.returncode == NotFoundError.exit_code
    assert "Did you mean" in unknown.stderr


@pytest.mark.functional
def test_a_return_goes_out_as_xml_and_comes_back(parentis: Run, handed: Path, tmp_path: Path) -> None:
    ran = parentis("convert", handed, "--collection-year", "2024-25", "--to", "xml", "--out", tmp_path / "xml")
    assert ran.returncode == 0, ran.stderr
    written = tmp_path / "xml" / "ssda903-2024-25.xml"
    back = parentis("convert", written, "--collection-year", "2024-25", "--to", "csv", "--out", tmp_path / "csv")
    assert back.returncode == 0, back.stderr
    lines = (tmp_path / "csv" / "Episodes.csv").read_text().splitlines()
    assert lines == EPISODES.splitlines()[1:]
    again = parentis("convert", handed, "--collection-year", "2024-25", "--to", "xml", "--out", tmp_path / "xml")
    assert again.returncode == SpecificationError.exit_code, "nothing is written over"


@pytest.mark.functional
def test_what_the_form_cannot_hold_is_said_and_is_no_success(parentis: Run, handed: Path, tmp_path: Path) -> None:
    (handed / "oc3.csv").write_text("CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\nSYN1,,YES,F2,B1\nSYN1,,NO,F4,B2\n")
    ran = parentis("convert", handed, "--collection-year", "2024-25", "--to", "xml", "--out", tmp_path / "xml")
    assert ran.returncode == SpecificationError.exit_code
    assert "error: OC3: 1 rows are not in it as they were: 2" in ran.stderr

"""What reading meets is said, and stops nothing else: rows in are rows kept and rows named."""

import io
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from parentis.errors import UnreadableFileError
from parentis.returns import Reading, open_bytes, open_parts, read, read_contents
from parentis.returns.models import Reader, Tables

HEADER = (
    "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nEXAMPLE01,1,01/06/2010,WBRI,UN1,,\nEXAMPLE02,2,02/07/2006,BAFR,UN2,0,\n"
)
EPISODES = "CHILD,DECOM,RNE,LS,PLACE,DEC,HOME_POST\nEXAMPLE01,05/05/2020,S,C1,U4,01/09/2020,ZZ1 1ZZ\n"


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def told(reading: Reading) -> dict[str, list[str]]:
    by_severity: dict[str, list[str]] = {"error": [], "warning": [], "note": []}
    for problem in reading.problems:
        by_severity[problem.severity].append(problem.sentence)
    return by_severity


def workbook(cells: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Header")
        for at, row in enumerate(cells):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith("#"):
                    sheet.write_formula(at, column, "=1", None, cell)
                else:
                    sheet.write(at, column, cell)
    return buffer.getvalue()


@pytest.mark.spec
@pytest.mark.parametrize(
    ("name", "raw", "severity", "says"),
    [
        ("notes.pdf", b"%PDF-1.7 words", "warning", "a PDF document"),
        ("logo.png", b"\x89PNG\r\n", "warning", "a picture"),
        ("uasc.csv", b"", "warning", "an empty file"),
        ("uasc.csv", b"\x00" * 40, "warning", "an empty file"),
        ("sums.csv", b"a,b\n1,2\n", "warning", "no heading that is known"),
        ("more.xlsx", b"PK\x03\x04 cut short", "error", "a damaged or incomplete one"),
        ("tree.xml", b"<A><B></A>", "error", "a mistake in line 1"),
    ],
)
def test_a_file_that_is_no_data_stops_none_beside_it(
    tmp_path: Path, name: str, raw: bytes, severity: str, says: str
) -> None:
    [reading] = read([written(tmp_path / "ret", {"header.csv": HEADER, name: raw})])
    assert reading.tables["Header"].height == 2
    [sentence] = told(reading)[severity]
    assert sentence.startswith(f"{severity}: ret/{name}: not used: ")
    assert says in sentence
    with pytest.raises(UnreadableFileError):
        read([tmp_path / "ret" / name])


@pytest.mark.spec
def test_a_broken_member_of_a_zip_stops_none_beside_it() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("header.csv", HEADER)
        archive.writestr("guide.pdf", b"%PDF-1.7")
        archive.writestr("inner.zip", b"PK\x05\x06" + bytes(18))
    [reading] = read_contents(open_parts("all.zip", buffer.getvalue()))
    assert reading.tables["Header"].height == 2
    assert [sentence.partition(": not used")[0] for sentence in told(reading)["warning"] + told(reading)["error"]] == [
        "warning: all.zip/guide.pdf",
        "error: all.zip/inner.zip",
    ]


@pytest.mark.spec
def test_a_reader_that_fails_is_one_sentence_without_what_the_file_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> Tables:
        raise ZeroDivisionError("Winifred, 11 May")

    monkeypatch.setattr("parentis.returns.readings._by_headings", fails)
    with pytest.raises(UnreadableFileError, match=r"one on which the reader failed \(ZeroDivisionError\)") as caught:
        read([written(tmp_path / "ret", {"header.csv": HEADER})])
    assert "Winifred" not in str(caught.value) + caplog.text
    assert "a reader failed: ZeroDivisionError in fails" in caplog.text


@pytest.mark.spec
def test_control_characters_are_taken_out_and_their_lines_named() -> None:
    [reading] = read_contents(open_bytes("header.csv", HEADER.replace("BAFR", "BA\x00FR").encode()))
    assert reading.tables["Header"]["ETHNIC"].to_list() == ["WBRI", "BAFR"]
    [sentence] = told(reading)["warning"]
    assert "1 control characters (such as NUL) were taken out, in lines 3" in sentence
    [reading] = read_contents(open_bytes("header.csv", HEADER.encode() + b"\x00" * 4096))
    assert reading.tables["Header"].height == 2


@pytest.mark.spec
def test_a_quotation_mark_that_is_never_closed_swallows_no_row() -> None:
    text = HEADER.replace("01/06/2010", '"01/06/2010') + "EXAMPLE03,1,01/01/2011,WBRI,UN1,,\n"
    [reading] = read_contents(open_bytes("header.csv", text.encode()))
    assert reading.tables["Header"]["CHILD"].to_list() == ["EXAMPLE01", "EXAMPLE02", "EXAMPLE03"]
    assert reading.tables["Header"]["DOB"][0] == '"01/06/2010'
    assert "a quotation mark is opened and never closed in line 2" in told(reading)["warning"][0]
    twice = text.replace("EXAMPLE03,1,01/01/2011", 'EXAMPLE03,1,"01/01/2011')
    [reading] = read_contents(open_bytes("header.csv", twice.encode()))
    assert reading.tables["Header"].height == 3
    assert "in line 2, 4:" in told(reading)["warning"][0]


@pytest.mark.spec
def test_a_cell_of_several_lines_is_one_cell() -> None:
    text = HEADER.replace("UN2", '"UN2,\nas told, by phone"')
    [reading] = read_contents(open_bytes("header.csv", text.encode()))
    assert reading.tables["Header"]["UPN"].to_list() == ["UN1", "UN2,\nas told, by phone"]
    assert reading.problems == ()


@pytest.mark.spec
def test_a_formula_that_failed_stands_as_the_workbook_shows_it() -> None:
    cells: list[list[object]] = [["CHILD", "SEX", "DOB"], ["EXAMPLE01", "#N/A", "#REF!"], ["EXAMPLE02", 2, "#DIV/0!"]]
    [reading] = read_contents(open_bytes("header.xlsx", workbook(cells)))
    assert reading.tables["Header"].select("CHILD", "SEX", "DOB").rows() == [
        ("EXAMPLE01", "#N/A", "#REF!"),
        ("EXAMPLE02", "2", "#DIV/0!"),
    ]


@pytest.mark.spec
def test_rows_in_are_rows_kept_and_rows_named() -> None:
    text = (
        "Return of,Camden,,,\n"
        "CHILD,SEX,DOB,,Remarks\n"
        "EXAMPLE01,1,01/06/2010,left,\n"
        ",,,,only a remark\n"
        " , ,,,\n"
        "EXAMPLE02,2,02/07/2006,,\n"
    )
    [reading] = read_contents(open_bytes("header.csv", text.encode()))
    [taken] = reading.taken
    assert (taken.rows, taken.kept) == (3, 2)
    assert sum(problem.rows for problem in reading.problems) == 1
    assert reading.tables["Header"]["row"].to_list() == [0, 3]
    assert [problem.sentence for problem in reading.problems] == [
        "note: header.csv: columns not used: Remarks",
        "note: header.csv: the headings stand in line 2; what stands above, in line 1, is not used",
        "warning: header.csv: cells without a heading are not used: column 4 (1 cells)",
        "warning: header.csv: 1 rows hold nothing in the columns that are used: left out",
    ]


@pytest.mark.spec
def test_a_second_file_for_a_table_is_named_with_its_rows(tmp_path: Path) -> None:
    more = EPISODES.replace("EXAMPLE01", "EXAMPLE02")
    [reading] = read([written(tmp_path / "ret", {"episodes.csv": EPISODES, "episodes_part2.csv": more})])
    assert told(reading)["warning"] == [
        "warning: ret/episodes_part2.csv: Episodes came in several files: "
        "1 rows were put below those of ret/episodes.csv"
    ]
    assert [(one.file, one.rows, one.kept, one.first_row) for one in reading.taken] == [
        ("ret/episodes.csv", 1, 1, 0),
        ("ret/episodes_part2.csv", 1, 1, 1),
    ]
    [reading] = read([written(tmp_path / "same", {"episodes.csv": EPISODES, "copy of episodes.csv": EPISODES})])
    (said,) = told(reading)["warning"]
    assert said.endswith(
        "0 rows were put below those of same/copy of episodes.csv; 1 rows are there too and were used once"
    )


@pytest.mark.spec
def test_a_period_told_by_the_name_alone_is_said_to_be(tmp_path: Path) -> None:
    [reading] = read([written(tmp_path / "ret", {"2021-header.csv": HEADER})])
    assert reading.period == "2020-21"
    assert told(reading)["note"] == [
        "note: ret/2021-header.csv: nothing in it says its period: 2020-21 is taken from its name"
    ]


@pytest.mark.unit
def test_rows_that_a_reader_neither_keeps_nor_names_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from parentis.returns import readings as module

    frame = pl.DataFrame({"CHILD": ["EXAMPLE01"]})
    forgetful = Reader(
        name="forgetful",
        recognise=lambda content: None,
        read=lambda content, taken: Tables(tables={"Header": frame}, rows=3, kept=1),
    )
    [content] = open_bytes("header.csv", HEADER.encode())
    piece = module._by_reader(
        content, module.Recognised(file="header.csv", return_id="ssda903", because="it is"), forgetful
    )
    assert [problem.message for problem in piece.problems] == ["2 of 3 rows were not used, and why is not known"]

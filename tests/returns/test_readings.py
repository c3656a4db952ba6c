"""From files to readings: recognising by content, grouping by period, and nothing merged unasked."""

import io
import random
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from parentis.errors import NotFoundError, PeriodError, SpecificationError, UnreadableFileError
from parentis.returns import Reading, open_bytes, read, read_contents, the_return, type_cells


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def plain(reading: Reading, table: str) -> pl.DataFrame:
    return reading.tables[table].drop("file")


@pytest.mark.spec
def test_a_set_of_csv_files_is_one_reading(tmp_path: Path, ssda903_csv: dict[str, str]) -> None:
    (reading,) = read([write(tmp_path, {f"{name}.csv": text for name, text in ssda903_csv.items()})])
    assert (reading.return_id, reading.period, reading.problems) == ("ssda903", "2020-21", ())
    assert {name: frame.height for name, frame in reading.tables.items()} == {
        "Episodes": 3,
        "Header": 2,
        "UASC": 1,
    }
    assert reading.tables["Header"]["UASC"].to_list() == ["0", "1"]
    assert reading.tables["Episodes"].columns[0] == "row"
    assert reading.tables["Episodes"].columns[-1] == "file"
    assert [taken.table for taken in reading.taken] == ["Episodes", "Header", "UASC"]
    assert "headings CHILD, DECOM, RNE" in reading.taken[0].because


@pytest.mark.spec
def test_names_do_not_matter_where_headings_say_enough(tmp_path: Path, ssda903_csv: dict[str, str]) -> None:
    (reading,) = read([write(tmp_path, {f"export{i}.dat": text for i, text in enumerate(ssda903_csv.values())})])
    assert set(reading.tables) == {"Header", "Episodes", "UASC"}


@pytest.mark.spec
def test_a_zip_and_a_workbook_read_as_the_csv_set_does(tmp_path: Path, ssda903_csv: dict[str, str]) -> None:
    (folder,) = read([write(tmp_path / "csv", {f"{n}.csv": text for n, text in ssda903_csv.items()})])
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, text in ssda903_csv.items():
            archive.writestr(f"set/{name}.csv", text)
    with xlsxwriter.Workbook(tmp_path / "all.xlsx") as book:
        for i, text in enumerate(ssda903_csv.values()):
            sheet = book.add_worksheet(f"Sheet{i}")
            for row, line in enumerate(text.splitlines()):
                sheet.write_row(row, 0, line.split(","))
    for path in (tmp_path / "all.zip", tmp_path / "all.xlsx"):
        (reading,) = read([path])
        assert (reading.period, reading.problems) == ("2020-21", ())
        for name in ssda903_csv:
            assert_frame_equal(plain(reading, name), plain(folder, name))


@pytest.mark.spec
def test_dates_and_numbers_in_a_workbook_read_as_text_does(ssda903_csv: dict[str, str]) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet, day = book.add_worksheet("Header"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["CHILD", "SEX", "DOB"])
        sheet.write_row(1, 0, [398768, 1])
        sheet.write_datetime(1, 2, __import__("datetime").datetime(2010, 6, 1), day)
    (reading,) = read_contents(open_bytes("h.xlsx", buffer.getvalue()), period="2020-21")
    typed = type_cells(reading, the_return("ssda903").spec.at("2020-21")).tables["Header"]
    assert typed.select("CHILD", "SEX", pl.col("DOB").cast(pl.String)).row(0) == ("398768", "1", "2010-06-01")


@pytest.mark.spec
def test_the_xml_form_gives_every_table(ssda903_xml: str) -> None:
    (reading,) = read_contents(open_bytes("return.xml", ssda903_xml.encode()))
    assert (reading.return_id, reading.period) == ("ssda903", "2020-21")
    assert {name: frame.height for name, frame in reading.tables.items()} == {
        "Header": 2, "Episodes": 3, "Reviews": 2, "UASC": 1, "OC2": 1, "OC3": 1, "AD1": 1,
        "PlacedAdoption": 1, "PrevPerm": 1, "Missing": 1, "SWEpisodes": 1,
    }  # fmt: skip
    assert reading.tables["Episodes"].select("row", "CHILD", "PLACE", "DEC").rows() == [
        (0, "EXAMPLE01", "U4", "01/09/2020"),
        (1, "EXAMPLE01", "K2", None),
        (2, "EXAMPLE02", "H5", "02/02/2021"),
    ]
    assert reading.tables["UASC"].select("CHILD", "SEX", "DOB", "DUC").rows() == [
        ("EXAMPLE02", "2", "02/07/2006", "02/07/2024")
    ]
    assert reading.tables["Header"]["UASC"].to_list() == [None, "1"]
    assert reading.tables["AD1"].select("CHILD", "DOB", "DATE_INT", "FOSTER_CARE").row(0) == (
        "EXAMPLE02", "02/07/2006", "01/01/2020", "1",
    )  # fmt: skip


@pytest.mark.spec
def test_years_that_lie_together_become_readings_of_their_own(tmp_path: Path, ssda903_csv: dict[str, str]) -> None:
    earlier = {
        f"2019-20_{n}.csv": t.replace("/2020", "/2019").replace("/2021", "/2020") for n, t in ssda903_csv.items()
    }
    later = {f"2020-21_{n}.csv": text for n, text in ssda903_csv.items()}
    readings = read([write(tmp_path, earlier | later)])
    assert [(r.period, set(r.tables)) for r in readings] == [
        ("2019-20", {"Header", "Episodes", "UASC"}),
        ("2020-21", {"Header", "Episodes", "UASC"}),
    ]


@pytest.mark.spec
def test_folders_of_years_stay_apart_and_what_has_no_year_joins_the_only_one(ssda903_csv: dict[str, str]) -> None:
    earlier = ssda903_csv["Episodes"].replace("/2020", "/2019").replace("/2021", "/2020")
    files = {
        "a/header.csv": ssda903_csv["Header"],
        "a/episodes.csv": earlier,
        "b/header.csv": ssda903_csv["Header"],
        "b/episodes.csv": ssda903_csv["Episodes"],
    }
    readings = read_contents([c for name, text in files.items() for c in open_bytes(name, text.encode())])
    assert [(r.period, set(r.tables), r.problems) for r in readings] == [
        ("2019-20", {"Header", "Episodes"}, ()),
        ("2020-21", {"Header", "Episodes"}, ()),
    ]
    apart = [*open_bytes("x/header.csv", files["b/header.csv"].encode()),
             *open_bytes("y/episodes.csv", files["b/episodes.csv"].encode())]  # fmt: skip
    (joined,) = read_contents(apart)
    assert (joined.period, set(joined.tables)) == ("2020-21", {"Header", "Episodes"})


@pytest.mark.spec
@pytest.mark.parametrize(
    ("name", "extra", "period"),
    [
        ("header.csv", "", None),
        ("header_2024-25.csv", "", "2024-25"),
        ("SSDA903_2025_header.csv", "", "2024-25"),
        ("header_20242025.csv", "", "2024-25"),
        ("header_2024-27.csv", "", None),
        ("header_2020.csv", ",LA,YEAR", "2024-25"),
    ],
)
def test_a_table_without_dates_takes_its_period_from_a_year_column_or_its_name(
    tmp_path: Path, ssda903_csv: dict[str, str], name: str, extra: str, period: str | None
) -> None:
    head, *rows = ssda903_csv["Header"].splitlines()
    text = "\n".join([head + extra] + [row + (",Camden,2025" if extra else "") for row in rows])
    (reading,) = read([write(tmp_path / "files", {name: text})])
    assert reading.period == period
    assert reading.ignored_columns == ({"Header": ("LA", "YEAR")} if extra else {})


@pytest.mark.spec
def test_a_period_given_outright_overrides_the_files(tmp_path: Path, ssda903_csv: dict[str, str]) -> None:
    (reading,) = read([write(tmp_path, {"Episodes.csv": ssda903_csv["Episodes"]})], period="2023/24")
    assert reading.period == "2023-24"
    with pytest.raises(PeriodError):
        read([tmp_path], period="lately")
    with pytest.raises(PeriodError, match="2016-17 to 2026-27"):
        the_return("ssda903").spec.at("2012-13")
    with pytest.raises(NotFoundError, match="ssda903"):
        read([tmp_path], return_id="ssda904")


@pytest.mark.spec
def test_two_files_that_contradict_one_another_are_reported_and_never_merged(
    tmp_path: Path, ssda903_csv: dict[str, str]
) -> None:
    other = ssda903_csv["Header"].replace("WBRI", "WIRI")
    assert other != ssda903_csv["Header"]
    (reading,) = read([write(tmp_path, {"header.csv": ssda903_csv["Header"], "header_new.csv": other})])
    assert reading.tables["Header"]["CHILD"].to_list() == ["EXAMPLE01", "EXAMPLE02"]
    (problem,) = reading.problems
    assert (problem.severity, problem.file.endswith("header_new.csv")) == ("error", True)
    assert "second file for Header" in problem.message


@pytest.mark.spec
def test_a_table_without_its_key_column_is_refused(tmp_path: Path, ssda903_csv: dict[str, str]) -> None:
    keyless = "\n".join(line.partition(",")[2] for line in ssda903_csv["Episodes"].splitlines())
    with pytest.raises(SpecificationError, match=r"expected the column CHILD in Episodes, .*without it"):
        read([write(tmp_path, {"episodes.csv": keyless})])


@pytest.mark.spec
def test_a_file_of_no_known_return_is_refused_without_repeating_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read([write(tmp_path, {"secret.csv": "Jane Doe,CHILD,x\n1,2,3\n"})])
    assert "only the known headings CHILD" in str(refusal.value)
    assert "Jane" not in str(refusal.value)
    with pytest.raises(UnreadableFileError, match="XML whose root is catalogue"):
        read_contents(open_bytes("c.xml", b"<catalogue/>"))


@pytest.mark.spec
def test_a_stranger_among_known_files_is_said(tmp_path: Path, ssda903_csv: dict[str, str]) -> None:
    (reading,) = read([write(tmp_path, {"header.csv": ssda903_csv["Header"], "z.csv": "a,b\n1,2\n"})])
    assert [(p.severity, "no known return" in p.message) for p in reading.problems] == [("warning", True)]


@pytest.mark.unit
def test_a_title_above_the_headings_and_a_repeated_heading(ssda903_csv: dict[str, str]) -> None:
    text = "Our return\n\n" + ssda903_csv["UASC"].replace("CHILD,", "CHILD,sex ,").replace("EXAMPLE02,", "EXAMPLE02,9,")
    (reading,) = read_contents(open_bytes("uasc.csv", text.encode()))
    assert reading.tables["UASC"].select("row", "CHILD", "SEX", "DOB").row(0) == (
        0,
        "EXAMPLE02",
        "9",
        "02/07/2006",
    )
    (problem,) = [one for one in reading.problems if one.severity == "error"]
    assert "the column SEX is there 2 times (columns 2 and 3) and differs in" in problem.message


@pytest.mark.unit
def test_wholly_blank_rows_keep_their_number_but_are_not_rows(ssda903_csv: dict[str, str]) -> None:
    lines = ssda903_csv["Header"].splitlines()
    text = "\n".join([lines[0], lines[1], ",,,,,,", lines[2]])
    (reading,) = read_contents(open_bytes("header.csv", text.encode()))
    assert reading.tables["Header"]["row"].to_list() == [0, 2]


@pytest.mark.unit
def test_headings_that_fit_several_tables_go_by_the_name() -> None:
    for name in ("header", "UASC"):
        (reading,) = read_contents(open_bytes(f"2020-21 {name}.csv", b"CHILD,SEX,DOB\n1,1,01/01/2010\n"))
        assert list(reading.tables) == [name.title() if name == "header" else name]


@pytest.mark.generative
@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    extra=st.lists(st.from_regex(r"Z[0-9]{1,3}", fullmatch=True), max_size=3, unique=True),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_order_case_spaces_extra_columns_and_encoding_do_not_change_the_reading(
    ssda903_csv: dict[str, str], seed: int, extra: list[str], encoding: str, newline: str
) -> None:
    chance = random.Random(seed)
    rows = [line.split(",") + [name if i == 0 else "é" for name in extra]
            for i, line in enumerate(ssda903_csv["Episodes"].splitlines())]  # fmt: skip
    order = chance.sample(range(len(rows[0])), len(rows[0]))
    rows = [[row[i] for i in order] for row in rows]
    rows[0] = [f" {h.lower() if chance.random() < 0.5 else h}{' ' * chance.randint(0, 2)}" for h in rows[0]]
    raw = newline.join(",".join(row) for row in rows).encode(encoding)
    (changed,) = read_contents(open_bytes("episodes.csv", raw))
    (plainly,) = read_contents(open_bytes("episodes.csv", ssda903_csv["Episodes"].encode()))
    assert changed.period == plainly.period
    assert_frame_equal(changed.tables["Episodes"], plainly.tables["Episodes"])


@pytest.mark.integration
@pytest.mark.real
def test_the_sample_returns_read(shared_data: Path) -> None:
    folder = shared_data / "returns"
    years = read([folder / "ssda903_demand_model"])
    assert [reading.period for reading in years] == ["2017-18", "2018-19", "2019-20", "2020-21", "2021-22"]
    assert [reading.tables["Episodes"].height for reading in years] == [1460, 974, 648, 402, 253]
    assert {problem.severity for reading in years for problem in reading.problems} <= {"note"}
    (liia,) = read([folder / "ssda903_liia"])
    assert (liia.period, liia.tables["Header"].height) == ("2024-25", 6489)
    (xml,) = read([folder / "ssda903_d2i" / "fake_903.xml"])
    assert xml.period == "2017-18"
    assert {name: frame.height for name, frame in xml.tables.items()} == {
        "Header": 253, "Episodes": 459, "Reviews": 1206, "UASC": 12, "OC2": 253, "OC3": 6, "AD1": 3,
        "PlacedAdoption": 3, "PrevPerm": 253, "Missing": 6,
    }  # fmt: skip
    for reading in (*years, liia, xml):
        typed = type_cells(reading, the_return("ssda903").spec.at(reading.period or ""))
        assert typed.findings.is_empty()

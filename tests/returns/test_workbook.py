"""Blank templates and filled returns: written from the spec, read back by the same."""

import io
from pathlib import Path
from typing import Literal

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from parentis.errors import DeclarationError
from parentis.returns import (
    ReturnData,
    open_bytes,
    read,
    read_contents,
    returns,
    template,
    the_return,
    type_cells,
    write_files,
)


@pytest.mark.spec
def test_the_template_has_a_sheet_a_table_and_is_accessible() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("ssda903", "2025-26")))
    tables = the_return("ssda903").spec.at("2025-26").tables
    assert book.sheetnames == ["Cover", "Notes", "Codes", *tables]
    for name, table in tables.items():
        sheet = book[name]
        assert [cell.value for cell in sheet[1]] == [column.name for column in table.columns]
        assert not sheet.merged_cells.ranges
        assert len(sheet.tables) == 1
        offered = {str(rule.sqref).split(":")[0] for rule in sheet.data_validations.dataValidation}
        coded = {cell.column_letter + "2" for cell, c in zip(sheet[1], table.columns, strict=True) if c.codes}
        assert offered == coded
        assert all(sheet.column_dimensions[cell.column_letter].hidden is False for cell in sheet[1])
    assert {row[0].value for row in book["Notes"].iter_rows(min_row=2)} == set(tables)
    placements = [row[2].value for row in book["Codes"].iter_rows(min_row=2) if row[1].value == "PLACE"]
    assert placements == [code.code for code in tables["Episodes"].column("PLACE").codes]


@pytest.mark.spec
def test_a_filled_template_reads_back_without_being_told_what_it_is() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("ssda903", "2025-26")))
    book["Header"]["A2"], book["Header"]["B2"], book["Header"]["C2"] = "0012", "F", "01/06/2010"
    buffer = io.BytesIO()
    book.save(buffer)
    (reading,) = read_contents(open_bytes("anything.xlsx", buffer.getvalue()))
    assert (reading.return_id, reading.period, reading.problems) == ("ssda903", "2025-26", ())
    assert list(reading.tables) == ["Header"]
    assert reading.tables["Header"].select("row", "CHILD", "SEX", "DOB").rows() == [(0, "0012", "F", "01/06/2010")]


@pytest.mark.integration
@pytest.mark.parametrize("return_id", [i for i, declared in returns().items() if declared.submitter == "authority"])
def test_every_authority_return_has_a_template_that_reads_back_as_itself(return_id: str) -> None:
    spec = the_return(return_id).spec
    period = spec.periods[-1] if spec.periods else "2024-25"
    (reading,) = read_contents(open_bytes("blank.xlsx", template(return_id, period)))
    assert reading.return_id == return_id
    assert all(frame.is_empty() for frame in reading.tables.values())


@pytest.mark.spec
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_written_reads_back(tmp_path: Path, ssda903_csv: dict[str, str], form: Literal["csv", "xlsx"]) -> None:
    contents = [c for name, text in ssda903_csv.items() for c in open_bytes(f"{name}.csv", text.encode())]
    (reading,) = read_contents(contents)
    spec = the_return("ssda903").spec.at("2020-21")
    typed = type_cells(reading, spec)
    filled = ReturnData(return_id="ssda903", submitter="E09000007", period="2020-21", tables=typed.tables)
    paths = write_files(filled, tmp_path / form, form)
    assert len(paths) == (3 if form == "csv" else 1)
    (back,) = read(paths)
    assert (back.period, back.problems) == ("2020-21", ())
    again = type_cells(back, spec)
    for name, frame in typed.tables.items():
        shown = pl.exclude("^.*__raw$", "file")
        assert_frame_equal(again.tables[name].select(shown), frame.select(shown))


@pytest.mark.unit
def test_a_table_the_year_does_not_have_cannot_be_written(tmp_path: Path) -> None:
    filled = ReturnData(
        return_id="ssda903", submitter="X", period="2020-21", tables={"DoLo": pl.DataFrame({"CHILD": ["A"]})}
    )
    with pytest.raises(DeclarationError, match="no table DoLo in 2020-21"):
        write_files(filled, tmp_path)

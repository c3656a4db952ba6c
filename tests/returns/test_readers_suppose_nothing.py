"""No reader has a measure, unit or sign by default: an amount under an unknown heading is in no measure it knows.

Every reader is given a small file of its layout with one column more, headed `Mystery` and filled with a number that
stands nowhere else. The number may be missing from what is read, or stand under its own heading; never under another.
A reader without a file here fails the test, so that a new one is thought about.
"""

import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from parentis.errors import UserError
from parentis.returns import read, returns

MARK = "987654"
PLACE = "E-code,ONS Code,Local authority,Class"
CAMDEN = "E5011,E09000007,Camden,L"
LONG = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,"
    "la_name,new_la_code"
)
LONG_CAMDEN = "2025,Reporting year,Local authority,E92000001,England,E12000007,London,202,Camden,E09000007"


def csv(*lines: str, name: str = "file.csv") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def parquet(**columns: list[object]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        buffer = io.BytesIO()
        pl.DataFrame({name.replace("_", " "): values for name, values in columns.items()}).write_parquet(buffer)
        path = folder / "base.parquet"
        path.write_bytes(buffer.getvalue())
        return path

    return write


def inspections() -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        from xlsxwriter import Workbook

        path = folder / "outcomes_2025.xlsx"
        with Workbook(path) as book:
            sheet = book.add_worksheet("ILACS_inspection_history")
            sheet.write_row(0, 0, ["Local authority area code", "Inspection date", "Overall effectiveness", "Mystery"])
            sheet.write_row(1, 0, ["E09000007", "2022-06-13", "Good", MARK])
        return path

    return write


def grant() -> Callable[[Path], Path]:
    blocks = [f"{one} (£s)" for one in ("Schools block", "Central school services block", "High needs block")]
    blocks += ["Early years block (£s)", "Total DSG allocation (£s)"]
    return csv(
        "Dedicated schools grant: 2021 to 2022 allocations local authority summary,,"
        '"2021 to 2022 DSG allocations, before recoupment and deductions",,,,,'
        '"2021 to 2022 DSG allocations, after deductions for academies recoupment",,,,,',
        ",".join(["", "", *blocks, *blocks, "Mystery (£s)"]),
        ",".join(["202", "Camden", *map(str, range(1, 11)), MARK]),
    )


SAMPLES: dict[tuple[str, str], Callable[[Path], Path]] = {
    ("finance.ra", "wide sheet"): csv(
        "Revenue Account Budget (RA) 2021-22: data",
        "£ thousand",
        f"{PLACE},Children Social Care - Net Current Expenditure (C7 = C3 - C6),Mystery",
        f"{CAMDEN},5,{MARK}",
    ),
    ("improvement.inspections", "Inspection outcomes"): inspections(),
    ("improvement.neighbours", "Statistical neighbours"): csv(
        "LA num," + ",".join(f"SN{n},Closeness {n}" for n in range(1, 11)) + ",Mystery",
        "202," + "205,Very close," * 10 + MARK,
        name="neighbours_2025.csv",
    ),
    ("placements.providers", "list of providers"): csv(
        "URN,Provision type,Sector,Postcode,Mystery", f"SC000001,Children's Home,Private,NW1 1AA,{MARK}"
    ),
    ("finance.rs", "wide sheet"): csv(
        "Revenue Outturn (RO) 2021-22: Service Expenditure Summary (RSX) data",
        "Data is reported in £ thousand",
        f"{PLACE},Children Social Care - Net Current Expenditure (C7 = C3 - C6),Children Social Care - Mystery (C8)",
        f"{CAMDEN},5,{MARK}",
    ),
    ("finance.ro3", "wide sheet"): csv(
        "Revenue Outturn (RO) 2022-23: Social Care and Public Health (RO3) data",
        "Data is reported in £ thousand",
        ",,,,Children looked after,",
        f"{PLACE},Net Current Expenditure (C7 = C3 - C6),Mystery (C6)",
        f"{CAMDEN},5,{MARK}",
    ),
    ("finance.gdp_deflators", "deflators as published"): csv(
        ",GDP DEFLATORS AT MARKET PRICES,,,",
        ",Financial year,2023-24 = 100,per cent change on previous year,Mystery",
        f",2023-24,100,5,{MARK}",
        ",Financial years 1955-56 to 2023-24 taken from ONS; last updated 30 June 2026,,,",
    ),
    ("finance.s251", "section 251 table"): csv(
        "LA,LA Name,LineNumber,CYPServiceDescription,OwnProvision,TotalExpenditure,Income,Mystery",
        f"202,Camden,16,16 Total Children Looked After,1,5,2,{MARK}",
        name="s251_1314.csv",
    ),
    ("high_needs.dsg_allocations", "allocations workbook"): grant(),
    ("high_needs.dsg_balances", "balances table"): csv(
        "time_period,geographic_level,region_name,la_name,deficit,financial_year,Mystery",
        f"201920,Local authority,London,Camden,-3,2019-20,{MARK}",
    ),
    ("high_needs.ehc_plans", "counts of the release"): csv(
        f"{LONG},breakdown_topic,breakdown,ehcplans,special_total,mystery",
        f"{LONG_CAMDEN},All,All,1200,30,{MARK}",
        name="caseload.csv",
    ),
    ("open_statistics.dfe", "DfE long format"): csv(
        f"{LONG},age_group,population_estimate,mystery", f"{LONG_CAMDEN},Children,1000,{MARK}"
    ),
    ("open_statistics.dfe", "DfE SFR wide layout"): csv(
        "LA_order,New_geog_code,geog_l,geog_c,geog_n,CLA_Mar2017,Mystery", f"3,E09000007,LA,202,Camden,20,{MARK}"
    ),
    ("open_statistics.lait", "LAIT base data"): parquet(
        Short_Desc=["Tea"], Years=["2023"], LA_and_Regions=["Camden"], Values=["7"], LA_Number=[202.0], Mystery=[MARK]
    ),
    ("open_statistics.lait", "LAIT dictionary"): csv(
        "Measure_code,Topic,Measure,Measure_short,Polarity,y_axis_name,Year_Type,Last Update,Mystery",
        f"1,Drinks,Tea,Tea,High,Cups,Financial Year,45870,{MARK}",
    ),
}
WITHOUT_AMOUNTS = {
    ("adoption.quarterly", "quarterly workbook"): "each figure is kept under the headings above it, whatever they say",
    ("ssda903", "SSDA903 XML"): "its elements are the columns of a declared form; others are named and left out",
    ("placements.census", "census with guidance in its headings"): "its columns are those of a declared form",
    ("placements.london", "London's census"): "its columns are those of a declared form",
}


@pytest.mark.unit
def test_every_reader_has_a_file_here() -> None:
    every = {(one.id, reader.name) for one in returns().values() for reader in one.readers}
    assert every == {*SAMPLES, *WITHOUT_AMOUNTS}


@pytest.mark.integration
@pytest.mark.parametrize(("return_id", "reader"), sorted(SAMPLES))
def test_what_stands_under_an_unknown_heading_is_in_no_known_measure(
    return_id: str, reader: str, tmp_path: Path
) -> None:
    path = SAMPLES[return_id, reader](tmp_path)
    try:
        readings = read([path])
    except UserError:
        return  # refused: nothing was supposed
    assert [one.return_id for one in readings] == [return_id]
    for one in readings:
        for table in one.tables.values():
            for row in table.iter_rows():
                cells = [str(cell).casefold() for cell in row]
                if any(MARK in cell for cell in cells):
                    assert any("mystery" in cell for cell in cells), row


@pytest.mark.integration
def test_a_form_read_by_its_headings_leaves_an_unknown_column_out_and_says_so(tmp_path: Path) -> None:
    path = csv("QUARTER,SERVICE_LINE,ORIGINAL_BUDGET,Mystery", f"Q2,csc,100,{MARK}")(tmp_path)
    [reading] = read([path], return_id="finance.monitoring", period="2024-25")
    assert MARK not in str(reading.tables["lines"].to_dicts())
    assert "Mystery" in str(reading.ignored_columns)

"""The section 251 outturn tables of before Explore education statistics."""

from pathlib import Path

import polars as pl
import pytest

from parentis.returns import check_spec, read, the_return, type_cells

HEAD = (
    "LA,LA Name,LineNumber,CYPServiceDescription,ReportGroup,OwnProvision,TotalExpenditure,Income,"
    "NetCurrentExpenditure,Remark"
)
ROWS = (
    '202,Camden,16,16 Total Children Looked After,CHILDREN LOOKED AFTER,100.50,"1,000",200,800,',
    "999,Atlantis,16,16 Total Children Looked After,CHILDREN LOOKED AFTER,1,1,1,1,",
    ",Barnet,11,11Short breaks,CHILDREN LOOKED AFTER,0,(5),c,-5,",
)


@pytest.mark.spec
def test_a_table_is_read_by_its_headings_and_every_row_is_kept_or_named(tmp_path: Path) -> None:
    path = tmp_path / "s251_outturn_1314.csv"
    path.write_text("\n".join((HEAD, *ROWS)) + "\n", encoding="cp1252")
    [reading] = read([path])
    assert (reading.return_id, reading.period) == ("finance.s251", "2013-14")
    spec = the_return("finance.s251").spec.at("2013-14")
    typed = type_cells(reading, spec)
    assert check_spec(reading, typed, spec).findings.is_empty()
    lines = typed.tables["lines"]
    assert lines.filter(MEASURE="gross").select("row", "ONS_CODE", "LINE", "LABEL", "AMOUNT").rows() == [
        (0, "E09000007", "16", "Total Children Looked After", 1000),
        (2, "E09000003", "11", "Short breaks", -5),
    ]
    assert lines.filter(MEASURE="income").select("AMOUNT", "MARKER").rows() == [(200, None), (None, "c")]
    assert (reading.taken[0].rows, reading.taken[0].kept) == (3, 2)
    assert [problem.message for problem in reading.problems] == [
        "1 rows of no authority that is known left out: Atlantis; totals are without them",
        "columns not used: Remark",
        "the year 2013-14 is taken from above the table or from the file's name",
    ]


@pytest.mark.real
@pytest.mark.integration
def test_the_published_table_of_2013_14(shared_data: Path) -> None:
    [reading] = read([shared_data / "finance" / "s251_outturn_1314.csv"])
    lines = reading.tables["lines"]
    assert (reading.taken[0].rows, reading.taken[0].kept, lines["ONS_CODE"].n_unique()) == (5472, 5472, 152)
    camden = lines.filter(ONS_CODE="E09000007", LINE="16").select("MEASURE", pl.col("AMOUNT").cast(pl.Float64))
    found = dict(camden.drop_nulls().iter_rows())
    assert (found["gross"], found["income"], found["net"]) == (28368651.34, 1531416.2, 26837235.14)

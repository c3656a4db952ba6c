"""The outturn of 2010-11 to 2014-15 as it was published: old workbooks (.xls), with authorities that have ended."""

from decimal import Decimal
from pathlib import Path

import pytest
from old_workbook import xls

from parentis.returns import read, the_return, type_cells

AUTHORITIES = (
    ("E5011", "Camden", "L", "E09000007", 50_000),
    ("E0920", "Cumbria", "SC", "E10000006", 61_000),
    ("E2820", "Northamptonshire", "SC", "E10000021", 72_000),
    ("E1202", "Bournemouth UA", "UA", "E06000028", 13_000),
    ("E1201", "Poole UA", "UA", "E06000029", 9_000),
    ("E0702", "Middlesborough", "UA", "E06000002", 31_000),
    ("E0801", "Telford & the Wrekin", "UA", "E06000020", 20_000),
)


@pytest.mark.spec
@pytest.mark.parametrize("year", ["2010-11", "2011-12", "2012-13", "2013-14", "2014-15"])
@pytest.mark.parametrize("coded", [True, False], ids=["with ONS codes", "by name"])
def test_outturn_of_old_workbooks(tmp_path: Path, year: str, coded: bool) -> None:
    path = tmp_path / "published.xls"  # nothing in the name says what it is
    code = ("ONS Code",) if coded else ()
    rows = [
        (f"Revenue Outturn Summary (RS): {year} data",),
        ("Net current expenditure (£ thousand)",),
        (),
        ("E-code", *code, "Local authority", "Class", "Education services", "Children Social Care"),
        *(
            (e, *((gss,) if coded else ()), name, kind, 100_000.0, float(net))
            for e, name, kind, gss, net in AUTHORITIES
        ),
        ("ENG", *(["E92000001"] if coded else []), "ENGLAND", None, 700_000.0, 256_000.0),
    ]
    path.write_bytes(xls({"Notes": [("Contents",)], f"RS LA Data {year}": rows}))
    (reading,) = read([path])
    assert (reading.return_id, reading.period) == ("finance.rs", year)
    (taken,) = reading.taken
    assert taken.rows == (taken.kept or 0) + sum(one.rows for one in reading.problems)
    lines = type_cells(reading, the_return("finance.rs").spec.at(year)).tables["lines"].filter(SERVICE_LINE="csc")
    assert dict(lines.select("ONS_CODE", "AMOUNT").iter_rows()) == {
        gss: Decimal(1_000 * net) for _, _, _, gss, net in AUTHORITIES
    }


@pytest.mark.spec
def test_a_name_that_the_publisher_misspelt_is_read_and_said(tmp_path: Path) -> None:
    """Only where it can be one authority's: Herfordshire may be Hertfordshire or Herefordshire."""
    path = tmp_path / "published.xls"
    misspelt = (("Lincolshire", "SC"), ("Nothumberland UA", "UA"), ("Herfordshire", "SC"), ("Cheltenam", "SD"))
    rows = [
        ("Revenue Outturn Summary (RS): 2012-13 data",),
        ("Net current expenditure (£ thousand)",),
        (),
        ("E-code", "Local authority", "Class", "Education services", "Children Social Care"),
        *((f"E10{at:02d}", name, kind, 9.0, 5.0) for at, (name, kind) in enumerate(misspelt)),
    ]
    path.write_bytes(xls({"RS LA Data 2012-13": rows}))
    (reading,) = read([path])
    kept = reading.tables["lines"].filter(SERVICE_LINE="csc")
    assert kept["ONS_CODE"].to_list() == ["E10000019", "E06000057"]
    said = [one.message for one in reading.problems if one.severity == "warning"]
    assert any("Lincolshire as Lincolnshire, Nothumberland UA as Northumberland" in one for one in said)
    assert any("1 authorities without an ONS code left out, name unknown: Herfordshire" in one for one in said)

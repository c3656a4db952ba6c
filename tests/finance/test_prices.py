"""HM Treasury's deflators as published, and forecasts of inflation."""

from pathlib import Path

import polars as pl
import pytest
from published_files import Rows, delimited, ods, read, typed

from parentis.errors import SpecificationError
from parentis.region import gdp_deflator
from parentis.returns.finance.prices import DEFLATORS

TOP: Rows = [
    ["", "GDP DEFLATORS AT MARKET PRICES, AND MONEY GDP"],
    ["", "Outturn data are as at the Quarterly National Accounts from ONS - last updated 28 March 2025."],
    ["", "Financial year", "", "", "", "", "Calendar year"],
    ["", "Financial year", "2023-24 = 100", "per cent change on previous year", "Cash £ million", "", "Calendar year"],
    ["", "2022-23", 95, "", 1, "", "2022"],
    ["", "2023-24", "100.000", "5.26", 1, "", "2023"],
    ["", "2024-25", "", "4", 1, "", "2024"],
]


@pytest.mark.spec
@pytest.mark.parametrize("form", ["csv", "ods"])
def test_index_and_growth_by_financial_year(tmp_path: Path, form: str) -> None:
    rows = [*TOP, ["", "Financial years 1955-56 to 2023-24 taken from ONS series L8GG"]]
    path = delimited(tmp_path / "d.csv", rows) if form == "csv" else ods(tmp_path / "d.ods", {"Deflators": rows})
    taken, tables = read([DEFLATORS], path)
    assert (taken.return_id, taken.period) == ("finance.gdp_deflators", "2025")
    frame = typed(DEFLATORS, tables, "index")
    assert frame.select("FINANCIAL_YEAR", "INDEX", "BASIS").rows() == [
        ("2022-23", 95, "outturn"),
        ("2023-24", 100, "outturn"),
        ("2024-25", 104, "forecast"),
    ]
    assert not tables.problems


@pytest.mark.unit
def test_years_whose_source_is_not_said_are_said_to_be_taken_by_their_index(tmp_path: Path) -> None:
    _, tables = read([DEFLATORS], delimited(tmp_path / "d.csv", TOP))
    assert typed(DEFLATORS, tables, "index")["BASIS"].to_list() == ["outturn", "outturn", "forecast"]
    assert [problem.severity for problem in tables.problems] == ["warning"]


@pytest.mark.unit
def test_a_table_without_years_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecificationError, match="financial years with an index"):
        read([DEFLATORS], delimited(tmp_path / "d.csv", TOP[:4]))


@pytest.mark.real
@pytest.mark.integration
def test_the_treasurys_file_is_what_is_packaged(shared_data: Path) -> None:
    taken, tables = read([DEFLATORS], shared_data / "finance" / "gdp_deflators_qtrly_dec2023.csv")
    assert taken.period == "2023"
    frame = typed(DEFLATORS, tables, "index")
    both = gdp_deflator().join(frame, left_on="period", right_on="FINANCIAL_YEAR")
    assert both.height == gdp_deflator().height
    assert (both["index"] - both["INDEX"]).abs().max() < 1e-5
    assert both["basis"].to_list() == both["BASIS"].to_list()
    assert frame["RELEASED"].unique().cast(pl.String).to_list() == ["2023-12-22"]
    assert frame["FINANCIAL_YEAR"][0] == "1955-56"

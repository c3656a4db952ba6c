"""The lake's door: what is kept of a checked return."""

from datetime import date

import polars as pl
import pytest

from parentis.returns import apply_retention, open_bytes, read_contents, the_return, type_cells
from parentis.returns.retention import sector


def hashed(values: pl.Series) -> pl.Series:
    return "hash of " + values


@pytest.mark.spec
@pytest.mark.parametrize(
    ("postcode", "kept"),
    [
        ("SW1A 1AA", "SW1A 1"),
        ("sw1a1aa", "SW1A 1"),
        (" M1  1AE", "M1 1"),
        ("CR2 6XH", "CR2 6"),
        ("DN55 1PT", "DN55 1"),
        ("EC1A1BB", "EC1A 1"),
        ("SW1A", None),
        ("10 Example Street", None),
        (None, None),
    ],
)
def test_a_postcode_is_cut_to_its_sector_and_anything_else_to_nothing(postcode: str | None, kept: str | None) -> None:
    assert pl.select(sector(pl.lit(postcode, pl.String))).item() == kept


@pytest.mark.spec
def test_identifiers_are_hashed_and_what_no_use_needs_is_gone(ssda903_xml: str, ssda903_csv: dict[str, str]) -> None:
    contents = [c for name, text in ssda903_csv.items() for c in open_bytes(f"{name}.csv", text.encode())]
    (reading,) = read_contents(contents)
    spec = the_return("ssda903").spec.at("2020-21")
    kept = apply_retention(type_cells(reading, spec).tables, spec, hashed)
    assert kept["Header"].columns == ["row", "CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "UASC"]
    assert kept["Header"].row(1) == (
        1, "hash of EXAMPLE02", "2", date(2006, 7, 2), "BAFR", "hash of UN2", "0", "1",
    )  # fmt: skip
    assert kept["Episodes"].row(0, named=True)["PL_POST"] == "ZZ2 2"
    assert kept["Episodes"]["CHILD"].to_list() == ["hash of EXAMPLE01"] * 2 + ["hash of EXAMPLE02"]
    (xml,) = read_contents(open_bytes("return.xml", ssda903_xml.encode()))
    assert apply_retention(type_cells(xml, spec).tables, spec, hashed)["OC2"].columns == ["row", "CHILD", "DOB"]


@pytest.mark.unit
def test_no_text_as_written_goes_through(ssda903_csv: dict[str, str]) -> None:
    (reading,) = read_contents(open_bytes("Header.csv", ssda903_csv["Header"].encode()), period="2020-21")
    spec = the_return("ssda903").spec.at("2020-21")
    kept = apply_retention(type_cells(reading, spec).tables, spec, hashed)["Header"]
    assert not [name for name in kept.columns if name.endswith("__raw") or name == "file"]
    assert "EXAMPLE01" not in kept.cast(pl.String).to_series(1).to_list()

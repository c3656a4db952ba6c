"""The return's own rules on practice returns: they find every mistake, and nothing else but its echoes."""

import polars as pl
import pytest

from parentis import practice
from parentis.returns import read, the_return, type_cells, write_files

# A mistake in last year's return makes this year's clean row disagree with it.
COMPARED_WITH_LAST_YEAR = {"202", "203", "204", "207", "208", "502", "562", "624", "1001", "NoE"}
AUTHORITIES = ("E09000008", "E09000012", "E09000028")


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """Typed tables of three authorities and two years, by way of files."""
    folder = tmp_path_factory.mktemp("returns")
    spec = the_return("ssda903").spec
    tables = {}
    for one in practice.region(1, years=["2023-24", "2024-25"]):
        if one.return_id == "ssda903" and one.submitter in AUTHORITIES:
            paths = write_files(one, folder / one.period / one.submitter)
            (reading,) = read(paths)
            assert reading.period == one.period
            tables[one.submitter, one.period] = type_cells(reading, spec.at(one.period)).tables
    return tables


@pytest.mark.integration
@pytest.mark.parametrize("authority", AUTHORITIES)
def test_rules_find_the_mistakes_and_nothing_else(typed, authority):
    from parentis.returns.ssda903.rules.check import check

    checked = check(
        typed[authority, "2024-25"],
        collection_year="2024-25",
        last_year=typed[authority, "2023-24"],
        authority=authority,
    )
    noted = practice.manifest(1).filter(pl.col("authority") == authority, pl.col("period") == "2024-25")
    assert noted.height > 0
    found = checked.findings
    assert noted.join(found, on=["table", "row", "rule"], how="anti").is_empty()
    besides = found.filter(~pl.col("child").is_in(noted["child"].implode()))
    echoes = pl.col("rule").is_in(COMPARED_WITH_LAST_YEAR) | pl.col("rule").str.starts_with("503")
    assert besides.filter(~echoes).is_empty()
    assert besides.height < 10

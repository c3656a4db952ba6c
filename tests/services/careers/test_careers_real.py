"""Careers from third-party sample returns: several years of one authority, and one of another."""

from datetime import date

import polars as pl
import pytest

from parentis.services.careers import Spells, nights, spells, stock

TWO_CAREERS_IN_ONE_NUMBER = {"276736", "84737"}
"Numbers of the sample with one run of episodes inside another's: the inner one wins and ends it."

DATES = ("DECOM", "DEC", "DOB", "DUC")


def read(path, period):
    frame = pl.read_csv(path, infer_schema_length=0).with_row_index("row")
    return frame.with_columns(
        pl.col(name).str.to_date("%d/%m/%Y", strict=False) for name in DATES if name in frame.columns
    ).with_columns(authority=pl.lit("E1"), period=pl.lit(period), load_id=pl.lit(period), sequence=pl.lit(1))


def tables(folder, years):
    return [
        pl.concat([read(folder / f"{name.format(table=table)}.csv", period) for name, period in years])
        for table in ("episodes", "header", "uasc")
    ]


@pytest.fixture(scope="module")
def five_years(shared_data):
    # The files are named after the year in which their collection year starts.
    years = [(f"{year}-{{table}}", f"{year}-{year - 1999}") for year in range(2017, 2022)]
    return tables(shared_data / "returns/ssda903_demand_model", years)


@pytest.mark.integration
@pytest.mark.real
def test_five_years_of_one_authority(five_years):
    episodes, header, uasc = five_years
    careers = spells(episodes, header, uasc)
    Spells.validate(careers.spells)
    assert careers.trace.height == episodes.height == 3737
    made = careers.spells
    assert made["spell_id"].to_list() == list(range(made.height))
    assert not made.filter(pl.col("end") > pl.col("start").shift(-1).over("child")).height
    assert made["dob"].null_count() == 0
    whole = (made["end"] - made["start"]).dt.total_days().sum()
    assert nights(made, by=("financial_year", "month", "age", "place"))["nights"].sum() == whole
    # Two routes to the number on a day: the file of the year, and the spells. Earlier files leave out children
    # whom later ones say were there, which the notes count, so only the last year must agree exactly.
    for year in range(2018, 2023):
        on = date(year, 3, 31)
        of_year = episodes.filter(pl.col("period").str.starts_with(str(year - 1)), ~pl.col("LS").is_in(["V3", "V4"]))
        there = of_year.filter(pl.col("DECOM") <= on, pl.col("DEC").is_null() | (pl.col("DEC") > on))["CHILD"].unique()
        counted = made.filter(pl.col("start") <= on, pl.col("end") > on)["child"]
        assert stock(made, [on])["children"].sum() == len(counted)
        assert set(there) - set(counted) <= TWO_CAREERS_IN_ONE_NUMBER
    assert set(there) == set(counted)
    left_out = "episodes left out of an earlier return that is held"
    assert careers.notes.filter(pl.col("note") == left_out)["count"].item() > 0


@pytest.mark.integration
@pytest.mark.real
def test_a_year_with_blank_starts_and_unknown_children(shared_data):
    years = [("SSDA903_2025_{table}", "2024-25")]
    episodes, header, uasc = tables(shared_data / "returns/ssda903_liia", years)
    careers = spells(episodes, header, uasc)
    assert sorted(careers.unusable["reason"].cast(pl.String)) == ["no child"] * 3 + ["no start"] * 3
    assert careers.trace.height == episodes.height
    assert nights(careers.spells, held=careers.coverage)["nights"].sum() <= careers.spells["child"].n_unique() * 365

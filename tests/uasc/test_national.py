"""Transfers and fair shares: by hand, and against what the publishers say of whole regions."""

from pathlib import Path

import polars as pl
import pytest

from parentis.region import match_authorities, population_0_17
from parentis.returns import read, the_return, type_cells
from parentis.services.uasc.national import UASC_31_MARCH, fair_shares, transfers

NTS_SCHEMA = {
    "Date": pl.Date, "Region": pl.String, "Local Authority or HSCT (NI)": pl.String,
    "Transfers out of Local Authority": pl.Int64, "Transfers into Local Authority": pl.Int64,
    "Transfers into LA from port/intake unit": pl.Int64, "sequence": pl.Int64, "row": pl.UInt32,
}  # fmt: skip


def nts(*rows: tuple[str, str, str, int, int, int]) -> pl.DataFrame:
    """Last day of the quarter, region, authority, out, in, sequence."""
    full = [
        (day, region, name, out, into, 0, sequence, at)
        for at, (day, region, name, out, into, sequence) in enumerate(rows)
    ]
    return pl.DataFrame(full, schema={**NTS_SCHEMA, "Date": pl.String}, orient="row").with_columns(
        pl.col("Date").str.to_date()
    )


def value(found: pl.DataFrame, measure: str, geography: str, period: str) -> float:
    return float(found.filter(measure=measure, geography=geography, period=period)["value"].item())


@pytest.mark.spec
def test_quarters_add_up_to_years_and_authorities_to_regions() -> None:
    found = transfers(
        nts(
            ("2030-03-31", "London", "Camden", 2, 0, 1),
            ("2030-06-30", "London", "Camden", 1, 0, 1),
            ("2030-06-30", "London", "Croydon", 5, 1, 1),
            ("2030-06-30", "South East", "Kent", 12, 0, 1),
            ("2030-06-30", "Scotland", "Aberdeen", 0, 7, 1),
            ("2030-06-30", "*Total London", "*Total", 6, 1, 1),
        )
    )
    assert value(found, "uasc.nts.out", "london", "2030") == 8
    assert value(found, "uasc.nts.out", "england", "2030") == 20
    assert value(found, "uasc.nts.out_share", "london", "2030") == 40
    assert value(found, "uasc.nts.in", "england", "2030") == 1  # Scotland is not England
    assert value(found, "uasc.nts.out", "E09000007", "2030") == 3
    assert found.filter(geography="london")["method"].unique().to_list() == [
        "as published by the Home Office, 2 of 4 quarters"
    ]


@pytest.mark.spec
def test_the_later_release_of_a_quarter_wins() -> None:
    found = transfers(nts(("2030-03-31", "London", "Camden", 9, 0, 5), ("2030-03-31", "London", "Camden", 2, 0, 7)))
    assert value(found, "uasc.nts.out", "london", "2030") == 2


def lait(*rows: tuple[str, str, float]) -> pl.DataFrame:
    frame = pl.DataFrame(
        [(UASC_31_MARCH, year, number, amount, 1, at) for at, (year, number, amount) in enumerate(rows)],
        schema={
            "SHORT_DESC": pl.String, "YEARS": pl.String, "LA_NUMBER": pl.String, "VALUE": pl.Float64,
            "sequence": pl.Int64, "row": pl.UInt32,
        },
        orient="row",
    )  # fmt: skip
    return match_authorities(frame, "LA_NUMBER")


@pytest.mark.spec
def test_a_fair_share_is_that_of_all_children() -> None:
    found = fair_shares(lait(("2024", "970", 7000), ("2024", "986", 1210), ("2024", "202", 60)))
    people = population_0_17().filter(pl.col("year") == 2023)
    every = people["population"].sum()
    camden = people.filter(authority="E09000007")["population"].item()
    assert value(found, "uasc.national.share", "london", "2024-03-31") == pytest.approx(100 * 1210 / 7000)
    assert value(found, "uasc.national.fair_share", "E09000007", "2024-03-31") == pytest.approx(100 * camden / every)
    assert value(found, "uasc.national.of_children", "E09000007", "2024-03-31") == pytest.approx(6000 / camden)
    fair = 7000 * camden / every
    assert value(found, "uasc.national.above", "E09000007", "2024-03-31") == pytest.approx(60 - fair)


@pytest.mark.unit
def test_nothing_published_gives_nothing() -> None:
    assert transfers(nts()).is_empty()
    assert fair_shares(lait()).is_empty()


@pytest.mark.integration
@pytest.mark.real
def test_london_passed_on_and_looks_after_what_was_published(shared_data: Path) -> None:
    (reading,) = read([shared_data / "cla/la_uasc_transfer_nts.csv"])
    table = type_cells(reading, the_return("open_statistics.nts").spec.at("2023")).tables["transfers"]
    found = transfers(table.with_columns(sequence=pl.lit(1)))
    known = {2016: 50, 2017: 170, 2018: 76, 2019: 1, 2020: 1, 2021: 77, 2022: 243, 2023: 139}
    assert {year: value(found, "uasc.nts.out", "london", str(year)) for year in known} == known
    boroughs = found.filter(pl.col("geography").str.starts_with("E09"), pl.col("measure") == "uasc.nts.out")
    assert boroughs.filter(period="2022")["value"].sum() == 243
    (lines,) = [
        one
        for one in read([shared_data / "finance/LAIT_bds_long_0.parquet"])
        if one.return_id == "open_statistics.lait"
    ]
    typed = type_cells(lines, the_return("open_statistics.lait").spec.at("2025")).tables["lines"]
    shares = fair_shares(match_authorities(typed, "LA_NUMBER").with_columns(sequence=pl.lit(1)))
    assert value(shares, "uasc.national.fair_share", "england", "2024-03-31") == pytest.approx(100)
    regions = shares.filter(
        (pl.col("measure") == "uasc.national.share") & (pl.col("period") == "2024-03-31")
        & pl.col("geography").str.contains("^(london|region-)")
    )  # fmt: skip
    assert regions.height == 9
    assert regions["value"].sum() == pytest.approx(100, abs=1)  # each region is rounded to the nearest 10
    london = shares.filter(geography="london", measure="uasc.national.share").sort("period")
    assert london.height >= 8
    assert 15 < london["value"].min() < london["value"].max() < 45

"""The tables against the public files they were taken from, and against files nobody took them from."""

import csv
import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from parentis.region import (
    authorities,
    authority,
    footprints,
    gdp_deflator,
    match_authorities,
    members,
    population_0_17,
    tiles,
)

pytestmark = [pytest.mark.integration, pytest.mark.real]
CODE = re.compile(r"E(06|08|09|10)\d{6}")


def cells(path: Path) -> Iterator[tuple[str, ...]]:
    """Every row's first cells, as text, whatever the form of the file."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as source:
            yield from (tuple(row[:16]) for row in csv.reader(source))
        return
    from fastexcel import read_excel

    book = read_excel(path)
    for sheet in book.sheet_names:
        frame = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
        yield from (tuple(cell or "" for cell in row[:16]) for row in frame.iter_rows())


@pytest.mark.parametrize(
    "name",
    [
        "RA_2016-17_budget_by_LA.xlsx",
        "RA_2017-18_budget_by_LA.xlsx",
        "RA_2018-19_budget_by_LA.xlsx",
        "RA_2019-20_budget_by_LA.xlsx",
        "RA_2021-22_budget_by_LA.csv",
        "RS_2017-18_outturn_by_LA.xlsx",
        "RSX_2021-22_outturn_by_LA.csv",
        "RSX_2024-25_data_by_LA.ods",
        "RO3_2024-25_data_by_LA.ods",
    ],
)
def test_every_upper_tier_authority_of_a_finance_file_resolves_by_code_and_by_name(
    shared_data: Path, name: str
) -> None:
    seen = set()
    for row in cells(shared_data / "finance" / name):
        for place, cell in enumerate(row):
            if not CODE.fullmatch(cell.strip()):
                continue
            found = authority(cell)
            around = [text for text in row[max(0, place - 2) : place + 3] if text and not re.match(r"E\d", text)]
            by_name = match_authorities(pl.DataFrame({"text": around}), "text").get_column("authority")
            # Dorset's bare name means the successor; the code tells them apart.
            assert found.gss in set(by_name) | {"E10000009"}, (cell, around)
            seen.add(found.gss)
    period = int(re.search(r"\d{4}", name)[0])
    expected = {one.gss for one in authorities() if one.existed(date(period, 4, 1))}
    if "2016-17" not in name:  # that workbook's own list carries no ONS codes
        assert seen == expected


def test_every_name_in_lait_resolves_or_is_a_region(shared_data: Path) -> None:
    names = (
        pl.scan_parquet(shared_data / "finance" / "LAIT_bds_long_0.parquet")
        .select("LA and Regions", "LA Number")
        .unique()
        .collect()
    )
    areas = {one.name.casefold() for one in footprints()} | {"london (inner)", "london (outer)"}
    for name, number in names.iter_rows():
        if name.casefold() not in areas:
            assert authority(name) is authority(str(number))


def test_the_list_of_authorities_agrees(shared_data: Path) -> None:
    listed = [row for row in cells(shared_data / "geography" / "la_code_list.xlsx") if row[0].isdigit()]
    kinds = {
        "MD": {"metropolitan district"},
        "UA": {"unitary authority"},
        "SC": {"county council", "unitary authority"},
    }
    kinds |= {code: {"London borough", "City of London"} for code in ("ILB", "OLB")}
    numbers = set()
    for number, name, region, kind in (row[:4] for row in listed if row[3] != "NA"):
        found = authority(number)
        assert authority(name) is found
        assert found.kind in kinds[kind]
        divided = f"{found.inner_outer.title()} {found.region}" if found.inner_outer else found.region
        assert divided == region
        numbers.add(number)
    assert numbers == {one.dfe for one in authorities()}


def test_upper_tier_of_april_2023_is_england_then(shared_data: Path) -> None:
    codes = {row[3] for row in cells(shared_data / "geography" / "ltla_utla_apr23.csv") if row[3].startswith("E")}
    assert {authority(code).gss for code in codes} == set(members("england", date(2023, 4, 30)))


def test_boroughs_are_in_the_police_unit_the_met_draws_them_in(shared_data: Path) -> None:
    path = shared_data / "police" / "met_police_boundaries.gpkg"
    with sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True) as boundaries:
        drawn = boundaries.execute("select LAD22CD, BCU_Name from mps_bocus where LAD22CD <> ''").fetchall()
    boundaries.close()
    names = {gss: re.sub(r" (Area )?Command Unit", "", unit) for gss, unit in drawn}
    units = {one.id: one.name.split(" BCU")[0] for one in footprints() if one.kind == "bcu"}
    ours = {gss: name for unit, name in units.items() for gss in members(unit, date(2022, 6, 1))}
    assert ours.pop("E09000001") == "City of London Police"
    assert ours == names
    assert len(names) == 32


def test_children_sum_to_the_published_regions(shared_data: Path) -> None:
    published = pl.read_csv(shared_data / "population" / "ons_mye_0_17_2012_to_2024.csv", infer_schema_length=0).filter(
        pl.col("geographic_level") == "Regional"
    )
    people = population_0_17()
    for footprint in (one for one in footprints() if one.gss and one.kind in {"region", "sub-region"}):
        theirs = {
            int(row["time_period"]): int(row["population_estimate"])
            for row in published.filter(region_code=footprint.gss).iter_rows(named=True)
        }
        for year, total in theirs.items():
            if footprint.id == "region-south-west" and year < 2019:
                continue  # ONS gives no figure for the three authorities abolished in Dorset
            inside = members(footprint.id, date(year, 6, 30))
            ours = people.filter(pl.col("year") == year, pl.col("authority").is_in(inside))
            assert ours.get_column("population").sum() == total, (footprint.id, year)
    london = people.filter(pl.col("authority").is_in(members("london", date(2024, 6, 30))))
    totals = dict(london.group_by("year").agg(pl.col("population").sum()).iter_rows())
    assert totals[2012] == 1_847_747
    assert totals[2017] == 1_931_638
    assert totals[2024] == 1_916_086


def test_the_deflator_is_the_treasurys(shared_data: Path) -> None:
    theirs = {}
    for row in cells(shared_data / "finance" / "gdp_deflators_qtrly_dec2023.csv"):
        if len(row) > 2 and re.fullmatch(r"\d{4}-\d\d", row[1]):
            theirs[row[1]] = float(row[2])
    ours = gdp_deflator().filter(basis="outturn")
    assert {period: theirs[period] for period in ours.get_column("period")} == dict(
        ours.select("period", "index").iter_rows()
    )


def test_the_tile_map_lies_as_the_boroughs_lie(shared_data: Path) -> None:
    shapes = json.loads((shared_data / "geography" / "london_boroughs.geojson").read_text(encoding="utf-8"))

    def points(nested: list) -> Iterator[tuple[float, float]]:
        if isinstance(nested[0], (int, float)):
            yield nested[0], nested[1]
        else:
            for part in nested:
                yield from points(part)

    where = []
    for shape in shapes["features"]:
        texts = pl.DataFrame({"text": [str(value) for value in shape["properties"].values()]})
        found = match_authorities(texts, "text").get_column("authority").drop_nulls()
        outline = list(points(shape["geometry"]["coordinates"]))
        middle = [(min(axis) + max(axis)) / 2 for axis in zip(*outline, strict=True)]
        where.append((found[0], *middle))
    centres = pl.DataFrame(where, schema=["authority", "east", "north"], orient="row")
    both = tiles().join(centres, on="authority")
    assert both.height == 33
    assert both.select(pl.corr("column", "east")).item() > 0.93
    assert both.select(pl.corr("row", "north")).item() < -0.93

"""Tiny invented files in each layout, read the way any file is read."""

import io
from pathlib import Path

import polars as pl
import pytest

from parentis.errors import SpecificationError
from parentis.returns import read, the_return, type_cells
from parentis.returns.open_statistics import long_format

PLACE = (
    "time_period,time_identifier,geographic_level,country_code,country_name,"
    "region_code,region_name,old_la_code,la_name,new_la_code"
)
ENGLAND = "Reporting year,National,E92000001,England,,,,,"
LONDON = "Reporting year,Regional,E92000001,England,E12000007,London,,,"
CAMDEN = "Reporting year,Local authority,E92000001,England,E12000007,London,202,Camden,E09000007"


def _file(folder: Path, name: str, *lines: str, bom: bool = False) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig" if bom else "utf-8")
    return path


def _typed(*paths: Path) -> dict[tuple[str, str, str | None], dict[str, pl.DataFrame]]:
    found = {}
    for one in read(paths):
        typed = type_cells(one, the_return(one.return_id).spec.at(one.period or ""))
        assert typed.findings.is_empty()
        found[one.return_id, one.part, one.period] = dict(typed.tables)
    return found


@pytest.mark.spec
def test_a_known_data_set_is_known_by_its_content_under_any_name(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "download.csv",
        f"{PLACE},population_type,population_estimate,children_count,rate_per_10000",
        f"2025,{LONDON},Children looked after on 31 March each year,1000,120,60",
        f"2025,{CAMDEN},Children looked after on 31 March each year,x,c,z",
        bom=True,
    )
    [(key, tables)] = _typed(path).items()
    assert key == ("open_statistics.dfe", "cla_number_and_rate", "2025")
    seen = tables["values"].select("GEOGRAPHY", "LEVEL", "PLACE", "INDICATOR", "VALUE", "MARKER").rows()
    assert ("E12000007", "Regional", "London", "children_count", 120.0, None) in seen
    assert ("E09000007", "Local authority", "Camden", "children_count", None, "c") in seen
    assert len(seen) == 6


@pytest.mark.spec
def test_an_unknown_data_set_is_read_by_what_its_columns_hold(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "Moon_landings_2024.csv",
        f"{PLACE.upper()},Vehicle, Flights ,Share,Empty",
        f"202324,{ENGLAND},Rocket; big,3,k,",
        f"202324,{CAMDEN},Total,1,100,",
    )
    [(key, tables)] = _typed(path).items()
    assert key == ("open_statistics.dfe", "moon_landings", "2024")
    assert tables["values"].select("BREAKDOWN", "INDICATOR", "VALUE", "MARKER").rows() == [
        ("vehicle=Rocket, big", "flights", 3.0, None),
        ("vehicle=Total", "flights", 1.0, None),
        ("vehicle=Rocket, big", "share", None, "k"),
        ("vehicle=Total", "share", 100.0, None),
    ]


@pytest.mark.spec
def test_levels_below_authorities_are_left_out_and_said_to_be(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "small.csv",
        f"{PLACE},thing,number",
        f"2024,{CAMDEN},A,5",
        "2024,Reporting year,School,E92000001,England,E12000007,London,202,Camden,E09000007,A,1",
    )
    [reading] = read([path])
    assert reading.tables["values"].height == 1
    assert [problem.message for problem in reading.problems] == [
        "1 values of levels below country, region and authority were left out (School)"
    ]


@pytest.mark.spec
def test_years_and_months_become_months_under_a_name_that_says_so(tmp_path: Path) -> None:
    path = _file(tmp_path, "times.csv", f"{PLACE},stage,number", f"2024,{ENGLAND},one,1:02", f"2024,{ENGLAND},two,40")
    [(_, tables)] = _typed(path).items()
    assert tables["values"].select("INDICATOR", "VALUE").rows() == [("number_months", 14.0), ("number", 40.0)]


@pytest.mark.spec
def test_the_older_wide_layout_tells_the_halves_of_london_apart(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "SFR_CLA_2017.csv",
        "LA_order,New_geog_code,geog_l,geog_c,geog_n,CLA_Mar2017,CLA_2017,CLA_UASC,CLA_NetGain ",
        "1,E12000007,REGION,G,LONDON,300,400,10,-5",
        "2,E12000007,REGION,H,INNER LONDON,100,150,x,1",
        "3,E09000007,LA,202,Camden,20,30,x,0",
    )
    [(key, tables)] = _typed(path).items()
    assert key == ("open_statistics.dfe", "cla_sfr", "2017")
    rows = tables["values"].select("GEOGRAPHY", "INDICATOR", "VALUE", "MARKER").rows()
    assert ("E12000007", "cla_mar", 300.0, None) in rows
    assert ("E13000001", "cla_mar", 100.0, None) in rows
    assert ("E12000007", "cla_year", 400.0, None) in rows
    assert ("E09000007", "cla_uasc", None, "x") in rows
    assert ("E12000007", "cla_netgain", -5.0, None) in rows


@pytest.mark.spec
def test_lait_base_data_and_dictionary(tmp_path: Path) -> None:
    base = tmp_path / "anything.parquet"
    buffer = io.BytesIO()
    pl.DataFrame(
        {
            "Short Desc": ["Tea", "Tea"],
            "Data item": [None, None],
            "Years": ["2023", "2023-24 (OT)"],
            "LA and Regions": ["Camden", "London"],
            "Values": ["7.5", "-"],
            "LA Number": [202.0, 986.0],
            "Region": ["Inner London", "NA"],
        }
    ).write_parquet(buffer)
    base.write_bytes(buffer.getvalue())
    words = _file(
        tmp_path,
        "dictionary.csv",
        "Measure_code,Topic,Measure,Chart_title,Measure_short,Polarity,y_axis_name,Description,"
        "Last Update,dps,Year_Type",
        '1,Drinks,Tea drunk,Tea drunk (num),Tea,High,Number of cups,"Cups,\nall kinds",45870,NA,Financial Year',
        "1,Drinks,Tea again,Tea,Tea,High,Number of cups,,45870,0,Financial Year",
    )
    found = _typed(base, words)
    lines = found["open_statistics.lait", "base-data", "2024"]["lines"]
    assert lines.select("SHORT_DESC", "YEARS", "LA_NUMBER", "VALUE", "MARKER").rows() == [
        ("Tea", "2023", "202", 7.5, None),
        ("Tea", "2023-24 (OT)", "986", None, "-"),
    ]
    entries = found["open_statistics.lait", "dictionary", "2025"]["dictionary"]
    assert entries.select("SHORT_DESC", "MEASURE", "DESCRIPTION", "DECIMALS").rows() == [
        ("Tea", "Tea drunk", "Cups,\nall kinds", None)
    ]


@pytest.mark.unit
def test_a_table_without_a_column_of_place_is_refused_with_a_sentence() -> None:
    with pytest.raises(SpecificationError, match=r"no country_code, geographic_level.*Download"):
        long_format.lengthen(pl.DataFrame({"time_period": ["2024"], "time_identifier": ["Reporting year"]}))

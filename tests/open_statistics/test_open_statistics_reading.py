"""Tiny invented files in each layout, read the way any file is read."""

import io
from pathlib import Path

import polars as pl
import pytest

from parentis.errors import SpecificationError
from parentis.returns import read, the_return, type_cells, words_of
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
        name = one.taken[0].name or words_of(one.part)
        found[one.return_id, name, one.period] = dict(typed.tables)
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
        "1 rows of the level School were left out: kept are country, region and authority"
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
    with pytest.raises(SpecificationError, match=r"no geographic_level.*Download"):
        long_format.lengthen(pl.DataFrame({"time_period": ["2024"], "time_identifier": ["Reporting year"]}))


@pytest.mark.spec
def test_a_per_cent_sign_is_a_number_in_per_cent(tmp_path: Path) -> None:
    some = _file(
        tmp_path,
        "staying_put.csv",
        f"{PLACE},stage,number",
        f"2024,{ENGLAND},Eligible,3600",
        f"2024,{ENGLAND},Share,62%",
    )
    every = _file(tmp_path, "approvals.csv", f"{PLACE},measure,number,rate", f'2024,{CAMDEN},Approved,"1,204",12 %')
    found = _typed(some, every)
    seen = found["open_statistics.dfe", "staying_put", "2024"]["values"]
    assert seen.select("INDICATOR", "VALUE", "UNIT", "MARKER").rows() == [
        ("number", 3600.0, None, None),
        ("number_percent", 62.0, "%", None),
    ]
    seen = found["open_statistics.dfe", "approvals", "2024"]["values"]
    assert seen.select("BREAKDOWN", "INDICATOR", "VALUE", "UNIT").rows() == [
        ("measure=Approved", "number", 1204.0, None),
        ("measure=Approved", "rate", 12.0, "%"),
    ]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("cell", "value", "marker"),
    [
        ("−12", -12.0, None),  # U+2212, as word processors write a minus
        ("– 12", -12.0, None),
        ("(1,204)", -1204.0, None),
        ("£1,204.50", 1204.5, None),
        ("1 204", 1204.0, None),
        ("[c]", None, "c"),
        ("<5", None, "<5"),
        ("#DIV/0!", None, "#div/0!"),
        ("see note", None, "see note"),
    ],
)
def test_a_cell_is_read_where_its_meaning_is_plain(
    tmp_path: Path, cell: str, value: float | None, marker: str | None
) -> None:
    lines = [f'2024,{CAMDEN},{at},"{cell if at == 1 else at}"' for at in range(1, 5)]
    [(_, tables)] = _typed(_file(tmp_path, "small.csv", f"{PLACE},vehicle_id,number", *lines)).items()
    assert tables["values"].select("BREAKDOWN", "VALUE", "MARKER").row(0) == ("vehicle_id=1", value, marker)
    assert tables["values"]["VALUE"].to_list()[1:] == [2.0, 3.0, 4.0]


@pytest.mark.spec
def test_a_filter_with_numbers_among_its_values_stays_a_filter(tmp_path: Path) -> None:
    lines = [f"2024,{CAMDEN},{moves},{count}" for moves, count in (("1", 5), ("2", 4), ("3", 3), ("4 or more", 2))]
    [(_, tables)] = _typed(_file(tmp_path, "moves.csv", f"{PLACE},moves,number", *lines)).items()
    assert tables["values"].select("BREAKDOWN", "INDICATOR", "VALUE").rows() == [
        ("moves=1", "number", 5.0),
        ("moves=2", "number", 4.0),
        ("moves=3", "number", 3.0),
        ("moves=4 or more", "number", 2.0),
    ]


@pytest.mark.spec
def test_a_table_without_figures_is_refused_and_the_file_beside_it_stands(tmp_path: Path) -> None:
    words = _file(tmp_path, "words.csv", f"{PLACE},remark", f"2024,{CAMDEN},fine")
    good = _file(tmp_path, "good.csv", f"{PLACE},number", f"2024,{CAMDEN},5")
    [reading] = read([words, good])
    assert reading.tables["values"]["VALUE"].to_list() == ["5"]
    assert [problem.message for problem in reading.problems] == [
        "not used: none; expected a column of figures: numbers, or signs such as c and x. "
        "Check that the columns of figures were downloaded with the others."
    ]


@pytest.mark.spec
def test_headings_of_earlier_releases_are_the_same_data_set(tmp_path: Path) -> None:
    older = _file(
        tmp_path,
        "older.csv",
        f"{PLACE},population_count,population_estimate,number,rate_per_10000",
        f"2020,{CAMDEN},Children looked after at 31 March each year,40000,190,48",
    )
    stable = _file(
        tmp_path,
        "stability.csv",
        f"{PLACE},cla_group,characteristic,number,percentage",
        f"2022,{CAMDEN},CLA on 31 March,With 3 or more placements during the year,20,10",
    )
    found = _typed(older, stable)
    rows = found["open_statistics.dfe", "cla_number_and_rate", "2020"]["values"]
    assert rows.select("INDICATOR", "VALUE").rows() == [
        ("population_estimate", 40000.0),
        ("children_count", 190.0),
        ("rate_per_10000", 48.0),
    ]
    rows = found["open_statistics.dfe", "cla_placement_stability", "2022"]["values"]
    assert rows["BREAKDOWN"][0] == (
        "cla_group=CLA on 31 March;placement_stability=With 3 or more placements during the year"
    )


@pytest.mark.spec
@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("la_care_leavers_intouch_22to25.csv", "la_care_leavers_intouch_22to25"),
        ("national_activity_of_care_leaver_22_25.csv", "national_activity_of_care_leaver_22_25"),
        ("b1_children_2013_to_2025.csv", "b1_children"),
        ("started_2022or23rel.csv", "started"),
        ("absence_202324.csv", "absence"),
        ("zip/data/budget_2023-24_v1.2.csv", "budget"),
    ],
)
def test_a_release_is_taken_off_a_name_and_ages_are_not(name: str, called: str) -> None:
    assert long_format.slug_of(name) == called


@pytest.mark.spec
def test_an_authority_without_a_code_is_found_by_its_number_or_name(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "bare.csv",
        "time_period,geographic_level,region_name,old_la_code,la_name,new_la_code,number",
        "2024,Local Authority,London,202,,z,1",
        "2024,LA,London,,Barnet,,2",
        "2024,Regional,Yorkshire and The Humber,,,,3",
        "2024,National,,,,,4",
        "2024,LA,London,,Atlantis,,5",
    )
    [reading] = read([path])
    assert reading.tables["values"].select("row", "GEOGRAPHY", "VALUE").rows() == [
        (0, "E09000007", "1"),
        (1, "E09000003", "2"),
        (2, "E12000003", "3"),
        (3, "E92000001", "4"),
    ]
    assert [(problem.severity, problem.rows) for problem in reading.problems] == [("error", 1)]
    assert (reading.taken[0].rows, reading.taken[0].kept) == (5, 4)


@pytest.mark.spec
def test_columns_without_a_heading_and_columns_twice_are_named(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "twice.csv",
        f"{PLACE},la_name,number,number,share,share,",
        f"2024,{CAMDEN},Camden,5,7,1,1,8",
        f"2024,{ENGLAND},,6,6,2,2,",
    )
    [reading] = read([path])
    assert reading.tables["values"].select("row", "INDICATOR", "VALUE").rows() == [
        (0, "number", "5"),
        (1, "number", "6"),
        (0, "number_2", "7"),
        (1, "number_2", "6"),
        (0, "share", "1"),
        (1, "share", "2"),
    ]
    assert [problem.sentence for problem in reading.problems] == [
        "note: twice.csv: column la_name stands twice with the same cells: used once",
        "warning: twice.csv: column number stands twice with different cells: "
        "the second is read under a name of its own",
        "note: twice.csv: column share stands twice with the same cells: used once",
        "warning: twice.csv: column 16 has no heading: its 1 cells are not used",
    ]


@pytest.mark.spec
def test_tables_of_one_release_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    looked_after = _file(
        tmp_path, "SFR41_CLA2016.csv", "New_geog_code,geog_l,geog_c,geog_n,CLA_Mar2016", "E09000007,LA,202,Camden,200"
    )
    started = _file(
        tmp_path,
        "SFR41_ADM2016.csv",
        "New_geog_code,geog_l,geog_c,geog_n,CLA_started2016",
        "E09000007,LA,202,Camden,80",
    )
    health = _file(
        tmp_path,
        "SFR32_OC2_2012.csv",
        "country_code,country_name,gor_code,gor_name,la_code,la_9digit,la_name,CLA_12_months_2012,year11_2011,teeth_check",
        '921,England,,,,,,"46,590",10,x',
        '921,England,D,Yorks & the Humber ,,,,"5,330",9,12',
        "921,England,H,London ,202,E09000007,Camden,173,8,7",
    )
    found = _typed(looked_after, started, health)
    assert set(found) == {
        ("open_statistics.dfe", "cla_sfr", "2016"),
        ("open_statistics.dfe", "sfr_cla_started", "2016"),
        ("open_statistics.dfe", "sfr_cla_12_months", "2012"),
    }
    rows = found["open_statistics.dfe", "sfr_cla_12_months", "2012"]["values"]
    assert rows.filter(pl.col("INDICATOR") == "cla_12_months").select("GEOGRAPHY", "LEVEL", "VALUE").rows() == [
        ("E92000001", "National", 46590.0),
        ("E12000003", "Regional", 5330.0),
        ("E09000007", "Local authority", 173.0),
    ]


@pytest.mark.spec
def test_a_table_whose_headings_say_no_year_takes_it_from_its_name_and_says_so(tmp_path: Path) -> None:
    path = _file(
        tmp_path, "SFR50_OC22017.csv", "New_geog_code,geog_l,geog_c,geog_n,OC2_12mths", "E09000007,LA,202,Camden,120"
    )
    [reading] = read([path])
    assert reading.period == "2017"
    assert reading.tables["values"]["TIME_PERIOD"].to_list() == ["2017"]
    assert [p.message for p in reading.problems] == ["no heading says the year: 2017 is taken from the file's name"]


@pytest.mark.spec
def test_base_data_read_alike_as_csv_and_as_parquet(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "bds_long.csv",
        "Short Desc,Data item,Years,LA and Regions,Values,LA Number,Region",
        'CLA_rate,"Looked after per 10,000",2024,Camden,54,202,Inner London',
        'CLA_rate,"Looked after per 10,000",2024,Barnet,-,302.0,Outer London',
    )
    buffer = io.BytesIO()
    pl.read_csv(path, infer_schema=False).write_parquet(buffer)
    (tmp_path / "bds_long.parquet").write_bytes(buffer.getvalue())
    [as_csv] = read([path])
    [as_parquet] = read([tmp_path / "bds_long.parquet"])
    assert (as_csv.part, as_csv.period) == (as_parquet.part, as_parquet.period)
    lines = as_csv.tables["lines"].drop("file")
    assert lines.equals(as_parquet.tables["lines"].drop("file"))
    assert lines.select("row", "SHORT_DESC", "LA_NUMBER", "VALUE", "MARKER").rows() == [
        (0, "CLA_rate", "202", "54", None),
        (1, "CLA_rate", "302", None, "-"),
    ]


@pytest.mark.spec
def test_a_title_above_the_headings_is_no_reason_to_lose_the_values(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "bds_long.csv",
        "LAIT base data as at 31 March 2025",
        "Short Desc,Years,LA and Regions,Values,LA Number",
        "CLA_rate,2024,Camden,54,202",
    )
    [reading] = read([path])
    assert reading.tables["lines"].select("SHORT_DESC", "VALUE").rows() == [("CLA_rate", "54")]
    assert [problem.message for problem in reading.problems] == [
        "the headings stand in line 2; what stands above, in line 1, is not used"
    ]


@pytest.mark.spec
def test_a_column_by_a_name_of_ours_is_read_as_any_other(tmp_path: Path) -> None:
    """A release may call a column `row`; in a damaged heading stood `_code`."""
    path = _file(
        tmp_path, "own.csv", f"{PLACE},row,_code,written,children",
        f"2024,{CAMDEN},first,a,b,7",
        f"2024,{CAMDEN},second,a,,8",
    )  # fmt: skip
    [(_, tables)] = _typed(path).items()
    assert tables["values"].select("BREAKDOWN", "VALUE").rows() == [
        ("_code=a;row_given=first;written=b", 7.0),
        ("_code=a;row_given=second", 8.0),
    ]

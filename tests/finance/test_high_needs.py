"""Grant, balances and plans: each published layout, small and invented."""

import zipfile
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from published_files import Rows, delimited, ods, read, typed, xlsx

from parentis.errors import SpecificationError
from parentis.returns import read as read_files
from parentis.returns.high_needs import RETURNS

BY_ID = {declared.id: declared for declared in RETURNS}
GRANT = "high_needs.dsg_allocations"


def allocations(year: str, unit: str, camden: list[float], before: str = "before recoupment") -> Rows:
    blocks = [f"{block} ({unit})" for block in ("Schools block", "Central school services block", "High needs block")]
    blocks += [f"Early years block ({unit})", f"Total DSG allocation ({unit})"]
    return [
        [
            f"Dedicated schools grant: {year} allocations local authority summary",
            *("", f"{year} DSG allocations, {before} and deductions", "", "", "", ""),
            *(f"{year} DSG allocations, after deductions for academies recoupment", "", "", "", ""),
        ],
        ["", "", *blocks, *blocks],
        ["", "", *(f"[{letter}]" for letter in "ABCDEFGHIJ")],
        ["ENGLAND", "", *range(90, 100)],
        ["202", "Camden", *camden],
        ["999", "Nowhere", *range(10)],
        ["LONDON", "", *range(80, 90)],
    ]


@pytest.mark.spec
@pytest.mark.parametrize("mimetype", [True, False])
def test_allocations_of_several_years_and_units(tmp_path: Path, mimetype: bool) -> None:
    path = ods(
        tmp_path / "dsg.ods",
        {
            "Information": [["An invented amalgamation"]],
            "Allocations_2122": allocations("2021 to 2022", "£s", [1, 2, 3, 4, 10, 5, 6, 7, 8, 26]),
            "Allocations_1920": allocations(
                "2019-20", "£ million", [0.1, 0.2, 0.3, 0.4, 1.0, 0.5, 0.6, 0.7, 0.8, 2.6], "prior to recoupment"
            ),
            "High_needs_block": [
                ["Dedicated schools grant: 2021 to 2022 high needs block allocations"],
                ["", "x"],
            ],
        },
        mimetype=mimetype,
    )
    taken, tables = read(RETURNS, path)
    assert (taken.return_id, taken.period) == (GRANT, "2019-20..2021-22")
    frame = typed(BY_ID[GRANT], tables, "allocations")
    assert frame["ONS_CODE"].unique().to_list() == ["E09000007"]
    assert frame.height == 20
    found = {(y, b, s): a for y, b, s, a in frame.select("FINANCIAL_YEAR", "BLOCK", "STAGE", "AMOUNT").rows()}
    assert found["2021-22", "high_needs", "before"] == Decimal(3)
    assert found["2021-22", "high_needs", "after"] == Decimal(7)
    assert found["2019-20", "high_needs", "before"] == Decimal(300_000)
    assert found["2019-20", "central", "after"] == Decimal(600_000)
    assert found["2019-20", "total", "after"] == Decimal(2_600_000)
    assert [p.message for p in tables.problems if p.severity == "warning"] == [
        "1 authorities of unknown number or name left out: Nowhere; totals are without them"
    ]


@pytest.mark.unit
def test_allocations_without_a_unit_are_refused(tmp_path: Path) -> None:
    path = ods(tmp_path / "dsg.ods", {"A": allocations("2021 to 2022", "net", list(range(10)))})
    with pytest.raises(SpecificationError, match="say their unit"):
        read(RETURNS, path)


BALANCE_HEADINGS = [
    *("time_period", "geographic_level", "region_name", "la_name"),
    *("deficit", "DSG cumulative balance as a % of the total income", "financial_year"),
]


@pytest.mark.spec
def test_balances_have_one_sign(tmp_path: Path) -> None:
    rows = [
        BALANCE_HEADINGS,
        ["201920", "National", "England", "", 1.5, -1.5, "2019-20"],
        ["201920", "Regional", "London", "", 2, -2, "2019-20"],
        ["201920", "Local authority", "London", "Camden", -3, 3, "2019-20"],
        ["202021", "Local authority", "London", "Merton", "x", "x", "2020-21"],
    ]
    taken, tables = read(RETURNS, xlsx(tmp_path / "b.xlsx", {"Sheet 1": rows}))
    assert (taken.return_id, taken.period) == ("high_needs.dsg_balances", "2019-20..2020-21")
    frame = typed(BY_ID["high_needs.dsg_balances"], tables, "balances")
    assert frame.select("LEVEL", "ONS_CODE", "BALANCE_PERCENT", "MARKER").rows() == [
        ("country", "E92000001", -1.5, None),
        ("region", "E12000007", -2.0, None),
        ("authority", "E09000007", 3.0, None),
        ("authority", "E09000024", None, "x"),
    ]


@pytest.mark.spec
def test_balances_from_the_deficit_alone(tmp_path: Path) -> None:
    rows = [
        [row[at] for at in (1, 2, 3, 4, 6)]
        for row in (BALANCE_HEADINGS, ["", "Local authority", "L", "Camden", 4, "", "2022-23"])
    ]
    _, tables = read(RETURNS, delimited(tmp_path / "b.csv", rows))
    assert typed(BY_ID["high_needs.dsg_balances"], tables, "balances")["BALANCE_PERCENT"].to_list() == [-4.0]


@pytest.mark.unit
def test_balances_of_two_minds_are_refused(tmp_path: Path) -> None:
    rows = [BALANCE_HEADINGS, ["201920", "Local authority", "London", "Camden", 3, 3, "2019-20"]]
    with pytest.raises(SpecificationError, match="sign turned"):
        read(RETURNS, xlsx(tmp_path / "b.xlsx", {"Sheet 1": rows}))


def release_file(column: str, period: str, values: list[object]) -> Rows:
    geography = ["time_period", "time_identifier", "geographic_level", "country_code", "country_name"]
    geography += [
        "region_code",
        "region_name",
        "new_la_code",
        "old_la_code",
        "la_name",
        "breakdown_topic",
        "breakdown",
    ]
    england = [period, "Year", "National", "E92000001", "England", "", "", "", "", "", "All", "All"]
    camden = [period, "Year", "Local authority", "E92000001", "England", "E12000007", "London"]
    camden += ["E09000007", "202", "Camden", "All", "All"]
    return [[*geography, column, "special_total"], [*england, 99, 99], [*camden, *values]]


@pytest.mark.spec
def test_each_table_of_the_release_of_plans_is_a_data_set_of_its_own(tmp_path: Path) -> None:
    inside = {
        "data/caseload.csv": release_file("ehcplans", "202425", ["1,200", "x"]),
        "data/requests.csv": release_file("requests_received_in_year", "2024", [30, ""]),
        "data/ceased_plans.csv": release_file("total_ceased", "2024", [1, 1]),
        "data-guidance/data-guidance.txt": [["Education"], ["Reporting year 2025"]],
        "supporting-files/officers.csv": release_file("des_med_off", "2025", ["Yes", 1]),
    }
    path = tmp_path / "plans.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in inside.items():
            archive.write(delimited(tmp_path / Path(name).name, rows), name)
    readings = {one.taken[0].name: one for one in read_files([path])}
    assert {name: (one.return_id, one.period) for name, one in readings.items()} == {
        "caseload": ("high_needs.ehc_plans", "2025"),
        "requests": ("high_needs.ehc_plans", "2025"),
        "ceased_plans": ("open_statistics.dfe", "2024"),
        "officers": ("open_statistics.dfe", "2025"),
    }
    caseload, requests = (readings[name].tables[name] for name in ("caseload", "requests"))
    assert caseload.select("row", "YEAR", "ONS_CODE", "MEASURE", "VALUE", "MARKER").rows() == [
        (1, "2025", "E09000007", "ehcplans", "1200", None),
        (1, "2025", "E09000007", "special_total", None, "x"),
    ]
    assert requests.select("YEAR", "VALUE").rows() == [("2024", "30")]
    told = [problem for one in readings.values() for problem in one.problems]
    assert [p.file.rpartition("/")[2] for p in told if "not used: it is of no known return" in p.message] == [
        "data-guidance.txt"
    ]
    assert {p.where for p in told if "columns of other releases" in p.message} == {"caseload", "requests"}
    assert [(p.where, p.rows) for p in told if p.rows] == [("caseload", 1), ("requests", 1)]
    assert not [p for p in told if p.severity == "error"]


# The published files themselves.


@pytest.mark.real
@pytest.mark.integration
def test_published_allocations(shared_data: Path) -> None:
    """£m of the 32 London authorities in the file (the City of London gets its school grant another way)."""
    taken, tables = read(RETURNS, shared_data / "send" / "dsg_allocations_2019-20_to_2023-24.ods")
    assert taken.period == "2019-20..2023-24"
    frame = typed(BY_ID[GRANT], tables, "allocations").filter(pl.col("ONS_CODE").str.starts_with("E09"))
    sums = frame.group_by("FINANCIAL_YEAR", "BLOCK", "STAGE").agg(pl.len(), pl.sum("AMOUNT").cast(pl.Float64) / 1e6)
    found = {(y, b, s): (n, a) for y, b, s, n, a in sums.rows()}
    before = {"2019-20": 1269.3, "2020-21": 1405.6, "2021-22": 1554.0, "2022-23": 1755.3, "2023-24": 1931.9}
    for year, expected in before.items():
        count, amount = found[year, "high_needs", "before"]
        assert count == 32
        assert amount == pytest.approx(expected, abs=0.051)
    # the publisher's own London row of 2023-24, which is not read
    assert found["2023-24", "high_needs", "after"][1] == pytest.approx(1779.559370, abs=1e-6)
    assert found["2023-24", "total", "before"][1] == pytest.approx(9900.116158, abs=1e-6)
    blocks = (
        frame.filter(pl.col("BLOCK") != "total").group_by("FINANCIAL_YEAR", "ONS_CODE", "STAGE").agg(pl.sum("AMOUNT"))
    )
    total = frame.filter(pl.col("BLOCK") == "total").select("FINANCIAL_YEAR", "ONS_CODE", "STAGE", total="AMOUNT")
    gap = blocks.join(total, on=["FINANCIAL_YEAR", "ONS_CODE", "STAGE"]).select(
        (pl.col("AMOUNT") - pl.col("total")).cast(pl.Float64).abs()
    )
    assert gap.to_series().max() <= 1_001  # 2019-20's totals after deductions are rounded to £ thousand


@pytest.mark.real
@pytest.mark.integration
@pytest.mark.parametrize(("year", "high_needs"), [("2021-22", 1554.0), ("2022-23", 1755.3)])
def test_published_allocations_without_a_mimetype(shared_data: Path, year: str, high_needs: float) -> None:
    taken, tables = read(RETURNS, shared_data / "send" / f"dsg_alloc_{year}.ods")
    assert taken.period == year
    frame = typed(BY_ID[GRANT], tables, "allocations").filter(
        pl.col("ONS_CODE").str.starts_with("E09") & (pl.col("BLOCK") == "high_needs") & (pl.col("STAGE") == "before")
    )
    assert frame.height == 32
    assert float(frame["AMOUNT"].sum()) / 1e6 == pytest.approx(high_needs, abs=0.051)


@pytest.mark.real
@pytest.mark.integration
def test_published_balances(shared_data: Path) -> None:
    _, tables = read(RETURNS, shared_data / "send" / "dsg_deficit_derived.xlsx")
    frame = typed(BY_ID["high_needs.dsg_balances"], tables, "balances")
    region = frame.filter(pl.col("ONS_CODE") == "E12000007").sort("FINANCIAL_YEAR")["BALANCE_PERCENT"].to_list()
    assert region == [-1.75, -2.31, -2.75]
    england = frame.filter(pl.col("LEVEL") == "country").sort("FINANCIAL_YEAR")["BALANCE_PERCENT"].to_list()
    assert england == [-1.08, -1.69, -2.26]
    boroughs = frame.filter(pl.col("ONS_CODE").str.starts_with("E09"))
    deficits = boroughs.group_by("FINANCIAL_YEAR").agg(pl.len(), (pl.col("BALANCE_PERCENT") < 0).sum())
    assert deficits.sort("FINANCIAL_YEAR").rows() == [
        ("2019-20", 32, 18),
        ("2020-21", 32, 22),
        ("2021-22", 32, 24),
    ]
    last = boroughs.filter(pl.col("FINANCIAL_YEAR") == "2021-22")
    shares = dict(last.select("AUTHORITY_NAME", "BALANCE_PERCENT").rows())
    assert shares["Merton"] == min(shares.values()) == pytest.approx(-13.9, abs=0.05)
    assert shares["Camden"] == max(shares.values()) == pytest.approx(7.1, abs=0.05)


@pytest.mark.real
@pytest.mark.integration
def test_published_plans(shared_data: Path) -> None:
    readings = read_files([shared_data / "send" / "ehcp_2025_release.zip"])
    own = {one.taken[0].name: one for one in readings if one.return_id == "high_needs.ehc_plans"}
    assert set(own) == {"caseload", "new_plans", "requests", "assessments", "timeliness"}
    assert {(one.period, *{p.severity for p in one.problems}) for one in own.values()} == {("2025", "note")}
    assert len(readings) == 13  # every table of the zip but that of appeals, which has a layout of its own
    for one in readings:
        rows, kept = one.taken[0].rows, one.taken[0].kept
        assert rows == kept + sum(p.rows for p in one.problems)
    reading = own["caseload"]
    plans = reading.tables["caseload"].filter(
        (pl.col("MEASURE") == "ehcplans")
        & (pl.col("BREAKDOWN_TOPIC") == "All EHC plans")
        & pl.col("ONS_CODE").str.starts_with("E09")
    )
    london = plans.group_by("YEAR").agg(pl.len(), pl.col("VALUE").cast(pl.Int64).sum()).sort("YEAR").rows()
    assert london == [
        ("2019", 33, 59_672),
        ("2020", 33, 65_853),
        ("2021", 33, 72_193),
        ("2022", 33, 78_203),
        ("2023", 33, 85_601),
        ("2024", 33, 93_539),
        ("2025", 33, 99_116),
    ]
    special = reading.tables["caseload"].filter(
        pl.col("MEASURE").str.starts_with("special") & (pl.col("BREAKDOWN_TOPIC") == "All EHC plans")
    )
    parts = special.with_columns(pl.col("VALUE").cast(pl.Int64)).pivot(
        on="MEASURE", index=["YEAR", "ONS_CODE"], values="VALUE"
    )
    kinds = ["special_la_maintained", "special_academy_free", "special_independent", "special_non_maintained"]
    assert parts.select((pl.sum_horizontal(kinds) - pl.col("special_total")).abs().max()).item() == 0

"""The published files themselves, read as anyone would read them, against totals worked out independently."""

from pathlib import Path

import polars as pl
import pytest
from funding_tables import LOAD, figure, value

from parentis.returns import read, the_return, type_cells
from parentis.services.funding.compute import compute
from parentis.services.service import Result

pytestmark = [pytest.mark.real, pytest.mark.integration]

TENTH = 0.05e6 + 1  # expected values are given to £0.1m


def tables(*paths: Path) -> dict[str, pl.DataFrame]:
    """The lake's tables of these files, each its own load, accepted in this order."""
    found: dict[str, list[pl.DataFrame]] = {}
    for sequence, path in enumerate(paths, 1):
        for reading in read([path]):
            spec = the_return(reading.return_id).spec.at(reading.period or "")
            for name, frame in type_cells(reading, spec).tables.items():
                load = {**LOAD, "load_id": path.name, "sequence": sequence, "period": reading.period}
                kept = frame.drop("file").select(pl.exclude("^.*__raw$"))
                found.setdefault(f"{reading.return_id}/{name}", []).append(
                    kept.with_columns(pl.lit(v, pl.String if v is None else None).alias(k) for k, v in load.items())
                )
    return {name: pl.concat(frames, how="diagonal_relaxed") for name, frames in found.items()}


@pytest.fixture(scope="module")
def of_2017_18(shared_data: Path) -> Result:
    folder = shared_data / "finance"
    return compute(tables(folder / "RA_2017-18_budget_by_LA.xlsx", folder / "RS_2017-18_outturn_by_LA.xlsx"), {})


@pytest.mark.parametrize(
    ("measure", "expected", "slack"),
    [
        ("csc.budget", 1_476.2e6, TENTH),
        ("csc.outturn", 1_684.8e6, TENTH),
        ("csc.variance", 208.5e6, TENTH),
        ("csc.variance_gross", 213.4e6, TENTH),
        ("csc.overspending_authorities", 30, 0),
        ("csc.overspending_authorities.over_1_percent", 26, 0),
        ("csc.variance_above_adults_percent", 29, 0),
        ("csc.variance_above_adults_pounds", 28, 0),
        ("asc.budget", 2_366.0e6, TENTH),
        ("asc.outturn", 2_362.0e6, TENTH),
        ("asc.variance", -4.0e6, TENTH),
    ],
)
def test_london_2017_18(of_2017_18: Result, measure: str, expected: float, slack: float) -> None:
    found = figure(of_2017_18.figures, measure, "london", "2017-18")
    assert found["value"] == pytest.approx(expected, abs=slack)
    assert found["n"] == 33
    assert found["authority_set"] == "33 of 33 London authorities"
    assert found["method"] == "original budget to outturn, RA/RS basis"


def test_the_rows_behind_london_are_one_budget_and_one_outturn_each(of_2017_18: Result) -> None:
    found = figure(of_2017_18.figures, "csc.variance", "london", "2017-18")
    inputs = of_2017_18.inputs.filter(provenance_id=found["provenance_id"])
    assert inputs.sort("table").select("table", "row_count").rows() == [
        ("finance.ra/lines", 33),
        ("finance.rs/lines", 33),
    ]


def test_the_distance_to_the_published_overspend_has_its_reason(of_2017_18: Result) -> None:
    [line] = of_2017_18.frames["reconciliation"].filter(id="isos-csc-ra-rs").to_dicts()
    assert line["difference"] == pytest.approx(208.5e6 - 108e6, abs=TENTH)
    assert "Another basis" in line["reason"]


def test_coding_that_moved_between_budget_and_outturn_is_flagged(of_2017_18: Result) -> None:
    assert value(of_2017_18.figures, "csc.comparable", "london", "2017-18") == 0
    flags = of_2017_18.frames["flags"].filter(pl.col("authority").str.starts_with("E09"))
    assert flags.select("flag", "authority").sort("flag", "authority").rows() == [
        ("children-and-adults-moved", "E09000009"),
        ("children-moved", "E09000001"),
        ("children-moved", "E09000013"),
        ("children-moved", "E09000025"),
        ("children-moved", "E09000027"),
        ("children-moved", "E09000032"),
    ]


def test_jumps_of_childrens_alone_are_half_of_the_variance_of_2021_22(shared_data: Path) -> None:
    folder = shared_data / "finance"
    result = compute(tables(folder / "RA_2021-22_budget_by_LA.csv", folder / "RSX_2021-22_outturn_by_LA.csv"), {})
    flags = result.frames["flags"].filter(pl.col("authority").str.starts_with("E09"))
    assert flags["flag"].unique().to_list() == ["children-moved"]
    assert flags["authority"].sort().to_list() == ["E09000005", "E09000019", "E09000022", "E09000033"]
    without = figure(result.figures, "csc.variance.unflagged", "london", "2021-22")
    assert (without["n"], without["value"]) == (29, pytest.approx(79.2e6, abs=TENTH))
    share = 1 - without["value"] / value(result.figures, "csc.variance", "london", "2021-22")
    assert share == pytest.approx(0.53, abs=0.005)


def test_a_year_without_budgets_is_not_called_comparable(shared_data: Path) -> None:
    result = compute(tables(shared_data / "finance" / "RSX_2024-25_data_by_LA.ods"), {})
    assert result.figures.filter(measure="funding.csc.outturn", geography="london").height == 1
    assert result.figures.filter(measure="funding.csc.comparable").is_empty()


def test_the_trend_of_published_years_is_not_set_against_an_older_budget(shared_data: Path) -> None:
    """Outturns to 2024-25, budgets to 2021-22: no variance is projected (it was £721m for 2029-30)."""
    folder = shared_data / "finance"
    names = [
        "RA_2017-18_budget_by_LA.xlsx",
        "RS_2017-18_outturn_by_LA.xlsx",
        "RA_2021-22_budget_by_LA.csv",
        "RSX_2021-22_outturn_by_LA.csv",
        "RSX_2024-25_data_by_LA.ods",
    ]
    found = compute(tables(*(folder / name for name in names)), {}).figures
    assert found.filter(pl.col("measure").str.contains("check.csc_variance_rs")).is_empty()


def test_london_2021_22_from_csv(shared_data: Path) -> None:
    folder = shared_data / "finance"
    found = compute(
        tables(folder / "RA_2021-22_budget_by_LA.csv", folder / "RSX_2021-22_outturn_by_LA.csv"), {}
    ).figures
    assert value(found, "csc.variance", "london", "2021-22") == pytest.approx(170.1e6, abs=TENTH)
    count = figure(found, "csc.overspending_authorities", "london", "2021-22")
    assert (count["value"], count["n"]) == (24, 33)


def test_london_2024_25_by_line(shared_data: Path) -> None:
    result = compute(tables(shared_data / "finance" / "RO3_2024-25_data_by_LA.ods"), {})
    expected = {
        "csc.net": 2_618.7,
        "looked_after.net": 1_201.1,
        "looked_after.residential": 373.9,
        "asc.net": 3_722.7,
    }
    for measure, millions in expected.items():
        assert value(result.figures, measure, "london", "2024-25") == pytest.approx(millions * 1e6, abs=TENTH)
    assert value(result.figures, "csc.net.per_child", "london", "2024-25") == pytest.approx(1_367, abs=0.5)
    flagged = set(result.frames["flags"].filter(pl.col("authority").str.starts_with("E09"))["authority"])
    assert {"E09000033", "E09000015"} <= flagged  # Westminster 0.0 %, Harrow 74 %
    assert value(result.figures, "looked_after.comparable", "london", "2024-25") == 0


def test_dsg_balances_against_the_published_region_row(shared_data: Path) -> None:
    folder = shared_data / "send"
    found = compute(
        tables(folder / "dsg_allocations_2019-20_to_2023-24.ods", folder / "dsg_deficit_derived.xlsx"), {}
    ).figures
    for year, percent, boroughs in (("2019-20", -1.75, 18), ("2020-21", -2.31, 22), ("2021-22", -2.75, 24)):
        balance = figure(found, "dsg.balance_percent", "london", year)
        assert balance["value"] == pytest.approx(percent, abs=0.02)
        assert balance["authority_set"] == "32 of 33 London authorities"
        assert value(found, "dsg.deficit_authorities", "london", year) == boroughs
    assert value(found, "hn.block", "london", "2023-24") == pytest.approx(1_931.9e6, abs=TENTH)

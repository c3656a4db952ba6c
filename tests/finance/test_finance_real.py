"""The published budget and outturn files themselves, against totals worked out from them independently."""

import time
from pathlib import Path

import polars as pl
import pytest
from published_files import read, typed

from parentis.returns.finance import RETURNS
from parentis.returns.models import Recognised, Tables

BY_ID = {declared.id: declared for declared in RETURNS}
TOLERANCE = 0.05 + 1e-9  # £m: the expected values are given to £0.1m
CLASS_TOTAL = 0.001  # £m: the publisher's own total row, in £ thousand and to the last digit


@pytest.fixture(scope="module")
def outcomes() -> dict[Path, tuple[Recognised, Tables]]:
    return {}


def london(shared_data: Path, outcomes: dict, name: str) -> tuple[Recognised, Tables, pl.DataFrame]:
    path = shared_data / "finance" / name
    if path not in outcomes:
        outcomes[path] = read(RETURNS, path)
    taken, tables = outcomes[path]
    frame = typed(BY_ID[taken.return_id], tables, "lines")
    assert not frame.select("ONS_CODE", "LINE", "LABEL", "MEASURE").is_duplicated().any()
    kept = frame.filter(pl.col("ONS_CODE").str.starts_with("E09"))
    assert kept["ONS_CODE"].n_unique() == 33
    return taken, tables, kept


def millions(frame: pl.DataFrame, line: str, measure: str = "net") -> float:
    chosen = frame.filter((pl.col("SERVICE_LINE") == line) & (pl.col("MEASURE") == measure))
    assert chosen.height == 33
    return float(chosen["AMOUNT"].sum()) / 1e6


@pytest.mark.real
@pytest.mark.integration
@pytest.mark.parametrize(
    ("year", "form", "csc", "asc", "asylum"),
    [
        ("2016-17", "xlsx", 1484.2, 2166.1, 46.1),
        ("2017-18", "xlsx", 1476.2, 2366.0, 42.8),
        ("2018-19", "xlsx", 1578.9, 2425.7, 42.9),
        ("2019-20", "xlsx", 1686.6, 2520.0, 61.1),
        ("2021-22", "csv", 1828.4, 2737.7, 62.8),
    ],
)
def test_budgets(
    shared_data: Path, outcomes: dict, year: str, form: str, csc: float, asc: float, asylum: float
) -> None:
    taken, _, frame = london(shared_data, outcomes, f"RA_{year}_budget_by_LA.{form}")
    assert (taken.return_id, taken.part, taken.period) == ("finance.ra", "", year)
    found = [millions(frame, line) for line in ("csc", "asc", "csc.asylum")]
    assert found == pytest.approx([csc, asc, asylum], abs=TOLERANCE)
    parts = frame.filter(pl.col("SERVICE_LINE").str.contains(r"^csc\.")).height
    assert parts == 33 * 8
    unmapped = frame.filter(pl.col("SERVICE_LINE").is_null() & pl.col("LINE").is_between(pl.lit("300"), pl.lit("360")))
    assert set(unmapped["LINE"]) <= {"357", "358"}  # two lines of the pandemic's year


@pytest.mark.real
@pytest.mark.integration
def test_the_parts_of_childrens_budget_sum_to_its_total(shared_data: Path, outcomes: dict) -> None:
    _, _, frame = london(shared_data, outcomes, "RA_2019-20_budget_by_LA.xlsx")
    parts = frame.filter(pl.col("SERVICE_LINE").str.contains(r"^csc\.")).group_by("ONS_CODE").agg(pl.sum("AMOUNT"))
    total = frame.filter(pl.col("SERVICE_LINE") == "csc").select("ONS_CODE", total="AMOUNT")
    gaps = parts.join(total, on="ONS_CODE").select((pl.col("AMOUNT") - pl.col("total")).cast(pl.Float64).abs())
    assert gaps.to_series().max() <= 2_000  # rounding of eight lines in £ thousand


@pytest.mark.real
@pytest.mark.integration
def test_outturn_summary_2017_18(shared_data: Path, outcomes: dict) -> None:
    taken, tables, frame = london(shared_data, outcomes, "RS_2017-18_outturn_by_LA.xlsx")
    assert (taken.return_id, taken.part, taken.period) == ("finance.rs", "RS", "2017-18")
    assert [millions(frame, line) for line in ("csc", "asc")] == pytest.approx([1684.8, 2362.0], abs=TOLERANCE)
    # the publisher's own London row, which is not read
    assert millions(frame, "csc") == pytest.approx(1684.758956, abs=CLASS_TOTAL)
    assert any("LONDON BOROUGHS" in problem.message for problem in tables.problems)


@pytest.mark.real
@pytest.mark.integration
def test_service_expenditure_summary_2021_22(shared_data: Path, outcomes: dict) -> None:
    taken, _, frame = london(shared_data, outcomes, "RSX_2021-22_outturn_by_LA.csv")
    assert (taken.return_id, taken.part, taken.period) == ("finance.rs", "RSX", "2021-22")
    found = [millions(frame, "csc"), millions(frame, "csc", "gross")]
    assert found == pytest.approx([1998.5, 2203.8], abs=TOLERANCE)
    assert set(frame.filter(pl.col("SERVICE_LINE") == "csc")["LINE"]) == {"330"}


@pytest.mark.real
@pytest.mark.integration
def test_variance_of_budget_and_outturn(shared_data: Path, outcomes: dict) -> None:
    """What the funding service will find: +£208.5m in 2017-18, 30 of 33 over; +£170.1m in 2021-22, 24 over."""
    for budget, outturn, variance, over in (
        ("RA_2017-18_budget_by_LA.xlsx", "RS_2017-18_outturn_by_LA.xlsx", 208.5, 30),
        ("RA_2021-22_budget_by_LA.csv", "RSX_2021-22_outturn_by_LA.csv", 170.1, 24),
    ):
        sides = []
        for name in (budget, outturn):
            _, _, frame = london(shared_data, outcomes, name)
            kept = frame.filter((pl.col("SERVICE_LINE") == "csc") & (pl.col("MEASURE") == "net"))
            sides.append(kept.select("ONS_CODE", pl.col("AMOUNT").cast(pl.Float64)))
        gap = sides[0].join(sides[1], on="ONS_CODE").select(pl.col("AMOUNT_right") - pl.col("AMOUNT")).to_series()
        assert gap.sum() / 1e6 == pytest.approx(variance, abs=TOLERANCE)
        assert (gap > 0).sum() == over


@pytest.mark.real
@pytest.mark.integration
def test_service_expenditure_summary_2024_25(shared_data: Path, outcomes: dict) -> None:
    taken, _, frame = london(shared_data, outcomes, "RSX_2024-25_data_by_LA.ods")
    assert (taken.return_id, taken.part, taken.period) == ("finance.rs", "RSX", "2024-25")
    assert [millions(frame, line) for line in ("csc", "asc")] == pytest.approx([2618.7, 3722.7], abs=TOLERANCE)


@pytest.mark.real
@pytest.mark.integration
def test_social_care_outturn_2024_25(shared_data: Path, outcomes: dict) -> None:
    taken, tables, frame = london(shared_data, outcomes, "RO3_2024-25_data_by_LA.ods")
    assert (taken.return_id, taken.part, taken.period) == ("finance.ro3", "", "2024-25")
    expected = {
        "csc.early_years": 113.1,
        "csc.looked_after": 1201.1,
        "csc.looked_after.residential": 373.9,
        "csc.looked_after.fostering": 295.6,
        "csc.looked_after.asylum": 47.3,
        "csc.looked_after.other": 484.3,
        "csc.other": 74.6,
        "csc.family_support": 321.3,
        "csc.youth_justice": 66.3,
        "csc.safeguarding": 660.9,
        "csc.asylum": 80.7,
        "csc.young_people": 100.8,
        "csc": 2618.7,
        "asc": 3722.7,
    }
    found = {line: millions(frame, line) for line in expected}
    assert found == pytest.approx(expected, abs=TOLERANCE)
    assert millions(frame, "csc.agency", "memorandum") == pytest.approx(156.4, abs=TOLERANCE)
    everywhere = typed(BY_ID["finance.ro3"], tables, "lines")
    assert everywhere.filter(pl.col("MARKER") == "[x]")["AMOUNT"].is_null().all()
    gateshead = everywhere.filter((pl.col("ONS_CODE") == "E08000037") & (pl.col("MARKER") == "[note 4]"))
    assert gateshead.height == 28
    notes = dict(tables.tables["notes"].rows())
    assert "Gateshead" in notes["[note 4]"]


@pytest.mark.real
@pytest.mark.integration
def test_social_care_outturn_reads_in_seconds(shared_data: Path) -> None:
    started = time.perf_counter()
    read(RETURNS, shared_data / "finance" / "RO3_2024-25_data_by_LA.ods")
    assert time.perf_counter() - started < 20  # about one second alone; the bound is for a busy machine

"""Returns published by others check without a mistake of ours; the counts are printed."""

from pathlib import Path

import polars as pl
import pytest
from generated_returns import typed

from parentis.errors import NotFoundError
from parentis.returns import Checked, Typed, read, type_cells
from parentis.returns.ssda903.rules import check
from parentis.returns.ssda903.spec import SPEC


def typed_files(paths: list[Path], period: str | None = None) -> Typed:
    (reading,) = read(paths, return_id="ssda903", period=period)
    return type_cells(reading, SPEC.at(str(reading.period)))


def told(checked: Checked) -> None:
    reasons = checked.statuses["reason"].drop_nulls()
    assert not reasons.str.contains("internal error").any(), reasons.to_list()
    print(checked.period, dict(checked.statuses.filter(pl.col("count") > 0).select("rule", "count").iter_rows()))


@pytest.mark.integration
@pytest.mark.real
@pytest.mark.parametrize("year", range(2017, 2022))
def test_five_years_of_the_demand_model_sample(shared_data: Path, year: int) -> None:
    folder = shared_data / "returns" / "ssda903_demand_model"
    now = typed_files(sorted(folder.glob(f"{year}-*.csv")), f"{year - 1}-{year % 100:02d}")
    files = sorted(folder.glob(f"{year - 1}-*.csv"))
    before = typed_files(files, f"{year - 2}-{(year - 1) % 100:02d}") if files else None
    checked = check(
        now.tables,
        collection_year=now.period,
        absent=now.absent,
        last_year=before.tables if before else None,
        last_year_absent=before.absent if before else None,
    )
    told(checked)
    ran = checked.statuses.filter(pl.col("status") == "run")["rule"].to_list()
    assert ("503A" in ran) == (before is not None)
    assert "101" in ran


@pytest.mark.integration
@pytest.mark.real
def test_the_liia_sample(shared_data: Path) -> None:
    now = typed_files(sorted((shared_data / "returns" / "ssda903_liia").glob("SSDA903_2025_*.csv")), "2024-25")
    told(check(now.tables, collection_year="2024-25", absent=now.absent))


@pytest.mark.integration
@pytest.mark.real
def test_the_xml_form(shared_data: Path) -> None:
    now = typed_files([shared_data / "returns" / "ssda903_d2i" / "fake_903.xml"])
    checked = check(now.tables, collection_year=now.period, absent=now.absent, form="xml")
    told(checked)
    assert checked.statuses.filter(pl.col("rule") == "105")["status"].to_list() == ["run"]


@pytest.mark.unit
def test_a_table_with_some_columns_is_checked_by_the_rules_that_can_run() -> None:
    header = pl.DataFrame({"CHILD": ["A"], "SEX": ["X"]})
    now = typed({"Header": header}, "2025-26")
    checked = check(now.tables, collection_year="2025-26", absent=now.absent)
    reasons = dict(checked.statuses.select("rule", "reason").iter_rows())
    assert checked.findings.filter(pl.col("rule") == "101").height == 1
    assert reasons["102"] == "column DOB was not given"
    assert reasons["202"] == "last year's return was not given"
    assert reasons["143"] == "no Episodes table was given"


@pytest.mark.unit
def test_rules_are_asked_for_by_code_in_any_case() -> None:
    now = typed({"Header": pl.DataFrame({"CHILD": ["A"]})}, "2025-26")
    checked = check(now.tables, collection_year="2025-26", absent=now.absent, rules=["197A", " noe"])
    assert set(checked.statuses["rule"]) == {"197a", "NoE"}
    with pytest.raises(NotFoundError, match="'9999'"):
        check(now.tables, collection_year="2025-26", rules=["9999"])

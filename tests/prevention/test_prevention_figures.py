"""The service's figures: entries by whole years, and the family group conference under each reading of the law."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from parentis.services.prevention import compute as of
from parentis.services.prevention.entry_counts import ENTRIES, later

YEARS = {"2021-22": 12, "2022-23": 12, "2023-24": 7}


def held(**months: int) -> pl.DataFrame:
    rows = [
        (place, later(date(2021, 4, 1), at), value)
        for place, value in months.items()
        for at in range(sum(YEARS.values()))
    ]
    return pl.DataFrame(rows, ENTRIES, orient="row")


@pytest.mark.unit
def test_entries_are_of_years_that_every_authority_covers_whole() -> None:
    found = of._yearly(held(E09000007=4, E09000008=10))
    assert dict(found.select("period", "value").iter_rows()) == {"2021-22": 168.0, "2022-23": 168.0}
    gap = held(E09000007=4, E09000008=10).filter(
        ~((pl.col("authority") == "E09000008") & (pl.col("month") == date(2022, 5, 1)))
    )
    assert of._yearly(gap)["period"].to_list() == ["2021-22"]


@pytest.mark.unit
def test_readings_become_figures_of_their_reading_and_year() -> None:
    rows: list[tuple[Any, ...]] = [
        (reading, year, what, 10.0, 5.0, 15.0, "")
        for reading in ("no duty", "met by all", "earlier") for year in ("2026-27", "2027-28")
        for what in ("children", "nights", "pounds")
    ]  # fmt: skip
    found = of._read_figures(pl.DataFrame(rows, schema=of.READ, orient="row"))
    assert found.height == 18
    assert set(found["breakdown"]) == {"law=no-duty", "law=met-by-all", "law=earlier"}
    assert set(found["measure"]) == {f"prevention.conference_{one}" for one in ("children", "nights", "pounds")}
    assert found.filter(pl.col("period") == "2026-27")["period_start"].unique().to_list() == [date(2026, 4, 1)]


@pytest.mark.unit
def test_without_returns_there_are_no_figures() -> None:
    assert of._read_figures(pl.DataFrame(schema=of.READ)).is_empty()
    assert of._yearly(pl.DataFrame(schema=ENTRIES)).is_empty()

"""Breaks of LAIT's series: as its dictionary says them, and no trend across."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from improvement.public_lait import dictionary
from parentis.services.improvement.walls import benchmarks
from parentis.services.statistics.breaks import Break, breaks_of
from parentis.services.statistics.lait import lait_measures, measure_id

BROKEN = "EHCP_Initial_req_refused"


@pytest.mark.integration
def test_every_break_is_of_a_measure_in_the_dictionary_which_speaks_of_it(shared_data: Path) -> None:
    from importlib.resources import files

    text = files("parentis.services.statistics").joinpath("tables", "breaks.csv").read_text(encoding="utf-8")
    named = pl.read_csv(text.encode())
    assert set(named["measure"]) <= set(dictionary(shared_data)["measure"])
    raw = pl.read_csv(shared_data / "finance" / "lait_data_dictionary.csv", infer_schema_length=0)
    said = {
        row[0]: f"{row[1]} {row[2]}" for row in raw.select("Measure_short", "Description", "Methodology").iter_rows()
    }
    for measure, year in named.select("measure", "year").iter_rows():
        assert "comparable" in said[measure] or "break in the time series" in said[measure], measure
        assert str(year) in said[measure] or str(year + 1) in said[measure], measure


@pytest.mark.unit
def test_a_measure_without_a_break_has_none() -> None:
    assert breaks_of("improvement.s01") == ()
    assert breaks_of(measure_id(BROKEN)) == (
        Break(day=date(2022, 1, 1), why="Collected child by child from the collection of 2023 on; the series breaks"),
    )


@pytest.mark.unit
def test_no_trend_is_drawn_across_a_break_of_the_dictionary() -> None:
    """Eight years of nine boroughs, of which three follow the break; another measure's series goes on."""
    entries = pl.DataFrame(
        {"SHORT_DESC": [BROKEN, "ReReferral"], "TOPIC": ["t", "t"], "TITLE": ["a", "b"], "MEASURE": ["a", "b"],
         "AXIS": ["%", "%"], "DESCRIPTION": ["", ""], "OWNER": ["", ""], "POLARITY": ["Low", "Low"],
         "YEAR_TYPE": ["Calendar Year"] * 2, "DECIMALS": [1, 1], "period": ["2026"] * 2, "sequence": [1, 1],
         "row": [0, 1]}
    )  # fmt: skip
    places = [f"E0900000{at}" for at in range(1, 10)]
    values = pl.DataFrame(
        [
            {"measure": measure_id(name), "geography": place, "period": str(year), "period_end": date(year, 12, 31),
             "value": 10.0 + at + year % 4, "numerator": None, "denominator": None}
            for name in (BROKEN, "ReReferral") for at, place in enumerate(places) for year in range(2017, 2025)
        ],
        schema_overrides={"numerator": pl.Float64, "denominator": pl.Float64},
    ).with_columns(rebased=pl.lit(value=False))  # fmt: skip
    found = benchmarks(values, {one.id: one for one in lait_measures(entries)}, places, {})
    assert set(found[measure_id(BROKEN)].rows["years"]) == {3}
    assert set(found[measure_id("ReReferral")].rows["years"]) == {8}

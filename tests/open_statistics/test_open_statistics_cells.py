"""Cells, names and years of open statistics."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.returns.open_statistics import cells, long_format


@pytest.mark.unit
@pytest.mark.parametrize(
    ("cell", "value", "marker"),
    [
        ("12", "12", None),
        ("1,234.5", "1234.5", None),
        ("-880", "-880", None),
        ("1.2E-05", "1.2E-05", None),
        ("c", None, "c"),
        ("[X]", None, "x"),
        ("low", None, "low"),
        ("-", None, "-"),
        ("1:02", "14", None),
        ("00:11", "11", None),
        ("0", "0", None),
        ("nan", None, "nan"),
        (None, None, None),
    ],
)
def test_a_cell_is_a_number_or_a_marker_never_both(cell: str | None, value: str | None, marker: str | None) -> None:
    frame = pl.DataFrame({"CELL": [cell]}, schema={"CELL": pl.String})
    assert frame.select(*cells.value_and_marker("CELL")).row(0) == (value, marker)


@pytest.mark.generative
@given(st.lists(st.none() | st.sampled_from(["c", "z", "[k]", "..", "low"]) | st.integers().map(str), min_size=1))
def test_no_marker_turns_into_a_number_and_no_number_into_a_marker(written: list[str | None]) -> None:
    frame = pl.DataFrame({"CELL": written}, schema={"CELL": pl.String})
    for cell, value, marker in frame.select("CELL", *cells.value_and_marker("CELL")).iter_rows():
        assert (value is None) or (marker is None)
        assert (cell is None) == (value is None and marker is None)
        if value is not None:
            assert int(value) == int(cell)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("b1_children_in_need_2013_to_2025.csv", "b1_children_in_need"),
        ("release.zip/data/la_cla_missing_away_2024rel.csv", "la_cla_missing_away"),
        ("la_cla_who_started_to_be_looked_after_2022or23rel.csv", "la_cla_who_started_to_be_looked_after"),
        ("Pupil absence_v1.2.csv", "pupil_absence"),
        ("2024.csv", "dataset"),
    ],
)
def test_a_data_set_is_named_without_its_vintage(name: str, slug: str) -> None:
    assert long_format.slug_of(name) == slug


@pytest.mark.unit
@pytest.mark.parametrize(
    ("periods", "year"),
    [(["2021", "2023"], "2023"), (["202324", "202122"], "2024"), (["199900"], "2000"), ([], None)],
)
def test_a_submission_is_filed_under_its_last_year(periods: list[str], year: str | None) -> None:
    assert long_format.latest_year(pl.DataFrame({"time_period": periods}, schema={"time_period": pl.String})) == year

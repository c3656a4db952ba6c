"""Entries to care by authority and month: who counts, which months, and what a check takes of them."""

from datetime import date

import polars as pl
import pytest

from parentis.services.prevention.entry_counts import ENTRIES, counts, later


def held(**months: int) -> pl.DataFrame:
    """Every month from April 2021 to March 2026 with the given entries a month, by place."""
    rows = [(place, later(date(2021, 4, 1), at), value) for place, value in months.items() for at in range(60)]
    return pl.DataFrame(rows, ENTRIES, orient="row")


@pytest.mark.unit
def test_a_check_takes_three_years_before_and_the_months_after() -> None:
    found = counts(held(A=4, B=10), {"A": 100.0, "B": 200.0}, date(2024, 4, 1), 12)
    assert (found.before_years, found.after_years) == (3, 1)
    assert found.before == {"A": 144, "B": 360}
    assert found.after == {"A": 48, "B": 120}
    assert counts(held(A=4), {"A": 1.0}, date(2024, 4, 15), 24).after == {"A": 96}


@pytest.mark.unit
def test_fewer_years_are_taken_where_fewer_are_covered() -> None:
    found = counts(held(A=4), {"A": 1.0}, date(2022, 10, 1), 12)
    assert (found.before_years, found.before) == (1, {"A": 48})


@pytest.mark.unit
def test_a_place_with_a_month_missing_is_left_out() -> None:
    whole = held(A=4, B=10)
    missing = whole.filter(~((pl.col("authority") == "A") & (pl.col("month") == date(2024, 6, 1))))
    found = counts(missing, {"A": 1.0, "B": 1.0}, date(2024, 4, 1), 12)
    assert set(found.after) == {"B"}
    assert set(found.before) == {"A", "B"}
    assert counts(whole, {"A": 1.0, "B": 1.0}, date(2025, 10, 1), 12).after == {}

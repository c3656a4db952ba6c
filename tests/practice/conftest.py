"""The practice region, made once for all tests of it."""

from datetime import date

import polars as pl
import pytest

from parentis import practice
from parentis.practice.calendar import april
from parentis.practice.ssda903 import simulated

YEARS = ("2020-21", "2021-22", "2022-23", "2023-24", "2024-25")


def stacked(filled):
    """Tables of several returns by name, with the columns the lake adds."""
    parts = {}
    for one in filled:
        for name, table in one.tables.items():
            parts.setdefault(name, []).append(
                table.with_row_index("row").with_columns(
                    authority=pl.lit(one.submitter),
                    period=pl.lit(one.period),
                    load_id=pl.lit(f"{one.submitter} {one.period}"),
                    sequence=pl.lit(1, dtype=pl.Int64),
                )
            )
    return {name: pl.concat(frames) for name, frames in parts.items()}


@pytest.fixture(scope="session")
def world():
    """Seed 1, whole."""
    return simulated(1)


@pytest.fixture(scope="session")
def children():
    """Seed 1's SSDA903 without mistakes: tables of all authorities and years."""
    return stacked(one for one in practice.region(1, mistakes=0) if one.return_id == "ssda903")


@pytest.fixture(scope="session")
def money():
    """Seed 1's budget monitoring: tables of all authorities and years."""
    return stacked(one for one in practice.region(1, years=MONEY) if one.return_id == "finance.monitoring")


MONEY = tuple(f"{year}-{year - 1999}" for year in range(2014, 2020))


@pytest.fixture(scope="session")
def last_nights():
    """31 March of each collection year, by its label."""
    return {period: date.fromordinal(april(int(period[:4]) + 1) - 1 + date(1970, 1, 1).toordinal()) for period in YEARS}

"""Answers in any unit become pounds of the year; a blank never becomes nil."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest

from parentis.services.uasc.costs import answers
from parentis.services.uasc.tables import COSTS, DENOMINATORS, STAFF_TIME

COSTS_SCHEMA = {
    "authority": pl.String, "period": pl.String, "HEADING": pl.String, "GROUP": pl.String,
    "AMOUNT": pl.Decimal(18, 2), "UNIT": pl.String, "DENOMINATOR": pl.Float64, "METHOD": pl.String,
    "load_id": pl.String, "row": pl.UInt32, "provisional": pl.Boolean,
}  # fmt: skip
STAFF_SCHEMA = {
    "authority": pl.String, "period": pl.String, "HEADING": pl.String, "GROUP": pl.String, "ROLE": pl.String,
    "HOURS": pl.Float64, "PEOPLE": pl.Float64, "HOURLY_COST": pl.Decimal(18, 2),
}  # fmt: skip


def tables(costs: Sequence[Mapping[str, Any]], staff: Sequence[Mapping[str, Any]] = ()) -> dict[str, pl.DataFrame]:
    usual = {"authority": "E1", "period": "2023-24", "HEADING": "LEGAL", "GROUP": "CHILD", "load_id": "l"}
    rows = [usual | {"row": at, "provisional": False} | one for at, one in enumerate(costs)]
    sampled = [usual | {"HEADING": "SOCIAL_WORK"} | one for one in staff]
    return {
        COSTS: pl.DataFrame(
            [{name: row.get(name) for name in COSTS_SCHEMA} for row in rows], schema_overrides=COSTS_SCHEMA,
            schema=COSTS_SCHEMA,
        ),
        STAFF_TIME: pl.DataFrame(
            [{name: row.get(name) for name in STAFF_SCHEMA} for row in sampled], schema=STAFF_SCHEMA
        ),
        DENOMINATORS: pl.DataFrame(),
    }  # fmt: skip


def pounds(**answer: Any) -> tuple[float | None, str | None]:
    row = answers(tables([answer])).row(0, named=True)
    return row["pounds"], row["finding"] and row["finding"].split(" ")[0] + " " + row["finding"].split(" ")[1]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("answer", "expect"),
    [
        ({"AMOUNT": 100, "UNIT": "TOTAL"}, 100),
        ({"AMOUNT": 0, "UNIT": "TOTAL"}, 0),
        ({"AMOUNT": 0, "UNIT": "PER_NIGHT"}, 0),
        ({"AMOUNT": None, "UNIT": "TOTAL"}, None),
        ({"AMOUNT": 70, "UNIT": "PER_NIGHT", "DENOMINATOR": 365}, 25_550),
        ({"AMOUNT": 500, "UNIT": "PER_WEEK", "DENOMINATOR": 52}, 26_000),
        ({"AMOUNT": 32.5, "UNIT": "PER_HOUR", "DENOMINATOR": 10}, 325),
        ({"AMOUNT": 900, "UNIT": "PER_ITEM", "DENOMINATOR": 3}, 2_700),
    ],
)
def test_an_amount_times_how_many(answer: dict[str, Any], expect: float | None) -> None:
    assert pounds(**answer) == (expect, None)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("answer", "because"),
    [
        ({"AMOUNT": 70, "UNIT": "PER_NIGHT"}, "a price"),
        ({"AMOUNT": 70}, "an amount"),
        ({"AMOUNT": -1, "UNIT": "TOTAL"}, "an amount"),
        ({"METHOD": "TIME_USE", "HEADING": "SOCIAL_WORK"}, "answered by"),
    ],
)
def test_what_cannot_be_used_is_a_finding_and_a_blank(answer: dict[str, Any], because: str) -> None:
    assert pounds(**answer) == (None, because)


@pytest.mark.spec
def test_staff_time_is_hours_people_and_cost_over_the_years_weeks() -> None:
    # Two roles: 6 hours a week × 4 people × £30, and 2 × 1 × £45: £810 a week; 366 days are 52 2/7 weeks.
    staff = [
        {"ROLE": "a", "HOURS": 6, "PEOPLE": 4, "HOURLY_COST": 30},
        {"ROLE": "b", "HOURS": 2, "PEOPLE": 1, "HOURLY_COST": 45},
    ]
    row = answers(tables([{"HEADING": "SOCIAL_WORK", "METHOD": "TIME_USE"}], staff)).row(0, named=True)
    assert row["pounds"] == pytest.approx(810 * 366 / 7)
    assert row["part"] == "non-placement"
    assert "hours" in row["basis"]


@pytest.mark.unit
def test_a_sample_with_a_gap_is_not_used() -> None:
    staff = [{"ROLE": "a", "HOURS": 6, "PEOPLE": None, "HOURLY_COST": 30}]
    row = answers(tables([{"HEADING": "SOCIAL_WORK", "METHOD": "TIME_USE"}], staff)).row(0, named=True)
    assert (row["pounds"], row["finding"] is None) == (None, False)


@pytest.mark.unit
def test_no_answers_are_no_rows() -> None:
    assert answers(tables([])).height == 0

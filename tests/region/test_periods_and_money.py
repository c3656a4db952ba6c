"""Periods by their labels, and one year's pounds in another's."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.errors import PeriodError
from parentis.region import (
    collection_year_of,
    deflator_factor,
    financial_year,
    financial_year_of,
    gdp_deflator,
    parse_period,
    quarters,
    to_real,
    years,
)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("text", "label", "start", "end"),
    [
        ("2017-18", "2017-18", date(2017, 4, 1), date(2018, 3, 31)),
        ("2017/18", "2017-18", date(2017, 4, 1), date(2018, 3, 31)),
        ("201718", "2017-18", date(2017, 4, 1), date(2018, 3, 31)),
        (" 2017-2018 ", "2017-18", date(2017, 4, 1), date(2018, 3, 31)),
        ("1999-00", "1999-00", date(1999, 4, 1), date(2000, 3, 31)),
        ("2017-18 Q4", "2017-18 Q4", date(2018, 1, 1), date(2018, 3, 31)),
        ("2017/18q1", "2017-18 Q1", date(2017, 4, 1), date(2017, 6, 30)),
        ("2018", "2018", date(2018, 1, 1), date(2018, 12, 31)),
        ("2024-03-31", "2024-03-31", date(2024, 3, 31), date(2024, 3, 31)),
    ],
)
def test_labels_people_write(text: str, label: str, start: date, end: date) -> None:
    period = parse_period(text)
    assert (period.label, period.start, period.end) == (label, start, end)


@pytest.mark.spec
@pytest.mark.parametrize(
    "text", ["2017-19", "2017-17", "201712", "17-18", "2024-02-30", "0000", "9999-00", "2017-18 Q5", "", "x"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodError):
        parse_period(text)


@pytest.mark.generative
@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1)))
def test_neighbours_touch_and_come_back(day: date) -> None:
    year = financial_year_of(day)
    assert year.start <= day <= year.end
    assert collection_year_of(day) == year
    assert sum(quarter.days for quarter in quarters(year)) == year.days
    for period in (year, *quarters(year), parse_period(str(day.year)), parse_period(day.isoformat())):
        assert parse_period(period.label) == period
        assert period.next.previous == period
        assert (period.next.start - period.end).days == 1


@pytest.mark.spec
def test_a_run_of_years() -> None:
    assert [year.label for year in years("2014-15", "2016-17")] == ["2014-15", "2015-16", "2016-17"]
    with pytest.raises(PeriodError):
        years("2016-17", "2014-15")
    with pytest.raises(PeriodError):
        financial_year("2016")


@pytest.mark.spec
def test_pounds_of_one_year_in_another() -> None:
    # 2017-18 is 85.656 and 2022-23 is 100; 2024-25 is 100 × 1.0610 × 1.0168
    frame = pl.DataFrame({"period": ["2017-18", "2022-23"], "value": [Decimal("856.56"), Decimal("100.00")]})
    assert to_real(frame, "2022-23").get_column("value").to_list() == pytest.approx([1000, 100])
    assert deflator_factor("2022-23", "2024-25") == pytest.approx(1.0610 * 1.0168)
    assert deflator_factor("2017-18", "2017-18") == 1
    with pytest.raises(PeriodError):
        deflator_factor("1901-02", "2022-23")


@pytest.mark.unit
def test_the_deflator_says_what_is_forecast() -> None:
    basis = dict(gdp_deflator().select("period", "basis").iter_rows())
    assert basis["2022-23"] == "outturn"
    assert basis["2023-24"] == "forecast"
    assert gdp_deflator().get_column("index").is_not_nan().all()

"""Spans: the period of a file that holds several."""

from datetime import date

import pytest

from parentis.errors import PeriodError
from parentis.region import parse_period


@pytest.mark.spec
@pytest.mark.parametrize(
    ("text", "label", "start", "end"),
    [
        ("2019-20..2023-24", "2019-20..2023-24", date(2019, 4, 1), date(2024, 3, 31)),
        ("2019/20 .. 202324", "2019-20..2023-24", date(2019, 4, 1), date(2024, 3, 31)),
        ("2019-20..2019-20", "2019-20", date(2019, 4, 1), date(2020, 3, 31)),
        ("2018..2020", "2018..2020", date(2018, 1, 1), date(2020, 12, 31)),
    ],
)
def test_a_span_runs_from_its_first_to_its_last_day(text: str, label: str, start: date, end: date) -> None:
    span = parse_period(text)
    assert (span.label, span.start, span.end) == (label, start, end)
    assert parse_period(span.label) == span


@pytest.mark.unit
@pytest.mark.parametrize("text", ["2023-24..2019-20", "2019-20..", "2019-20..2021-22..2023-24"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(PeriodError):
        parse_period(text)

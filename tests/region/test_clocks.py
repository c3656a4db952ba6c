"""Working days and clocks: known answers, and properties against a slow plain walk."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.errors import DeclarationError, PeriodError
from parentis.region import (
    LONDON,
    Pause,
    Term,
    Unit,
    bank_holidays,
    due,
    elapsed,
    in_time,
    is_working_day,
    local_day,
    midnight,
)

DAY = timedelta(days=1)

LISTED = {  # gov.uk/bank-holidays, England and Wales
    2002: "01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26",
    2011: "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27",
    2012: "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26",
    2015: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2016: "01-01 03-25 03-28 05-02 05-30 08-29 12-26 12-27",
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
}


@pytest.mark.spec
@pytest.mark.parametrize("year", LISTED)
def test_bank_holidays_as_listed(year: int) -> None:
    assert [f"{day:%m-%d}" for day in bank_holidays(year)] == LISTED[year].split()


@pytest.mark.unit
def test_years_before_the_rules_held_are_refused() -> None:
    with pytest.raises(PeriodError):
        bank_holidays(1999)


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("started", "term", "pauses", "expected"),
    [
        # Hours are real: the clocks went forward at 01:00 on 30 March 2025 and back at 02:00 on 26 October.
        ("2025-03-30T00:00", Term(6, Unit.HOURS), [], "2025-03-30T07:00"),
        ("2025-10-26T00:00", Term(6, Unit.HOURS), [], "2025-10-26T05:00"),
        ("2025-01-10T22:30", Term(90, Unit.MINUTES), [], "2025-01-11T00:00"),
        # Days end at midnight in London.
        ("2025-03-28T15:00", Term(3, Unit.DAYS), [], "2025-04-01T00:00"),
        ("2025-01-10T15:00", Term(0, Unit.DAYS), [], "2025-01-11T00:00"),
        # Thursday before Easter 2025, five working days: 17 April → 22, 23, 24, 25, 28.
        ("2025-04-17T09:00", Term(5, Unit.WORKING_DAYS), [], "2025-04-29T00:00"),
        ("2024-12-24T09:00", Term(1, Unit.WORKING_DAYS), [], "2024-12-28T00:00"),
        # Months: the same day, or the month's last.
        ("2016-11-25T00:00", Term(3, Unit.MONTHS), [], "2017-02-26T00:00"),
        ("2016-11-25T00:00", Term(6, Unit.MONTHS), [], "2017-05-26T00:00"),
        ("2024-11-30T10:00", Term(3, Unit.MONTHS), [], "2025-03-01T00:00"),
        # Tuesday to Thursday takes two days out; within one day, none.
        ("2025-01-06T10:00", Term(5, Unit.DAYS), [("2025-01-07T09:00", "2025-01-09T09:00")], "2025-01-14T00:00"),
        ("2025-01-06T10:00", Term(5, Unit.DAYS), [("2025-01-07T09:00", "2025-01-07T19:00")], "2025-01-12T00:00"),
        ("2025-01-06T10:00", Term(5, Unit.WORKING_DAYS), [("2025-01-07T09:00", "2025-01-09T09:00")],
         "2025-01-16T00:00"),
        ("2025-01-06T10:00", Term(1, Unit.MONTHS), [("2025-01-07T09:00", "2025-01-09T09:00")], "2025-02-09T00:00"),
        ("2025-01-06T10:00", Term(6, Unit.HOURS), [("2025-01-06T11:00", "2025-01-06T12:30")], "2025-01-06T17:30"),
        # A stop across the night of the change takes out its real hours: 22:00 to 04:00 is five.
        ("2025-03-29T20:00", Term(6, Unit.HOURS), [("2025-03-29T22:00", "2025-03-30T04:00")], "2025-03-30T08:00"),
        # Overlapping stops are one.
        ("2025-01-06T10:00", Term(6, Unit.HOURS),
         [("2025-01-06T11:00", "2025-01-06T13:00"), ("2025-01-06T12:00", "2025-01-06T14:00")], "2025-01-06T19:00"),
        # Three, of which the last two are one; a pause that begins as the term ends comes too late.
        ("2025-01-06T10:00", Term(6, Unit.HOURS),
         [("2025-01-06T11:00", "2025-01-06T12:00"), ("2025-01-06T12:30", "2025-01-06T14:00"),
          ("2025-01-06T13:00", "2025-01-06T15:00")], "2025-01-06T19:30"),
        ("2025-01-06T10:00", Term(6, Unit.HOURS), [("2025-01-06T16:00", "2025-01-06T18:00")], "2025-01-06T16:00"),
        # Of months too, the day it started does not count and the last day does.
        ("2025-01-06T10:00", Term(1, Unit.MONTHS), [("2025-01-06T12:00", "2025-01-07T09:00")], "2025-02-07T00:00"),
        ("2025-01-06T10:00", Term(1, Unit.MONTHS), [("2025-02-06T09:00", "2025-02-07T09:00")], "2025-02-08T00:00"),
        # A pause without an end takes in those that follow it, and those it follows.
        ("2025-01-06T10:00", Term(6, Unit.HOURS),
         [("2025-01-06T11:00", None), ("2025-01-06T12:00", "2025-01-06T13:00")], None),
        ("2025-01-06T10:00", Term(6, Unit.HOURS),
         [("2025-01-06T11:00", "2025-01-06T13:00"), ("2025-01-06T12:00", None)], None),
        ("2025-01-06T10:00", Term(6, Unit.HOURS),
         [("2025-01-06T11:00", "2025-01-06T11:30"), ("2025-01-06T12:00", None),
          ("2025-01-06T13:00", "2025-01-06T14:00")], None),
        # While it is paused nobody knows; once late, a pause changes nothing.
        ("2025-01-06T10:00", Term(6, Unit.HOURS), [("2025-01-06T11:00", None)], None),
        ("2025-01-06T10:00", Term(6, Unit.HOURS), [("2025-01-06T16:00", None)], "2025-01-06T16:00"),
        ("2025-01-06T10:00", Term(6, Unit.HOURS), [("2025-01-05T00:00", "2025-01-06T12:00")], "2025-01-06T18:00"),
    ],
)  # fmt: skip
def test_when_it_is_due(started: str, term: Term, pauses: list[tuple[str, str | None]], expected: str | None) -> None:
    stops = [Pause(at(start), at(end) if end else None) for start, end in pauses]
    assert due(at(started), term, stops) == (at(expected) if expected else None)


@pytest.mark.unit
def test_a_term_is_never_negative_and_reads_as_words() -> None:
    with pytest.raises(DeclarationError):
        Term(-1, Unit.DAYS)
    assert [str(Term(1, Unit.MONTHS)), str(Term(20, Unit.WORKING_DAYS))] == ["1 month", "20 working days"]


INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))
TERMS = st.builds(Term, st.integers(0, 60), st.sampled_from(list(Unit)))


@st.composite
def stops(draw: st.DrawFn, started: datetime) -> list[Pause]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        start = started + timedelta(minutes=draw(st.integers(-3000, 60_000)))
        found.append(Pause(start, start + timedelta(minutes=draw(st.integers(0, 20_000)))))
    return found


@pytest.mark.generative
@given(st.data(), INSTANTS, TERMS)
def test_a_stop_never_brings_it_forward_and_order_or_zone_do_not_matter(
    data: st.DataObject, started: datetime, term: Term
) -> None:
    pauses = data.draw(stops(started))
    when = due(started, term, pauses)
    assert when is not None
    assert when >= due(started, term)  # type: ignore[operator]
    assert when == due(started, term, pauses[::-1])
    zone = ZoneInfo("Pacific/Auckland")
    elsewhere = [Pause(one.start.astimezone(zone), one.end.astimezone(zone)) for one in pauses if one.end]
    assert when == due(started.astimezone(zone), term, elsewhere)
    assert due(started, Term(term.amount + 1, term.unit), pauses) >= when  # type: ignore[operator]


@pytest.mark.generative
@given(st.data(), INSTANTS, st.integers(0, 40), st.booleans())
def test_days_against_a_walk_that_looks_at_every_midnight(
    data: st.DataObject, started: datetime, amount: int, working: bool
) -> None:
    pauses = data.draw(stops(started))
    day, left = local_day(started), amount
    while left:
        day += DAY
        end_of_day = midnight(day + DAY) - timedelta(microseconds=1)
        stood = any(max(one.start, started) <= end_of_day and one.end > end_of_day for one in pauses if one.end)
        left -= (is_working_day(day) or not working) and not stood
    term = Term(amount, Unit.WORKING_DAYS if working else Unit.DAYS)
    assert due(started, term, pauses) == midnight(day + DAY)


@pytest.mark.generative
@given(st.data(), INSTANTS, st.integers(0, 3000))
def test_when_time_is_up_the_clock_has_run_for_the_term(data: st.DataObject, started: datetime, minutes: int) -> None:
    pauses = data.draw(stops(started))
    when = due(started, Term(minutes, Unit.MINUTES), pauses)
    assert when is not None
    assert elapsed(started, when, pauses) == timedelta(minutes=minutes)
    assert elapsed(started, started - DAY, pauses) == timedelta()


@pytest.mark.generative
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_holiday_is_a_weekday_and_four_days_without_work_are_the_most(day: date) -> None:
    holidays = bank_holidays(day.year)
    assert len(holidays) >= 8
    assert all(each.weekday() < 5 for each in holidays)
    assert any(is_working_day(day + each * DAY) for each in range(6))


@pytest.mark.spec
@pytest.mark.parametrize("unit", Unit)
def test_a_term_in_hours_includes_its_last_instant_and_one_in_days_ends_with_the_day(unit: Unit) -> None:
    by = datetime(2026, 3, 2, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    assert in_time(by - moment, by, unit)
    assert in_time(by, by, unit) is (unit in {Unit.MINUTES, Unit.HOURS})
    assert not in_time(by + moment, by, unit)

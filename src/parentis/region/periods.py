"""Periods: financial years, their quarters, calendar years and days, read from the labels in use."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from parentis.errors import PeriodError


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `start` to `end`, inclusive. Labels: `2017-18`, `2017-18 Q2`, `2018`, `2024-03-31`,
    and `2019-20..2023-24` for a span of several."""

    start: date
    end: date
    label: str

    @property
    def next(self) -> "Period":
        """The next period of the same kind, which begins the day after this one ends."""
        return _like(self, self.end + timedelta(days=1))

    @property
    def previous(self) -> "Period":
        """The previous period of the same kind, which ends the day before this one begins."""
        return _like(self, self.start - timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


_FINANCIAL = re.compile(r"(\d{4})\s*[-/–]?\s*(\d{4}|\d{2})")
_QUARTER = re.compile(r"(.+?)\s*q\s*([1-4])", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_period(text: str) -> Period:
    """A period from its label. A financial year may be written `2017-18`, `2017/18`, `201718`, `2017-2018`;
    a quarter is a financial year and `Q1` to `Q4`; four digits are a calendar year; a day is ISO. A span,
    `2019-20..2023-24`, is the period of a file that covers several years.

    Raises PeriodError."""
    text = text.strip()
    if len(ends := text.split("..")) == 2:
        return _span(*map(parse_period, ends))
    if (match := _QUARTER.fullmatch(text)) and (year := _financial(match[1])):
        return quarters(year)[int(match[2]) - 1]
    if year := _financial(text):
        return year
    try:
        if _YEAR.fullmatch(text):
            return calendar_year(int(text))
        if _DAY.fullmatch(text):
            return one_day(date.fromisoformat(text))
    except ValueError:
        pass  # no such year or day: reported below, like any other text
    raise PeriodError(
        expected="a period: 2017-18, 2017-18 Q2, 2018 or 2018-03-31",
        found=repr(text),
        where="period",
        do="Write a financial year as 2017-18.",
    )


def financial_year(label: str) -> Period:
    """1 April to 31 March. Raises PeriodError unless `label` is a financial year."""
    if year := _financial(label):
        return year
    raise PeriodError(
        expected="a financial year such as 2017-18", found=repr(label), where="period", do="Write it as 2017-18."
    )


def financial_year_of(day: date) -> Period:
    """The financial year a day falls in."""
    return _starting(day.year if day.month >= 4 else day.year - 1)


def collection_year_of(day: date) -> Period:
    """The collection year of child-level returns that a day falls in: 1 April to 31 March, labelled `2024-25`."""
    return financial_year_of(day)


def quarters(year: Period) -> tuple[Period, ...]:
    """The four quarters of a financial year; Q1 begins on 1 April."""
    starts = [date(year.start.year, month, 1) for month in (4, 7, 10)] + [date(year.end.year, 1, 1)]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [year.end]
    return tuple(Period(a, b, f"{year.label} Q{n}") for n, (a, b) in enumerate(zip(starts, ends, strict=True), 1))


def calendar_year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31), str(year))


def one_day(day: date) -> Period:
    """A count on a day, such as 31 March."""
    return Period(day, day, day.isoformat())


def years(first: str, last: str) -> tuple[Period, ...]:
    """The financial years from `first` to `last`, both included; PeriodError if they run backwards."""
    begin, end = financial_year(first), financial_year(last)
    if begin > end:
        raise PeriodError(
            expected=f"a last year not before {begin.label}",
            found=end.label,
            where="period",
            do="Give the earlier year first.",
        )
    return tuple(_starting(year) for year in range(begin.start.year, end.start.year + 1))


def _span(first: Period, last: Period) -> Period:
    if first > last:
        raise PeriodError(
            expected="a span whose first period comes first",
            found=f"{first.label}..{last.label}",
            where="period",
            do="Give the earlier period first.",
        )
    return first if first == last else Period(first.start, last.end, f"{first.label}..{last.label}")


def _starting(year: int) -> Period:
    return Period(date(year, 4, 1), date(year + 1, 3, 31), f"{year}-{(year + 1) % 100:02d}")


def _financial(text: str) -> Period | None:
    match = _FINANCIAL.fullmatch(text.strip())
    if not match or int(match[1]) == 0:
        return None
    year = _starting(int(match[1])) if int(match[1]) < 9999 else None
    if year and match[2] in (year.label[-2:], str(year.end.year)):
        return year
    return None


def _like(period: Period, day: date) -> Period:
    if period.label.endswith(("Q1", "Q2", "Q3", "Q4")):
        return next(quarter for quarter in quarters(financial_year_of(day)) if quarter.start <= day <= quarter.end)
    if period.start == period.end:
        return one_day(day)
    return calendar_year(day.year) if _YEAR.fullmatch(period.label) else financial_year_of(day)

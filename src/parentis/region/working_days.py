"""Working days in England: Monday to Friday, without bank holidays.

The holidays of a year follow from the Banking and Financial Dealings Act 1971 (schedule 1) and the yearly royal
proclamations that move a New Year's or May holiday; what a proclamation added or moved once stands in
`tables/bank_holidays.csv`. As listed at gov.uk/bank-holidays.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from parentis.errors import PeriodError
from parentis.region.reference import rows

FIRST_YEAR = 2000
"Before it other rules and proclamations held."
DAY = timedelta(days=1)
MONDAY, SATURDAY = 0, 5


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm; Meeus, Astronomical Algorithms, ch. 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, before = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, before + 1)


@cache
def bank_holidays(year: int) -> Mapping[date, str]:
    """The bank holidays of England in a year: day to name. A holiday at a weekend is on its substitute day.

    Years to come are by rule; what will be proclaimed for them is not known. Raises PeriodError before 2000."""
    if year < FIRST_YEAR:
        raise PeriodError(
            expected=f"a year from {FIRST_YEAR}", found=str(year), where="bank holidays", do="Ask for a later year."
        )
    found = {
        _after_weekend(date(year, 1, 1)): "New Year's Day",
        easter(year) - 2 * DAY: "Good Friday",
        easter(year) + DAY: "Easter Monday",
        _monday_from(date(year, 5, 1)): "Early May bank holiday",
        _monday_from(date(year, 5, 25)): "Spring bank holiday",
        _monday_from(date(year, 8, 25)): "Summer bank holiday",
    }
    christmas, boxing = date(year, 12, 25), date(year, 12, 26)
    # At a weekend both move past it, Christmas to the day after Boxing Day's if they would meet.
    found[christmas if christmas.weekday() < SATURDAY else date(year, 12, 27)] = "Christmas Day"
    found[boxing if boxing.weekday() < SATURDAY else date(year, 12, 28)] = "Boxing Day"
    for row in rows("bank_holidays"):
        if row["date"].startswith(str(year)):
            if row["replaces"]:
                del found[date.fromisoformat(row["replaces"])]
            found[date.fromisoformat(row["date"])] = row["name"]
    return dict(sorted(found.items()))


def is_working_day(day: date) -> bool:
    """Monday to Friday and no bank holiday in England."""
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year)


def _after_weekend(day: date) -> date:
    return day if day.weekday() < SATURDAY else _monday_from(day)


def _monday_from(day: date) -> date:
    return day + timedelta(days=(MONDAY - day.weekday()) % 7)

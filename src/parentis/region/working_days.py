"""Working days in England: Monday to Friday, except bank holidays."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from parentis.errors import PeriodError

FIRST_YEAR = 2000
"Nothing here is older, and so nothing older was compared with the published list."
SATURDAY = 5


@cache
def bank_holidays(year: int) -> Mapping[date, str]:
    """The bank holidays of England in a year: day to name. A holiday at a weekend is on its substitute day.

    From the `holidays` package, which includes holidays moved or added by proclamation. Future years follow the rules
    and exclude holidays not yet proclaimed. Raises PeriodError before 2000."""
    if year < FIRST_YEAR:
        raise PeriodError(
            expected=f"a year from {FIRST_YEAR}", found=str(year), where="bank holidays", do="Ask for a later year."
        )
    # imported here: it takes a third of a second and few commands need it
    from holidays.countries import UnitedKingdom

    listed = UnitedKingdom(subdiv="ENG", years=year)
    return {day: name for day, name in sorted(listed.items()) if day.weekday() < SATURDAY}


def is_working_day(day: date) -> bool:
    """Whether a day is Monday to Friday and not a bank holiday in England."""
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year)

"""Published years as periods. Publishers write `2025` for a day, a financial, an academic or a calendar year."""

import re
from collections.abc import Callable
from datetime import date

from parentis.region import Period, calendar_year, financial_year, one_day

Basis = Callable[[int], Period]
"A function from the year that a publisher writes to the period that it means."


def on_31_march(year: int) -> Period:
    return one_day(date(year, 3, 31))


def on_30_september(year: int) -> Period:
    return one_day(date(year, 9, 30))


def mid_year(year: int) -> Period:
    return one_day(date(year, 6, 30))


def to_31_march(year: int) -> Period:
    """The financial year that ends in `year`."""
    return financial_year(f"{year - 1}-{year % 100:02d}")


def to_30_september(year: int) -> Period:
    return Period(date(year - 1, 10, 1), date(year, 9, 30), f"{year - 1}-10 to {year}-09")


def academic(year: int) -> Period:
    """September to August, ending in `year`. Its label is like a financial year's; its days are not."""
    return Period(date(year - 1, 9, 1), date(year, 8, 31), f"{year - 1}-{year % 100:02d}")


def in_january(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 1, 31), f"{year}-01")


_TWO_YEARS = re.compile(r"^(\d{4})[-/]?(\d{2})$")
_BY_IDENTIFIER: dict[str, Basis] = {
    "financial year": to_31_march,
    "tax year": to_31_march,
    "academic year": academic,
    "calendar year": calendar_year,
    "reporting year": calendar_year,
    "january": in_january,
}


def ees_period(period: str, identifier: str, basis: Basis | None = None) -> Period | None:
    """A period of Explore education statistics. `basis` gives the meaning of a reporting year in this data set, by
    default the calendar year. None for quarters, terms, weeks and unreadable values."""
    kind = identifier.strip().casefold()
    meaning = basis if basis and kind == "reporting year" else _BY_IDENTIFIER.get(kind)
    if meaning is None:
        return None
    if match := _TWO_YEARS.match(period):
        return meaning(int(match[1]) + 1) if int(match[2]) == (int(match[1]) + 1) % 100 else None
    return meaning(int(period)) if re.fullmatch(r"\d{4}", period) else None


_LAIT_BASES: dict[str, Basis] = {
    "Academic Year": academic,
    "Financial Year": to_31_march,
    "Calendar Year": calendar_year,
    "Annual": on_31_march,
    "Annual (end of Sept)": on_30_september,
    "Annual - January": in_january,
}
_ON_31_MARCH = re.compile(r"\bat 31(st)? march\b", re.IGNORECASE)
_SUFFIX = re.compile(r"^(.*?)\s*\(([A-Za-z]+)\)$")
SUFFIXES = {"ot": "outturn", "rev": "revised", "prov": "provisional release", "final": "final release"}


def lait_basis(year_type: str, title: str) -> Basis | None:
    """The meaning of a plain year for a LAIT measure, from its dictionary entry; a title may contain `at 31 March`."""
    if year_type == "Financial Year" and _ON_31_MARCH.search(title):
        return on_31_march
    return _LAIT_BASES.get(year_type)


def lait_period(text: str, basis: Basis) -> tuple[Period | None, str]:
    """The period and the words of its suffix: `2016-17 (OT)` → 2016-17, `outturn`. None if there is no year."""
    said = ""
    if match := _SUFFIX.match(text):
        text, said = match[1], SUFFIXES.get(match[2].casefold(), match[2])
    return _span(text, basis), said


def _span(text: str, basis: Basis) -> Period | None:
    if re.fullmatch(r"\d{4}", text):
        return basis(int(text))
    if match := re.fullmatch(r"(\d{4})[-/](\d{2})", text):
        first, last = int(match[1]), int(match[2])
        if last == (first + 1) % 100:
            return (academic if basis is academic else to_31_march)(first + 1)
        end = first - first % 100 + last
        if basis is calendar_year and end > first:
            return Period(date(first, 1, 1), date(end, 12, 31), f"{first} to {end}")
    if match := re.fullmatch(r"(\d{4})/(\d{2})-(\d{2})/(\d{2})", text):
        begins = int(match[1])
        one, other = to_31_march(begins + 1), to_31_march(begins - begins % 100 + int(match[4]))
        return Period(one.start, other.end, f"{one.label} to {other.label}")
    return None

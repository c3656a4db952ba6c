"""The day of a census: stated in the file or in its name. It alone distinguishes two censuses of one year."""

import calendar
import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from parentis.returns.placements.census_headings import Headed
from parentis.returns.recognition import HEADING_ROWS, plain

if TYPE_CHECKING:
    from parentis.returns.content import Content

COVER = "Cover"
"The cover sheet of a blank form, which names the return and the period."
_SAYS_CENSUS = re.compile(r"census|as at|on the day of|snapshot|position at|return date", re.IGNORECASE)
_HEADING = re.compile(r"census\s+date|date\s+of\s+census", re.IGNORECASE)
_DAY = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\s+(20\d\d)\b|\b(\d{1,2})/(\d{1,2})/(20\d\d)\b|\b(20\d\d)-(\d\d)-(\d\d)\b"
)
_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
)}  # fmt: skip


def said_inside(content: "Content", found: Iterable[Headed], editions: tuple[str, ...]) -> date | None:
    """A date that is labelled as the census day: above the headings, in a column with that heading whose cells agree,
    or on the cover of a blank form, unless it is only the first day of the edition."""
    for one in found:
        grid = content.grid(one.sheet, rows=HEADING_ROWS)
        for row in grid.head(one.at).iter_rows():
            told = " ".join(filter(None, row))
            if _SAYS_CENSUS.search(told) and (day := _day(told)):
                return day
        for index, heading in enumerate(grid.row(one.at)):
            if heading and says_census_day(heading):
                cells = content.grid(one.sheet).to_series(index).slice(one.at + 1)
                days = {day for cell in cells if cell and (day := _day(cell))}
                if len(days) == 1:
                    return days.pop()
    return _on_cover(content, editions)


def says_census_day(heading: str) -> bool:
    """Whether a column with this heading gives the day of the census."""
    return bool(_HEADING.search(heading))


def _on_cover(content: "Content", editions: tuple[str, ...]) -> date | None:
    if COVER not in content.sheets:
        return None
    said = {plain(row[0]): row[1] for row in content.grid(COVER, rows=HEADING_ROWS).iter_rows() if len(row) > 1}
    period = (said.get("period") or "").strip()
    return _day(period) if period and period not in editions else None


def _day(told: str) -> date | None:
    match = _DAY.search(told)
    if match is None:
        return None
    day, month, year, d, m, y, iso_y, iso_m, iso_d = match.groups()
    try:
        if month:
            return date(int(year), _MONTHS[month[:3].casefold()], int(day))
        return date(int(y), int(m), int(d)) if y else date(int(iso_y), int(iso_m), int(iso_d))
    except (KeyError, ValueError):
        return None


def in_name(name: str) -> date | None:
    """The last day of the month in a file's name: `pnw_2025_feb`, `census Feb 2025`; or the day in the name."""
    told = name.casefold()
    if iso := re.search(r"20\d\d-\d\d-\d\d", told):
        return _day(iso[0])
    match = re.search(r"(20\d\d)[^a-z0-9]*([a-z]{3})", told)
    if match and match[2] in _MONTHS:
        return month_end(int(match[1]), _MONTHS[match[2]])
    match = re.search(r"(?<![a-z])([a-z]{3})[a-z]*[^a-z0-9]*(20\d\d)", told)
    return month_end(int(match[2]), _MONTHS[match[1]]) if match and match[1] in _MONTHS else None


def month_end(year: int, month: int) -> date:
    """The last day of a month: the day assigned to a census of which only the month is known."""
    return date(year, month, calendar.monthrange(year, month)[1])


def of_earlier_part(part: str, period: str) -> str | None:
    """The day of an older submission, or None where its period already is a day. Before censuses were identified by
    their day, the part of a submission was its month (`2025-02`, or empty if unknown) and its period the financial
    year."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", period):
        return None
    if match := re.fullmatch(r"(20\d\d)-(\d\d)", part):
        return month_end(int(match[1]), int(match[2])).isoformat()
    match = re.fullmatch(r"(20\d\d)-\d\d", period)
    return date(int(match[1]) + 1, 3, 31).isoformat() if match else None

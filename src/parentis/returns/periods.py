"""The period of a file, from its name or a column of years; `Return.infer_period` finds it in other content."""

import re
from pathlib import PurePosixPath

import polars as pl

from parentis.errors import PeriodError
from parentis.region import parse_period
from parentis.returns.models import PeriodKind
from parentis.returns.recognition import Match, plain

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:[-_/ ]?(20\d\d|\d\d))?(?!\d)")
_QUARTER_FIRST = re.compile(r"Q(?P<quarter>[1-4])[-_ ]?(?P<year>20\d\d)[-_/ ]?(?P<next>\d\d)(?!\d)", re.IGNORECASE)
_QUARTER_LAST = re.compile(
    r"(?<!\d)(?P<year>20\d\d)[-_/ ]?(?P<next>\d\d)[-_ ]*Q(?P<quarter>[1-4])(?!\d)", re.IGNORECASE
)
_YEAR_HEADINGS = ("year", "collectionyear", "period", "financialyear")


def year_in_name(name: str) -> str:
    """The year in a file's name (`2017`, `2017-18`), otherwise in its folder's name, otherwise ''."""
    path = PurePosixPath(name)
    for part in (path.stem, *(parent.name for parent in path.parents)):
        for match in _YEAR.finditer(part):
            years = match[1] + (f"-{match[2][-2:]}" if match[2] else "")
            if not match[2] or int(match[2][-2:]) == (int(match[1]) + 1) % 100:
                return years
    return ""


def period_in_name(name: str, kind: PeriodKind) -> str:
    """The period in a file's name: for quarterly returns the quarter (`ALBQ1201415`, `2024-25 Q3`), else the year
    (`year_in_name`); '' for none."""
    if kind == "quarter":
        for part in (PurePosixPath(name).stem, *(parent.name for parent in PurePosixPath(name).parents)):
            found = _QUARTER_FIRST.search(part) or _QUARTER_LAST.search(part)
            if found and int(found["next"]) == (int(found["year"]) + 1) % 100:
                return f"{found['year']}-{found['next']} Q{found['quarter']}"
    return year_in_name(name)


def period_label(text: str, kind: PeriodKind | None = None) -> str | None:
    """The label of the period in `text`, or None for ''.

    A single year is the collection year that ends in it, as in the returns' own names; it does not identify a
    financial year, so the result is None, as for anything but a day where the period is a day. Without `kind` the
    text must be a period's own label. Raises PeriodError.
    """
    text = text.strip()
    if not text:
        return None
    if kind == "day":
        return text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) and parse_period(text) else None
    if kind and re.fullmatch(r"\d{4}", text):
        if kind == "collection-year":
            return f"{int(text) - 1}-{text[2:]}"
        return text if kind == "year" else None
    return parse_period(text).label


def year_column(grid: pl.DataFrame, match: Match, kind: PeriodKind) -> str | None:
    """The period in a column of years that is not in the spec, if the whole column agrees."""
    headings = grid.row(match.heading_row)
    index = next(
        (i for i, h in enumerate(headings) if plain(h) in _YEAR_HEADINGS and i not in match.columns.values()), None
    )
    if index is None:
        return None
    years = grid[:, index].slice(match.heading_row + 1).str.strip_chars().drop_nulls().unique()
    if years.len() != 1:
        return None
    try:
        return period_label(str(years[0]).removesuffix(".0"), kind)
    except PeriodError:
        return None  # a column called YEAR with other content; the other columns decide

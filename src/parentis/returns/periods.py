"""Which period a file is of, from its name or a column of years; content speaks through `Return.infer_period`."""

import re
from pathlib import PurePosixPath

import polars as pl

from parentis.errors import PeriodError
from parentis.region import parse_period
from parentis.returns.models import PeriodKind
from parentis.returns.recognition import Match, plain

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:[-_/ ]?(20\d\d|\d\d))?(?!\d)")
_YEAR_HEADINGS = ("year", "collectionyear", "period", "financialyear")


def year_in_name(name: str) -> str:
    """The year a file's name holds (`2017`, `2017-18`), else its folder's, else ''."""
    path = PurePosixPath(name)
    for part in (path.stem, *(parent.name for parent in path.parents)):
        for match in _YEAR.finditer(part):
            years = match[1] + (f"-{match[2][-2:]}" if match[2] else "")
            if not match[2] or int(match[2][-2:]) == (int(match[1]) + 1) % 100:
                return years
    return ""


def period_label(text: str, kind: PeriodKind | None = None) -> str | None:
    """The label of the period that `text` means, or None for ''.

    A lone year is the collection year that ends in it, as the returns' own names have it; of a financial year it says
    too little, so None, as everything but a day does of a day. Without `kind` the text must be a period's own label.
    Raises PeriodError.
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
    """The period in a column of years that the spec does not know, if the whole column agrees."""
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
        return None  # a column called YEAR that holds something else; the content decides

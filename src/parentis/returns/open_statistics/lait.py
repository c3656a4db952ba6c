"""DfE's Local Authority Interactive Tool: its base data (Parquet, once CSV; long) and its dictionary of measures."""

import re
from datetime import date, timedelta

import polars as pl

from parentis.returns.open_statistics.cells import tidy, value_and_marker

LINES_HEADINGS = {
    "Short Desc": "SHORT_DESC",
    "Years": "YEARS",
    "LA and Regions": "PLACE",
    "LA Number": "LA_NUMBER",
    "Values": "CELL",
}
DICTIONARY_HEADINGS = {
    "Measure_short": "SHORT_DESC",
    "Measure_code": "CODE",
    "Topic": "TOPIC",
    "Measure": "MEASURE",
    "Chart_title": "TITLE",
    "Polarity": "POLARITY",
    "y_axis_name": "AXIS",
    "Description": "DESCRIPTION",
    "Methodology": "METHODOLOGY",
    "Data Owner (DO) /Supplier and Contact Details": "OWNER",
    "Hyperlink(s)": "LINK",
    "dps": "DECIMALS",
    "Year_Type": "YEAR_TYPE",
}
_DICTIONARY_KEYS = frozenset({"Measure_short", "Polarity", "y_axis_name", "Year_Type"})


def is_lines(headings: list[str]) -> bool:
    """Whether these headings are of base data, in any case."""
    return {_plain(heading) for heading in headings} >= {_plain(heading) for heading in LINES_HEADINGS}


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.casefold())


def is_dictionary(headings: list[str]) -> bool:
    return {heading.strip() for heading in headings} >= _DICTIONARY_KEYS


def named(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of base data under their standard headings, in whatever case they are written; others are left
    out."""
    own = {_plain(heading): heading for heading in LINES_HEADINGS}
    first: dict[str, str] = {}
    for name in frame.columns:
        if _plain(name) in own:
            first.setdefault(own[_plain(name)], name)  # of a repeated heading, the first
    return frame.select(pl.col(name).alias(heading) for heading, name in first.items())


def lines(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of the `lines` table, all text, with `row`: a measure's value for a place and a year. `-` is a marker."""
    number = frame.get_column("LA Number").cast(pl.Float64, strict=False).cast(pl.Int64, strict=False).cast(pl.String)
    renamed = frame.with_columns(number.alias("LA Number")).select(list(LINES_HEADINGS)).rename(LINES_HEADINGS)
    rows = tidy(renamed).with_row_index("row")
    whole = rows.remove(pl.all_horizontal(pl.exclude("row").is_null()))
    return whole.with_columns(*value_and_marker("CELL")).drop("CELL")


def dictionary(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of the `dictionary` table, all text; `NA` and `-` are blanks."""
    frame = frame.rename({name: name.strip() for name in frame.columns})
    held = {heading: name for heading, name in DICTIONARY_HEADINGS.items() if heading in frame.columns}
    cell = pl.all().str.replace_all(r"[\r\n]+", "\n")
    text = tidy(frame.select(list(held)).rename(held).with_columns(cell))
    return text.with_columns(pl.when(~pl.all().is_in(["NA", "-"])).then(pl.all()).name.keep())


def last_year(frame: pl.DataFrame) -> str | None:
    """The last year in the base data: `2024-25 (OT)` → 2025."""
    years = [_end_year(str(text)) for text in named(frame).get_column("Years").drop_nulls().unique()]
    return str(max(found)) if (found := [year for year in years if year]) else None


def _end_year(text: str) -> int | None:
    match = re.match(r"^(\d{4})(?:[-/](\d{2}))?", text.strip())
    if not match:
        return None
    start, end = int(match[1]), match[2]
    return start - start % 100 + int(end) if end else start


def dictionary_year(frame: pl.DataFrame) -> str | None:
    """The year in which a dictionary was last updated, from its spreadsheet day numbers."""
    if "Last Update" not in frame.columns:
        return None
    days = [int(text) for text in frame.get_column("Last Update").drop_nulls() if re.fullmatch(r"\d{5}", text.strip())]
    return str((date(1899, 12, 30) + timedelta(days=max(days))).year) if days else None

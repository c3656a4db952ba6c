"""Readers of the open statistics: how files are recognised and read."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.models import Problem, Reader, Recognised, Tables
from parentis.returns.open_statistics import lait, long_format, sfr
from parentis.returns.open_statistics.datasets import COMMON
from parentis.returns.recognition import HEADING_ROWS

if TYPE_CHECKING:
    from parentis.returns.content import Content


_LAYOUTS = (lait.is_lines, lait.is_dictionary, long_format.is_long_format, sfr.is_sfr)


def _at(content: "Content") -> int:
    """The index of the row, among the first rows, with the headings of a layout; the first row where there is none."""
    rows = content.grid(None, rows=HEADING_ROWS).rows()
    found = (at for at, row in enumerate(rows) if any(is_layout([c or "" for c in row]) for is_layout in _LAYOUTS))
    return next(found, 0)


def _headings(content: "Content") -> list[str]:
    """The cells of a CSV's row of headings; empty for any other kind of file."""
    if content.kind != "csv":
        return []
    top = content.grid(None, rows=HEADING_ROWS)
    return [cell or "" for cell in top.row(_at(content))] if top.height else []


def _headed(content: "Content") -> pl.DataFrame:
    """The CSV under its headings; a column without one is left out. A repeated heading with other cells becomes
    `<heading>_2`; one with the same cells, or of a place or time, is left out."""
    grid = content.grid(None).slice(_at(content))
    kept: dict[str, str] = {}
    first: dict[str, str] = {}
    for column, text in zip(grid.columns, grid.row(0), strict=True):
        heading = (text or "").strip()
        if not heading:
            continue
        known = first.setdefault(heading.casefold(), column)
        if known == column:
            kept[column] = heading
        elif heading.casefold() not in COMMON and not _alike(grid, known, column):
            taken = {name.casefold() for name in kept.values()}
            number = next(n for n in range(2, len(taken) + 3) if f"{heading}_{n}".casefold() not in taken)
            kept[column] = f"{heading}_{number}"
    return grid.slice(1).select(list(kept)).rename(kept)


def _alike(grid: pl.DataFrame, one: str, other: str) -> bool:
    return grid[one].slice(1).equals(grid[other].slice(1), check_names=False)


def _unheaded(content: "Content") -> Iterator[Problem]:
    """Remarks on columns without a heading and on repeated headings."""
    at_row = _at(content)
    above = [n for n, row in enumerate(content.grid(None, rows=HEADING_ROWS).head(at_row).rows(), 1) if any(row)]
    if above:
        lines = ", ".join(map(str, above))
        said = f"the headings stand in line {at_row + 1}; what stands above, in line {lines}, is not used"
        yield Problem(file=content.name, where="", message=said, severity="note")
    grid = content.grid(None).slice(at_row)
    first: dict[str, str] = {}
    for at, (column, text) in enumerate(zip(grid.columns, grid.row(0), strict=True), 1):
        heading = (text or "").strip()
        filled = int(grid[column].slice(1).is_not_null().sum())
        known = first.setdefault(heading.casefold(), column) if heading else column
        if not heading and filled:
            said, severity = f"column {at} has no heading: its {filled:,} cells are not used", "warning"
        elif known != column and _alike(grid, known, column):
            said, severity = f"column {heading} stands twice with the same cells: used once", "note"
        elif known != column and heading.casefold() in COMMON:
            said, severity = f"column {heading} stands twice: {filled:,} cells of the second are not used", "error"
        elif known != column:
            said = f"column {heading} stands twice with different cells: the second is read under a name of its own"
            severity = "warning"
        else:
            continue
        yield Problem(file=content.name, where="", message=said, severity=severity)  # type: ignore[arg-type]


def _recognise_lines(content: "Content") -> Recognised | None:
    columns = content.parquet.columns if content.kind == "parquet" else _headings(content)
    if not lait.is_lines(columns):
        return None
    table = content.parquet if content.kind == "parquet" else _headed(content)
    return Recognised(
        file=content.name,
        return_id="open_statistics.lait",
        part="base-data",
        table="lines",
        period=lait.last_year(table),
        because="columns Short Desc, Years, LA and Regions, LA Number, Values",
    )


def _read_lines(content: "Content", taken: Recognised) -> Tables:
    parquet = content.kind == "parquet"
    table = content.parquet if parquet else _headed(content)
    found = lait.lines(lait.named(table))
    return Tables(
        tables={"lines": found},
        problems=() if parquet else tuple(_unheaded(content)),
        rows=_filled(table),
        kept=found.height,
    )


def _filled(table: pl.DataFrame) -> int:
    """Rows with at least one filled cell."""
    text = table.select(pl.all().cast(pl.String).str.strip_chars())
    return int(text.select(pl.any_horizontal(pl.all().str.len_chars() > 0).sum()).item() or 0) if text.width else 0


def _recognise_dictionary(content: "Content") -> Recognised | None:
    if not lait.is_dictionary(_headings(content)):
        return None
    return Recognised(
        file=content.name,
        return_id="open_statistics.lait",
        part="dictionary",
        table="dictionary",
        period=lait.dictionary_year(_headed(content)),
        because="headings Measure_short, Polarity, y_axis_name, Year_Type",
    )


def _read_dictionary(content: "Content", taken: Recognised) -> Tables:
    whole = lait.dictionary(_headed(content))
    once = whole.unique("SHORT_DESC", keep="first", maintain_order=True)
    repeated = whole.height - once.height
    said = f"{repeated} measures are described more than once; the first description of each is used"
    note = Problem(file=content.name, where="dictionary", message=said, severity="note", rows=repeated)
    return Tables(
        tables={"dictionary": once},
        problems=(*((note,) if repeated else ()), *_unheaded(content)),
        rows=whole.height,
        kept=once.height,
    )


def _recognise_long(content: "Content") -> Recognised | None:
    if not long_format.is_long_format(_headings(content)):
        return None
    table = _headed(content)
    lower = table.rename({name: name.casefold() for name in table.columns})
    known = long_format.known(lower)
    return Recognised(
        file=content.name,
        return_id="open_statistics.dfe",
        part=known[0].id if known else "",
        name=known[0].id if known else long_format.slug_of(content.name),
        table="values",
        period=long_format.latest_year(lower),
        because="headings time_period, geographic_level and columns of place"
        + (f", with the filters and indicators of {known[0].id}" if known else ""),
    )


def _read_long(content: "Content", taken: Recognised) -> Tables:
    found = long_format.lengthen(_headed(content), where=content.name)
    values = found.values.with_columns(DATA_SET=pl.lit(taken.name))
    problems = [*_unheaded(content), *_placeless(content.name, found.placeless), *_unread(content.name, found.unread)]
    return Tables(
        tables={"values": values},
        problems=tuple(problems),
        rows=found.rows,
        kept=found.rows - sum(found.placeless.values()),
        words=found.words,
    )


def _unread(file: str, unread: dict[str, int]) -> Iterable[Problem]:
    for name, count in unread.items():
        said = f"column {name}: {count:,} cells are neither a number nor a known sign; they stand as not available"
        yield Problem(file=file, where="values", message=said, severity="warning")


def _placeless(file: str, levels: dict[str, int]) -> Iterable[Problem]:
    """Rows about England, a region or an authority are kept; others are left out, and a remark says so."""
    for level, rows in levels.items():
        kept = level in ("National", "Regional", "Local authority")
        said = (
            f"{rows:,} rows of the level {level} have no code, number or name of a place that is known: left out"
            if kept
            else f"{rows:,} rows of the level {level} were left out: kept are country, region and authority"
        )
        severity = "error" if kept else "note"
        yield Problem(file=file, where="values", message=said, severity=severity, rows=rows)  # type: ignore[arg-type]


def _recognise_sfr(content: "Content") -> Recognised | None:
    headings = _headings(content)
    if not sfr.is_sfr(headings):
        return None
    counts = sfr.counts_in(headings)
    inside = sfr.year_of(counts)
    return Recognised(
        file=content.name,
        return_id="open_statistics.dfe",
        part=sfr.name_of(headings),
        name=sfr.name_of(headings),
        table="values",
        period=inside or sfr.year_in_name(content.name),
        because="headings of a place (New_geog_code, geog_n; or la_code, gor_name) and a count in each column"
        + ("" if inside else "; the year stands in the name only"),
    )


def _read_sfr(content: "Content", taken: Recognised) -> Tables:
    if not sfr.counts_in(_headings(content)):
        raise SpecificationError(
            expected="columns of counts beside those of the place",
            found="none",
            where=content.name,
            do="Send the file as it was published.",
        )
    values, rows = sfr.lengthen_sfr(_headed(content), taken.period)
    placeless = values.filter(pl.col("GEOGRAPHY").is_null()).group_by("LEVEL").agg(pl.col("row").n_unique())
    levels = dict(placeless.with_columns(pl.col("LEVEL").fill_null("none")).sort("LEVEL").iter_rows())
    named_only = sfr.year_of(sfr.counts_in(_headings(content))) is None and taken.period is not None
    said = f"no heading says the year: {taken.period} is taken from the file's name"
    note = Problem(file=content.name, where="values", message=said, severity="note")
    kept = values.filter(pl.col("GEOGRAPHY").is_not_null()).with_columns(DATA_SET=pl.lit(taken.name))
    return Tables(
        tables={"values": kept},
        problems=(*((note,) if named_only else ()), *_unheaded(content), *_placeless(content.name, levels)),
        rows=rows,
        kept=rows - sum(levels.values()),
    )


LAIT_READERS = (
    Reader(name="LAIT base data", recognise=_recognise_lines, read=_read_lines),
    Reader(name="LAIT dictionary", recognise=_recognise_dictionary, read=_read_dictionary),
)
DFE_READERS = (
    Reader(name="DfE long format", recognise=_recognise_long, read=_read_long),
    Reader(name="DfE SFR wide layout", recognise=_recognise_sfr, read=_read_sfr),
)

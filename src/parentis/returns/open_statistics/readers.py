"""How files of the open statistics are recognised and read."""

from typing import TYPE_CHECKING

import polars as pl

from parentis.returns.models import Problem, Reader, Recognised, Tables
from parentis.returns.open_statistics import lait, long_format, sfr

if TYPE_CHECKING:
    from parentis.returns.content import Content

SFR_PART = "cla_sfr"


def _headings(content: "Content") -> list[str]:
    """Cells of the first row of a CSV; none for any other kind."""
    if content.kind != "csv":
        return []
    first = content.grid(None, rows=1)
    return [cell or "" for cell in first.row(0)] if first.height else []


def _headed(content: "Content") -> pl.DataFrame:
    """The CSV under its headings; a blank heading's column is left out."""
    grid = content.grid(None)
    headings = grid.row(0)
    kept = {column: text.strip() for column, text in zip(grid.columns, headings, strict=True) if (text or "").strip()}
    return grid.slice(1).select(list(kept)).rename(kept)


def _recognise_lines(content: "Content") -> Recognised | None:
    if content.kind != "parquet" or not lait.is_lines(content.parquet.columns):
        return None
    return Recognised(
        file=content.name,
        return_id="open_statistics.lait",
        part="base-data",
        table="lines",
        period=lait.last_year(content.parquet),
        because="columns Short Desc, Years, LA and Regions, LA Number, Values",
    )


def _read_lines(content: "Content", taken: Recognised) -> Tables:
    return Tables(tables={"lines": lait.lines(content.parquet)})


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
    return Tables(
        tables={"dictionary": once},
        problems=(
            Problem(
                file=content.name,
                where="dictionary",
                message=f"{repeated} measures are described again; the first description of each was kept",
                severity="note",
            ),
        )
        if repeated
        else (),
    )


def _recognise_long(content: "Content") -> Recognised | None:
    if not long_format.is_long_format(_headings(content)):
        return None
    table = _headed(content)
    lower = table.rename({name: name.casefold() for name in table.columns})
    dataset = long_format.known(lower)
    return Recognised(
        file=content.name,
        return_id="open_statistics.dfe",
        part=dataset.id if dataset else long_format.slug_of(content.name),
        table="values",
        period=long_format.latest_year(lower),
        because="headings time_period, time_identifier, geographic_level, country_code"
        + (f", with the filters and indicators of {dataset.id}" if dataset else ""),
    )


def _read_long(content: "Content", taken: Recognised) -> Tables:
    return _placed(content.name, long_format.lengthen(_headed(content), where=content.name))


def _recognise_sfr(content: "Content") -> Recognised | None:
    headings = _headings(content)
    if not sfr.is_sfr(headings):
        return None
    return Recognised(
        file=content.name,
        return_id="open_statistics.dfe",
        part=SFR_PART,
        table="values",
        period=sfr.year_of(headings),
        because="headings New_geog_code, geog_l, geog_c, geog_n and a year",
    )


def _read_sfr(content: "Content", taken: Recognised) -> Tables:
    return _placed(content.name, sfr.lengthen_sfr(_headed(content)))


def _placed(file: str, values: pl.DataFrame) -> Tables:
    """Rows about England, a region or an authority; others are left out, and said to be."""
    lost = values.filter(pl.col("GEOGRAPHY").is_null())
    levels = ", ".join(sorted(lost.get_column("LEVEL").drop_nulls().unique()))
    problem = Problem(
        file=file,
        where="values",
        message=f"{lost.height} values of levels below country, region and authority were left out ({levels})",
        severity="note",
    )
    return Tables(
        tables={"values": values.filter(pl.col("GEOGRAPHY").is_not_null())},
        problems=(problem,) if lost.height else (),
    )


LAIT_READERS = (
    Reader(name="LAIT base data", recognise=_recognise_lines, read=_read_lines),
    Reader(name="LAIT dictionary", recognise=_recognise_dictionary, read=_read_dictionary),
)
DFE_READERS = (
    Reader(name="DfE long format", recognise=_recognise_long, read=_read_long),
    Reader(name="DfE SFR wide layout", recognise=_recognise_sfr, read=_read_sfr),
)

"""Conversion of a return to CSV, XLSX or XML. The result is read back to find what the new form could not hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.catalogue import the_return
from parentis.returns.isolation import RawFile
from parentis.returns.models import Reading, XmlForm
from parentis.returns.readings import gather_files
from parentis.returns.spec import Column, Kind
from parentis.returns.workbook import workbook

Form = Literal["csv", "xlsx", "xml"]
SHOWN = 10
_ISO = r"^(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00:00(?:\.0+)?)?$"


@dataclass(frozen=True, slots=True)
class Converted:
    """`files`: bytes by name. `lost`: a sentence for each table whose rows the form could not hold, by row."""

    files: Mapping[str, bytes]
    lost: tuple[str, ...]


def convert(reading: Reading, form: Form) -> Converted:
    """Convert the return, with each cell as it was written and dates day first, as the returns require.

    CSV gives one file per table with all its headings; the other forms give one file. The result is read back and
    compared. Raises `SpecificationError` where the return does not have this form or its period is not known.
    """
    declared = the_return(reading.return_id)
    union = declared.spec.union()
    tables = {name: _plain(reading.tables[name], union[name].columns) for name in union if name in reading.tables}
    period = reading.period or ""
    stem = "-".join(part for part in (reading.return_id, period) if part)
    match form:
        case "csv":
            files = {f"{name}.csv": frame.drop("row").write_csv().encode() for name, frame in tables.items()}
        case "xlsx":
            year = the_return(reading.return_id).spec.nearest(period)
            files = {f"{stem}.xlsx": workbook(year, {name: frame.drop("row") for name, frame in tables.items()})}
        case "xml":
            if declared.xml is None:
                raise SpecificationError(
                    expected="a return that has a form in XML", found=declared.spec.title, where="--to",
                    do="Write it as csv or xlsx.",
                )  # fmt: skip
            written: XmlForm = declared.xml.resolve()
            files = {f"{stem}.xml": written.write(tables)}
            tables = dict(written.as_said(tables))
    return Converted(files, tuple(_lost(tables, _read_back(reading, files))))


def _plain(frame: pl.DataFrame, columns: tuple[Column, ...]) -> pl.DataFrame:
    """`row` and every column of the table, with cells stripped and dates in the returns' format."""
    named = {column.name: pl.col(column.name) if column.name in frame.columns else pl.lit(None) for column in columns}
    cells = {name: cell.cast(pl.String).str.strip_chars() for name, cell in named.items()}
    days = {one.name for one in columns if one.kind is Kind.DATE}
    return frame.select(
        "row",
        *(
            pl.when(cell != "").then(cell.str.replace(_ISO, "$3/$2/$1") if name in days else cell).alias(name)
            for name, cell in cells.items()
        ),
    )


def _read_back(reading: Reading, files: Mapping[str, bytes]) -> dict[str, pl.DataFrame]:
    written = [RawFile(name=name, raw=raw) for name, raw in files.items()]
    found = gather_files(written, return_id=reading.return_id, period=reading.period, sent=False).readings
    union = the_return(reading.return_id).spec.union()
    return {name: _plain(frame, union[name].columns) for one in found for name, frame in one.tables.items()}


def _lost(before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    """Rows that differ after conversion, compared with their number of occurrences."""
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            only = was if now is None else now
            if only is not None and only.height:
                yield f"{name}: {only.height:,} rows {'are not in it' if now is None else 'more than before'}"
            continue
        cells = [column for column in was.columns if column != "row"]
        was, now = (frame.with_columns(nth=pl.int_range(pl.len()).over(cells)) for frame in (was, now))
        missing = was.join(now, on=[*cells, "nth"], how="anti", nulls_equal=True)["row"] + 1
        more = now.join(was, on=[*cells, "nth"], how="anti", nulls_equal=True).height
        if missing.len():
            rows = ", ".join(map(str, missing.head(SHOWN))) + (" and more" if missing.len() > SHOWN else "")
            yield f"{name}: {missing.len():,} rows are not in it as they were: {rows}"
        if more > missing.len():
            yield f"{name}: {more - missing.len():,} rows more than before"

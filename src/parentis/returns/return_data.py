"""Returns as files: the format that practice data and exports write and `read` reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from parentis.errors import DeclarationError
from parentis.returns.catalogue import the_return
from parentis.returns.spec import Kind, YearSpec

SYNTHETIC = "SYNTHETIC"
"""Prefix of the names of practice files, so that results made from them can be labelled wherever they are shown."""

_AS_WRITTEN = "%d/%m/%Y"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnData:
    """A filled-in return. `tables` have the spec's column names, typed or as text; others are not written."""

    return_id: str
    submitter: str
    "GSS code of an authority, or a publisher's short name."
    period: str
    tables: Mapping[str, pl.DataFrame]
    part: str = ""


def write_files(
    filled: ReturnData, directory: Path, form: Literal["csv", "xlsx"] = "csv", *, prefix: str = ""
) -> list[Path]:
    """Write a return into `directory`: a CSV per table, or one workbook.

    Returns the paths, in order of table. File names begin with `prefix`. Dates are written day first, as the returns
    require; blanks are empty. Tables and columns that are not in the spec for the period are an error
    (`DeclarationError`, `PeriodError`).
    """
    spec = the_return(filled.return_id).spec.at(filled.period)
    directory.mkdir(parents=True, exist_ok=True)
    text = {name: as_text(frame, spec, name) for name, frame in filled.tables.items()}
    stem = f"{prefix}{filled.return_id}_{{}}_{_safe(filled.period)}_{_safe(filled.submitter)}"
    if form == "xlsx":
        from parentis.returns.workbook import workbook

        path = directory / f"{stem.format('all')}.xlsx"
        path.write_bytes(workbook(spec, text))
        return [path]
    paths = []
    for name, frame in text.items():
        path = directory / f"{stem.format(name)}.csv"
        frame.write_csv(path)
        paths.append(path)
    return paths


def as_text(frame: pl.DataFrame, spec: YearSpec, table: str) -> pl.DataFrame:
    """A table's columns in spec order, every cell as text."""
    if table not in spec.tables:
        raise DeclarationError(f"{spec.id} has no table {table} in {spec.period}")
    columns = [column for column in spec.tables[table].columns if column.name in frame.columns]
    return frame.select(
        pl.col(c.name).dt.strftime(_AS_WRITTEN)
        if c.kind is Kind.DATE and frame.schema[c.name] == pl.Date
        else pl.col(c.name).cast(pl.String)
        for c in columns
    )


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text)

"""A child's whole record in one submission, as it was written: every row of every table about them."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from parentis.archive import Home
from parentis.returns import the_return
from parentis.returns.reports.located import located
from parentis.services import careers
from parentis.workflow.intake.contents import reopen
from parentis.workflow.register_queries import submission
from parentis.workflow.safeguards.objections import child_columns

COLUMNS_BEHIND_FIGURES: Mapping[str, Mapping[str, tuple[str, ...]]] = {"ssda903": careers.COLUMNS_READ}
"By return and table, the columns that figures are made from. A return that is not here says nothing of it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRows:
    """`rows` has `row` (as in findings), `line` (in the spreadsheet) and the columns of which any cell is filled, as
    text; `empty` names the others."""

    table: str
    rows: pl.DataFrame
    empty: tuple[str, ...]


def child_record(home: Home, submission_id: str, child: str) -> tuple[ChildRows, ...]:
    """The child's rows by table. Raises NotFoundError for an unknown submission and for one whose bytes were
    deleted; no rows for a child that it does not hold."""
    (ready,) = reopen(home, [submission(home, submission_id)])
    reading = ready.found.reading
    spec = the_return(reading.return_id).spec.at(ready.found.period)
    found = []
    for table, column in child_columns(spec.tables).items():
        frame = reading.tables.get(table)
        if frame is None or column not in frame.columns:
            continue
        own = frame.filter(pl.col(column).str.strip_chars() == child)
        if own.is_empty():
            continue
        lines = located(own.select(pl.lit(table).alias("table"), pl.col("row")), reading.taken)["line"]
        names = [one.name for one in spec.tables[table].columns if one.name in own.columns]
        filled = [name for name in names if own[name].null_count() < own.height]
        empty = tuple(name for name in names if name not in filled)
        rows = own.select(pl.col("row").cast(pl.UInt32), lines.alias("line"), *filled)
        found.append(ChildRows(table=table, rows=rows, empty=empty))
    return tuple(found)


def behind_figures(return_id: str) -> frozenset[str] | None:
    """The columns of a return that figures are made from; None where it is not known."""
    known = COLUMNS_BEHIND_FIGURES.get(return_id)
    return None if known is None else frozenset(name for names in known.values() for name in names)

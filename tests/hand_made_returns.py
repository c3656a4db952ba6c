"""Returns filled by hand for tests of their rules: written to files, read back and checked."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from parentis.returns import ReturnData, check_spec, read, the_return, type_cells, write_files
from parentis.returns.findings import Checked

Rows = list[dict[str, str | None]]


def frame(return_id: str, table: str, rows: Rows) -> pl.DataFrame:
    """A table of the return's latest edition, every cell text; columns that a row does not name are empty."""
    columns = [column.name for column in the_return(return_id).spec.latest.tables[table].columns]
    return pl.DataFrame(
        [{name: row.get(name) for name in columns} for row in rows], schema=dict.fromkeys(columns, pl.String)
    )


def checked(
    folder: Path,
    return_id: str,
    tables: Mapping[str, Rows],
    *,
    submitter: str,
    period: str,
    form: str,
    says_period: bool = True,
) -> Checked:
    """What the return's own check finds of `tables`, in which the declared columns and codes find nothing wrong.
    `says_period`: the file itself tells what period it is of."""
    filled = ReturnData(
        return_id=return_id,
        submitter=submitter,
        period=period,
        tables={name: frame(return_id, name, rows) for name, rows in tables.items()},
    )
    [reading] = read(write_files(filled, folder, form))  # type: ignore[arg-type]
    assert reading.return_id == return_id
    assert not says_period or reading.period == period
    spec = the_return(return_id).spec.at(period)
    typed = type_cells(reading, spec)
    assert check_spec(reading, typed, spec).findings.is_empty()
    check = the_return(return_id).check
    assert check is not None
    outcome = check(reading, typed, spec)
    assert set(outcome.statuses["status"]) == {"run"}, outcome.statuses.filter(pl.col("status") != "run")
    return outcome


def edited(rows: Rows, at: int, **cells: str | None) -> Rows:
    """The rows, with `cells` changed in one of them."""
    return [{**row, **cells} if i == at else row for i, row in enumerate(rows)]

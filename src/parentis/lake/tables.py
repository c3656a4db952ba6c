"""The lake's tables and their columns."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import polars as pl

from parentis.archive import Home
from parentis.errors import DeclarationError, NotFoundError
from parentis.returns import Retention, Return, Table, returns

LOAD_COLUMNS: Mapping[str, pl.DataType] = {
    "authority": pl.String(),  # GSS code of the authority the row is about; null where there is none
    "submitter": pl.String(),  # GSS code, or the publisher's short name
    "period": pl.String(),
    "part": pl.String(),
    "submission_id": pl.String(),
    "load_id": pl.String(),
    "row": pl.UInt32(),  # 0-based order within the submitted table
    "key_id": pl.String(),  # id of the key used to hash its identifiers
}
"""Columns of every stored row in addition to the spec's."""

SHOWN_COLUMNS: Mapping[str, pl.DataType] = {"sequence": pl.Int64(), "provisional": pl.Boolean()}
"""Columns that reading adds from the register: sequence of acceptance, and whether a sign-off is missing."""

_AT_THE_DOOR: Mapping[Retention, pl.DataType] = {
    Retention.HASH: pl.String(),
    Retention.SECTOR: pl.String(),
    Retention.MONTH: pl.Date(),
}


def declared(name: str, known: Mapping[str, Return] | None = None) -> tuple[Return, Table]:
    """The return and table that `return/table` names: `finance.ra/lines`. Raises NotFoundError for unknown names."""
    return_id, _, table = name.partition("/")
    found = (known or returns()).get(return_id)
    tables = found.spec.union() if found else {}
    if found is None or table not in tables:
        raise NotFoundError(
            expected="a table of the lake, written return/table",
            found=repr(name),
            where="lake",
            do=f"{found.spec.title} has {', '.join(tables)}." if found else f"The returns are {', '.join(returns())}.",
        )
    return found, tables[table]


@cache
def _stored(table: Table) -> Mapping[str, pl.DataType]:
    schema = {
        column.name: _AT_THE_DOOR.get(column.retention, column.dtype)
        for column in table.columns
        if column.retention is not Retention.DROP
    }
    # Spark and Power BI ignore case in column names.
    clash = {name.casefold() for name in schema} & {*LOAD_COLUMNS, *SHOWN_COLUMNS}
    if clash:
        raise DeclarationError(f"table {table.name}: the lake keeps the column names {sorted(clash)} for itself")
    return {**schema, **LOAD_COLUMNS}


def stored_schema(table: Table) -> dict[str, pl.DataType]:
    """Columns and types of a table as stored in the lake, after personal data are reduced."""
    return dict(_stored(table))


def shown_schema(table: Table) -> dict[str, pl.DataType]:
    """Columns and types of a table as it is read."""
    return {**_stored(table), **SHOWN_COLUMNS}


def path_of(home: Home, name: str) -> Path:
    return home.lake / name


def names(home: Home) -> tuple[str, ...]:
    """Every table that was ever written, in order."""
    if not home.lake.is_dir():
        return ()
    logs = home.lake.glob("*/*/_delta_log")
    return tuple(sorted(log.parent.relative_to(home.lake).as_posix() for log in logs))

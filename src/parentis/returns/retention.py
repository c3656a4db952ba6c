"""Retention: how each column of a checked return is changed before it is stored in the lake.

Pure functions: the keyed hash is passed in, so this package never has access to a key.
"""

from collections.abc import Callable, Mapping

import polars as pl

from parentis.returns.spec import Column, Retention, Table, YearSpec

_POSTCODE = r"^([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9])[A-Z]{2}$"
"Outward code, then the sector's digit, once spaces are gone."


def apply_retention(
    tables: Mapping[str, pl.DataFrame], spec: YearSpec, hasher: Callable[[pl.Series], pl.Series]
) -> dict[str, pl.DataFrame]:
    """Typed tables as the lake stores them: `row` and the spec's retained columns, without the text as written.

    `hasher` gives the keyed hashes of a series of strings, with null for null. A value that is not a postcode has a
    null sector; dropped columns are absent.
    """
    return {name: _kept(frame, spec.tables[name], hasher) for name, frame in tables.items() if name in spec.tables}


def _kept(frame: pl.DataFrame, table: Table, hasher: Callable[[pl.Series], pl.Series]) -> pl.DataFrame:
    kept = [column for column in table.columns if column.retention is not Retention.DROP]
    hashed = [hasher(frame[column.name]).alias(column.name) for column in kept if column.retention is Retention.HASH]
    return frame.select("row", *(_through(column) for column in kept)).with_columns(hashed)


def _through(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    match column.retention:
        case Retention.SECTOR:
            return sector(value)
        case Retention.MONTH:
            return value.dt.month_start()
        case Retention.HASH:
            # Replaced by its hash before the frame is returned; the plain value is never stored.
            return pl.lit(None, pl.String).alias(column.name)
        case _:
            return value


def sector(postcode: pl.Expr) -> pl.Expr:
    """`sw1a 1aa` → `SW1A 1`; null if it is not a postcode."""
    bare = postcode.str.to_uppercase().str.replace_all(r"\s", "")
    return pl.when(bare.str.contains(_POSTCODE)).then(bare.str.replace(_POSTCODE, "$1 $2"))

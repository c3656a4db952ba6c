"""Writes loads, in one commit per table for any number of submissions. Writing makes nothing visible.

A load becomes visible through its register row. Until then its rows are orphans, which `sweep` deletes.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from parentis.archive import Home, delta_tables
from parentis.lake.tables import LOAD_COLUMNS, declared, names, path_of, stored_schema

if TYPE_CHECKING:
    from deltalake import DeltaTable

COMPACT_AFTER_FILES = 100
"""Each append leaves at least a file; past this many they are rewritten as few large ones."""


def append(home: Home, tables: Mapping[str, pl.DataFrame]) -> None:
    """Append rows to tables `return/table`: one commit each; new columns are added to the table.

    Frames have `LOAD_COLUMNS` and any of the table's stored columns; those they lack are null.
    """
    for name, frame in tables.items():
        path = path_of(home, name)
        delta_tables.write(path, conform(frame, name), mode="append", schema_mode="merge")
        delta_tables.compact(path, above=COMPACT_AFTER_FILES)


def conform(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The frame with exactly the columns and types of the stored table, in load order."""
    schema = stored_schema(declared(name)[1])
    return frame.select(
        (pl.col(column) if column in frame.columns else pl.lit(None)).cast(dtype).alias(column)
        for column, dtype in schema.items()
    ).sort("load_id", maintain_order=True)


def sweep(home: Home, load_ids: Iterable[str], *, tables: Iterable[str] | None = None, forget: bool = False) -> None:
    """Delete the rows of these loads. `forget`, for erasure, also deletes the files that held them, which breaks reads
    in progress and `as_of` by Delta version."""
    listed = ", ".join(f"'{load_id}'" for load_id in sorted(load_ids))
    if not listed:
        return
    for name in names(home) if tables is None else tables:
        path = path_of(home, name)
        if not delta_tables.exists(path):
            continue
        delta_tables.change(path, partial(_delete, f"load_id in ({listed})", forget))


def _delete(where: str, forget: bool, table: "DeltaTable") -> None:
    table.delete(where)
    if forget:
        table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)


def loads(home: Home, tables: Iterable[str] | None = None) -> pl.DataFrame:
    """`(table, load_id, rows)` for every load in the lake, visible or not. Raises DamageError."""
    counted = [
        delta_tables.collected(
            path_of(home, name),
            rows_of_table(home, name)
            .group_by("load_id")
            .agg(pl.len().cast(pl.Int64).alias("rows"))
            .select(pl.lit(name).alias("table"), "load_id", "rows"),
        )
        for name in (names(home) if tables is None else tables)
    ]
    empty = pl.DataFrame(schema={"table": pl.String, "load_id": LOAD_COLUMNS["load_id"], "rows": pl.Int64})
    return pl.concat([empty, *counted]).sort("table", "load_id")


def rows_of_table(home: Home, name: str) -> pl.LazyFrame:
    """Every row of a table, visible or not, as stored. Raises DamageError."""
    path = path_of(home, name)
    return delta_tables.scan(delta_tables.opened(path), path)


def stored_loads(home: Home, name: str, load_ids: Iterable[str]) -> dict[str, pl.DataFrame]:
    """The rows of some loads of a table as stored, by load; an empty frame for a load without rows. Raises
    DamageError."""
    wanted = list(load_ids)
    rows = rows_of_table(home, name).filter(pl.col("load_id").is_in(wanted))
    frame = delta_tables.collected(path_of(home, name), rows)
    found = {str(load_id): own for (load_id,), own in frame.partition_by("load_id", as_dict=True).items()}
    return {load_id: found.get(load_id, frame.clear()) for load_id in wanted}

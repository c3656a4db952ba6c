"""Writing loads: one commit per table for any number of submissions, and nothing visible by it.

A load becomes visible by its register row. Until then its rows are orphans that `sweep` deletes.
"""

from collections.abc import Iterable, Mapping

import polars as pl

from parentis.archive import Home
from parentis.lake.tables import LOAD_COLUMNS, declared, names, path_of, stored_schema

COMPACT_AFTER_FILES = 100
"""Each append leaves at least a file; past this many they are rewritten as few large ones."""


def append(home: Home, tables: Mapping[str, pl.DataFrame]) -> None:
    """Append rows to tables `return/table`: one commit each, columns that are new to a table added to it.

    Frames have `LOAD_COLUMNS` and any of the table's stored columns; those they lack are null.
    """
    from deltalake import DeltaTable, write_deltalake

    for name, frame in tables.items():
        path = str(path_of(home, name))
        write_deltalake(path, conform(frame, name), mode="append", schema_mode="merge")
        table = DeltaTable(path)
        if len(table.file_uris()) > COMPACT_AFTER_FILES:
            table.optimize.compact()
            table.create_checkpoint()


def conform(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The frame with exactly the columns and types of the stored table, in load order."""
    schema = stored_schema(declared(name)[1])
    return frame.select(
        (pl.col(column) if column in frame.columns else pl.lit(None)).cast(dtype).alias(column)
        for column, dtype in schema.items()
    ).sort("load_id", maintain_order=True)


def sweep(home: Home, load_ids: Iterable[str], *, tables: Iterable[str] | None = None, forget: bool = False) -> None:
    """Delete the rows of these loads. `forget` also deletes the files they lay in, which ends reads in progress
    and `as_of` by Delta version: for erasure."""
    from deltalake import DeltaTable

    listed = ", ".join(f"'{load_id}'" for load_id in sorted(load_ids))
    if not listed:
        return
    for name in names(home) if tables is None else tables:
        path = path_of(home, name)
        if not DeltaTable.is_deltatable(str(path)):
            continue
        table = DeltaTable(str(path))
        table.delete(f"load_id in ({listed})")
        if forget:
            table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)


def loads(home: Home) -> pl.DataFrame:
    """`(table, load_id, rows)`: what lies in the lake, visible or not."""
    counted = [
        pl.scan_delta(str(path_of(home, name)))
        .group_by("load_id")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .select(pl.lit(name).alias("table"), "load_id", "rows")
        for name in names(home)
    ]
    empty = pl.LazyFrame(schema={"table": pl.String, "load_id": LOAD_COLUMNS["load_id"], "rows": pl.Int64})
    return pl.concat([empty, *counted]).sort("table", "load_id").collect()

"""Count rows from which no figure could be made, by reason, so that none is dropped without a report."""

from collections.abc import Mapping

import polars as pl

EXCLUDED_ROWS = pl.Schema({"table": pl.String(), "part": pl.String(), "reason": pl.String(), "rows": pl.UInt32()})


def excluded_rows(rows: pl.DataFrame, table: str, reasons: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Counts by the first reason that applies; `rows` may have a column `part`."""
    why = pl.coalesce(*(pl.when(test).then(pl.lit(reason)) for reason, test in reasons.items()))
    # Without the suffix that distinguishes files of one data set by content.
    part = pl.col("part").str.replace(r"(.)-[0-9a-f]{8}$", "$1") if "part" in rows.columns else pl.lit("")
    counted = rows.select(pl.lit(table).alias("table"), part.alias("part"), why.alias("reason"))
    return (
        counted.filter(pl.col("reason").is_not_null())
        .group_by("table", "part", "reason")
        .len("rows")
        .sort("part", "reason")
        .cast(EXCLUDED_ROWS)
    )

"""Findings of the ledger: `authority, child, finding, nights`."""

from collections.abc import Iterable

import polars as pl

from parentis.services.uasc.records import FINDINGS

COLUMNS = pl.Schema(
    {"authority": pl.String(), "child": pl.String(), "finding": pl.Enum(list(FINDINGS)), "nights": pl.Int64()}
)


def found(rows: pl.DataFrame, finding: str | pl.Expr, *, nights: pl.Expr | None = None) -> pl.DataFrame:
    """A finding for each of `rows` (`authority, child`), with the nights it is about."""
    what = pl.lit(finding) if isinstance(finding, str) else finding
    about = pl.lit(None, dtype=pl.Int64) if nights is None else nights
    return rows.select(
        "authority", "child", what.cast(COLUMNS["finding"]).alias("finding"), about.cast(pl.Int64).alias("nights")
    )


def gathered(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """One row for each authority, child and finding, nights summed."""
    nights = pl.when(pl.col("nights").is_not_null().any()).then(pl.col("nights").sum())
    return (
        pl.concat([COLUMNS.to_frame(), *parts])
        .group_by("authority", "child", "finding")
        .agg(nights.alias("nights"))
        .sort("authority", "child", "finding", nulls_last=True)
    )

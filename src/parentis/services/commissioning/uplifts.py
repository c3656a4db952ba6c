"""Uplifts: percentages that providers request, those agreed, and general price growth."""

from collections.abc import Mapping
from typing import Final

import polars as pl

WEEKS: Final = 52.0


def uplifts(asked: pl.DataFrame, growth: Mapping[str, float]) -> pl.DataFrame:
    """Each uplift compared with the growth of prices in its period.

    `asked`: `period, partnership, provider, type, before` (pounds a week), `asked`, `agreed` (%; null while open),
    `weeks` (placement-weeks a year), `reason`, `evidence` (Boolean). `growth`: period to the growth of prices, %.
    Added: `prices`, `justified` (evidenced with a reason, or no more than the growth of prices); in pounds a year
    `asked_pounds`, `agreed_pounds`, and `above_pounds` (agreed above prices, without evidence; at least zero).
    """
    yearly = pl.col("before").cast(pl.Float64) * pl.col("weeks").cast(pl.Float64) / 100.0
    proven = pl.col("evidence").fill_null(value=False) & (pl.col("reason").fill_null("NONE") != "NONE")
    return asked.with_columns(
        prices=pl.col("period").replace_strict(dict(growth), default=None, return_dtype=pl.Float64)
    ).with_columns(
        justified=proven | (pl.col("asked") <= pl.col("prices")),
        asked_pounds=yearly * pl.col("asked"),
        agreed_pounds=yearly * pl.col("agreed"),
        above_pounds=pl.when(~proven)
        .then(yearly * pl.max_horizontal(pl.col("agreed") - pl.col("prices"), 0.0))
        .otherwise(0.0),
    )


def by_provider(found: pl.DataFrame, by: tuple[str, ...] = ("period", "provider")) -> pl.DataFrame:
    """`*by, n, open, asked, agreed, prices, justified, asked_pounds, agreed_pounds, above_pounds`: percentages are
    weighted by the previous payment; `justified` is a share of requests. Open requests are not part of `agreed`."""
    paid = pl.col("before").cast(pl.Float64) * pl.col("weeks").cast(pl.Float64)
    settled = pl.col("agreed").is_not_null()
    return (
        found.group_by(by)
        .agg(
            n=pl.len(),
            open=(~settled).sum(),
            asked=(paid * pl.col("asked")).sum() / paid.sum(),
            agreed=(paid * pl.col("agreed")).sum() / paid.filter(settled).sum(),
            prices=pl.col("prices").first() if "period" in by else pl.col("prices").mean(),
            justified=pl.col("justified").mean(),
            asked_pounds=pl.col("asked_pounds").sum(),
            agreed_pounds=pl.col("agreed_pounds").sum(),
            above_pounds=pl.col("above_pounds").sum(),
        )
        .with_columns(agreed=pl.col("agreed").fill_nan(None))
        .sort(by)
    )

"""Market concentration: the Herfindahl–Hirschman index and the share of the five largest, by type and place.

Owners are identified by company number where it is known: providers with one owner count as one seller.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

TOP: Final = 5
HIGH: Final = 2000
"The Competition and Markets Authority calls a market above this highly concentrated (merger guidelines, CMA129)."


def concentration(
    placements: pl.DataFrame, by: Sequence[str] = ("type",), *, weight: str = "weekly_price"
) -> pl.DataFrame:
    """`*by, n, sellers, hhi, top_five, largest` with shares of `weight`: HHI from 0 to 10,000, shares from 0 to 1.

    `placements` has `provider` and optionally `owner`, which takes precedence. A placement without a price has no
    weight.
    """
    owner = pl.coalesce("owner", "provider") if "owner" in placements.columns else pl.col("provider")
    shares = (
        placements.filter(owner.is_not_null())
        .group_by(*by, seller=owner)
        .agg(n=pl.len(), amount=pl.col(weight).cast(pl.Float64).fill_null(0.0).sum())
        .filter(pl.col("amount") > 0)
        .with_columns(share=pl.col("amount") / (pl.col("amount").sum().over(*by) if by else pl.col("amount").sum()))
    )
    told = (
        pl.col("n").sum(),
        pl.len().alias("sellers"),
        (10_000 * (pl.col("share") ** 2).sum()).alias("hhi"),
        pl.col("share").top_k(TOP).sum().alias("top_five"),
        pl.col("share").max().alias("largest"),
    )
    return shares.group_by(*by).agg(told).sort(*by) if by else shares.select(told)

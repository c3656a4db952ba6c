"""Why spend on placements changed between two censuses: volume, mix and price, in an exact decomposition."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.services.commissioning.placement_prices import priced
from parentis.services.methods.price_volume_mix import Decomposition, from_price, sequential, shapley

KIND: Final = ("type", "need", "sourced")
ORDERS: Final = {"volume first": sequential, "price first": from_price, "all orders": shapley}


def spend_change(placements: pl.DataFrame, before: Any, after: Any, kind: Sequence[str] = KIND) -> pl.DataFrame:
    """`order, volume, mix, price, change` in pounds a week: three rows, each of which sums to the change.

    A kind is a type, need and way of buying (those available); a kind bought at only one census counts as mix.
    """
    weeks, spend, _ = _kinds(placements, before, after, kind)
    rows = []
    for order, split in ORDERS.items():
        found = split(weeks, spend)
        rows.append(
            {"order": order, "volume": float(found.volume.sum()), "mix": float(found.mix.sum()),
             "price": float(found.price.sum()), "change": float(found.change)}
        )  # fmt: skip
    return pl.DataFrame(rows)


def by_kind(placements: pl.DataFrame, before: Any, after: Any, kind: Sequence[str] = KIND) -> pl.DataFrame:
    """`*kind, volume, mix, price` in pounds a week, averaged over all orders (Shapley): the change by kind."""
    weeks, spend, kinds = _kinds(placements, before, after, kind)
    found: Decomposition = shapley(weeks, spend)
    parts = {"volume": found.volume, "mix": found.mix, "price": found.price}
    return kinds.with_columns(pl.Series(name, values) for name, values in parts.items())


def _kinds(placements: pl.DataFrame, before: Any, after: Any, kind: Sequence[str]) -> tuple[Any, Any, pl.DataFrame]:
    rows = priced(placements)
    names = [name for name in kind if name in rows.columns]
    weeks = pl.col("weeks").cast(pl.Float64) if "weeks" in rows.columns else pl.lit(1.0)
    cells = (
        rows.filter(pl.col("census").is_in([before, after]))
        .with_columns(weeks=weeks)
        .group_by(*names, later=pl.col("census") == after)
        .agg(weeks=pl.col("weeks").sum(), spend=(pl.col("weekly_price").cast(pl.Float64) * pl.col("weeks")).sum())
    )
    kinds = cells.select(names).unique().sort(names)
    both = []
    for later in (False, True):
        side = kinds.join(cells.filter(pl.col("later") == later), on=names, how="left", nulls_equal=True)
        both.append(side.select(pl.col("weeks", "spend").fill_null(0.0)).to_numpy().T)
    stacked = np.stack(both, axis=1)
    return stacked[0], stacked[1], kinds

"""What the cohort's placements cost a week, at the prices that the demand model uses for every child."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from parentis.services.cohort.counts import places
from parentis.services.cohort.membership import MEMBER
from parentis.services.demand.money.prices import Prices, prices
from parentis.services.demand.states import COMMISSIONING

WEEK: Final = 7
DRAWS: Final = 200
LEVEL: Final = 0.8
COST: Final = {
    "day": pl.Date, "geography": pl.String, "children": pl.Int64, "priced": pl.Int64, "weekly": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "share_children": pl.Float64, "share_cost": pl.Float64,
}  # fmt: skip


def price_list(tables: Mapping[str, pl.DataFrame], answers: pl.DataFrame) -> Prices:
    """Prices of the authorities with children in the answers."""
    return prices(tables, COMMISSIONING, sorted(set(answers["authority"])))


def cohort_cost(answers: pl.DataFrame, priced: Prices, *, seed: int = 0) -> pl.DataFrame:
    """`COST`, for the last day of the answers: children in the cohort, those among them whose kind of placement has a
    price, the week's gross cost of those (pounds of the prices' year, 80 % interval of the prices alone), and the
    cohort's share (per cent) of the children looked after in its ages and of their cost."""
    if answers.is_empty() or not priced.known.any():
        return pl.DataFrame(schema=COST)
    latest = answers.filter(pl.col("day") == pl.col("day").max()).with_columns(group=COMMISSIONING.of())
    drawn = np.nan_to_num(priced.draw(seed, range(DRAWS), chance=False), nan=0.0) * WEEK
    shape = drawn.shape[1:]
    nobody = np.zeros(shape)
    every, inside = nobody.copy(), nobody.copy()
    number = {name: at for at, name in enumerate(priced.authorities)}
    for authority, group, all_here, in_cohort in (
        latest.group_by("authority", "group")
        .agg(n=pl.len(), yes=pl.col(MEMBER).fill_null(value=False).sum())
        .iter_rows()
    ):
        every[number[authority], group], inside[number[authority], group] = all_here, in_cohort
    rows = []
    for place, own in places(priced.authorities, latest["day"][0]).items():
        at = [number[one] for one in own]
        known = priced.known
        costs = (drawn[:, at] * inside[at]).sum(axis=(1, 2))
        whole = (drawn[:, at] * every[at]).sum(axis=(1, 2)).mean()
        low, high = np.quantile(costs, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
        children, looked_after = int(inside[at].sum()), every[at].sum()
        rows.append({
            "day": latest["day"][0], "geography": place, "children": children,
            "priced": int(inside[at][:, known].sum()),
            "weekly": float(costs.mean()), "low": float(low), "high": float(high),
            "share_children": 100 * children / looked_after if looked_after else None,
            "share_cost": 100 * float(costs.mean() / whole) if whole else None,
        })  # fmt: skip
    return pl.DataFrame(rows, schema=COST)

"""Disclosure control of price cells: enough children, enough providers, and no dominant provider.

A price can disclose a child where children are few, and a provider where one sells most. A cell over several
authorities must remain safe when any one of them subtracts its own data. Highest and lowest prices are never shown,
and quantiles only for twenty or more.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

CHILDREN: Final = 6
PROVIDERS: Final = 3
DOMINANT: Final = 0.7
"A provider's share of a cell's spend above which the cell would disclose its prices."
P_PERCENT: Final = 10.0
"""The second largest provider must not be able to estimate the largest's income to within this many per cent
(Hundepool and others 2012, *Statistical Disclosure Control*, 4.2.2)."""
QUANTILES_FROM: Final = 20

FEW_CHILDREN: Final = "fewer than 6 children"
FEW_PROVIDERS: Final = "fewer than 3 providers"
ONE_RULES: Final = "one provider has more than 70 % of it, or could be told from the rest"
BY_SUBTRACTION: Final = "an authority could subtract its own and be left with too little"


def cells(placements: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """`*by, n, providers, shown, because, quantiles`: for every cell, whether its price may be shown, why not, and
    whether quantiles may.

    `placements` has `provider` (optionally `owner`), `weekly_price`, and optionally `child` and `authority`; children
    are counted once, or rows where no child is given.
    """
    rows = _prepared(placements)
    whole = _sound(rows, by)
    if "authority" in rows.columns and "authority" not in by:
        left = _least_left(rows, by)
        whole = whole.join(left, on=list(by), how="left", nulls_equal=True).with_columns(
            because=pl.when(pl.col("because").is_not_null())
            .then(pl.col("because"))
            .when(~pl.col("left").fill_null(value=True))
            .then(pl.lit(BY_SUBTRACTION))
        )
    return whole.select(
        *by, "n", "providers", shown=pl.col("because").is_null(), because="because",
        quantiles=pl.col("because").is_null() & (pl.col("n") >= QUANTILES_FROM),
    ).sort(*by)  # fmt: skip


def _least_left(rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """`*by, left`: whether every cell is still safe when any one of its authorities subtracts its own rows."""
    known = rows.filter(pl.col("authority").is_not_null())
    own = known.group_by(*by, "authority", "seller").agg(own=pl.col("money").sum(), own_rows=pl.len())
    every = rows.group_by(*by, "seller").agg(pl.col("money").sum(), rows=pl.len())
    there = known.group_by(*by, "authority").agg(own_n=pl.col("counted").n_unique())
    children = rows.group_by(*by).agg(n=pl.col("counted").n_unique())
    rest = (
        there.join(every, on=list(by), nulls_equal=True)
        .join(own, on=[*by, "authority", "seller"], how="left", nulls_equal=True)
        .with_columns(
            money=pl.col("money") - pl.col("own").fill_null(0.0), rows=pl.col("rows") - pl.col("own_rows").fill_null(0)
        )
        .filter(pl.col("rows") > 0)
    )
    judged = _money(rest, [*by, "authority"])
    return (
        there.join(judged, on=[*by, "authority"], how="left", nulls_equal=True)
        .join(children, on=list(by), nulls_equal=True)
        .with_columns(n=pl.col("n") - pl.col("own_n"), providers=pl.col("providers").fill_null(0))
        .with_columns(because=_because())
        .group_by(*by)
        .agg(left=pl.col("because").is_null().all())
    )


def _prepared(placements: pl.DataFrame) -> pl.DataFrame:
    seller = pl.coalesce("owner", "provider") if "owner" in placements.columns else pl.col("provider")
    row = pl.int_range(pl.len()).cast(pl.String)
    child = pl.coalesce(pl.col("child"), row) if "child" in placements.columns else row
    return placements.with_columns(
        seller=seller, counted=child, money=pl.col("weekly_price").cast(pl.Float64).fill_null(0.0)
    )


def _sound(rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """`*by, n, providers, because`: null where the cell is safe by itself."""
    sellers = rows.group_by(*by, "seller").agg(pl.col("money").sum())
    return (
        rows.group_by(*by)
        .agg(n=pl.col("counted").n_unique())
        .join(_money(sellers, by), on=list(by), nulls_equal=True)
        .with_columns(because=_because())
        .select(*by, "n", "providers", "because")
    )


def _money(sellers: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """`*by, providers, whole, first, second` of rows of a cell and seller each."""
    top = pl.col("money").sort(descending=True)
    return sellers.group_by(*by).agg(
        providers=pl.col("seller").drop_nulls().n_unique(), whole=pl.col("money").sum(), first=top.first(),
        second=top.slice(1, 1).sum(),
    )  # fmt: skip


def _because() -> pl.Expr:
    rest = pl.col("whole") - pl.col("first") - pl.col("second")
    rules = (pl.col("first") > DOMINANT * pl.col("whole")) | (rest < P_PERCENT / 100.0 * pl.col("first"))
    return (
        pl.when(pl.col("n") < CHILDREN)
        .then(pl.lit(FEW_CHILDREN))
        .when(pl.col("providers") < PROVIDERS)
        .then(pl.lit(FEW_PROVIDERS))
        .when(rules)
        .then(pl.lit(ONE_RULES))
    )


def masked(rows: pl.DataFrame, parts: Sequence[str]) -> pl.DataFrame:
    """Counts in `parts` from 1 to below CHILDREN become null; where only one of a row did, so does the smallest other
    count above zero, since the row's total would disclose it."""
    small = {name: (pl.col(name) > 0) & (pl.col(name) < CHILDREN) for name in parts}
    alone = pl.sum_horizontal(*(one.cast(pl.Int64) for one in small.values())) == 1
    others = [pl.when(~small[name] & (pl.col(name) > 0)).then(pl.col(name)) for name in parts]
    least = pl.min_horizontal(*others)
    return rows.with_columns(
        pl.when(small[name] | (alone & (pl.col(name) == least))).then(None).otherwise(pl.col(name)).alias(name)
        for name in parts
    )


def together(placements: pl.DataFrame, column: str, within: str) -> pl.Series:
    """The values of `column`, with those that are not safe in every `within` (a census) combined as OTHERS, with as
    many of the next smallest as OTHERS needs to be safe itself."""
    counts = placements.group_by(column).len().sort("len", column)[column].to_list()
    unsound = set(cells(placements, [within, column]).filter(~pl.col("shown"))[column].to_list())
    every = placements[within].n_unique()
    seen = placements.select(within, column).unique().group_by(column).len()
    unsound |= set(seen.filter(pl.col("len") < every)[column].to_list())
    left = [one for one in counts if one not in unsound]
    while True:
        named = pl.when(pl.col(column).is_in(sorted(unsound, key=str))).then(pl.lit(OTHERS)).otherwise(pl.col(column))
        merged = placements.with_columns(named.alias(column))
        others = cells(merged.filter(pl.col(column) == OTHERS), [within])
        if not unsound or not left or (others.height == every and others["shown"].all()):
            return merged[column]
        unsound.add(left.pop(0))


OTHERS: Final = "all other types"

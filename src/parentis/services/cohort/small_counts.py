"""Disclosure control of the counts in frames that others than the authority itself may see.

Counts of several authorities together are rounded to the nearest ten, and 1 to 5 are not shown. Where one group alone
would be hidden, the next smallest is hidden too: else the total less the rest would give it.
"""

from typing import Final

import polars as pl

from parentis.figures import FEWEST, NEAREST

LONDON: Final = "london"


def rounded(count: str | pl.Expr) -> pl.Expr:
    """A count to the nearest ten; null where it is 1 to 5."""
    value = pl.col(count) if isinstance(count, str) else count
    near = ((value + NEAREST / 2) // NEAREST * NEAREST).cast(pl.Int64)
    return pl.when((value == 0) | (value >= FEWEST)).then(near)


def hide_small(frame: pl.DataFrame, within: list[str], count: str, *, rest: str | None = None) -> pl.DataFrame:
    """`frame` with `masked`: groups `within` a total whose `count` is 1 to 5 or, with `rest`, whose other people are;
    and the next smallest where one alone would be masked."""
    small = pl.col(count).is_between(1, FEWEST - 1)
    if rest is not None:
        small |= pl.col(rest).is_between(1, FEWEST - 1)
    order = pl.col(count).rank("ordinal").over(within)
    marked = frame.with_columns(masked=small.fill_null(value=False))
    alone = (pl.col("masked").sum().over(within) == 1) & (pl.len().over(within) > 1)
    next_one = pl.when(~pl.col("masked") & (pl.col(count) > 0)).then(order).min().over(within)
    return marked.with_columns(masked=pl.col("masked") | (alone & (order == next_one)).fill_null(value=False))

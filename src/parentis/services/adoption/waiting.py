"""Waits from the list of children: from the placement order (or the decision) until placement, reversal or another
exit."""

from datetime import date
from typing import Final

import polars as pl

WAYS: Final = ("placed", "reversed", "other")
"Placed with adopters; the plan was reversed; the child left the pool otherwise (reached 18, died, moved away)."
MONTHS: Final = (6, 12, 18, 24)
DAYS: Final = tuple(round(month * 365.25 / 12) for month in MONTHS)


def waits(children: pl.DataFrame, *, opened: date, extracted: date, since: str = "placement_order") -> pl.DataFrame:
    """The frame that `competing_risks.Waits.of` takes, a row a child: `entry`, `end` (days since `since`), `exit`, and
    the columns given. Children without the date are left out, as are those placed before or without it.

    Children already waiting when the window opened enter late; those still waiting at the extract are censored there.
    """
    dated = children.filter(pl.col(since).is_not_null() & (pl.col(since) <= extracted))
    dated = dated.filter(pl.col("placed").is_null() | (pl.col("placed") >= pl.col(since)))
    first = pl.min_horizontal("placed", "reversed", "left")
    gone = first.is_not_null() & (first <= extracted)
    way = (
        pl.when(~gone).then(None)
        .when(pl.col("placed") == first).then(pl.lit("placed"))
        .when(pl.col("reversed") == first).then(pl.lit("reversed"))
        .otherwise(pl.lit("other"))
    )  # fmt: skip
    started = pl.col(since)
    return dated.with_columns(
        entry=pl.when(started < opened)
        .then((pl.lit(opened) - started).dt.total_days() - 1)
        .otherwise(-1)
        .cast(pl.Float64),
        end=pl.when(gone).then((first - started).dt.total_days()).otherwise(
            (pl.lit(extracted) - started).dt.total_days()
        ).cast(pl.Float64),
        exit=way,
        unit=pl.concat_str("authority", pl.coalesce("siblings", "child"), separator=" "),
    )  # fmt: skip

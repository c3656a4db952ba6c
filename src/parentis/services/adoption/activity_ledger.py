"""The activity that money turns on, line by line, and where two sources of it disagree.

A line is one child and one countable event: a decision, a placement order, a placement, an adoption order. It is
*agreed* where the list and the looked-after children return say the same, *disputed* where they do not, and *one
source* where only one of them speaks. Nothing is chosen silently: what both sides settle is settled on the case.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from parentis.services.adoption.lists import children
from parentis.services.adoption.needs import AD1, PLACED_ADOPTION

EVENTS: Final = {"decisions": "decision", "orders": "placement_order", "placed": "placed", "adopted": "adopted"}
"Activity and the date of the list that it is counted by."
AGREED, DISPUTED, ONE_SOURCE = "agreed", "disputed", "one source"
DAYS_APART: Final = 7
"Two dates so near are the same event, written down by two people."


def lines(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`authority, child, activity, day, other_day, state`: `day` by the list, `other_day` by the return (SSDA903)."""
    listed = children(tables)
    ours = pl.concat(
        [
            listed.filter(pl.col(column).is_not_null()).select(
                "authority", "child", activity=pl.lit(activity), day=pl.col(column)
            )
            for activity, column in EVENTS.items()
        ]
    )
    theirs = _returned(tables)
    both = ours.join(theirs, on=["authority", "child", "activity"], how="full", coalesce=True)
    covered = pl.col("activity").is_in(theirs["activity"].unique().to_list())
    apart = (pl.col("day") - pl.col("other_day")).dt.total_days().abs()
    return both.with_columns(
        state=pl.when(pl.col("day").is_null() | (pl.col("other_day").is_null() & covered))
        .then(pl.lit(DISPUTED))
        .when(pl.col("other_day").is_null())
        .then(pl.lit(ONE_SOURCE))
        .when(apart > DAYS_APART)
        .then(pl.lit(DISPUTED))
        .otherwise(pl.lit(AGREED))
    ).sort("authority", "activity", "child")


def _returned(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What the looked-after children return says of decisions: the earliest date of a child that was handed in last."""
    found = []
    for name, column in ((PLACED_ADOPTION, "DATE_PLACED"), (AD1, "DATE_INT")):
        held = tables[name].filter(pl.col("CHILD").is_not_null() & pl.col(column).is_not_null())
        if held.height:
            latest = held.sort("period", "sequence").unique(["authority", "CHILD"], keep="last", maintain_order=True)
            found.append(
                latest.select("authority", child="CHILD", activity=pl.lit("decisions"), other_day=pl.col(column))
            )
    if not found:
        return pl.DataFrame(
            schema={"authority": pl.String, "child": pl.String, "activity": pl.String, "other_day": pl.Date}
        )
    return pl.concat(found).unique(["authority", "child", "activity"], keep="first", maintain_order=True)


def activity(found: pl.DataFrame, *, starts: date, years: int) -> pl.DataFrame:
    """`authority, activity, year, count, disputed`: lines by financial year from the one that begins on `starts`; a
    disputed line is counted by the list's day where there is one, and says so."""
    day = pl.coalesce("day", "other_day")
    year = day.dt.year() - (day.dt.month() < 4).cast(pl.Int32)
    return (
        found.with_columns(year=year)
        .filter(pl.col("year").is_between(starts.year, starts.year + years - 1))
        .group_by("authority", "activity", "year")
        .agg(count=pl.len().cast(pl.Int64), disputed=(pl.col("state") == DISPUTED).sum().cast(pl.Int64))
        .sort("authority", "activity", "year")
    )

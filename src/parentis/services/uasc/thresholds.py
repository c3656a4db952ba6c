"""Headroom: how far an authority's unaccompanied children are from the thresholds, and when the trend reaches them.

Two shares of residents aged 0 to 17 matter: from the funding threshold (0.07 %) on, the high rate is paid; at the
transfer threshold (0.1 % since 24 August 2022), transfers in become optional and transfers out possible. A straight
line through a year of month ends is a warning, not a forecast; the demand model makes those.
"""

import calendar
from datetime import date

import numpy as np
import polars as pl

from parentis.region import financial_year
from parentis.services.uasc.bands import beside_population, heads
from parentis.services.uasc.records import CHILD, Ledger

TREND_MONTHS = 12
"Number of month ends before the last one that are used, with it, to fit the line."
HORIZON_MONTHS = 24
"A crossing later than this is not reported."
PURPOSES = ("funding", "transfer")
SAID = {
    "above": "at or above the threshold",
    "below": "below the threshold",
    "rising": "below, and the line of the last year reaches it",
    "falling": "at or above, and the line of the last year falls below it",
}


def headroom(made: Ledger, *, vintage: int | None = None) -> pl.DataFrame:
    """Each authority compared with each threshold in force, on the last night of its last year held.

    `authority, purpose, date, heads, population, vintage, threshold` (heads), `headroom` (heads short of it; below zero
    above it), `share` (per cent of residents aged 0 to 17), `a_month` (change of heads by the line), `crosses` (the
    month it reaches the threshold, null if not within `HORIZON_MONTHS`) and `state` (a key of `SAID`).
    """
    series = _month_ends(made)
    beside = beside_population(series, vintage).filter(pl.col("population").is_not_null())
    slopes = beside.group_by("authority", maintain_order=True).agg(a_month=_slope(pl.col("heads")))
    last = beside.group_by("authority", maintain_order=True).last().join(slopes, on="authority")
    told = pl.concat(last.with_columns(purpose=pl.lit(name), threshold=pl.col(name)) for name in PURPOSES)
    above = pl.col("heads") >= pl.col("threshold")
    months = ((pl.col("threshold") - pl.col("heads")) / pl.col("a_month")).ceil()
    # If the count is at the threshold or moving away from it, there is no crossing.
    reaches = months.is_between(1, HORIZON_MONTHS) & (above == (pl.col("a_month") < 0))
    moved = pl.when(above).then(pl.lit("falling")).otherwise(pl.lit("rising"))
    stays = pl.when(above).then(pl.lit("above")).otherwise(pl.lit("below"))
    return (
        told.filter(pl.col("threshold").is_not_null())
        .with_columns(
            headroom=pl.col("threshold") - pl.col("heads"),
            share=100 * pl.col("heads") / pl.col("population"),
            crosses=pl.when(reaches).then(
                pl.col("date").dt.offset_by(pl.format("{}mo", months.cast(pl.Int64))).dt.month_end()
            ),
            state=pl.when(reaches).then(moved).otherwise(stays),
        )
        .select(
            *("authority", "purpose", "date", "heads", "population", "vintage", "threshold"),
            *("headroom", "share", "a_month", "crosses", "state"),
        )
        .sort("authority", "purpose")
    )


def _month_ends(made: Ledger) -> pl.DataFrame:
    """`authority, date, heads` at month ends of the last held year and the 31 March before it, oldest first."""
    last = made.held.filter(pl.col("group") == CHILD).group_by("authority").agg(pl.col("financial_year").max())
    days = {label: _days_of(label) for label in last["financial_year"].unique().to_list()}
    wanted = last.select(
        "authority", date=pl.col("financial_year").replace_strict(days, default=None, return_dtype=pl.List(pl.Date))
    ).explode("date")
    found = heads(made.nights, sorted({day for each in days.values() for day in each}))
    return (
        wanted.join(found, on=["authority", "date"], how="left")
        .with_columns(pl.col("heads").fill_null(0))
        .sort("authority", "date")
    )


def _days_of(period: str) -> list[date]:
    """The ends of the twelve months of a financial year."""
    start = financial_year(period).start
    months = [(start.year + (3 + at) // 12, (3 + at) % 12 + 1) for at in range(TREND_MONTHS)]
    return [date(year, month, calendar.monthrange(year, month)[1]) for year, month in months]


def _slope(values: pl.Expr) -> pl.Expr:
    """The least-squares change from one value to the next."""
    centred = np.arange(TREND_MONTHS) - (TREND_MONTHS - 1) / 2
    return (values * pl.Series(centred)).sum() / float((centred**2).sum())

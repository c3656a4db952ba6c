"""Bands and thresholds: an authority's unaccompanied children as a share of all its children."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from parentis.region import default_vintage, financial_year, population_0_17, uasc_thresholds
from parentis.services.careers import stock
from parentis.services.uasc.records import CHILD

HEADS_DECIMALS = 4
"Decimals of 0.07 % of a whole number: without rounding, 70 heads would be fewer than 0.07 % of 100,000."


def heads(nights: pl.DataFrame, days: Iterable[date]) -> pl.DataFrame:
    """Children on the status on the nights of `days`: `date, authority, heads`; authorities without any are left out.
    `nights` has `authority, child, group, starts, ends`."""
    of_children = nights.filter(pl.col("group") == CHILD).rename({"starts": "start", "ends": "end"})
    return stock(of_children, list(days)).rename({"children": "heads"})


def bands(nights: pl.DataFrame, years: pl.DataFrame, vintage: int | None = None) -> pl.DataFrame:
    """The band of each authority and financial year in `years` (`authority, financial_year`): see `records.Bands`.

    `high` where the children on the status on the night of 1 April are at least the share of the funding threshold,
    if one is in force that day. The Home Office decides which day's heads and which population count. No source
    used here states them, so both are conventions; `ledger(bands=…)` takes the Home Office's own bands.
    """
    labels = years["financial_year"].unique().to_list()
    starts = {label: financial_year(label).start for label in labels}
    wanted = years.select("authority", "financial_year").with_columns(
        date=pl.col("financial_year").replace_strict(starts, default=None, return_dtype=pl.Date)
    )
    found = beside_population(
        wanted.join(heads(nights, starts.values()), on=["date", "authority"], how="left"), vintage
    )
    high = pl.col("heads") >= pl.col("funding")
    return (
        found.with_columns(band=pl.when(high).then(pl.lit("high")).otherwise(pl.lit("standard")))
        .select("authority", "financial_year", "heads", "population", "vintage", "band", threshold="funding")
        .select("authority", "financial_year", "heads", "population", "vintage", "threshold", "band")
        .sort("authority", "financial_year")
    )


def beside_population(found: pl.DataFrame, vintage: int | None = None) -> pl.DataFrame:
    """`found` (`authority, date, heads`) with `vintage`, `population` aged 0 to 17 (null where ONS gives none), and
    `funding` and `transfer`: the heads at each threshold in force on the date, null without one."""
    days = found["date"].unique().to_list()
    years = {day: vintage if vintage is not None else default_vintage(day) for day in days}
    dated = pl.DataFrame(
        {"date": days, "vintage": [years[day] for day in days]}
        | {purpose: [_share(purpose, day) for day in days] for purpose in ("funding", "transfer")},
        schema={"date": pl.Date, "vintage": pl.Int32, "funding": pl.Float64, "transfer": pl.Float64},
    )
    return (
        found.with_columns(pl.col("heads").fill_null(0).cast(pl.Int64))
        .join(dated, on="date", how="left", maintain_order="left")
        .join(
            population_0_17().rename({"year": "vintage"}),
            on=["authority", "vintage"],
            how="left",
            maintain_order="left",
        )
        .with_columns((pl.col("funding", "transfer") * pl.col("population")).round(HEADS_DECIMALS))
    )


def _share(purpose: str, on: date) -> float | None:
    in_force = uasc_thresholds().filter(
        pl.col("purpose") == purpose,
        pl.col("valid_from") <= on,
        (pl.col("valid_to") >= on) | pl.col("valid_to").is_null(),
    )
    return None if in_force.is_empty() else float(in_force["share"].item())

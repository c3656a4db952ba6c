"""Look up income: the rate of a night depends on its date, age band, cohort and the authority's band."""

from datetime import date, timedelta

import polars as pl

from parentis.services.uasc.records import AGE_BANDS, PAID

BAND_AGES: dict[str, tuple[int, int | None]] = {"under 16": (0, 15), "16-17": (16, 17), "18+": (18, None)}
DAYS_A_WEEK = 7


def change_days(rates: pl.DataFrame) -> list[date]:
    """The days on which any rate begins or has ended."""
    ended = [day + timedelta(days=1) for day in rates["valid_to"].drop_nulls().to_list()]
    return sorted({*rates["valid_from"].to_list(), *ended})


def lookup(rates: pl.DataFrame) -> pl.DataFrame:
    """`rate_from` (ISO day, from which on it is in force until the next of `change_days`), `group, band, cohort,
    age_band`, and `rate, unit, certainty`: one row for everything the table of rates covers.

    A rate that covers only part of an age band is not used: the rate table must be split at the limits of the bands.
    """
    in_force = pl.concat(
        [
            rates.filter(
                pl.col("valid_from") <= day, (pl.col("valid_to") >= day) | pl.col("valid_to").is_null()
            ).with_columns(rate_from=pl.lit(day.isoformat()))
            for day in change_days(rates)
        ]
        or [rates.clear().with_columns(rate_from=pl.lit(None, dtype=pl.String))]
    )
    ages = pl.DataFrame(
        [(name, low, high) for name, (low, high) in BAND_AGES.items()],
        schema={"age_band": pl.Enum(list(AGE_BANDS)), "low": pl.Int32, "high": pl.Int32},
        orient="row",
    )
    covers = (pl.col("age_from") <= pl.col("low")) & (
        pl.col("age_to").is_null() | (pl.col("age_to") >= pl.col("high")).fill_null(value=False)
    )
    return (
        in_force.join(ages, how="cross")
        .filter(covers)
        .with_columns(_each("band", "standard", "high"), _each("cohort", "national", "legacy"))
        .explode("band")
        .explode("cohort")
        .select("rate_from", "group", "band", "cohort", "age_band", "rate", "unit", "certainty")
    )


def priced(nights: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """`nights` (with `rate_from, group, band, cohort, age_band, status, nights`) and `rate, unit, certainty, income`.

    Pounds; see `records.Nights.income`.
    """
    keys = ["rate_from", "group", "band", "cohort", "age_band"]
    units = pl.when(pl.col("unit") == "week").then(pl.col("nights") / DAYS_A_WEEK).otherwise(pl.col("nights"))
    return nights.join(lookup(rates), on=keys, how="left", maintain_order="left").with_columns(
        income=pl.when(pl.col("status").is_in(PAID)).then(units * pl.col("rate")).otherwise(0.0)
    )


def _each(column: str, *values: str) -> pl.Expr:
    """An expression that replaces `all` with the list of `values`, to be exploded."""
    whole = pl.lit(pl.Series([list(values)]))
    return pl.when(pl.col(column) == "all").then(whole).otherwise(pl.concat_list(column)).alias(column)

"""Observations: one row per authority and period, with every quantity, ready for the formulas."""

from collections.abc import Iterable

import polars as pl

from parentis.region import gdp_deflator, parse_period, population_0_17
from parentis.services.funding.facts import by_authority
from parentis.services.funding.formulas import POPULATION, TO_REAL


def observe(facts: pl.DataFrame, price_year: str) -> pl.DataFrame:
    """`authority`, `period`, `provisional`, a column per quantity held, `population` and `to_real`.

    Population and deflator are null for years that the reference tables do not cover.
    """
    wide = by_authority(facts)
    periods = wide["period"].unique().to_list()
    return wide.join(_population(periods), on=["authority", "period"], how="left").join(
        _factors(periods, price_year), on="period", how="left"
    )


def price_year(periods: Iterable[str]) -> str:
    """The default year in whose prices real terms are given: the last with data."""
    return max(periods, key=lambda label: parse_period(label).end)


def _population(periods: Iterable[str]) -> pl.DataFrame:
    """The June of a financial year lies in the calendar year it begins in."""
    years = pl.DataFrame(
        [(label, parse_period(label).start.year) for label in periods],
        schema={"period": pl.String, "year": pl.Int32},
        orient="row",
    )
    return (
        population_0_17().join(years, on="year").select("authority", "period", pl.col("population").alias(POPULATION))
    )


def _factors(periods: Iterable[str], to_period: str) -> pl.DataFrame:
    index = gdp_deflator().select("period", "index")
    base = index.filter(pl.col("period") == to_period)["index"]
    worth = pl.lit(base.item() if base.len() else None, dtype=pl.Float64) / pl.col("index")
    return index.filter(pl.col("period").is_in(list(periods))).select("period", worth.alias(TO_REAL))

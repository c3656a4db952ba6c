"""Identify the same child in two authorities, so that one person counts once and no night counts twice.

Each authority has its own child numbers. The Home Office's reference, hashed with one key, is the same in all of them,
so two claim registers with the same reference refer to one child.
"""

import polars as pl

from parentis.services.uasc.findings import found
from parentis.services.uasc.records import CHILD

WHO = ["authority", "child"]


def who_is_who(nights: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    """`authority, child, person` of everybody with nights; a child without a reference counts as a separate person."""
    return (
        nights.select(WHO)
        .unique()
        .join(register.select(*WHO, "reference"), on=WHO, how="left")
        .select(*WHO, person=pl.coalesce(pl.format("reference {}", "reference"), pl.format("{} {}", *WHO)))
        .sort(WHO)
    )


def same_nights(nights: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """A finding for each authority whose nights for a child overlap with those of another authority, with their
    number.
    """
    several = persons.filter(pl.col("authority").n_unique().over("person") > 1)
    stays = nights.filter(pl.col("group") == CHILD).join(several, on=WHO).select(*WHO, "person", "starts", "ends")
    both = (
        stays.join(stays, on="person", suffix="_other")
        .filter(pl.col("authority") != pl.col("authority_other"))
        .with_columns(first=pl.max_horizontal("starts", "starts_other"), last=pl.min_horizontal("ends", "ends_other"))
        .filter(pl.col("first") < pl.col("last"))
    )
    return found(both, "same night elsewhere", nights=(pl.col("last") - pl.col("first")).dt.total_days())

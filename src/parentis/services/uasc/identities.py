"""The same child in two authorities: one person, and no night twice.

Authorities number children for themselves. The Home Office's reference, hashed under one key, is the same for all, so
two claim registers that name it speak of one child.
"""

import polars as pl

from parentis.services.uasc.findings import found
from parentis.services.uasc.records import CHILD

WHO = ["authority", "child"]


def who_is_who(nights: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    """`authority, child, person` of everybody who has nights; without a reference a child is a person of their own."""
    return (
        nights.select(WHO)
        .unique()
        .join(register.select(*WHO, "reference"), on=WHO, how="left")
        .select(*WHO, person=pl.coalesce(pl.format("reference {}", "reference"), pl.format("{} {}", *WHO)))
        .sort(WHO)
    )


def same_nights(nights: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """A finding for each authority that has a child on nights on which another has them too, with those nights."""
    several = persons.filter(pl.col("authority").n_unique().over("person") > 1)
    stays = nights.filter(pl.col("group") == CHILD).join(several, on=WHO).select(*WHO, "person", "starts", "ends")
    both = (
        stays.join(stays, on="person", suffix="_other")
        .filter(pl.col("authority") != pl.col("authority_other"))
        .with_columns(first=pl.max_horizontal("starts", "starts_other"), last=pl.min_horizontal("ends", "ends_other"))
        .filter(pl.col("first") < pl.col("last"))
    )
    return found(both, "same night elsewhere", nights=(pl.col("last") - pl.col("first")).dt.total_days())

"""The service's own command."""

from collections.abc import Mapping

import polars as pl
from parentis.services.hubs.compute import TABLE, latest


def busiest(tables: Mapping[str, pl.DataFrame], *, most: int = 10) -> pl.DataFrame:
    """`authority, period, HUB, FAMILIES` of the `most` hubs that most families came to."""
    return (
        latest(tables[TABLE])
        .select("authority", "period", "HUB", "FAMILIES")
        .sort("FAMILIES", descending=True)
        .head(most)
    )

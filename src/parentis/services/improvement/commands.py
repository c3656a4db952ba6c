"""The service's commands."""

from collections.abc import Mapping

import polars as pl

from parentis.services.improvement.collected import collected
from parentis.services.improvement.compute import compute
from parentis.services.improvement.derivation import derive
from parentis.services.improvement.reconciliation import reconciled


def wall(tables: Mapping[str, pl.DataFrame], *, authority: str = "") -> pl.DataFrame:
    """Every measure's place of every borough, or of one (by ONS code)."""
    rows = compute(tables, {}).frames["wall"]
    return rows.filter(pl.col("geography") == authority) if authority else rows


def reconcile(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Collected values beside the derived and the published ones."""
    values = collected(tables)
    return reconciled(values, tables, derive(tables, values["period"].unique()).values)


def rows(tables: Mapping[str, pl.DataFrame], *, authority: str, indicator: str, quarter: str) -> pl.DataFrame:
    """Rows of the authority's return (by ONS code) behind a derived indicator (`S07`) of a quarter (`2024-25 Q4`)."""
    found = derive(tables, [quarter]).rows
    return found.filter(pl.col("geography") == authority, pl.col("slot") == indicator)

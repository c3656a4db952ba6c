"""The service's commands."""

from collections.abc import Mapping

import polars as pl

from parentis.services.improvement.collected import collected
from parentis.services.improvement.compute import compute
from parentis.services.improvement.reconciliation import reconciled


def wall(tables: Mapping[str, pl.DataFrame], *, authority: str = "") -> pl.DataFrame:
    """Every measure's place of every borough, or of one (by ONS code)."""
    rows = compute(tables, {}).frames["wall"]
    return rows.filter(pl.col("geography") == authority) if authority else rows


def reconcile(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Collected values beside the published ones."""
    return reconciled(collected(tables), tables)

"""The list that family finders work from: children who wait, the longest first, and families who wait by kind."""

from datetime import date
from typing import Any

import polars as pl

from parentis.services.adoption.kinds import CHILD_KINDS
from parentis.services.adoption.world import approved, units


def waiting_list(children: pl.DataFrame, on: date) -> list[dict[str, Any]]:
    """A row for each unit of children (placed together) waiting on the day: `unit` (the authority's own number),
    `kind`, `together`, `since` and `days` of waiting, the longest first."""
    out = pl.min_horizontal("match", "reversed")
    held = units(children).filter(pl.col("placement_order") <= on, out.is_null() | (out > on)).sort("placement_order")
    return [
        {
            "unit": row["unit"],
            "kind": CHILD_KINDS[row["kind"]],
            "together": row["together"],
            "since": row["placement_order"],
            "days": (on - row["placement_order"]).days,
        }
        for row in held.iter_rows(named=True)
    ]


def families_waiting(families: pl.DataFrame, on: date) -> list[tuple[int, int]]:
    """Kind and number of approved families who wait on the day."""
    gone = pl.min_horizontal("matched", "left")
    held = approved(families).filter(pl.col("approved") <= on, gone.is_null() | (gone > on))
    return list(held.group_by("kind").agg(pl.len()).sort("kind").iter_rows())

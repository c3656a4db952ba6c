"""The two lists as the service uses them: each child once, from the latest list, and families rather than people."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from parentis.services.adoption.needs import ADOPTERS, CHILDREN

_NAMES: Final = {
    "CHILD": "child", "FAMILY": "siblings", "DOB": "born", "ETHNICITY": "ethnicity", "DISABILITY": "disability",
    "ENTERED_CARE": "entered_care", "DECISION": "decision", "PLACEMENT_ORDER": "placement_order", "MATCHED": "matched",
    "PLACED": "placed", "ADOPTED": "adopted", "REVERSED": "reversed", "REASON": "reason", "FOSTERED": "fostered",
    "AGENCY_PLACED": "placed_with", "ADOPTIVE_FAMILY": "family",
}  # fmt: skip


def children(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """A row a child: `authority`, `period` (the list's) and the list's columns in lower case, from the latest list.

    `together` is the number of children of one sibling group, 1 for a child by itself; `left`, any exit other than
    placement and reversal, is not on the list and is empty.
    """
    held = tables[CHILDREN].filter(pl.col("CHILD").is_not_null())
    latest = held.sort("period", "sequence").unique(["authority", "CHILD"], keep="last", maintain_order=True)
    named = latest.rename(_NAMES).select("authority", "period", "provisional", *_NAMES.values())
    together = pl.len().over("authority", "siblings").cast(pl.Int64)
    return named.with_columns(
        together=pl.when(pl.col("siblings").is_null()).then(1).otherwise(together),
        left=pl.lit(None, dtype=pl.Date),
    )


def families(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """A row a family: `authority` (the agency's host), `family`, `people`, the dates of its stages (the first of its
    people's), `approved_for` children and `oldest` age. Two adopters make one family; a person without a family
    number makes one alone."""
    held = tables[ADOPTERS].filter(pl.col("ADOPTER").is_not_null())
    latest = held.sort("period", "sequence").unique(["authority", "ADOPTER"], keep="last", maintain_order=True)
    key = pl.coalesce("FAMILY", "ADOPTER").alias("family")
    dates = {"STAGE_1_START": "registered", "APPROVED": "approved", "MATCHED": "matched", "PLACED": "placed",
             "ADOPTED": "adopted", "LEFT": "left"}  # fmt: skip
    return (
        latest.group_by("authority", key, maintain_order=True)
        .agg(
            pl.col("period").last(),
            pl.col("provisional").any(),
            people=pl.len(),
            **{name: pl.col(column).min() for column, name in dates.items()},
            approved_for=pl.col("APPROVED_FOR").max(),
            oldest=pl.col("OLDEST").max(),
            placed_children=pl.col("CHILDREN").max(),
        )
        .sort("authority", "family")
    )

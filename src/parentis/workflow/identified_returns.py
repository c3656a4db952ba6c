"""An authority's own returns with its own identifiers, read again from the archive; the lake holds only keyed hashes.

Used for documents that the authority itself must send with names or references. Nothing read here is stored.
"""

from collections.abc import Sequence

import polars as pl

from parentis import lake
from parentis.archive import Home
from parentis.workflow.intake.contents import reopen
from parentis.workflow.register_queries import register


def identified(home: Home, needs: Sequence[str], authority: str) -> dict[str, pl.DataFrame]:
    """Tables as returned by `tables`, of one authority's accepted returns, with every value as it was handed in.

    The caller must check that the user may see the authority's child-level records. Raises IntegrityError if the
    archive no longer reads as it did, NotFoundError if bytes were deleted.
    """
    ids = {need.partition("/")[0] for need in needs}
    held = register(home).filter(
        pl.col("return_id").is_in(list(ids)), pl.col("submitter") == authority, pl.col("current")
    )
    parts: dict[str, list[pl.DataFrame]] = {need: [lake.read(home, need).limit(0).collect()] for need in needs}
    for row, ready in zip(held.iter_rows(named=True), reopen(home, held.rows(named=True)), strict=True):
        beside = {"authority": authority, "period": row["period"], "part": row["part"] or "", "load_id": ""}
        for name, frame in ready.typed.tables.items():
            need = f"{row['return_id']}/{name}"
            if need in parts:
                columns = [one for one in parts[need][0].columns if one in frame.columns]
                parts[need].append(
                    frame.select(columns).with_columns(pl.lit(value).alias(column) for column, value in beside.items())
                )
    return {need: _whole(frames) for need, frames in parts.items()}


def _whole(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """One vintage: each year's current submission, so `sequence` is the same throughout."""
    whole = pl.concat(frames, how="diagonal_relaxed")
    return whole.with_columns(pl.col("sequence").fill_null(0), pl.col("provisional").fill_null(value=False))

"""Derives from the register's events the state of each submission, and which loads are visible.

Pure functions of the events. A later accepted submission of the same return, part, submitter and period
supersedes the earlier one permanently: erasing it does not restore the earlier one; reversing it (`reversed`) does.
"""

from collections.abc import Mapping

import polars as pl

from parentis.archive.register import EVENTS, OF_NO_SUBMISSION
from parentis.returns import SYNTHETIC

KEY = ("return_id", "part", "submitter", "period")
"""Submissions with the same values of these supersede one another."""

STATUSES = ("received", "split", "checked", "accepted", "reversed", "rejected", "unchanged", "erased")
"""The events that change a submission's status; the new status has the event's name."""

CLOSED = ("split", "unchanged", "erased")
"""Statuses after which a submission's bytes are no longer kept."""

STATE = pl.Schema(
    {
        "submission_id": pl.String(),
        "status": pl.String(),
        **{name: EVENTS[name] for name in KEY},
        "received_at": EVENTS["at"],
        "received_by": pl.String(),
        "sequence": pl.Int64(),  # of its acceptance; null if it was never accepted, or was reversed
        "accepted_at": EVENTS["at"],
        "accepted_by": pl.String(),
        "signed": pl.List(pl.String()),  # roles
        "load_id": pl.String(),  # of its latest load, regardless of `as_of`: a reload replaces the rows
        "current": pl.Boolean(),  # accepted and not superseded: its load is visible
        "provisional": pl.Boolean(),  # accepted, but a role that its return requires has not signed
        "audience": pl.String(),  # audience of its last release; null if never released
        "synthetic": pl.Boolean(),  # practice data: a file of it is called SYNTHETIC…
        "why": pl.String(),
        "error": EVENTS["error"],  # the error behind the sentence in `why`
        "files": EVENTS["files"],
        "counts": EVENTS["counts"],
        "errors": pl.Int64(),
        "problems": EVENTS["problems"],
    }
)


def state(events: pl.DataFrame, *, sign_offs: Mapping[str, tuple[str, ...]], as_of: int | None = None) -> pl.DataFrame:
    """One row per submission, in the order received, as `STATE`.

    Args:
        events: the register.
        sign_offs: by return id, the roles that must sign.
        as_of: the state after this sequence; None for now.
    """
    seen = events.filter(pl.col("submission_id") != OF_NO_SUBMISSION)
    if as_of is not None:
        seen = seen.filter(pl.col("sequence") <= as_of)
    accepted = pl.col("event") == "accepted"
    received = pl.col("event") == "received"
    signing = pl.col("event").is_in(["accepted", "signed"])

    def last(name: str) -> pl.Expr:
        return pl.col(name).drop_nulls().last()

    folded = (
        seen.lazy()
        .sort("sequence")
        .group_by("submission_id", maintain_order=True)
        .agg(
            pl.col("event").filter(pl.col("event").is_in(STATUSES)).last().alias("status"),
            *(last(name) for name in KEY),
            pl.col("at").filter(received).first().alias("received_at"),
            pl.col("who").filter(received).first().alias("received_by"),
            pl.col("sequence").filter(accepted).last(),
            pl.col("at").filter(accepted).last().alias("accepted_at"),
            pl.col("who").filter(accepted).last().alias("accepted_by"),
            pl.col("role").filter(signing).drop_nulls().unique().sort().alias("signed"),
            pl.col("audience").filter(pl.col("event") == "released").drop_nulls().last(),
            last("why"),
            pl.col("error").filter(pl.col("why").is_not_null()).last(),
            last("files"),
            last("counts"),
            last("errors"),
            last("problems"),
        )
        .with_columns(sequence=pl.when(pl.col("status") != "reversed").then("sequence"))
        .join(_latest_loads(events), on="submission_id", how="left", maintain_order="left")
        .with_columns(
            synthetic=pl.col("files")
            .list.eval(pl.element().struct.field("name").str.split("/").list.last().str.starts_with(SYNTHETIC))
            .list.any(),
            current=(pl.col("status") == "accepted") & (pl.col("sequence") == pl.col("sequence").max().over(KEY)),
            provisional=(pl.col("status") == "accepted")
            & pl.struct("return_id", "signed").map_elements(
                lambda row: bool(set(sign_offs.get(row["return_id"], ())) - set(row["signed"])),
                return_dtype=pl.Boolean,
            ),
        )
    )
    columns = (
        pl.col(name).fill_null(False) if dtype == pl.Boolean else pl.col(name).cast(dtype)
        for name, dtype in STATE.items()
    )
    return folded.select(columns).collect()


def _latest_loads(events: pl.DataFrame) -> pl.LazyFrame:
    """`(submission_id, load_id)`: the load that currently holds each submission's rows."""
    return events.lazy().sort("sequence").group_by("submission_id").agg(pl.col("load_id").drop_nulls().last())


def visible_loads(
    events: pl.DataFrame, *, sign_offs: Mapping[str, tuple[str, ...]], as_of: int | None = None
) -> pl.DataFrame:
    """`(load_id, submission_id, return_id, part, submitter, period, sequence, provisional, audience)` of the visible
    loads.

    Loads erased since `as_of` are left out, because their rows no longer exist.
    """
    erased = events.filter(pl.col("event") == "erased")["submission_id"]
    return (
        state(events, sign_offs=sign_offs, as_of=as_of)
        .filter(pl.col("current") & ~pl.col("submission_id").is_in(erased.implode()))
        .select("load_id", "submission_id", *KEY, "sequence", "provisional", "audience")
    )

"""Requests by one person on which a second has not yet decided: releases and erasures, from the register."""

import polars as pl

from parentis import archive
from parentis.archive import Home

ASKED = {"release": "release-asked", "erasure": "erasure-asked"}
"What is asked for, and its event."
_CLOSING = ("released", "erased", "refused", "reversed", "rejected")

REQUESTS = pl.Schema(
    {
        "submission_id": pl.String(),
        "asks": pl.String(),  # release or erasure
        "audience": pl.String(),  # of a release: to whom
        "who": pl.String(),
        "why": pl.String(),
        "at": pl.Datetime("us", "UTC"),
    }
)


def waiting_requests(home: Home) -> pl.DataFrame:
    """The waiting requests as `REQUESTS`, at most one per submission: the last one still undecided."""
    return requests_in(archive.events(home))


def requests_in(events: pl.DataFrame) -> pl.DataFrame:
    """`waiting_requests`, of the register's events."""
    kinds = {event: kind for kind, event in ASKED.items()}
    return (
        events.filter(pl.col("event").is_in([*kinds, *_CLOSING]))
        .sort("sequence")
        .group_by("submission_id", maintain_order=True)
        .last()
        .filter(pl.col("event").is_in(list(kinds)))
        .with_columns(asks=pl.col("event").replace_strict(kinds, default=None, return_dtype=pl.String))
        .select(pl.col(name).cast(dtype) for name, dtype in REQUESTS.items())
    )

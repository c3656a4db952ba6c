"""Queries of the register: the state of every submission, and one submission by the first digits of its id."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from parentis import archive, lake, remedies
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.returns import Problem

SHORTEST_ID = 4
"""The minimum number of digits of a submission's id that a person must give."""


def register(home: Home, *, as_of: int | None = None) -> pl.DataFrame:
    """One row per submission, as `archive.STATE`, now or after register sequence `as_of`.

    Uploads that contained several submissions, or nothing new, are not listed as submissions.
    """
    state = archive.state(archive.events(home), sign_offs=lake.sign_offs(), as_of=as_of)
    return state.filter(~pl.col("status").is_in(["split", "unchanged"]))


def submission(home: Home, submission_id: str) -> dict[str, Any]:
    """The register's row of a submission, by its id or the first digits of it."""
    state = register(home)
    found = state.filter(pl.col("submission_id").str.starts_with(submission_id))
    if found.height != 1 or len(submission_id) < SHORTEST_ID:
        raise NotFoundError(
            expected=f"the id of a submission, or at least {SHORTEST_ID} digits that begin no other",
            found=f"{submission_id!r}, which begins {found.height}" if submission_id else "nothing",
            where="register",
            do=remedies.LIST_SUBMISSIONS,
        )
    return found.row(0, named=True)


def history(home: Home, submission_id: str) -> pl.DataFrame:
    """Every event of one submission, as `archive.EVENTS`, in order: who did what to it, when, in which role, why."""
    found = submission(home, submission_id)
    return archive.events(home).filter(pl.col("submission_id") == found["submission_id"])


def problems_of(row: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The problems found in reading a submission and what its acceptance superseded, from its row of the register."""
    return tuple(Problem(**one) for one in row["problems"] or ())


def told_of(rows: pl.DataFrame) -> tuple[str, ...]:
    """A line for each problem in the register's `rows`, after the submission's first digits."""
    return tuple(
        f"{row['submission_id'][:8]}  {problem.sentence}"
        for row in rows.select("submission_id", "problems").iter_rows(named=True)
        for problem in problems_of(row)
    )

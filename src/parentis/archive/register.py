"""The register: every event in the life of every submission, in order, for ever.

It is one append-only Delta table. A submission's state, and which loads are visible, follow from its rows
alone (`states`); appending an `accepted` row is what makes a load visible in every table at once.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import polars as pl

from parentis.archive.envelopes import StoredFile
from parentis.archive.home import Home
from parentis.returns import Problem
from parentis.version import code_version

EventName: TypeAlias = Literal[
    "received", "split", "checked", "accepted", "signed", "released", "rejected", "unchanged", "reloaded", "erased"
]

PROBLEM = {
    "file": pl.String(),
    "where": pl.String(),
    "message": pl.String(),
    "severity": pl.String(),
    "rows": pl.Int64(),
}

EVENTS = pl.Schema(
    {
        "sequence": pl.Int64(),  # 1, 2, 3 … over the whole register; `as_of` means one of these
        "at": pl.Datetime("us", "UTC"),
        "event": pl.String(),
        "submission_id": pl.String(),
        "load_id": pl.String(),  # of `accepted` and `reloaded`
        "return_id": pl.String(),
        "part": pl.String(),
        "submitter": pl.String(),  # GSS code, or the publisher's short name
        "period": pl.String(),
        "who": pl.String(),
        "role": pl.String(),  # in which they accepted or signed
        "audience": pl.String(),  # of `released`: to whom: own, members, published
        "why": pl.String(),
        "files": pl.List(pl.Struct({"name": pl.String(), "sha256": pl.String(), "size": pl.Int64()})),
        "counts": pl.List(pl.Struct({"table": pl.String(), "rows": pl.Int64()})),
        "errors": pl.Int64(),  # findings that should be put right, when it was checked
        "problems": pl.List(pl.Struct(PROBLEM)),  # what reading it met, and what accepting it supersedes
        "code_version": pl.String(),
    }
)

COMPACT_AFTER_FILES = 64
"""Each append leaves a small file; past this many they are rewritten as one (history stays)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of the register before it has its place and time."""

    event: EventName
    submission_id: str
    who: str
    load_id: str | None = None
    return_id: str | None = None
    part: str | None = None
    submitter: str | None = None
    period: str | None = None
    role: str | None = None
    audience: str | None = None
    why: str | None = None
    files: tuple[StoredFile, ...] | None = None
    counts: tuple[tuple[str, int], ...] | None = None
    errors: int | None = None
    problems: tuple[Problem, ...] | None = None


def events(home: Home) -> pl.DataFrame:
    """Every event, in order, as `EVENTS`."""
    from deltalake import DeltaTable

    if not DeltaTable.is_deltatable(str(home.register)):
        return pl.DataFrame(schema=EVENTS)
    stored = pl.read_delta(str(home.register))
    # A register only gains columns: one written before a column was there has nothing in it.
    return stored.select(
        pl.col(name) if name in stored.columns else pl.lit(None, dtype).alias(name) for name, dtype in EVENTS.items()
    ).sort("sequence")


def append(home: Home, new: Sequence[Event]) -> tuple[int, ...]:
    """Append events in one commit, under the caller's lock; gives their sequences.

    All of them are in the register when this returns; after a crash, all or none.
    """
    from deltalake import DeltaTable, write_deltalake

    if not new:
        return ()
    last = events(home)["sequence"].max() or 0
    first = int(last) + 1 if isinstance(last, int) else 1
    at = datetime.now(UTC)
    rows = [
        {"sequence": sequence, "at": at, "code_version": code_version(), **_row(event)}
        for sequence, event in enumerate(new, first)
    ]
    write_deltalake(
        str(home.register),
        pl.DataFrame(rows, schema=EVENTS),
        mode="append",
        schema_mode="merge",
        configuration={"delta.appendOnly": "true"},
    )
    table = DeltaTable(str(home.register))
    if len(table.file_uris()) > COMPACT_AFTER_FILES:
        table.optimize.compact()
        table.create_checkpoint()
    return tuple(range(first, first + len(new)))


def _row(event: Event) -> dict[str, Any]:
    row = asdict(event)
    if event.counts is not None:
        row["counts"] = [{"table": table, "rows": rows} for table, rows in event.counts]
    return row

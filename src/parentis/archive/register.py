"""The register: every event of every submission, in order, kept permanently.

It is one append-only Delta table. A submission's state, and which loads are visible, follow from its rows
alone (`states`); appending an `accepted` row makes a load visible in every table at once.

Each row carries a keyed hash of itself and the previous row (`register_chain`), and a separate file records the last
row: a row that was changed, removed, added or cut off the end is detected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import polars as pl

from parentis.archive import delta_tables, register_chain
from parentis.archive.envelopes import StoredFile
from parentis.archive.home import Home
from parentis.returns import Problem
from parentis.version import code_version

EventName: TypeAlias = Literal[
    "received", "split", "checked", "accepted", "signed", "release-asked", "released", "reversed", "rejected",
    "erasure-asked", "refused", "unchanged", "reloaded", "erased", "shown", "repaired", "rekeyed",
]  # fmt: skip

OF_NO_SUBMISSION = ""
"""The submission id of events that concern no submission: `shown`, `repaired`, `rekeyed`."""

PROBLEM = {
    "file": pl.String(),
    "where": pl.String(),
    "message": pl.String(),
    "severity": pl.String(),
    "rows": pl.Int64(),
}

ERROR = {name: pl.String() for name in ("code", "where", "expected", "found", "do")}
"`UserError.facts`: what an error says, from which each channel makes its own sentence (`errors.worded`)."

EVENTS = pl.Schema(
    {
        "sequence": pl.Int64(),  # 1, 2, 3 … over the whole register; `as_of` refers to this
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
        "audience": pl.String(),  # of `released` and `release-asked`: the audience: own, members, published
        "why": pl.String(),
        "files": pl.List(pl.Struct({"name": pl.String(), "sha256": pl.String(), "size": pl.Int64()})),
        "counts": pl.List(pl.Struct({"table": pl.String(), "rows": pl.Int64()})),
        "errors": pl.Int64(),  # findings to correct, at the time of checking
        "problems": pl.List(pl.Struct(PROBLEM)),  # problems found in reading it, and what accepting it supersedes
        "contents": pl.List(pl.Struct({"table": pl.String(), "rows": pl.Int64(), "sha256": pl.String()})),
        # of `accepted` and `reloaded`: what the load holds in each table, by `lake.digest`
        "error": pl.Struct(ERROR),  # of `rejected`: the error behind the sentence in `why`, if there was one
        "code_version": pl.String(),
        "chain": pl.String(),  # keyed hash of this row and the previous one; null in rows older than the chain
    }
)

COMPACT_AFTER_FILES = 64
"""Each append leaves a small file; above this number they are rewritten as one (history is kept)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of the register before it has its sequence and time."""

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
    contents: "tuple[Content, ...] | None" = None
    error: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A load's rows in one table `return/table`: their number and hash."""

    table: str
    rows: int
    sha256: str


def events(home: Home) -> pl.DataFrame:
    """Every event, in order, as `EVENTS`. Raises DamageError where the register cannot be read."""
    if not delta_tables.exists(home.register):
        return pl.DataFrame(schema=EVENTS)
    stored = delta_tables.read(home.register)
    # Columns are only ever added to a register: an older one has nulls in newer columns.
    return stored.select(
        pl.col(name) if name in stored.columns else pl.lit(None, dtype).alias(name) for name, dtype in EVENTS.items()
    ).sort("sequence")


def verify(home: Home) -> register_chain.Link:
    """The register's last link, after checking that every row is as it was written.

    Raises IntegrityError, which names the first row that is not, or says that the end is missing."""
    return register_chain.verified(home, events(home))


def append(home: Home, new: Sequence[Event]) -> tuple[int, ...]:
    """Append events in one commit, under the caller's lock. Returns their sequences.

    All are on disk when this returns; after a crash, all or none are. Raises IntegrityError if the register's end is
    not as it was written: nothing is appended to a register that was tampered with.
    """
    if not new:
        return ()
    last = register_chain.verified(home, events(home), since_head=True)
    first, at = last.sequence + 1, datetime.now(UTC)
    rows = [
        {"sequence": sequence, "at": at, "code_version": code_version(), **_row(event)}
        for sequence, event in enumerate(new, first)
    ]
    frame = pl.DataFrame(rows, schema=EVENTS)
    chain, head = register_chain.chained(home, last, frame)
    delta_tables.write(
        home.register,
        frame.with_columns(chain),
        mode="append",
        schema_mode="merge",
        configuration={"delta.appendOnly": "true"},
    )
    register_chain.write_head(home, head)
    delta_tables.compact(home.register, above=COMPACT_AFTER_FILES)
    return tuple(range(first, first + len(new)))


def _row(event: Event) -> dict[str, Any]:
    row = asdict(event)
    if event.counts is not None:
        row["counts"] = [{"table": table, "rows": rows} for table, rows in event.counts]
    return row

"""Compares the lake's rows with what the register says was accepted, by table and load, by number and hash."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from parentis import archive, lake
from parentis.archive import Home
from parentis.errors import DamageError

LOADS_AT_ONCE = 64
"Loads whose rows are held in memory together."


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedLoad:
    """One load of a table according to the register. `sha256` is None if it was accepted before hashes were stored."""

    submission_id: str
    load_id: str
    rows: int
    sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference between a table and what was accepted. `submission_id` is None if it concerns the whole table, or
    rows of no submission."""

    table: str
    submission_id: str | None
    what: str


Tables: TypeAlias = Mapping[str, Mapping[str, AcceptedLoad]]
"""By table and load."""


def accepted_loads(events: pl.DataFrame) -> Tables:
    """By table and load: the expected contents of the lake, including superseded submissions, for `as_of`."""
    state = archive.state(events, sign_offs={}).filter(
        (pl.col("status") == "accepted") & pl.col("load_id").is_not_null()
    )
    contents = dict(
        events.filter(pl.col("load_id").is_not_null() & pl.col("contents").is_not_null())
        .select("load_id", "contents").iter_rows()
    )  # fmt: skip
    tables: dict[str, dict[str, AcceptedLoad]] = {}
    for row in state.iter_rows(named=True):
        told: list[Mapping[str, object]] = contents.get(row["load_id"]) or [
            {"table": f"{row['return_id']}/{one['table']}", "rows": one["rows"], "sha256": None}
            for one in row["counts"] or () if one["rows"]
        ]  # fmt: skip
        for one in told:
            load = AcceptedLoad(
                submission_id=row["submission_id"], load_id=row["load_id"], rows=int(str(one["rows"])),
                sha256=str(one["sha256"]) if one["sha256"] else None,
            )  # fmt: skip
            tables.setdefault(str(one["table"]), {})[load.load_id] = load
    return tables


def differences(home: Home, events: pl.DataFrame, *, hashes: bool = True) -> Iterator[Difference]:
    """Every difference between the lake and what was accepted. `hashes` reads every row; otherwise rows are counted.
    Invisible rows of an interrupted command are not a difference."""
    expected = accepted_loads(events)
    for table in sorted({*expected, *lake.names(home)}):
        try:
            yield from _of_table(home, table, expected.get(table, {}), hashes)
        except DamageError as damage:
            yield Difference(table=table, submission_id=None, what=damage.what)


def strangers(home: Home, events: pl.DataFrame) -> int:
    """How many rows of the lake belong to no submission, without tables that cannot be read."""
    known = set(events["load_id"].drop_nulls())
    found = 0
    for table in lake.names(home):
        try:
            there = lake.loads(home, [table])
        except DamageError:
            continue
        found += int(there.filter(~pl.col("load_id").is_in(sorted(known)))["rows"].sum())
    return found


def _of_table(home: Home, table: str, expected: Mapping[str, AcceptedLoad], hashes: bool) -> Iterator[Difference]:
    if expected and table not in lake.names(home):
        yield Difference(table=table, submission_id=None, what="the table is not there")
        return
    there = {load_id: rows for _, load_id, rows in lake.loads(home, [table]).iter_rows()}
    whole = []
    for load in expected.values():
        if there.get(load.load_id, 0) != load.rows:
            what = f"{there.get(load.load_id, 0):,} rows, where {load.rows:,} were accepted"
            yield Difference(table=table, submission_id=load.submission_id, what=what)
        elif load.sha256 and hashes:
            whole.append(load)
    for start in range(0, len(whole), LOADS_AT_ONCE):
        yield from _changed(home, table, whole[start : start + LOADS_AT_ONCE])


def _changed(home: Home, table: str, loads: list[AcceptedLoad]) -> Iterator[Difference]:
    rows = lake.stored_loads(home, table, [load.load_id for load in loads])
    for load in loads:
        if lake.digest(rows[load.load_id]) != load.sha256:
            what = "its rows are not those that were accepted"
            yield Difference(table=table, submission_id=load.submission_id, what=what)

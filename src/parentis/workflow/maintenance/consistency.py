"""`doctor`: checks that everything stored is consistent, and says what to do where it is not."""

import json
import os
from collections.abc import Iterator

import polars as pl

from parentis import archive, lake
from parentis.archive import CLOSED, Home
from parentis.errors import DamageError, ParentisError
from parentis.version import code_version
from parentis.workflow.maintenance import stored_figures, stored_rows
from parentis.workflow.maintenance.inconsistencies import (
    BUILD,
    REBUILD,
    REPAIR,
    Inconsistency,
    error,
    note,
    warning,
)

RESTORE = "Restore the folder 'register' and the file 'register.head' from a backup."
ASK_AGAIN = "Restore its folder from a backup, or erase the submission and ask for it again."


def doctor(home: Home) -> list[Inconsistency]:
    """Every inconsistency in a home; none if all is well. Reads every byte of the archive, every row of the lake and
    every file of the figures shown. Changes nothing."""
    try:
        archive.master_key(home)
        archive.register_key(home)
    except ParentisError as missing:
        return [error("keys", str(missing), "Put the key right first.")]
    try:
        events = archive.events(home)
    except DamageError as damage:
        return [error("register", damage.what, RESTORE)]
    state = archive.state(events, sign_offs=lake.sign_offs())
    return [
        *_of_register(home, events),
        *_of_archive(home, state),
        *_of_interruptions(home, state),
        *_of_lake(home, events),
        *_of_figures(home, events),
        *_of_modes(home),
    ]


def _of_register(home: Home, events: pl.DataFrame) -> Iterator[Inconsistency]:
    try:
        archive.verify(home)
    except ParentisError as changed:
        yield error("register", str(changed), RESTORE)
    yield from _of_anchors(home)
    older = events["chain"].is_null().sum()
    if older:
        what = f"its first {older:,} entries are older than the chain: together they are covered by what follows"
        yield note("register", what, "Nothing is to be done.")


def _of_anchors(home: Home) -> Iterator[Inconsistency]:
    try:
        archive.verify_register(home, archive.kept_anchors(home))
    except ParentisError as another:
        yield error("register", str(another), RESTORE)
    if os.environ.get("PARENTIS_ENV") == "production" and not archive.places(archive.ANCHORS_VARIABLE):
        what = "where it ends is anchored nowhere outside: one that was put back to an earlier day would not be found"
        yield note("register", what, f"Set {archive.ANCHORS_VARIABLE}: docs/deploy.md.")


def _of_archive(home: Home, state: pl.DataFrame) -> Iterator[Inconsistency]:
    kept = archive.kept(home)
    for submission_id, status in state.select("submission_id", "status").iter_rows():
        if status not in CLOSED and submission_id not in kept:
            where = f"archive, submission {submission_id[:8]}"
            if archive.is_set_aside(home, submission_id):
                yield note(where, "its bytes do not open, and are set aside", ASK_AGAIN)
                continue
            yield error(where, f"its bytes are gone, though it is {status}", ASK_AGAIN)
    for submission_id in sorted(kept):
        try:
            archive.fetch(home, submission_id)
        except ParentisError as damage:
            yield error(f"archive, submission {submission_id[:8]}", str(damage), ASK_AGAIN)


def _of_interruptions(home: Home, state: pl.DataFrame) -> Iterator[Inconsistency]:
    for path in (home.pending, home.attempts):
        if path.exists() and not _is_json(path.read_bytes()):
            do = "'parentis doctor --repair' sets it aside, and finds out anew what was being done."
            yield error(path.name, "it cannot be read, and every command that writes stops at it", do)
    received = state.filter(pl.col("status") == "received").height
    unknown = len(archive.kept(home) - set(state["submission_id"]))
    if received or unknown or home.pending.exists():
        what = f"a command was interrupted; {received + unknown} submissions wait to be finished"
        do = "Any command that writes will finish them: 'parentis build', say."
        yield warning("register", what, do)


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def _of_lake(home: Home, events: pl.DataFrame) -> Iterator[Inconsistency]:
    for one in stored_rows.differences(home, events):
        where = f"lake, {one.table}" + (f", submission {one.submission_id[:8]}" if one.submission_id else "")
        yield error(where, one.what, REPAIR)
    rows = stored_rows.strangers(home, events)
    if rows and not home.pending.exists():
        yield warning("lake", f"{rows:,} rows belong to no submission and are never shown", REBUILD)


def _of_figures(home: Home, events: pl.DataFrame) -> Iterator[Inconsistency]:
    try:
        shown = lake.shown(home)
    except DamageError as damage:
        yield error(damage.table, damage.what, REPAIR)
        return
    for one in stored_figures.differences(home, events):
        yield error(f"figures, {one.service or 'all services'}", one.what, REPAIR)
    loaded = events.filter(pl.col("event").is_in(["accepted", "signed", "reversed", "erased"]))["sequence"].max() or 0
    for row in shown.iter_rows(named=True):
        if row["sequence"] < int(str(loaded)):
            what = "figures are older than the latest accepted submission"
        elif row["code_version"] != code_version():
            what = f"figures were made by {row['code_version']}, and this is {code_version()}"
        else:
            continue
        yield note(f"figures, {row['service']}", what, BUILD)


def _of_modes(home: Home) -> Iterator[Inconsistency]:
    open_ones = [*archive.readable_by_others(home)]
    if open_ones:
        what = f"{len(open_ones):,} files and folders can be read or written by others, '{open_ones[0]}' among them"
        yield warning("home", what, "'parentis doctor --repair' leaves them to their owner alone.")

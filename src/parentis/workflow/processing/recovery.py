"""Finishes the work of a killed process. Every command that writes starts with this."""

import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from parentis import archive, lake
from parentis.archive import WAIT_SECONDS, Event, Home
from parentis.returns import the_return
from parentis.workflow.editions import HELD_BACK
from parentis.workflow.intake import attempts
from parentis.workflow.intake import loads as intake_loads
from parentis.workflow.intake.outcome import Outcome
from parentis.workflow.intake.upload_options import Progress, restored, silent
from parentis.workflow.processing.pipeline import process
from parentis.workflow.safeguards.two_people import accepted_alone, is_published


def recover(home: Home, *, progress: Progress = silent, wait: float = WAIT_SECONDS) -> list[Outcome]:
    """Finish the work of a killed process. Every command that writes starts with this.

    Incomplete envelopes are deleted. Complete ones without a register entry are registered as received.
    Received submissions are processed as their sender asked. Rows of loads that no register row names are
    deleted, and so are bytes that were due to be destroyed.
    """
    with archive.locked(home, wait=wait):
        return recover_locked(home, progress)


def recover_locked(home: Home, progress: Progress) -> list[Outcome]:
    """`recover`, under the caller's lock."""
    archive.clear_unfinished(home)
    intake_loads.clear_pending(home)
    kept = archive.kept(home)
    if not kept:
        return []
    state = archive.state(archive.events(home), sign_offs={})
    status = dict(state.select("submission_id", "status").iter_rows())
    for submission_id in sorted(kept):
        if status.get(submission_id) in archive.CLOSED:
            finish_closing(home, submission_id, status[submission_id])
    unknown = _receive(home, sorted(kept - set(status)))
    received = [i for i, s in status.items() if s == "received" and i in kept]
    interrupted = [*_wanted(home, state, kept), *received, *unknown]
    # Submissions during which a process ended are processed singly, to identify the cause and finish the others.
    begun = attempts.left(home)
    alone = [[one] for one in interrupted if one in begun]
    together = [one for one in interrupted if one not in begun]
    batches = [*alone, together] if together else alone
    outcomes = [o for batch in batches for o in process(home, batch, progress, internal_errors=True)]
    home.attempts.unlink(missing_ok=True)
    return outcomes


def _receive(home: Home, ids: Sequence[str]) -> list[str]:
    """Register envelopes that were complete when the process died; copies made by a split are made again."""
    manifests = {submission_id: archive.manifest(home, submission_id) for submission_id in ids}
    received = []
    for submission_id, manifest in manifests.items():
        if restored(manifest.intent).split_from is not None:
            archive.destroy(home, submission_id)
        else:
            received.append(submission_id)
    archive.append(
        home,
        [
            Event(
                event="received", submission_id=submission_id, who=restored(manifests[submission_id].intent).who,
                files=manifests[submission_id].files, why="found in the archive after an interruption",
            )
            for submission_id in received
        ],
    )  # fmt: skip
    return received


def _wanted(home: Home, state: pl.DataFrame, kept: frozenset[str]) -> list[str]:
    """Checked submissions whose sender asked for acceptance and did not get it; not those held back for a reason, or
    because they were not read as they were meant."""
    held_back = pl.col("why").str.starts_with(HELD_BACK).fill_null(value=False)
    errors = pl.col("problems").list.eval(pl.element().struct.field("severity") == "error")
    held_back |= errors.list.any().fill_null(value=False)
    waiting = state.filter((pl.col("status") == "checked") & pl.col("submission_id").is_in(sorted(kept)) & ~held_back)
    return [row["submission_id"] for row in waiting.iter_rows(named=True) if _asked_for(home, row)]


def _asked_for(home: Home, row: Mapping[str, Any]) -> bool:
    intent = restored(archive.manifest(home, row["submission_id"]).intent)
    if is_published(row):
        return accepted_alone(the_return(row["return_id"]), made_here=intent.made_here)
    return intent.accept


def finish_closing(home: Home, submission_id: str, status: str) -> None:
    """Delete rows, then destroy key and bytes: while these exist, the next command knows that it must continue."""
    if status == "erased":
        events = archive.events(home).filter(pl.col("submission_id") == submission_id)
        lake.sweep(home, events["load_id"].drop_nulls(), forget=True)
        archive.forget_set_aside(home, submission_id)
        shutil.rmtree(home.cache, ignore_errors=True)
    archive.destroy(home, submission_id)

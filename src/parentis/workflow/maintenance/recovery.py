"""Putting right what a killed process left, recreating the lake, and forgetting."""

import shutil
from collections.abc import Mapping, Sequence

import polars as pl

from parentis import archive, lake
from parentis.archive import WAIT_SECONDS, Event, Home
from parentis.errors import SubmissionStateError
from parentis.returns import the_return
from parentis.workflow.editions import HELD_BACK
from parentis.workflow.intake import attempts
from parentis.workflow.intake import loads as intake_loads
from parentis.workflow.intake.contents import reopen
from parentis.workflow.intake.outcome import Outcome
from parentis.workflow.intake.pipeline import BATCH, make_load, process
from parentis.workflow.intake.upload_options import Progress, restored, silent
from parentis.workflow.register_queries import submission
from parentis.workflow.results.build import build_anew

CLOSED = ("split", "unchanged", "erased")
"""Statuses after which a submission's bytes are no longer kept."""


def recover(home: Home, *, progress: Progress = silent, wait: float = WAIT_SECONDS) -> list[Outcome]:
    """Finish what a killed process left unfinished; every command that writes begins with this.

    Envelopes that were not whole are deleted; whole ones that the register does not know are received;
    received submissions are processed as their sender asked; rows of loads that no register row names are
    swept; bytes that were to be destroyed are.
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
        if status.get(submission_id) in CLOSED:
            _finish_closing(home, submission_id, status[submission_id])
    unknown = _receive(home, sorted(kept - set(status)))
    received = [i for i, s in status.items() if s == "received" and i in kept]
    interrupted = [*_wanted(home, state, kept), *received, *unknown]
    # One at a time those at which a process ended: so that the one that ended it is known, and the others are done.
    begun = attempts.left(home)
    alone = [[one] for one in interrupted if one in begun]
    together = [one for one in interrupted if one not in begun]
    batches = [*alone, together] if together else alone
    outcomes = [o for batch in batches for o in process(home, batch, progress, internal_errors=True)]
    home.attempts.unlink(missing_ok=True)
    return outcomes


def _receive(home: Home, ids: Sequence[str]) -> list[str]:
    """Register envelopes that were whole when the process died; copies made by a split are made again."""
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
    return [
        row["submission_id"]
        for row in waiting.iter_rows(named=True)
        if the_return(row["return_id"]).submitter == "publisher"
        or restored(archive.manifest(home, row["submission_id"]).intent).accept
    ]


def rebuild(home: Home, *, who: str, progress: Progress = silent, wait: float = WAIT_SECONDS) -> pl.DataFrame:
    """Recreate every load from the archive, under new load ids; gives `(table, rows)` of what was loaded.

    Superseded submissions are loaded too, so that `as_of` keeps working. Readers see the old rows until all
    of the new are there.
    """
    with archive.locked(home, wait=wait):
        recover_locked(home, progress)
        state = archive.state(archive.events(home), sign_offs={})
        accepted = state.filter(pl.col("status") == "accepted")
        rows = accepted.sort("return_id", "period", "submitter").to_dicts()
        intake_loads.announce(home, accepted["load_id"])
        hasher = archive.hasher(home, "lake")
        reloaded: list[Event] = []
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            loads = [
                make_load(row["submission_id"], ready, hasher)
                for row, ready in zip(batch, reopen(home, batch), strict=True)
            ]
            progress("read", start + len(batch), len(rows))
            intake_loads.announce(home, [load.load_id for load in loads])
            intake_loads.write(home, loads, progress)
            reloaded += [
                Event(event="reloaded", submission_id=load.submission_id, who=who, load_id=load.load_id)
                for load in loads
            ]
        archive.append(home, reloaded)
        progress("accepted", len(reloaded), len(reloaded))
        intake_loads.clear_pending(home)
        return lake.loads(home).group_by("table").agg(pl.col("rows").sum()).sort("table")


def erase(
    home: Home, submission_id: str, *, who: str, why: str, progress: Progress = silent, wait: float = WAIT_SECONDS
) -> str:
    """Forget a submission: its bytes, its key and its rows. The register keeps that it was there, and why it
    went. Gives its id. What is visible of other submissions does not change."""
    return erase_all(home, {submission_id: why}, who=who, progress=progress, wait=wait)[0]


def erase_all(
    home: Home, reasons: Mapping[str, str], *, who: str, progress: Progress = silent, wait: float = WAIT_SECONDS
) -> list[str]:
    """As `erase`, of several submissions (id to reason), with the figures built once. All are looked up before any is
    erased."""
    with archive.locked(home, wait=wait):
        recover_locked(home, progress)
        found = {submission(home, one)["submission_id"]: one for one in reasons}
        for whole in found:
            status = submission(home, whole)["status"]
            if status in CLOSED:
                raise SubmissionStateError(
                    expected="a submission whose bytes are kept",
                    found=f"one that is {status}",
                    where=f"submission {whole[:8]}",
                    do="Nothing is left to erase.",
                )
        for whole, asked in found.items():
            archive.append(home, [Event(event="erased", submission_id=whole, who=who, why=reasons[asked])])
            _finish_closing(home, whole, "erased")
        if found and lake.shown(home).height:
            build_anew(home, progress=progress)
        return [str(whole) for whole in found]


def _finish_closing(home: Home, submission_id: str, status: str) -> None:
    """Sweep rows, then destroy key and bytes: while they are there, the next command knows it must go on."""
    if status == "erased":
        events = archive.events(home).filter(pl.col("submission_id") == submission_id)
        lake.sweep(home, events["load_id"].drop_nulls(), forget=True)
        shutil.rmtree(home.cache, ignore_errors=True)
    archive.destroy(home, submission_id)

"""Recreates the lake from the archive."""

import polars as pl

from parentis import archive, lake
from parentis.archive import WAIT_SECONDS, Event, Home
from parentis.errors import DamageError
from parentis.workflow.intake import loads as intake_loads
from parentis.workflow.intake.contents import reopen
from parentis.workflow.intake.upload_options import Progress, silent
from parentis.workflow.maintenance.stored_rows import Tables, accepted_loads
from parentis.workflow.processing.earlier_periods import move_locked
from parentis.workflow.processing.pipeline import BATCH, make_load
from parentis.workflow.processing.recovery import recover_locked


def rebuild(home: Home, *, who: str, progress: Progress = silent, wait: float = WAIT_SECONDS) -> pl.DataFrame:
    """Recreate every load from the archive, under new load ids. Returns `(table, rows, changed)` for what was loaded:
    `changed` are the submissions whose rows differ from those with which their last load was accepted.

    Superseded submissions are loaded too, so that `as_of` still works. Readers see the old rows until all new rows are
    written, and no rows of a table that cannot be read. Raises IntegrityError if the register is not as it was written,
    because it then does not show reliably what was accepted.
    """
    with archive.locked(home, wait=wait):
        archive.verify(home)
        _set_damaged_aside(home)
        recover_locked(home, progress)
        move_locked(home, who, progress)
        before = accepted_loads(archive.events(home))
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
                Event(
                    event="reloaded", submission_id=load.submission_id, who=who, load_id=load.load_id,
                    contents=load.contents,
                )
                for load in loads
            ]  # fmt: skip
        archive.append(home, reloaded)
        progress("accepted", len(reloaded), len(reloaded))
        intake_loads.clear_pending(home)
        changed = _changed(before, accepted_loads(archive.events(home)))
        counts = lake.loads(home).group_by("table").agg(pl.col("rows").sum())
        return counts.join(changed, on="table", how="full", coalesce=True).sort("table")


def _set_damaged_aside(home: Home) -> None:
    for table in lake.names(home):
        try:
            lake.loads(home, [table])
        except DamageError:
            archive.set_aside(home, home.lake / table)


def _changed(before: Tables, after: Tables) -> pl.DataFrame:
    """`(table, changed)`: submissions whose rows now have a different hash from the one at acceptance."""
    rows = [
        (table, submission_id)
        for table in {*before, *after}
        for submission_id, sha256 in _hashes(before, table).items()
        if sha256 and sha256 != _hashes(after, table).get(submission_id)
    ]
    frame = pl.DataFrame(sorted(rows), schema={"table": pl.String, "changed": pl.String}, orient="row")
    return frame.group_by("table").agg("changed")


def _hashes(tables: Tables, table: str) -> dict[str, str | None]:
    return {load.submission_id: load.sha256 for load in tables.get(table, {}).values()}

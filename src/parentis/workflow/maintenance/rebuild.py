"""Recreating the lake from the archive."""

import polars as pl

from parentis import archive, lake
from parentis.archive import WAIT_SECONDS, Event, Home
from parentis.workflow.intake import loads as intake_loads
from parentis.workflow.intake.contents import reopen
from parentis.workflow.intake.upload_options import Progress, silent
from parentis.workflow.processing.pipeline import BATCH, make_load
from parentis.workflow.processing.recovery import recover_locked


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
                Event(
                    event="reloaded", submission_id=load.submission_id, who=who, load_id=load.load_id,
                    contents=load.contents,
                )
                for load in loads
            ]  # fmt: skip
        archive.append(home, reloaded)
        progress("accepted", len(reloaded), len(reloaded))
        intake_loads.clear_pending(home)
        return lake.loads(home).group_by("table").agg(pl.col("rows").sum()).sort("table")

"""`doctor --repair`: rebuilds a damaged table from the returns kept, and removes what stops a home from working."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress

import polars as pl

from parentis import archive, lake
from parentis.archive import OF_NO_SUBMISSION, WAIT_SECONDS, Event, Home, delta_tables
from parentis.errors import DamageError, ParentisError
from parentis.services import services
from parentis.workflow.intake.contents import reopen
from parentis.workflow.intake.upload_options import Progress, silent
from parentis.workflow.maintenance import stored_figures, stored_rows
from parentis.workflow.maintenance.stored_rows import AcceptedLoad
from parentis.workflow.processing.pipeline import BATCH, make_load
from parentis.workflow.processing.recovery import recover_locked
from parentis.workflow.results.build import build_locked

UNDER_WAY = "under-way"
"Beside the lake: a table that is being made again, until it takes the place of the damaged one."


def repair(home: Home, *, who: str, progress: Progress = silent, wait: float = WAIT_SECONDS) -> list[str]:
    """Repair what can be rebuilt from stored data. Returns a sentence for each repair made or not possible.

    Raises IntegrityError if the register is not as it was written, because everything else is checked against it.
    Rows are restored only if all are exactly those accepted. After a crash, run it again to continue.
    """
    with archive.locked(home, wait=wait):
        archive.verify(home)
        done = [*_modes(home), *_notes(home), *_envelopes(home, who)]
        events = archive.events(home)
        damaged = {one.table: one.what for one in stored_rows.differences(home, events)}
        for table, what in damaged.items():
            done.append(_table(home, table, what, stored_rows.accepted_loads(events).get(table, {}), progress))
        _sweep_strangers(home, events)
        recover_locked(home, progress)
        done += _figures(home, progress)
        said = [Event(event="repaired", submission_id=OF_NO_SUBMISSION, who=who, why=sentence) for sentence in done]
        archive.append(home, said)
        return done


def _modes(home: Home) -> Iterator[str]:
    count = archive.close_to_others(home)
    if count:
        yield f"home: {count:,} files and folders are left to their owner alone"


def _notes(home: Home) -> Iterator[str]:
    for path in (home.pending, home.attempts):
        try:
            json.loads(path.read_bytes()) if path.exists() else None
        except ValueError:
            archive.set_aside(home, path)
            yield f"{path.name}: it could not be read, and is set aside"


def _envelopes(home: Home, who: str) -> Iterator[str]:
    """Set aside waiting submissions that do not open, which stop every command that writes; accepted ones do not."""
    status = dict(archive.state(archive.events(home), sign_offs={}).select("submission_id", "status").iter_rows())
    for submission_id in sorted(archive.kept(home)):
        state = status.get(submission_id)
        if state not in (None, "received", "checked"):
            continue
        try:
            archive.fetch(home, submission_id)
        except ParentisError as error:
            if state is not None:
                why = f"Its bytes cannot be opened any more ({error}). Ask for it again."
                archive.append(home, [Event(event="rejected", submission_id=submission_id, who=who, why=why)])
            archive.set_aside(home, home.archive / submission_id)
            yield f"archive, submission {submission_id[:8]}: its bytes do not open; it is set aside, and rejected"


def _table(home: Home, table: str, what: str, loads: Mapping[str, AcceptedLoad], progress: Progress) -> str:
    """Rebuild a table with its existing load ids, and replace the damaged table with it."""
    target, made = home.lake / table, home.path / UNDER_WAY / table
    if made.exists():
        archive.set_aside(home, made)
    changed = []
    register = {row["submission_id"]: row for row in _rows(home, loads)}
    wanted = list(loads.values())
    hasher = archive.hasher(home, "lake")
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        frames = []
        for load, ready in zip(batch, reopen(home, [register[one.submission_id] for one in batch]), strict=True):
            rows = make_load(load.submission_id, ready, hasher).tables[table.partition("/")[2]]
            if rows.height != load.rows or (load.sha256 or lake.digest(rows)) != lake.digest(rows):
                changed.append(load.submission_id)
            frames.append(rows.with_columns(load_id=pl.lit(load.load_id)))
        delta_tables.write(made, pl.concat(frames), mode="append", schema_mode="merge")
        progress("repaired", start + len(batch), len(wanted))
    if changed:
        archive.set_aside(home, made)
        names = ", ".join(one[:8] for one in changed)
        return (
            f"lake, {table}: {what}. It was not repaired: what this version reads in the files of {names} is not what "
            "was accepted. 'parentis rebuild' loads what it reads now, and says so in the register"
        )
    if target.exists():
        archive.set_aside(home, target)
    if wanted:
        archive.make_folder(target.parent)
        made.rename(target)
        delta_tables.settle(target, since=-1)
    return f"lake, {table}: {what}. It was made again from {len(wanted):,} submissions, each row as it was accepted"


def _rows(home: Home, loads: Mapping[str, AcceptedLoad]) -> Iterator[Mapping[str, object]]:
    state = archive.state(archive.events(home), sign_offs={})
    wanted = [load.submission_id for load in loads.values()]
    return state.filter(pl.col("submission_id").is_in(wanted)).iter_rows(named=True)


def _sweep_strangers(home: Home, events: pl.DataFrame) -> None:
    known = set(events["load_id"].drop_nulls())
    for table in lake.names(home):
        with suppress(DamageError):  # already reported as not repairable
            lake.sweep(home, set(lake.loads(home, [table])["load_id"]) - known, tables=[table])


def _figures(home: Home, progress: Progress) -> Iterator[str]:
    """Stop showing figures that were changed since they were made, and build them again."""
    events = archive.events(home)
    try:
        wrong = [f"{one.service or 'all services'}: {one.what}" for one in stored_figures.differences(home, events)]
        shown = set(lake.shown(home)["service"])
    except DamageError as damage:
        wrong = [damage.what]
        shown = {one["name"].partition("/")[0] for files in stored_figures.builds(events).values() for one in files}
    if not wrong:
        return
    counts = stored_figures.whole_counts(home, events)
    archive.set_aside(home, home.figures)
    known = services()
    chosen = [known[one] for one in sorted(shown) if one in known]
    build_locked(home, chosen, as_of=None, progress=progress, shown=counts)
    yield f"figures, {'; '.join(wrong)}. They were made again"

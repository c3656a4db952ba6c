"""Loads: writes the rows of submissions into the lake, where they are invisible until the register lists them.

`pending.json` names the loads being written. The next process to take the lock deletes the rows of any that did not
become a submission's latest load: partly written ones, and the outdated ones of a rebuild.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from parentis import archive, lake
from parentis.archive import Content, Home
from parentis.workflow.intake.upload_options import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The rows of one submission by table, in the form the lake stores."""

    load_id: str
    submission_id: str
    return_id: str
    tables: Mapping[str, pl.DataFrame] = field(repr=False)

    @property
    def contents(self) -> tuple[Content, ...]:
        """Its content by table, to be recorded in the register with its acceptance."""
        named = ((f"{self.return_id}/{table}", frame) for table, frame in sorted(self.tables.items()))
        return tuple(Content(table=name, rows=one.height, sha256=lake.digest(one)) for name, one in named if one.height)


def write(home: Home, loads: Iterable[Load], progress: Progress) -> None:
    """Append loads, one commit per table. Call `announce` for the loads first."""
    gathered: dict[str, list[pl.DataFrame]] = {}
    for load in loads:
        for table, frame in load.tables.items():
            gathered.setdefault(f"{load.return_id}/{table}", []).append(frame)
    for done, (name, frames) in enumerate(sorted(gathered.items()), 1):
        lake.append(home, {name: pl.concat(frames)})
        progress("loaded", done, len(gathered))


def announce(home: Home, load_ids: Iterable[str]) -> None:
    """Record durably which loads are about to be written or replaced, in addition to earlier announcements."""
    archive.write_file(home.pending, json.dumps(sorted({*_announced(home), *load_ids})).encode())


def clear_pending(home: Home) -> None:
    """Delete announced loads that are not any submission's latest, then remove the announcement."""
    announced = _announced(home)
    if announced:
        latest = archive.state(archive.events(home), sign_offs={})["load_id"].drop_nulls()
        lake.sweep(home, announced - set(latest))
    home.pending.unlink(missing_ok=True)


def done_pending(home: Home) -> None:
    """Remove the announcement after all its loads became visible."""
    home.pending.unlink(missing_ok=True)


def _announced(home: Home) -> set[str]:
    return set(json.loads(home.pending.read_bytes())) if home.pending.exists() else set()

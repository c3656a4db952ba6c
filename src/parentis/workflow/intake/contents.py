"""From stored files to what they are: the returns in them, typed.

This is the one place where `workflow` asks `returns` to read.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from parentis import archive, region
from parentis.archive import File, Home, StoredFile
from parentis.errors import IntegrityError, SpecificationError, UnknownAuthorityError
from parentis.returns import (
    Reading,
    Return,
    Typed,
    apply_retention,
    open_bytes,
    read_contents,
    the_return,
    type_cells,
)
from parentis.workflow.intake.upload_options import UploadOptions, refuse_unkept, restored

Key = tuple[str, str, str, str]
"""`(return, part, submitter, period)`: submissions of one key supersede one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One submission's worth of what some files hold."""

    reading: Reading
    submitter: str
    period: str
    files: tuple[File, ...]

    @property
    def key(self) -> Key:
        return (self.reading.return_id, self.reading.part, self.submitter, self.period)

    @property
    def hashes(self) -> frozenset[str]:
        return frozenset(file.sha256 for file in self.files)


def stored(files: Sequence[File]) -> tuple[StoredFile, ...]:
    return tuple(StoredFile(name=file.name, sha256=file.sha256, size=len(file.data)) for file in files)


def find(files: Sequence[File], intent: UploadOptions) -> list[Found]:
    """What `files` hold, one for each return, part and period; at least one.

    Raises the `UserError` that says what is wrong with them: unreadable, of no known return, without a period
    or an authority, of a period that the return's spec does not cover.
    """
    contents = [
        content
        for file in files
        for content in open_bytes(file.name, file.data, folder=str(PurePosixPath(file.name).parent))
    ]
    readings = read_contents(contents, return_id=intent.return_id, period=intent.period)
    found = [_found(reading, files, intent) for reading in readings]
    if intent.part is not None:
        found = [one for one in found if one.reading.part == intent.part]
    if not found:
        raise SpecificationError(
            expected="a return that is known here",
            found="none",
            where=", ".join(file.name for file in files),
            do="'parentis check' says what each file was taken for.",
        )
    taken = {file.name for one in found for file in one.files}
    ignored = tuple(file for file in files if file.name not in taken)
    # What no reader wanted stays with the first, so that nothing handed in is lost.
    first = found[0]
    found[0] = Found(
        reading=first.reading, submitter=first.submitter, period=first.period, files=(*first.files, *ignored)
    )
    return found


def _found(reading: Reading, files: Sequence[File], intent: UploadOptions) -> Found:
    declared = the_return(reading.return_id)
    refuse_unkept(declared)
    names = {taken.file for taken in reading.taken}
    own = tuple(file for file in files if any(n == file.name or n.startswith(f"{file.name}/") for n in names))
    where = ", ".join(file.name for file in own or files)
    period = intent.period or reading.period
    label = declared.spec.at(region.parse_period(period).label if period else "").period
    if not label and declared.period_kind != "span":
        raise SpecificationError(
            expected=f"a period for {declared.spec.title}",
            found="files that do not say theirs",
            where=where,
            do="Give it with --period 2024-25.",
        )
    if declared.submitter == "publisher":
        submitter = declared.publisher
    elif intent.authority is None:
        raise UnknownAuthorityError(
            expected=f"the authority whose {declared.spec.title} this is",
            found="none",
            where=where,
            do="Give it with --authority, by name or ONS code.",
        )
    else:
        submitter = intent.authority
    return Found(reading=reading, submitter=submitter, period=label, files=own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One submission, typed. `typed` still holds each cell's raw text."""

    found: Found
    typed: Typed

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """Rows by table, as they were submitted."""
        return tuple((name, frame.height) for name, frame in sorted(self.typed.tables.items()))


def prepare(found: Sequence[Found]) -> list[Ready]:
    """Type, on both cores, in the order given."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(_prepared, found))


def _prepared(found: Found) -> Ready:
    spec = the_return(found.reading.return_id).spec.at(found.period)
    return Ready(found=found, typed=type_cells(found.reading, spec))


def reopen(home: Home, submissions: Sequence[Mapping[str, Any]]) -> list[Ready]:
    """What submissions of the register hold, read again from the archive."""

    def one(row: Mapping[str, Any]) -> Found:
        submission_id = row["submission_id"]
        intent = restored(archive.manifest(home, submission_id).intent)
        known = replace(intent, return_id=row["return_id"], part=row["part"], period=row["period"] or None)
        found = find(archive.fetch(home, submission_id), known)
        key = tuple(row[name] for name in archive.KEY)
        same = [each for each in found if each.key == key]
        if len(same) != 1:
            raise IntegrityError(
                f"archive: submission {submission_id} no longer reads as {' '.join(filter(None, key))}: "
                "a reader has changed its mind"
            )
        return same[0]

    with ThreadPoolExecutor(max_workers=2) as pool:
        return prepare(list(pool.map(one, submissions)))


def lake_rows(
    ready: Ready, submission_id: str, load_id: str, hasher: tuple[Callable[[pl.Series], pl.Series], str]
) -> dict[str, pl.DataFrame]:
    """The submission's tables as the lake keeps them, with `lake.LOAD_COLUMNS`."""
    found = ready.found
    declared = the_return(found.reading.return_id)
    spec = declared.spec.at(found.period)
    hash_series, key_id = hasher
    lake_rows = apply_retention(ready.typed.tables, spec, hash_series)
    beside = {
        "submitter": found.submitter,
        "period": found.period,
        "part": found.reading.part,
        "submission_id": submission_id,
        "load_id": load_id,
        "key_id": key_id,
    }
    return {
        name: _with_authority(frame, declared, spec.tables[name].authority, found.submitter).with_columns(
            pl.lit(value).alias(column) for column, value in beside.items()
        )
        for name, frame in lake_rows.items()
    }


def _with_authority(frame: pl.DataFrame, declared: Return, column: str, submitter: str) -> pl.DataFrame:
    if declared.submitter == "authority":
        return frame.with_columns(authority=pl.lit(submitter))
    if column:
        return region.match_authorities(frame, column)
    return frame.with_columns(authority=pl.lit(None, pl.String))

"""Recognises the returns in stored files and reads them with types.

Only this module of `workflow` calls `returns` to read submissions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from parentis import archive, region, remedies
from parentis.archive import File, Home, StoredFile
from parentis.errors import (
    IntegrityError,
    PeriodError,
    PublisherError,
    RefusedError,
    SpecificationError,
    UnknownAuthorityError,
    UserError,
)
from parentis.returns import (
    RawFile,
    Reading,
    Return,
    Typed,
    Unused,
    apply_retention,
    gather_files,
    the_return,
    type_cells,
    words_of,
)
from parentis.workflow.intake.upload_options import UploadOptions, refuse_unkept, restored

Key = tuple[str, str, str, str]
"""`(return, part, submitter, period)`: submissions of one key supersede one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The content of some files that makes up one submission."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A file of which nothing was used although others were, and the reason."""

    files: tuple[File, ...]
    error: UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The content of files: submissions, each of one return, part and period, and the files in no submission."""

    found: tuple[Found, ...]
    unusable: tuple[Unusable, ...] = ()


def find(files: Sequence[File], intent: UploadOptions, *, sent: bool = True) -> list[Found]:
    """The submissions in `files`, one for each return, part and period; at least one. Raises as `sort_out` does."""
    return list(sort_out(files, intent, sent=sent).found)


def sort_out(files: Sequence[File], intent: UploadOptions, *, sent: bool = True) -> Sorted:
    """The content of `files`, with at least one submission. A file in no submission does not stop the others. `sent`:
    the files come from somebody else.

    Raises a `UserError` that says what is wrong if there is no submission: they are unreadable, of no known return,
    without a period or an authority, or of a period that the return's spec does not cover.
    """
    gathered = gather_files(
        [RawFile(name=file.name, raw=file.data, folder=str(PurePosixPath(file.name).parent)) for file in files],
        return_id=intent.return_id, period=intent.period, sent=sent,
    )  # fmt: skip
    found: list[Found] = []
    failed: list[Unusable] = []
    for reading in gathered.readings:
        own = _own_files(reading, files)
        try:
            found.append(_found(reading, own, intent))
        except RefusedError:
            raise  # files that may not be kept here are deleted, with everything sent along with them
        except UserError as error:
            failed.append(Unusable(files=own, error=error))
    if intent.part is not None:
        found = _of_part(found, intent.part)
    if not found:
        raise failed[0].error if failed else gathered.unused[0].error if gathered.unused else _nothing(files)
    # A return's sender hands in its files together; each publisher's file is a submission by itself. Files that only
    # accompany the data (a written guide) stay with the first, so that nothing handed in is lost.
    together = intent.authority is not None
    with_first = tuple(one for one in gathered.unused if together or one.severity == "note")
    apart = [one for one in gathered.unused if one not in with_first]
    if len(found) + len(failed) + len(apart) == 1:
        return Sorted(found=(_with_aside(found[0], files, with_first),))
    # Several submissions are kept apart, including members of a zip.
    raw = gathered.members
    failed += [Unusable(files=_named(one.file, files, raw), error=one.error) for one in apart]
    parted = [replace(one, files=_parted(one, files, raw)) for one in found]
    beside = [file for one in with_first for file in _named(one.file, files, raw)]
    first = replace(parted[0], reading=_told(parted[0].reading, with_first), files=_once(*parted[0].files, *beside))
    return Sorted(found=(first, *parted[1:]), unusable=tuple(failed))


def _nothing(files: Sequence[File]) -> UserError:
    return SpecificationError(
        expected="a return that is known here",
        found="none",
        where=", ".join(file.name for file in files),
        do=remedies.SEE_TAKEN,
    )


def _of_part(found: Sequence[Found], part: str) -> list[Found]:
    """The submission of this part. If the part has a name from before a change of naming, the submission of that name,
    so that accepted data can be read again."""
    same = [one for one in found if one.reading.part == part]
    named = [one for one in found if part in {words_of(one.reading.part), *(t.name for t in one.reading.taken)}]
    alone = named if len(named) == 1 else found if len(found) == 1 else ()
    return same or [replace(one, reading=replace(one.reading, part=part)) for one in alone]


def _told(reading: Reading, unused: Iterable[Unused]) -> Reading:
    return replace(reading, problems=(*reading.problems, *(one.problem for one in unused)))


def _with_aside(only: Found, files: Sequence[File], unused: Sequence[Unused]) -> Found:
    """The only submission, with every file handed in, and remarks on the files it does not use."""
    return replace(only, reading=_told(only.reading, unused), files=_once(*only.files, *files))


def _own_files(reading: Reading, files: Sequence[File]) -> tuple[File, ...]:
    names = {taken.file for taken in reading.taken}
    return tuple(file for file in files if any(n == file.name or n.startswith(f"{file.name}/") for n in names))


def _parted(found: Found, files: Sequence[File], raw: Mapping[str, bytes]) -> tuple[File, ...]:
    """The submission's own files; members of a zip are taken out."""
    return _once(*(file for taken in found.reading.taken for file in _named(taken.file, files, raw)))


def _named(name: str, files: Sequence[File], raw: Mapping[str, bytes]) -> tuple[File, ...]:
    whole = tuple(file for file in files if file.name == name)
    if not whole and name in raw:
        return (File(name, raw[name]),)
    return whole or tuple(file for file in files if name.startswith(f"{file.name}/"))


def _once(*files: File) -> tuple[File, ...]:
    return tuple({file.name: file for file in files}.values())


def _found(reading: Reading, own: tuple[File, ...], intent: UploadOptions) -> Found:
    declared = the_return(reading.return_id)
    refuse_unkept(declared)
    where = ", ".join(file.name for file in own)
    if declared.submitter == "publisher" and not intent.publishes:
        raise PublisherError(
            expected="an authority's own return",
            found=f"{declared.spec.title}, which {declared.publisher} publishes about every authority",
            where=where,
            do="Ask the regional team to hand it in: it counts for everybody.",
        )
    period = intent.period or reading.period
    label = declared.spec.at(region.parse_period(period).label if period else "").period
    if declared.period_kind == "day" and not intent.part and region.parse_period(label).days != 1:
        raise PeriodError(expected="a day", found=label, where=where, do=remedies.GIVE_DAY)
    if not label and declared.period_kind != "span":
        raise SpecificationError(
            expected=f"a period for {declared.spec.title}",
            found="files that do not say theirs",
            where=where,
            do=remedies.GIVE_PERIOD,
        )
    if declared.submitter == "publisher":
        submitter = declared.publisher
    elif intent.authority is None:
        raise UnknownAuthorityError(
            expected=f"the authority whose {declared.spec.title} this is",
            found="none",
            where=where,
            do=remedies.GIVE_AUTHORITY,
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
    """The content of submissions in the register, read again from the archive."""

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


def reopen_under_new_period(home: Home, row: Mapping[str, Any]) -> Ready:
    """The content of a submission in the register, with part and period as its return now determines them: from its
    files, or else by conversion of the earlier ones (`Return.earlier_period`)."""
    tell = the_return(row["return_id"]).earlier_period
    stands_for = tell(row["part"], row["period"]) if tell else None
    files = archive.fetch(home, row["submission_id"])
    intent = restored(archive.manifest(home, row["submission_id"]).intent)
    known = replace(intent, return_id=row["return_id"], part=None, period=None)
    try:
        found = find(files, known)
    except PeriodError:
        found = find(files, replace(known, period=stands_for))
    if len(found) != 1:
        raise IntegrityError(f"archive: submission {row['submission_id']} no longer reads as one {row['return_id']}")
    (ready,) = prepare(found)
    return ready


def lake_rows(
    ready: Ready, submission_id: str, load_id: str, hasher: tuple[Callable[[pl.Series], pl.Series], str]
) -> dict[str, pl.DataFrame]:
    """The submission's tables as the lake stores them, with `lake.LOAD_COLUMNS`."""
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

"""The steps from stored bytes to the register's record of them, shared by submission and recovery.

The steps need only what is stored, so a submission interrupted at any point is finished by running them again from
the start.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from uuid import uuid4

from parentis import archive, lake
from parentis.archive import Event, File, Home, Upload
from parentis.errors import ParentisError, RefusedError, UserError
from parentis.returns import Checked, Problem, the_return
from parentis.workflow.checks.submissions import YearsBefore, check
from parentis.workflow.editions import HELD_BACK, Editions, Replacing
from parentis.workflow.intake import loads as intake_loads
from parentis.workflow.intake.attempts import MOST, attempt, left, set_aside
from parentis.workflow.intake.contents import Found, Ready, Sorted, Unusable, lake_rows, prepare, sort_out, stored
from parentis.workflow.intake.duplicates import StoredSubmissions
from parentis.workflow.intake.loads import Load
from parentis.workflow.intake.outcome import Outcome
from parentis.workflow.intake.upload_options import Progress, UploadOptions, restored
from parentis.workflow.safeguards.objections import Objections
from parentis.workflow.safeguards.two_people import accepted_alone
from parentis.workflow.supersession import Current

BATCH = 66
"""Number of submissions read, checked and loaded together: two periods of London. Limits memory use."""

REFUSED = "it may not be stored here"
NOTHING = Sorted(found=())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """One stored submission and the outcome of processing it."""

    submission_id: str
    intent: UploadOptions
    files: tuple[str, ...]
    holds: Sorted = NOTHING
    error: ParentisError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _SplitSubmission:
    """One submission of one return and period."""

    submission_id: str
    intent: UploadOptions
    found: Found


def process(home: Home, ids: Sequence[str], progress: Progress, *, internal_errors: bool = False) -> list[Outcome]:
    """Read, check and, if requested, accept stored submissions that are `received`, under the caller's lock.

    All acceptances become visible by one commit at the end. With `internal_errors`, a submission stopped by a fault in
    Parentis is rejected instead of raising, so that recovery can continue. A submission during which the program ended
    twice is rejected without reading it.
    """
    with attempt(home, ids):
        return _process(home, ids, progress, internal_errors)


def _process(home: Home, ids: Sequence[str], progress: Progress, internal_errors: bool) -> list[Outcome]:
    outcomes: list[Outcome] = []
    acceptances: list[Event] = []
    hasher = archive.hasher(home, "lake")
    held = StoredSubmissions.of(home, besides=ids)
    before = YearsBefore(home)
    editions, objections = Editions(home), Objections(home)
    current = Current.of(home)
    for batch in _batches(ids, BATCH):
        opened = _open(home, batch, internal_errors)
        progress("read", len(outcomes) + len(batch), len(ids))
        wholes, closed = _split(home, opened, held)
        outcomes += closed
        ready = prepare([whole.found for whole in wholes])
        checked = check(ready, before)
        replacing = [_considered(editions, objections, done) for done in ready]
        archive.append(home, list(map(_checked, wholes, ready, checked, replacing)))
        progress("checked", len(outcomes) + len(wholes), len(ids))
        loads = []
        for whole, done, findings, replaces in zip(wholes, ready, checked, replacing, strict=True):
            outcome = _outcome(whole, done, findings, replaces)
            if outcome.status == "accepted":
                load = make_load(whole.submission_id, done, hasher)
                loads.append(load)
                told = current.notes(whole.found.key, whole.submission_id, done.counts)
                outcome = replace(outcome, problems=(*outcome.problems, *told))
                acceptances.append(_accepted(whole, load, replaces, outcome.problems))
                current.add(whole.found.key, whole.submission_id, done.counts, load.load_id)
            outcomes.append(outcome)
        intake_loads.announce(home, [load.load_id for load in loads])
        intake_loads.write(home, loads, progress)
    archive.append(home, acceptances)
    progress("accepted", len(acceptances), len(acceptances))
    intake_loads.done_pending(home)
    return outcomes


def _batches(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    remaining = iter(ids)
    while batch := list(islice(remaining, size)):
        yield batch


def _open(home: Home, ids: Sequence[str], internal_errors: bool) -> list[_Opened]:
    begun = left(home)

    def one(submission_id: str) -> _Opened:
        files = archive.fetch(home, submission_id)
        intent = restored(archive.manifest(home, submission_id).intent)
        names = tuple(file.name for file in files)
        opened = _Opened(submission_id=submission_id, intent=intent, files=names)
        if begun.get(submission_id, 0) > MOST:  # this attempt is already counted
            return replace(opened, error=set_aside(names))
        try:
            return replace(opened, holds=sort_out(files, intent))
        except ParentisError as error:
            return replace(opened, error=error)
        except Exception as error:
            if not internal_errors:
                raise
            return replace(opened, error=ParentisError(f"a fault of Parentis: {type(error).__name__}"))

    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(one, ids))


def _split(
    home: Home, opened: Sequence[_Opened], held: StoredSubmissions
) -> tuple[list[_SplitSubmission], list[Outcome]]:
    """One submission per return and period: files with several are resealed, each submission under its own key."""
    events: list[Event] = []
    wholes: list[_SplitSubmission] = []
    closed: list[Outcome] = []
    finished: list[str] = []
    for one in opened:
        if one.error is not None:
            events.append(_rejected(one.submission_id, one.intent, one.error))
            closed.append(Outcome(submission_id=one.submission_id, status="rejected", files=one.files, error=one.error))
            if isinstance(one.error, RefusedError):
                # Files that may not be kept are erased at once; the register records that they were received.
                events.append(Event(event="erased", submission_id=one.submission_id, who=one.intent.who, why=REFUSED))
                finished.append(one.submission_id)
            continue
        new = []
        for found in one.holds.found:
            same = held.same(found)
            if same is None:
                new.append(found)
            else:
                closed.append(_unchanged(same.submission_id, found))
        unusable = one.holds.unusable
        if len(one.holds.found) == 1 and new and not unusable:
            wholes.append(_SplitSubmission(submission_id=one.submission_id, intent=one.intent, found=new[0]))
        else:
            split = [_part_of(one, found) for found in new]
            ids = archive.store(home, [Upload(files=found.files, intent=intent.kept()) for found, intent in split])
            for submission_id, (found, intent) in zip(ids, split, strict=True):
                wholes.append(_SplitSubmission(submission_id=submission_id, intent=intent, found=found))
                events.append(_split_from(one, submission_id, found.files))
            refused, told = _refused(home, one, unusable)
            events += refused
            closed += told
            why = f"held {len(one.holds.found) + len(unusable)} submissions" if new else "the same bytes as are held"
            events.append(
                Event(
                    event="split" if new or unusable else "unchanged",
                    submission_id=one.submission_id,
                    who=one.intent.who,
                    why=why,
                )
            )
            finished.append(one.submission_id)
    archive.append(home, events)
    for submission_id in finished:
        archive.destroy(home, submission_id)
    for whole in wholes:
        held.add(whole.submission_id, whole.found)
    return wholes, closed


def _split_from(whole: _Opened, submission_id: str, files: Sequence[File]) -> Event:
    return Event(
        event="received", submission_id=submission_id, who=whole.intent.who, files=stored(files),
        why=f"split from {whole.submission_id}",
    )  # fmt: skip


def _refused(home: Home, whole: _Opened, unusable: Sequence[Unusable]) -> tuple[list[Event], list[Outcome]]:
    """Files that came with others and were not used: each is kept, and rejected with its reason."""
    intent = replace(whole.intent, split_from=whole.submission_id)
    ids = archive.store(home, [Upload(files=one.files, intent=intent.kept()) for one in unusable])
    events, outcomes = [], []
    for submission_id, one in zip(ids, unusable, strict=True):
        events += [_split_from(whole, submission_id, one.files), _rejected(submission_id, intent, one.error)]
        names = tuple(file.name for file in one.files)
        outcomes.append(Outcome(submission_id=submission_id, status="rejected", files=names, error=one.error))
    return events, outcomes


def _rejected(submission_id: str, intent: UploadOptions, error: ParentisError) -> Event:
    return Event(
        event="rejected", submission_id=submission_id, who=intent.who, why=str(error),
        error=error.facts() if isinstance(error, UserError) else None,
    )  # fmt: skip


def _part_of(whole: _Opened, found: Found) -> tuple[Found, UploadOptions]:
    intent = replace(
        whole.intent,
        return_id=found.reading.return_id,
        part=found.reading.part,
        period=found.period,
        split_from=whole.submission_id,
    )
    return found, intent


def _about(found: Found) -> dict[str, Any]:
    return dict(zip(archive.KEY, found.key, strict=True))


def _considered(editions: Editions, objections: Objections, ready: Ready) -> Replacing:
    """The effect of accepting it; if nobody must decide, the next submission of the same key is compared with it."""
    replacing = editions.consider(ready).with_reasons(objections.to(ready))
    if not replacing.reason:
        editions.accepted(ready)
    return replacing


def _checked(whole: _SplitSubmission, ready: Ready, checked: Checked, replacing: Replacing) -> Event:
    return Event(
        event="checked", submission_id=whole.submission_id, who=whole.intent.who, files=stored(whole.found.files),
        counts=ready.counts, errors=checked.errors, problems=checked.problems,
        why=HELD_BACK + replacing.reason if replacing.reason else None, **_about(whole.found),
    )  # fmt: skip


def _accepted(whole: _SplitSubmission, load: Load, replacing: Replacing, problems: tuple[Problem, ...]) -> Event:
    reads = "" if whole.intent.accept else "a publisher's file, accepted because it reads. "
    why = f"{reads}{replacing.told}".strip() or None
    return Event(
        event="accepted", submission_id=whole.submission_id, who=whole.intent.who, load_id=load.load_id, why=why,
        problems=problems, contents=load.contents, **_about(whole.found),
    )  # fmt: skip


def _unchanged(same: str, found: Found) -> Outcome:
    return Outcome(
        submission_id=same, status="unchanged", files=tuple(file.name for file in found.files), **_about(found)
    )


def _outcome(whole: _SplitSubmission, ready: Ready, checked: Checked, replacing: Replacing) -> Outcome:
    declared = the_return(whole.found.reading.return_id)
    # A return with reading problems is accepted only by somebody who has seen them, never automatically.
    unread = any(problem.severity == "error" for problem in checked.problems)
    published = declared.submitter == "publisher"
    alone = accepted_alone(declared, made_here=whole.intent.made_here)
    asked = alone if published else whole.intent.accept and not unread
    accept = asked and not replacing.reason
    return Outcome(
        submission_id=whole.submission_id,
        status="accepted" if accept else "checked",
        files=tuple(file.name for file in whole.found.files),
        counts=ready.counts,
        provisional=bool(accept and declared.sign_offs),
        checked=checked,
        taken=whole.found.reading.taken,
        replaces=replacing.told,
        held_back=replacing.reason,
        second_person=published and not accept,
        problems=checked.problems,
        **_about(whole.found),
    )


def make_load(submission_id: str, ready: Ready, hasher: tuple[archive.Hasher, str]) -> Load:
    """A load under a new id, ready to be written."""
    load_id, return_id = uuid4().hex, ready.found.reading.return_id
    rows = lake_rows(ready, submission_id, load_id, hasher)
    tables = {table: lake.conform(frame, f"{return_id}/{table}") for table, frame in rows.items()}
    return Load(load_id=load_id, submission_id=submission_id, return_id=return_id, tables=tables)

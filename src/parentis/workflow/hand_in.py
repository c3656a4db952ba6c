"""Hands in files: stores them first, then reads them, and then, if requested, accepts them."""

from collections.abc import Sequence
from pathlib import Path

from parentis import archive
from parentis.archive import WAIT_SECONDS, Event, File, Home, Upload
from parentis.workflow.decisions.acceptance import accept_held
from parentis.workflow.intake.duplicates import StoredSubmission, StoredSubmissions
from parentis.workflow.intake.outcome import Outcome
from parentis.workflow.intake.upload_options import Progress, UploadOptions, restored, silent, upload_options
from parentis.workflow.intake.uploads import uploads
from parentis.workflow.processing.pipeline import process
from parentis.workflow.processing.recovery import recover_locked


def submit(
    home: Home,
    paths: Sequence[Path | str | File],
    *,
    who: str,
    authority: str | None = None,
    period: str | None = None,
    return_id: str | None = None,
    accept: bool = False,
    publishes: bool = True,
    made_here: bool = False,
    progress: Progress = silent,
    wait: float = WAIT_SECONDS,
) -> list[Outcome]:
    """Hand in files and folders; one outcome per return, period and submitter found in them.

    Bytes are on disk, sealed, before anything is parsed. Authorities' files are accepted if `accept`, else wait for
    `workflow.accept`; publishers' files wait for a second person, or are accepted if valid where none is required
    (`safeguards.two_people`). A file with objections (`safeguards.objections`) waits for a reason. All submissions
    accepted in one call become visible at once, and supersede visible ones of the same return, part, submitter and
    period.

    Args:
        paths: files, zips, or folders; see `uploads` for the layout `return/period/submitter`. A `File` brings its
            own bytes.
        who: the person, for the register.
        authority: whose return it is: name, ONS code or DfE number.
        period: if the files do not state it, or to override them.
        made_here: whether the site made it from its own records; a return declared so is then accepted if it reads.
        publishes: whether `who` may publish for the region; otherwise publishers' files are rejected.

    Files that cannot be used give outcomes with status `rejected` and their `error`. Raises UserErrors for
    errors found before anything is stored: unknown authority, period or path, a busy home, a missing key.
    """
    intent = upload_options(
        who=who, accept=accept, authority=authority, period=period, return_id=return_id, publishes=publishes,
        made_here=made_here,
    )  # fmt: skip
    handed_in = uploads([path if isinstance(path, File) else Path(path) for path in paths], intent)
    with archive.locked(home, wait=wait):
        archive.master_key(home)
        recover_locked(home, progress)
        held = StoredSubmissions.of(home)
        new, same = _sorted_out(handed_in, held)
        outcomes = [outcome for one in same for outcome in _as_held(home, one, intent)]
        ids = archive.store(home, new)
        progress("stored", len(ids), len(ids))
        archive.append(home, [_received(home, submission_id) for submission_id in ids])
        progress("received", len(ids), len(ids))
        for outcome in process(home, ids, progress):
            waiting = outcome.status == "unchanged" and accept
            outcomes.append(accept_held(home, outcome, who) if waiting else outcome)
        return outcomes


def _sorted_out(handed_in: Sequence[Upload], held: StoredSubmissions) -> tuple[list[Upload], list[StoredSubmission]]:
    new, same = [], []
    for upload in handed_in:
        covering = held.covering(upload, restored(upload.intent))
        same.extend(covering)
        if not covering:
            new.append(upload)
    return new, same


def _as_held(home: Home, held: StoredSubmission, intent: UploadOptions) -> list[Outcome]:
    return_id, part, submitter, period = held.key
    outcome = Outcome(
        submission_id=held.submission_id,
        status="unchanged",
        return_id=return_id,
        part=part,
        submitter=submitter,
        period=period,
    )
    return [accept_held(home, outcome, intent.who) if intent.accept and held.status == "checked" else outcome]


def _received(home: Home, submission_id: str) -> Event:
    manifest = archive.manifest(home, submission_id)
    return Event(event="received", submission_id=submission_id, who=restored(manifest.intent).who, files=manifest.files)

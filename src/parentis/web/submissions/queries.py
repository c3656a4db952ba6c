"""Queries of the register and the findings for pages."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest
from django.urls import reverse

from parentis import region, workflow
from parentis.archive import KEY, Home, find_home
from parentis.errors import IntegrityError, NotFoundError, UnknownAuthorityError
from parentis.figures import Audience
from parentis.returns import Checked, Return, returns
from parentis.web.cache import VersionedCache, register_mark
from parentis.web.error_messages import reason_of, stored_message
from parentis.web.settings.environment import site_folder

_register: VersionedCache[pl.DataFrame] = VersionedCache(workflow.register, mark=register_mark, most=2)
_requests: VersionedCache[pl.DataFrame] = VersionedCache(workflow.waiting_requests, mark=register_mark, most=2)
_history: VersionedCache[pl.DataFrame] = VersionedCache(workflow.history, mark=register_mark, most=64)
STATUS_TITLES = {
    "received": "Being checked",
    "checked": "Awaiting acceptance",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "reversed": "Taken back",
    "erased": "Erased",
}
STATUS_COLOURS = {
    "received": "grey", "checked": "yellow", "accepted": "green", "rejected": "red", "reversed": "grey",
    "erased": "grey",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """A row of the register, with its texts."""

    row: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.row[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def id(self) -> str:
        return str(self.row["submission_id"])

    @property
    def is_published(self) -> bool:
        """Whether it is a publisher's file, on which the regional team decides and not a borough."""
        return self.declared is not None and self.declared.submitter == "publisher"

    def address(self, name: str) -> str:
        """The URL of its page (`one`), or of an action on it (`accept`)."""
        return reverse(f"submissions-{'published-' if self.is_published else ''}{name}", args=[self.id])

    @property
    def addresses(self) -> dict[str, str]:
        """`address` of each action, for templates."""
        return {name: self.address(name) for name in ("one", "accept", "reject", "reverse", "changes")}

    @property
    def declared(self) -> Return | None:
        return returns().get(self.row["return_id"] or "")

    @property
    def title(self) -> str:
        if self.declared is None:
            return ", ".join(file["name"] for file in self.row["files"] or ())
        part = f" ({self.row['part']})" if self.row["part"] else ""
        return f"{self.declared.spec.title}{part}"

    @property
    def name(self) -> str:
        return authority_name(self.row["submitter"] or "")

    @property
    def status_title(self) -> str:
        if self.row["status"] == "accepted" and not self.row["current"]:
            return "Superseded"
        return "Accepted, provisional" if self.row["provisional"] else STATUS_TITLES.get(self.row["status"], "")

    @property
    def status_colour(self) -> str:
        if self.row["status"] == "accepted" and not self.row["current"]:
            return "grey"
        return "yellow" if self.row["provisional"] else STATUS_COLOURS.get(self.row["status"], "grey")

    @property
    def problems(self) -> tuple[str, ...]:
        """The problems on reading its files and what its acceptance superseded, in the same words as on the command
        line."""
        return tuple(stored_message(problem.sentence) for problem in workflow.problems_of(self.row))

    @property
    def reading_errors(self) -> int:
        return sum(problem.severity == "error" for problem in workflow.problems_of(self.row))

    @property
    def asked(self) -> tuple[str, ...]:
        """Roles whose signatures its return needs."""
        return self.declared.sign_offs if self.declared else ()

    @property
    def mark(self) -> str:
        """A mark that changes with each decision on the submission: a form from before then is stale."""
        return f"{self.row['status']}:{'+'.join(self.row['signed'] or ())}:{self.row['audience'] or ''}"

    @property
    def why(self) -> str:
        """The reason given with the latest decision."""
        return reason_of(self.row)

    @property
    def rows(self) -> int:
        return sum(count["rows"] for count in self.row["counts"] or ())


def authority_name(gss: str) -> str:
    """The authority's name; a publisher's short name stays as it is."""
    try:
        return region.authority(gss).name
    except UnknownAuthorityError:
        return gss


def of_authorities(authorities: Collection[str]) -> pl.DataFrame:
    """The register's rows of these authorities, the latest first."""
    own = _register().filter(pl.col("submitter").is_in(list(authorities)))
    return own.sort("received_at", "period", "submitter", descending=[True, True, False])


def of_publishers() -> pl.DataFrame:
    """The register's rows of publishers' files, the latest first."""
    theirs = [one.id for one in returns().values() if one.submitter == "publisher"]
    return _register().filter(pl.col("return_id").is_in(theirs)).sort("received_at", descending=True)


def accepted(return_id: str) -> bool:
    """Whether any authority has a currently accepted return of this kind."""
    return not _register().filter(pl.col("return_id") == return_id, pl.col("current")).is_empty()


def one(submission_id: str) -> SubmissionRow:
    """The submission with exactly this id. Raises Http404."""
    found = _register().filter(pl.col("submission_id") == submission_id)
    if found.is_empty():
        raise Http404
    return SubmissionRow(found.row(0, named=True))


def published_one(submission_id: str) -> SubmissionRow:
    """The publisher's file with exactly this id. Raises Http404 for any other submission."""
    found = one(submission_id)
    if not found.is_published:
        raise Http404
    return found


def place_of(request: HttpRequest, submission_id: str, **_: Any) -> str:
    """For the permission check: the authority of the submission."""
    return str(one(submission_id).row["submitter"] or "")


def history(submission_id: str) -> list[dict[str, Any]]:
    return [event | {"why": reason_of(event)} for event in _history(submission_id).rows(named=True)]


def signatures(submission_id: str) -> dict[str, str]:
    """Role → the person who signed in it."""
    return {event["role"]: event["who"] for event in history(submission_id) if event["role"]}


def previous(of: SubmissionRow) -> SubmissionRow | None:
    """The submission of the same return, part, submitter and period that was received before."""
    same = _register().filter(
        *(pl.col(name) == of.row[name] for name in ("return_id", "part", "submitter", "period")),
        pl.col("received_at") < of.row["received_at"],
        pl.col("status") != "erased",
    )
    return None if same.is_empty() else SubmissionRow(same.sort("received_at").row(-1, named=True))


def keep_findings(home: Home, submission_id: str, checked: Checked) -> None:
    """Store the findings, encrypted with the submission's key, for `findings`."""
    path = _findings_path(submission_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(workflow.sealed_findings(home, submission_id, checked))
    unfinished.replace(path)


def _findings(home: Home, submission_id: str) -> Checked:
    path = _findings_path(submission_id)
    if path.is_file():
        try:
            return workflow.unsealed_findings(home, submission_id, path.read_bytes())
        except IntegrityError:  # stored by an earlier version, or damaged: the submitted files are encrypted separately
            pass
    checked = workflow.recheck(home, submission_id)
    keep_findings(home, submission_id, checked)
    return checked


_remembered_findings: VersionedCache[Checked] = VersionedCache(_findings, mark=register_mark, most=6)


def findings(submission_id: str) -> Checked:
    """The findings, as stored or from a new check. Raises Http404 where the files have been erased."""
    try:
        return _remembered_findings(submission_id)
    except NotFoundError as error:
        raise Http404 from error


def keep_changes(home: Home, found: workflow.Changes) -> None:
    """Store the changes on acceptance, encrypted with the submission's key, for `changes`."""
    path = _changes_path(found.submission_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(workflow.sealed_changes(home, found))
    unfinished.replace(path)


def changes(of: SubmissionRow) -> workflow.Changes | None:
    """The changes on acceptance; None if they have not been computed, or if the submission to supersede has changed."""
    try:
        kept = _changes_path(of.id).read_bytes()
        found = workflow.unsealed_changes(find_home(), of.id, kept)
    except (FileNotFoundError, NotFoundError, IntegrityError, TypeError, KeyError):
        return None  # never computed, erased, damaged, or stored by an earlier version
    return found if found.supersedes == superseded_by(of) else None


def superseded_by(of: SubmissionRow) -> str:
    """The id of the accepted submission that accepting this one would supersede; '' where there is none."""
    same = _register().filter(
        *(pl.col(name).eq_missing(pl.lit(of.row[name], pl.String)) for name in KEY),
        pl.col("current"), pl.col("submission_id") != of.id,
    )  # fmt: skip
    return "" if same.is_empty() else str(same["submission_id"][0])


def returning(of: SubmissionRow) -> SubmissionRow | None:
    """The submission that counts again if this acceptance is reversed; None where there is none."""
    same = _register().filter(
        *(pl.col(name).eq_missing(pl.lit(of.row[name], pl.String)) for name in KEY),
        pl.col("sequence") < of.row["sequence"],
    ).sort("sequence")  # fmt: skip
    if same.is_empty() or same["status"][-1] != "accepted":  # an erased submission cannot count again
        return None
    return SubmissionRow(same.row(-1, named=True))


def requests() -> pl.DataFrame:
    """Requests that wait for a second person, as `workflow.waiting_requests` returns them."""
    return _requests()


def request_about(of: SubmissionRow) -> dict[str, Any] | None:
    """The release that waits for a second person, as `workflow.waiting_requests` returns it."""
    found = _requests().filter(pl.col("submission_id") == of.id, pl.col("asks") == "release")
    return None if found.is_empty() else found.row(0, named=True)


def openings(of: SubmissionRow) -> tuple[workflow.Opening, ...]:
    """What releasing an accepted submission would show, to each audience."""
    (one,) = workflow.what_opens(find_home(), [of.id], Audience.OWN)
    return tuple(replace(one, to=to) for to in Audience)


def _changes_path(submission_id: str) -> Any:
    return site_folder() / "changes" / submission_id


def _findings_path(submission_id: str) -> Any:
    return site_folder() / "findings" / submission_id


def differences(now: Mapping[str, int], before: Mapping[str, int]) -> Iterator[tuple[str, int, int, int]]:
    """`(name, before, now, change)` for each name in either, changed ones first."""
    names = sorted({*now, *before}, key=lambda name: (now.get(name, 0) == before.get(name, 0), name))
    for name in names:
        was, is_ = before.get(name, 0), now.get(name, 0)
        yield name, was, is_, is_ - was

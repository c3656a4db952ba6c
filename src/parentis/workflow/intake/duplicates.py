"""Finds what is already stored, so that handing in the same bytes twice changes nothing."""

from collections.abc import Collection
from dataclasses import dataclass

from parentis import archive
from parentis.archive import Home, Upload
from parentis.returns import the_return
from parentis.workflow.intake.contents import Found, Key
from parentis.workflow.intake.upload_options import UploadOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSubmission:
    submission_id: str
    key: Key
    status: str
    hashes: frozenset[str]

    def could_be(self, intent: UploadOptions) -> bool:
        """Whether files handed in with this intent could have this submission's key, as far as the intent says."""
        return_id, _, submitter, period = self.key
        of_authority = the_return(return_id).submitter == "authority"
        return (
            intent.return_id in (None, return_id)
            and intent.period in (None, period)
            and (not of_authority or intent.authority in (None, submitter))
        )


@dataclass(frozen=True, slots=True)
class StoredSubmissions:
    """By key, the submission that is current or waiting for acceptance."""

    by_key: dict[Key, StoredSubmission]

    @classmethod
    def of(cls, home: Home, besides: Collection[str] = ()) -> "StoredSubmissions":
        """The stored submissions, except those being processed."""
        state = archive.state(archive.events(home), sign_offs={})
        held: dict[Key, StoredSubmission] = {}
        for row in state.iter_rows(named=True):
            if row["submission_id"] not in besides and (row["current"] or row["status"] == "checked"):
                key = (row["return_id"], row["part"], row["submitter"], row["period"])
                held[key] = StoredSubmission(
                    submission_id=row["submission_id"],
                    key=key,
                    status=row["status"],
                    hashes=frozenset(file["sha256"] for file in row["files"]),
                )
        return cls(held)

    def same(self, found: Found) -> StoredSubmission | None:
        """The submission that has exactly these bytes and the same key."""
        held = self.by_key.get(found.key)
        return held if held is not None and held.hashes == found.hashes else None

    def covering(self, upload: Upload, intent: UploadOptions) -> list[StoredSubmission]:
        """The submissions that together have exactly the parcel's bytes; none if any of it is new."""
        wanted = frozenset(file.sha256 for file in upload.files)
        found = [held for held in self.by_key.values() if held.hashes <= wanted and held.could_be(intent)]
        return found if frozenset().union(*(held.hashes for held in found)) == wanted else []

    def add(self, submission_id: str, found: Found) -> None:
        self.by_key[found.key] = StoredSubmission(
            submission_id=submission_id, key=found.key, status="checked", hashes=found.hashes
        )

"""Verifying everything that is stored as a chain: the audit record, and the history of every case."""

from dataclasses import dataclass

from parentis.archive import find_home, kept_anchors, verify_register
from parentis.web.audit.verification import Verified, verify_audit
from parentis.web.cases.history import verify_all


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """Counts of what was verified. `forgotten`: values of histories whose erasure an entry records.
    `anchors`: how many outside anchors were checked, each of whose entries still exists."""

    audit: Verified
    cases: int
    entries: int
    forgotten: int
    anchors: int


def verify_record(*, noted: str | None = None) -> VerificationResult:
    """Verify the audit record (`noted`: an entry that must still be in it) and the register, each against the anchors
    stored outside, then every case's history.

    Raises IntegrityError that names the first entry that was altered.
    """
    home = find_home()
    anchors = kept_anchors(home)
    audit = verify_audit(noted=noted, anchors=anchors)
    verify_register(home, anchors)
    found = [verified for _, verified in verify_all()]
    entries, forgotten = sum(one.entries for one in found), sum(one.forgotten for one in found)
    return VerificationResult(audit, len(found), entries, forgotten, len(anchors))

"""Whether everything that is kept as a chain is whole: the audit record, and the history of every case."""

from dataclasses import dataclass

from parentis.web.audit.verification import Verified, verify_audit
from parentis.web.cases.history import verify_all


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """Counts of what was followed. `forgotten`: values of histories that were erased by an entry that says so."""

    audit: Verified
    cases: int
    entries: int
    forgotten: int


def verify_record(*, noted: str | None = None) -> VerificationResult:
    """Follow the audit record (`noted`: an entry that must still stand in it), then every case's history.

    Raises IntegrityError that names the first entry that is not as it was written."""
    audit = verify_audit(noted=noted)
    found = [verified for _, verified in verify_all()]
    return VerificationResult(audit, len(found), sum(one.entries for one in found), sum(one.forgotten for one in found))

"""Freezing: a protocol that is fixed by its hash, and the versions that follow it, each with its reason."""

from dataclasses import dataclass, fields, replace
from typing import Any

from parentis.errors import SpecificationError
from parentis.services.trials.protocol.checks import missing_papers, problems, refusal
from parentis.services.trials.protocol.document import protocol_hash
from parentis.services.trials.protocol.record import Protocol, reference

SETTLED_BY_ALLOCATION = ("population", "design", "arms", "unit", "boroughs", "timing")
"Fields that the allocation carries out: once it is made they cannot change, a new trial is needed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A protocol and the SHA-256 of its canonical text."""

    protocol: Protocol
    sha256: str

    @property
    def reference(self) -> str:
        return reference(self.protocol)


def frozen(protocol: Protocol) -> Frozen:
    """Freeze the protocol. Raises SpecificationError for its first problem, or for a paper that is missing."""
    for problem in (*problems(protocol), *missing_papers(protocol)):
        raise refusal(problem)
    return Frozen(protocol=protocol, sha256=protocol_hash(protocol))


def amended(before: Frozen, *, reason: str, allocated: bool = False, **changes: Any) -> Frozen:
    """The next version, with its reason. What the allocation has settled cannot change once `allocated`.

    Raises SpecificationError for changes of `id`, `version`, of nothing, or of a settled field.
    """
    known = {one.name for one in fields(Protocol)} - {"id", "version", "reason"}
    if unknown := sorted(set(changes) - known):
        raise _refused(f"changes of {', '.join(sorted(known))}", ", ".join(unknown), "Begin a new trial instead.")
    made = [name for name, value in changes.items() if value != getattr(before.protocol, name)]
    if not made:
        raise _refused("at least one change", "none", "Change the field that the reason is about.")
    if allocated and (settled := [name for name in made if name in SETTLED_BY_ALLOCATION]):
        raise _refused(
            "no change of what the allocation has carried out", ", ".join(settled), "Begin a new trial instead."
        )
    return frozen(replace(before.protocol, version=before.protocol.version + 1, reason=reason, **changes))


def require_frozen(of: Frozen, expected: str) -> None:
    """Raise SpecificationError unless the protocol's text still has the hash that was written down for it."""
    now = protocol_hash(of.protocol)
    if not now == of.sha256 == expected:
        raise SpecificationError(
            expected=f"the protocol that was frozen ({expected[:12]}…)",
            found=f"another ({now[:12]}…)",
            where=f"trial analysis, {of.reference}",
            do="Analyse with the frozen version, or amend the protocol with a reason first.",
        )


def _refused(expected: str, found: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where="trial protocol, amendment", do=do)

"""The log of a trial: entries that are only ever added, each holding the hash of the one before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from parentis.errors import SpecificationError

FROZEN, COMMITTED, ALLOCATED, CROSSED = "frozen", "committed", "allocated", "crossed"
WITHDRAWN, AMENDED, LOOKED, REVEALED = "withdrawn", "amended", "looked", "revealed"
STOPPED, CLOSED = "stopped", "closed"
ENTRY_KINDS = (FROZEN, COMMITTED, ALLOCATED, CROSSED, WITHDRAWN, AMENDED, LOOKED, REVEALED, STOPPED, CLOSED)

_NEEDS: Mapping[str, tuple[str, ...]] = {
    COMMITTED: (FROZEN,),
    ALLOCATED: (FROZEN, COMMITTED),
    CROSSED: (ALLOCATED,),
    WITHDRAWN: (ALLOCATED,),
    AMENDED: (FROZEN,),
    REVEALED: (COMMITTED,),
}
"What must stand in the log before. A trial without chance is looked at without an allocation."
_ONCE = (FROZEN, COMMITTED, REVEALED, CLOSED)
_START = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`facts` are counts, hashes, references and ONS codes: never anything of one child."""

    number: int
    kind: str
    at: datetime
    facts: Mapping[str, str]
    before: str
    sha256: str


def next_entry(log: Sequence[Entry], kind: str, facts: Mapping[str, str], at: datetime) -> Entry:
    """The entry to add to `log`. Raises SpecificationError where it cannot come next: an allocation before the freeze,
    say."""
    kinds = [one.kind for one in log]
    if kind not in ENTRY_KINDS:
        raise _wrong(f"one of {', '.join(ENTRY_KINDS)}", repr(kind), "Correct the entry.")
    if missing := [one for one in _NEEDS.get(kind, ()) if one not in kinds]:
        raise _wrong(f"the protocol {' and the seed '.join(missing)} before this", "neither", "Do that first.")
    if CLOSED in kinds or (kind in _ONCE and kind in kinds):
        raise _wrong(f"an entry that can follow {kinds[-1]}", kind, "The log is only added to: begin a new trial.")
    if log and at < log[-1].at:
        raise _wrong("an entry later than the last", "an earlier one", "Check the clock.")
    before = log[-1].sha256 if log else _START
    return Entry(
        number=len(log) + 1, kind=kind, at=at, facts=dict(facts), before=before,
        sha256=_digest(len(log) + 1, kind, at, facts, before),
    )  # fmt: skip


def check_log(log: Sequence[Entry]) -> list[str]:
    """A sentence for each entry that was changed, left out or put in another place; none if the log is whole."""
    found, before = [], _START
    for number, one in enumerate(log, 1):
        if one.number != number or one.before != before:
            found.append(f"Entry {number} does not follow the one before it: an entry was taken out or moved.")
        if one.sha256 != _digest(one.number, one.kind, one.at, one.facts, one.before):
            found.append(f"Entry {number} was changed after it was written.")
        before = one.sha256
    return found


def _digest(number: int, kind: str, at: datetime, facts: Mapping[str, str], before: str) -> str:
    whole = [number, kind, at.isoformat(), dict(facts), before]
    return sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _wrong(expected: str, found: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where="trial log", do=do)

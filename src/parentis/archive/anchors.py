"""Anchors: records, kept outside the home and keyed like the register, of its last entry and the audit record's.

A hash chain that was rewritten from the beginning, or restored to an earlier day with its head, is consistent in
itself, but lacks the entries that an anchor names. Anchors therefore reveal such tampering, as long as they are kept
where the person responsible cannot write.

    anchor-20261129T120000.000000Z.jsonl    {"at", "register", "audit", "key", "mac"}
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from parentis.archive.home import Home
from parentis.archive.outside import ANCHORS_VARIABLE, Folder, places
from parentis.archive.register import events, verify
from parentis.archive.register_chain import Keys
from parentis.errors import IntegrityError

USE = "anchor"
LABEL = "anchor-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """`register` and `audit` are `sequence:hash` of the last entry at that time; empty where there was none."""

    at: str
    register: str
    audit: str

    @property
    def label(self) -> str:
        return LABEL + self.at.replace("-", "").replace(":", "")


def anchor_now(home: Home, *, audit: str) -> tuple[Anchor, str]:
    """An anchor for the register's current end and the given end of the audit record, and the line to write outside."""
    last = verify(home)
    at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    anchor = Anchor(at=at, register=f"{last.sequence}:{last.chain}" if last.sequence else "", audit=audit)
    key = Keys.of(home).now
    said = {"at": anchor.at, "register": anchor.register, "audit": anchor.audit, "key": key.id}
    return anchor, json.dumps({**said, "mac": _mac(key.derive(USE).secret, anchor)})


def kept_anchors(home: Home, folders: Iterable[Folder] | None = None) -> list[Anchor]:
    """Every anchor in the folders (by default those in PARENTIS_ANCHORS), in the order they were made. Raises
    IntegrityError for one not made with this home's key."""
    found = [one for one in places(ANCHORS_VARIABLE) if isinstance(one, Folder)] if folders is None else folders
    paths = sorted({path for one in found for path in one.path.glob(f"{LABEL}*.jsonl")})
    keys = Keys.of(home) if paths else None
    anchors = []
    for path in paths:
        try:
            said = json.loads(path.read_text())
            anchor = Anchor(at=said["at"], register=said["register"], audit=said["audit"])
            key_id, mac = said["key"], said["mac"]
        except (ValueError, KeyError, TypeError):
            raise IntegrityError(f"anchors: {path.name} is damaged") from None
        key = keys.by_id.get(key_id) if keys else None
        if key is None or not hmac.compare_digest(mac, _mac(key.derive(USE).secret, anchor)):
            raise IntegrityError(f"anchors: {path.name} was not made under the register's key of this home")
        anchors.append(anchor)
    return sorted(anchors, key=lambda anchor: anchor.at)


def verify_register(home: Home, anchors: Sequence[Anchor]) -> int:
    """The number of anchors, all of which match the register. Raises IntegrityError for the first that does not."""
    chains = dict(events(home).filter(pl.col("chain").is_not_null()).select("sequence", "chain").iter_rows())
    last = max(chains, default=0)
    for anchor in anchors:
        if not anchor.register:
            continue
        sequence, _, chain = anchor.register.partition(":")
        found = chains.get(int(sequence))
        if found is None and int(sequence) > last:
            raise IntegrityError(f"register: it ends at entry {last}, and on {anchor.at} it had {sequence}")
        if found != chain and ":" in chain:  # entries before the first chained one have no hash
            raise IntegrityError(f"register: entry {sequence} is not the one that was anchored on {anchor.at}")
    return len(anchors)


def _mac(secret: bytes, anchor: Anchor) -> str:
    return hmac.digest(secret, f"{anchor.at}\n{anchor.register}\n{anchor.audit}".encode(), hashlib.sha256).hex()

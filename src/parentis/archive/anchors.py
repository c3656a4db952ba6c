"""Anchors: where the register and the audit record ended at a time, said outside the home and under the register's key.

A chain that is written anew from its beginning, or put back to an earlier day with its head, is sound in itself. It
does not hold the entries that an anchor names: so that is found, as long as the anchors are kept where whoever did it
cannot write.

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
    """`register` and `audit` are `sequence:hash` of the last entry then; empty where there was none."""

    at: str
    register: str
    audit: str

    @property
    def label(self) -> str:
        return LABEL + self.at.replace("-", "").replace(":", "")


def anchor_now(home: Home, *, audit: str) -> tuple[Anchor, str]:
    """Where the register ends now and, as told, the audit record; with the line that says so outside."""
    last = verify(home)
    at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    anchor = Anchor(at=at, register=f"{last.sequence}:{last.chain}" if last.sequence else "", audit=audit)
    key = Keys.of(home).now
    said = {"at": anchor.at, "register": anchor.register, "audit": anchor.audit, "key": key.id}
    return anchor, json.dumps({**said, "mac": _mac(key.derive(USE).secret, anchor)})


def kept_anchors(home: Home, folders: Iterable[Folder] | None = None) -> list[Anchor]:
    """Every anchor in folders, those that PARENTIS_ANCHORS names by default, in the order they were made. Raises
    IntegrityError for one that is not ours."""
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
    """How many anchors the register still holds: all. Raises IntegrityError for the first whose entry is another."""
    chains = dict(events(home).filter(pl.col("chain").is_not_null()).select("sequence", "chain").iter_rows())
    last = max(chains, default=0)
    for anchor in anchors:
        if not anchor.register:
            continue
        sequence, _, chain = anchor.register.partition(":")
        found = chains.get(int(sequence))
        if found is None and int(sequence) > last:
            raise IntegrityError(f"register: it ends at entry {last}, and on {anchor.at} it had {sequence}")
        if found != chain and ":" in chain:  # before the first chained entry, its beginning has no hash of its own
            raise IntegrityError(f"register: entry {sequence} is not the one that was anchored on {anchor.at}")
    return len(anchors)


def _mac(secret: bytes, anchor: Anchor) -> str:
    return hmac.digest(secret, f"{anchor.at}\n{anchor.register}\n{anchor.audit}".encode(), hashlib.sha256).hex()

"""The register's chain: every row holds a keyed hash of itself and the previous row; a head file holds the last hash.

Someone who can write the files but lacks the register's key cannot change, add or remove a row without detection. A
register restored with its head to an earlier day is consistent in itself; an anchor outside the home reveals it
(`anchors`).

    chain           key id:HMAC-SHA-256, hex
    register.head   {"sequence", "chain", "macs"}

When the key is replaced, earlier rows keep their hashes. The first row under the new key covers the last one under the
old, so that a disclosed old key cannot be used to change rows written under it.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from parentis.archive import durable
from parentis.archive.home import Home
from parentis.archive.keys import Key, has_register_key, keys_of, register_key
from parentis.errors import IntegrityError


@dataclass(frozen=True, slots=True)
class Link:
    """A row's position in the chain: its sequence and hash; 0 and "" before the first row."""

    sequence: int
    chain: str


START = Link(0, "")
LINE = "\n"


@dataclass(frozen=True, slots=True)
class Keys:
    """The register's keys by id, in the order in which they were used; the last is the current one."""

    by_id: Mapping[str, Key]

    @classmethod
    def of(cls, home: Home) -> "Keys":
        return cls({key.id: key for key in keys_of(home, "register")})

    @property
    def now(self) -> Key:
        return list(self.by_id.values())[-1]

    def place(self, key_id: str) -> int:
        """How many keys were used before this one; -1 if it is not one of them."""
        return list(self.by_id).index(key_id) if key_id in self.by_id else -1


def verified(home: Home, events: pl.DataFrame, *, since_head: bool = False) -> Link:
    """The register's last link, after checking that every row is as it was written.

    Args:
        events: the register's rows, in order.
        since_head: check only the rows after the head's, which vouches for earlier ones; used for every append.

    Raises IntegrityError, which names the first row that is not as it was written, or says that the end is missing.
    """
    if events.is_empty() and not home.register_head.is_file() and not has_register_key(home):
        return START
    keys = Keys.of(home)
    head = read_head(home, keys)
    last = int(str(events["sequence"].max() or 0))
    if head is None:
        if events["chain"].is_not_null().any():
            raise IntegrityError(f"register: {home.register_head.name}, which says where it ends, is missing")
        return _before_the_chain(events)
    if head.sequence > last:
        raise IntegrityError(f"register: it ends at entry {last}, and {head.sequence} were written")
    if head.sequence == 0:
        return _followed(keys, START, events)
    older = events.filter(pl.col("chain").is_null())
    if head.sequence == older.height and older.height:
        start = _before_the_chain(older)
        if start != head:
            raise IntegrityError(f"register: one of its first {older.height} entries is not as it was written")
        return _followed(keys, start, events.filter(pl.col("sequence") > head.sequence))
    (at,) = events.filter(pl.col("sequence") == head.sequence)["chain"].to_list() or [None]
    if at != head.chain:
        raise IntegrityError(f"register: entry {head.sequence} is not as it was written")
    if since_head:
        return _followed(keys, head, events.filter(pl.col("sequence") > head.sequence))
    first = _before_the_chain(older) if older.height else START
    return _followed(keys, first, events.filter(pl.col("sequence") > first.sequence))


def chained(home: Home, last: Link, rows: pl.DataFrame) -> tuple[pl.Series, Link]:
    """The chain of rows that follow `last`, in order, and the new last link. Also records in the home that its register
    is chained."""
    keys = Keys.of(home)
    if read_head(home, keys) is None:
        write_head(home, last)
    chains = []
    for row in rows.iter_rows(named=True):
        last = Link(row["sequence"], _hash(keys.now, last.chain, row))
        chains.append(last.chain)
    return pl.Series("chain", chains, pl.String), last


def write_head(home: Home, link: Link, *others: Key) -> None:
    """Record durably where the register ends, under the current key and, during its replacement, the other key."""
    macs = [_mac(key, _head_text(link)) for key in (register_key(home), *others)]
    told = {"sequence": link.sequence, "chain": link.chain, "macs": macs}
    durable.write_file(home.register_head, json.dumps(told).encode())


def read_head(home: Home, keys: Keys | None = None) -> Link | None:
    """Where the register ended when it was last written; None where there is no head. Raises IntegrityError for a head
    not made with the key."""
    if not home.register_head.is_file():
        return None
    keys = keys or Keys.of(home)
    try:
        told = json.loads(home.register_head.read_bytes())
        link, macs = Link(int(told["sequence"]), str(told["chain"])), [str(mac) for mac in told["macs"]]
    except (ValueError, KeyError, TypeError):
        raise IntegrityError(f"register: {home.register_head.name} is damaged") from None
    if not any(hmac.compare_digest(mac, _mac(keys.now, _head_text(link))) for mac in macs):
        raise IntegrityError(f"register: {home.register_head.name} is not as it was written")
    return link


def _head_text(link: Link) -> str:
    return f"head {link.sequence} {link.chain}"


def _before_the_chain(older: pl.DataFrame) -> Link:
    """The link before the first chained row: one hash over all rows older than the chain."""
    if older.is_empty():
        return START
    together = hashlib.sha256("\n".join(_written(row) for row in older.iter_rows(named=True)).encode()).hexdigest()
    return Link(int(str(older["sequence"].max())), together)


def _followed(keys: Keys, link: Link, rows: pl.DataFrame) -> Link:
    used = 0
    for row in rows.iter_rows(named=True):
        if row["sequence"] != link.sequence + 1:
            raise IntegrityError(f"register: entry {link.sequence + 1} is missing; the next is {row['sequence']}")
        key_id = (row["chain"] or "").partition(":")[0]
        place = keys.place(key_id)
        if place < used or not hmac.compare_digest(row["chain"], _hash(keys.by_id[key_id], link.chain, row)):
            raise IntegrityError(f"register: entry {row['sequence']} is not as it was written")
        link, used = Link(row["sequence"], row["chain"]), place
    return link


def _hash(key: Key, previous: str, row: Mapping[str, Any]) -> str:
    return f"{key.id}:{_mac(key, previous + LINE + _written(row))}"


def _mac(key: Key, text: str) -> str:
    return hmac.digest(key.secret, text.encode(), hashlib.sha256).hex()


def _written(row: Mapping[str, Any]) -> str:
    """The row in canonical form, without nulls, so that adding a column later changes no hash."""
    told = {name: _plain(value) for name, value in row.items() if name != "chain" and value is not None}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items() if each is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value

"""Replaces a key: secrets that must outlive it are sealed under the new one, and a file names the key in force.

`custody.id` names the key in force and holds, sealed, the secrets derived from the previous key that remain in use. It
is written completely or not at all, which completes the change. Until then `custody.change` names the new key; where
keys are stored in the home, the new key is stored next to the old one. An interrupted change can therefore be finished,
as it must be, because some data may already be sealed under the new key.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parentis.archive import durable
from parentis.archive.home import Home
from parentis.archive.keys import Key
from parentis.errors import UserError


def carried(home: Home, name: str, key: Key) -> dict[str, Key]:
    """The secrets, by use, carried over from earlier keys."""
    sealed = _read(home, f"{name}.id").get("carried", {})
    return {use: Key(key.open(bytes.fromhex(one), _about(name, use))) for use, one in sealed.items()}


class ChangeBegunError(UserError):
    """A key change was begun with a different new key."""


def begin_change(home: Home, name: str, new: Key | None, *, in_home: bool) -> Key:
    """The new key: `new`, or that of an unfinished change, or a random one. On disk before this returns. `in_home`:
    the key is stored in a file of the home, not in an environment variable."""
    finish_change(home, name)
    begun, beside = _read(home, f"{name}.change").get("new"), _beside(home, name)
    if new is None:
        new = Key(bytes.fromhex(beside.read_text())) if beside.exists() else Key.random()
    if begun is not None and begun != new.id:
        raise ChangeBegunError(
            expected=f"the key {begun}, to which a change was begun", found=f"the key {new.id}", where=f"{name} key",
            do="Give that key again: a part of what is sealed is under it already.",
        )  # fmt: skip
    if in_home:
        durable.write_file(beside, new.secret.hex().encode())
    durable.write_file(home.keys / f"{name}.change", json.dumps({"new": new.id}).encode())
    return new


def change_key(home: Home, name: str, new: Key, carry: Mapping[str, Key]) -> None:
    """Make `new` the key `name` of this home, with the secrets `carry` sealed under it."""
    sealed = {use: new.seal(key.secret, _about(name, use)).hex() for use, key in carry.items()}
    marker = {f"{name}_key_id": new.id, "carried": sealed}
    durable.write_file(_marker(home, name), json.dumps(marker).encode())
    finish_change(home, name)


def finish_change(home: Home, name: str) -> None:
    """If the home already names the new key, put the key's file in place and remove the record of the change."""
    begun = home.keys / f"{name}.change"
    if not begun.exists() or _read(home, f"{name}.change")["new"] != _read(home, f"{name}.id").get(f"{name}_key_id"):
        return
    if _beside(home, name).exists():
        _beside(home, name).replace(home.keys / f"{name}.key")
    begun.unlink()
    durable.sync_folder(home.keys)


def change_stamp(home: Home, name: str) -> int:
    """A number that differs after each change, so that a cached key can be recognised as out of date."""
    try:
        return _marker(home, name).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _marker(home: Home, name: str) -> Path:
    return home.keys / f"{name}.id"


def _beside(home: Home, name: str) -> Path:
    return home.keys / f"{name}.key.next"


def _read(home: Home, file: str) -> dict[str, Any]:
    path = home.keys / file
    found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return found


def _about(name: str, use: str) -> str:
    return f"{name} carried {use}"

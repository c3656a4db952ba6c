"""Writes that survive a power cut: the bytes and the folder entry are on disk before the call returns."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path


def write_file(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write `data` at `path` whole or not at all, replacing what was there."""
    unfinished = _beside(path, data, mode)
    unfinished.replace(path)
    sync_folder(path.parent)


def make_file(path: Path, data: bytes, *, mode: int = 0o600) -> bool:
    """`write_file`, unless the file exists. Returns whether it was written. Of several calls, only one writes."""
    unfinished = _beside(path, data, mode)
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return False
    finally:
        unfinished.unlink()
    sync_folder(path.parent)
    return True


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder `path` with `files` in it: after a crash it exists complete or not at all."""
    unfinished = path.with_name(f"{UNFINISHED}{path.name}")
    make_folder(unfinished)
    for name, data in files.items():
        _write_and_sync(unfinished / name, data, FILE)
    sync_folder(unfinished)
    unfinished.rename(path)
    sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make the folder and any missing parents, for their owner alone."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=FOLDER, exist_ok=True)


FILE, FOLDER = 0o600, 0o700
"""Modes of all stored files and folders: only the owner has access."""

UNFINISHED = ".new-"
"""Prefix of files and folders whose writer has not finished; safe to delete under the lock."""


def sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(path: Path, data: bytes, mode: int) -> Path:
    """Write the bytes to disk next to `path`, under a unique name."""
    make_folder(path.parent)
    unfinished = path.with_name(f"{UNFINISHED}{secrets.token_hex(6)}-{path.name}")
    _write_and_sync(unfinished, data, mode)
    return unfinished


def _write_and_sync(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())

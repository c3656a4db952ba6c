"""Envelopes: the raw bytes of a submission, encrypted under its own key.

    archive/<submission_id>/key         the submission's key, sealed by the master key
    archive/<submission_id>/manifest    what was handed in and how, sealed
    archive/<submission_id>/<sha256>    one file's bytes, sealed, named by the SHA-256 of what was handed in

The folder appears complete or not at all, and is never written again. Erasing destroys its key.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import uuid4

from parentis import remedies
from parentis.archive import durable
from parentis.archive.home import Home
from parentis.archive.keys import Key, keys_of, master_key, open_with
from parentis.errors import IntegrityError, NotFoundError


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was handed in."""

    name: str
    data: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`intent` is what the person asked for, as strings: enough to continue after a crash."""

    files: tuple[StoredFile, ...]
    intent: Mapping[str, str | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Files handed in together, and what their sender asks for."""

    files: tuple[File, ...]
    intent: Mapping[str, str | bool | None]


def store(home: Home, uploads: Sequence[Upload]) -> list[str]:
    """Seal each upload under a new key; on disk before this returns. Returns the submissions' ids."""
    master = master_key(home)
    durable.make_folder(home.archive)
    ids = [uuid4().hex for _ in uploads]
    # Hashing, sealing and syncing release the interpreter: both cores and the disk's queue are used.
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda pair: _store_one(home, master, *pair), zip(ids, uploads, strict=True)))
    return ids


def _store_one(home: Home, master: Key, submission_id: str, upload: Upload) -> None:
    key = Key.random()
    contents = {"key": master.seal(key.secret, _about_key(submission_id))}
    stored = []
    for file in upload.files:
        sha256 = file.sha256
        stored.append(StoredFile(name=file.name, sha256=sha256, size=len(file.data)))
        if sha256 not in contents:
            contents[sha256] = key.seal(file.data, f"{submission_id}/{sha256}")
    manifest = json.dumps({"files": [asdict(file) for file in stored], "intent": dict(upload.intent)})
    contents["manifest"] = key.seal(manifest.encode(), f"{submission_id}/manifest")
    durable.write_folder(home.archive / submission_id, contents)


def manifest(home: Home, submission_id: str) -> Manifest:
    """What was handed in. Raises NotFoundError for an erased or unknown submission."""
    return _manifest(home, submission_id, _key(home, submission_id))


def fetch(home: Home, submission_id: str) -> tuple[File, ...]:
    """The files of a submission, byte for byte, in the order they were handed in."""
    key = _key(home, submission_id)
    return tuple(_fetch(home, submission_id, key))


def _fetch(home: Home, submission_id: str, key: Key) -> Iterator[File]:
    for stored in _manifest(home, submission_id, key).files:
        path = home.archive / submission_id / stored.sha256
        if not path.is_file():
            raise IntegrityError(f"archive: {submission_id} has lost the bytes of {stored.name}")
        file = File(stored.name, key.open(path.read_bytes(), f"{submission_id}/{stored.sha256}"))
        if file.sha256 != stored.sha256:
            raise IntegrityError(f"archive: {stored.name} of {submission_id} does not match its SHA-256")
        yield file


def _manifest(home: Home, submission_id: str, key: Key) -> Manifest:
    sealed = (home.archive / submission_id / "manifest").read_bytes()
    read = json.loads(key.open(sealed, f"{submission_id}/manifest"))
    return Manifest(files=tuple(StoredFile(**file) for file in read["files"]), intent=read["intent"])


def _key(home: Home, submission_id: str) -> Key:
    path = home.archive / submission_id / "key"
    if not submission_id.isalnum() or not path.is_file():
        raise NotFoundError(
            expected="the id of a submission whose files are stored",
            found=repr(submission_id),
            where="archive",
            do=remedies.LIST_SUBMISSIONS,
        )
    return Key(open_with(keys_of(home, "master"), path.read_bytes(), _about_key(submission_id)))


def _about_key(submission_id: str) -> str:
    return f"key of {submission_id}"


def reseal(home: Home) -> int:
    """Reseal under the current master key the submissions' keys that an earlier one sealed. Returns how many. A key
    that does not open is left unchanged."""
    keys, count = keys_of(home, "master"), 0
    for submission_id in sorted(kept(home)):
        path, about = home.archive / submission_id / "key", _about_key(submission_id)
        if path.is_file() and resealed(keys, path, about):
            count += 1
    return count


def resealed(keys: Sequence[Key], path: Path, about: str) -> bool:
    """Reseal a file's content under the last of the keys. Returns whether that was necessary."""
    sealed = path.read_bytes()
    with suppress(IntegrityError):
        keys[-1].open(sealed, about)
        return False
    with suppress(IntegrityError):
        durable.write_file(path, keys[-1].seal(open_with(keys, sealed, about), about))
        return True
    return False


def seal_beside(home: Home, submission_id: str, data: bytes, about: str) -> bytes:
    """`data` about a submission, sealed under its key, so that erasing the submission makes it unreadable anywhere."""
    return _key(home, submission_id).seal(data, f"{submission_id}/beside/{about}")


def open_beside(home: Home, submission_id: str, sealed: bytes, about: str) -> bytes:
    """Inverse of `seal_beside`. Raises NotFoundError after an erasure."""
    return _key(home, submission_id).open(sealed, f"{submission_id}/beside/{about}")


def kept(home: Home) -> frozenset[str]:
    """Ids of the submissions whose envelopes are in the archive."""
    if not home.archive.is_dir():
        return frozenset()
    names = (entry.name for entry in os.scandir(home.archive) if entry.is_dir())
    return frozenset(name for name in names if not name.startswith(durable.UNFINISHED))


def destroy(home: Home, submission_id: str) -> None:
    """Destroy the submission's key, then its bytes; a second call finishes what a crash interrupted."""
    folder = home.archive / submission_id
    key = folder / "key"
    if key.is_file():
        # Overwrite the key with zeros first, so that copies of the sealed bytes in backups can never be opened.
        with key.open("r+b") as file:
            file.write(bytes(key.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        key.unlink()
        durable.sync_folder(folder)
    if folder.is_dir():
        shutil.rmtree(folder)
        durable.sync_folder(home.archive)


def clear_unfinished(home: Home) -> int:
    """Delete envelopes whose writer was killed before they were complete: their sender had no confirmation."""
    if not home.archive.is_dir():
        return 0
    unfinished = [path for path in home.archive.iterdir() if path.name.startswith(durable.UNFINISHED)]
    for path in unfinished:
        shutil.rmtree(path)
    return len(unfinished)

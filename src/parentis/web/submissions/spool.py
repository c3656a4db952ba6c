"""The spool: files as received, encrypted and durable before the sender gets a response, deleted once they are in the
archive.

    site/spool/<job>/key        the key of what waits there, encrypted with the master key
    site/spool/<job>/<number>   a file as received, encrypted in blocks

Files stream to disk in blocks: an upload uses a file handle and not memory, and nothing is on disk unencrypted. An
upload that is too large, has too many files or is too slow is refused while it is received.
"""

import os
import re
import shutil
import tempfile
import time
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from parentis.archive import File, Key, Sealer, find_home, fresh_key, opened_key, unsealed
from parentis.errors import UserError
from parentis.web.settings.environment import site_folder

LARGEST = 200 * 1024 * 1024
"Bytes of all files of one submission together. The largest return of a borough has a tenth of this."
MOST_FILES = 60
SLOWEST = 8 * 1024
"Minimum bytes per second, over the whole upload after GRACE: a slower upload blocks capacity that others could use."
GRACE = 20.0
"Seconds."
LONGEST_NAME = 120
LEFT_AFTER = 24 * 60 * 60.0
"Seconds after which an unfinished upload is treated as abandoned by a server that was killed."
_UNWANTED = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")
_UNFINISHED = "."
KEY_ABOUT = "key of a spool"
"The context with which a spool's key is encrypted."


class UploadRefusedError(UserError):
    """The upload was refused."""


class SealedUpload(UploadedFile):
    """A received file: its name, its size, and the path of its encrypted copy."""

    def __init__(self, folder: Path, number: int, *, name: str, size: int) -> None:
        super().__init__(file=None, name=name, size=size)
        self.folder, self.number = folder, number

    def close(self) -> None:
        """Django calls this at the end of the request: a file that was not kept is deleted."""
        shutil.rmtree(self.folder, ignore_errors=True)


class SpoolHandler(FileUploadHandler):
    """Encrypts each file as it is received, within the limits; deletes all files if it refuses the upload."""

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.came, self.files, self.began = 0, 0, time.monotonic()
        self.folder: Path | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.files == MOST_FILES:
            raise self._refused(
                f"at most {MOST_FILES} files at a time", "more", "Put them in a zip file, or send fewer."
            )
        if self.folder is None:
            self.folder, self.key = _begin()
        self.target = (self.folder / str(self.files)).open("xb")
        self.sealer = Sealer(self.key, str(self.files))
        self.files += 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.came += len(raw_data)
        if self.came > LARGEST:
            raise self._refused(f"at most {LARGEST >> 20} MB at a time", "more", "Submit the returns one at a time.")
        taken = time.monotonic() - self.began
        if taken > GRACE and self.came < SLOWEST * taken:
            slow = "a connection that is too slow"
            raise self._refused("files that arrive steadily", slow, "Try again with a faster connection.")
        if raw_data:
            self.target.write(self.sealer.block(raw_data))

    def file_complete(self, file_size: int) -> SealedUpload:
        self.target.write(self.sealer.end())
        _close_durably(self.target)
        return SealedUpload(Path(self.target.name).parent, self.files - 1, name=self.file_name, size=file_size)

    def upload_interrupted(self) -> None:
        if self.folder is not None:
            self.target.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _refused(self, expected: str, found: str, do: str) -> UploadRefusedError:
        self.upload_interrupted()
        return UploadRefusedError(expected=expected, found=found, where="upload", do=do)


def sealed(files: Sequence[File]) -> list[SealedUpload]:
    """A file that the site itself wrote, as an upload for `keep`. The limits of an upload also apply."""
    handler = SpoolHandler()
    came = []
    for file in files:
        handler.new_file("files", file.name, "text/csv", len(file.data))
        handler.receive_data_chunk(file.data, 0)
        came.append(handler.file_complete(len(file.data)))
    return came


def spool_folder() -> Path:
    """The folder of all spools; only the site's user can read it."""
    folder = site_folder() / "spool"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _begin() -> tuple[Path, Key]:
    """An unfinished spool with its key. Deletes those that a killed server left."""
    for left in spool_folder().glob(f"{_UNFINISHED}*"):
        if left.stat().st_mtime < time.time() - LEFT_AFTER:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=spool_folder()))
    key, sealed = fresh_key(find_home(), KEY_ABOUT)
    with (folder / "key").open("xb") as file:
        file.write(sealed)
        _close_durably(file)
    return folder, key


def clean_name(name: str) -> str:
    """The file's name without anything that a system could interpret as a path, an option or a hidden file; never
    empty."""
    text = _UNWANTED.sub("_", unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1])
    text = text.strip().lstrip(".-").strip()
    stem, dot, ending = text.rpartition(".")
    if len(text) > LONGEST_NAME and dot:
        text = stem[: LONGEST_NAME - len(ending) - 1] + "." + ending[:20]
    return text[:LONGEST_NAME] or "file"


def keep(job_id: uuid.UUID, files: Sequence[SealedUpload]) -> list[dict[str, Any]]:
    """The upload becomes the job's spool, on disk when this returns: `name, size, number` of each of its files.

    Equal names are made distinct."""
    kept: list[dict[str, Any]] = []
    for file in files:
        name = _own_name(clean_name(file.name or ""), {one["name"] for one in kept})
        kept.append({"name": name, "size": file.size, "number": file.number})
    _sync(files[0].folder)
    files[0].folder.rename(spool_folder() / str(job_id))
    _sync(spool_folder())
    return kept


def _own_name(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    number, own = 1, name
    while own.casefold() in {one.casefold() for one in taken}:
        number += 1
        own = f"{stem} ({number}).{ending}" if dot else f"{name} ({number})"
    return own


def _close_durably(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def kept_files(job_id: uuid.UUID, kept: Sequence[Mapping[str, Any]]) -> list[File]:
    """The files that wait in the job's spool, opened; `kept` as returned by `keep`.

    None if they have been deleted. Raises IntegrityError if they were changed.
    """
    folder = spool_folder() / str(job_id)
    if not (folder / "key").is_file():
        return []
    key = opened_key(find_home(), (folder / "key").read_bytes(), KEY_ABOUT)
    return [File(one["name"], _opened(folder / str(one["number"]), key)) for one in kept]


def _opened(path: Path, key: Key) -> bytes:
    with path.open("rb") as file:
        return unsealed(key, file, path.name)


def clear(job_id: uuid.UUID) -> None:
    """Delete the job's files, their key first."""
    folder = spool_folder() / str(job_id)
    (folder / "key").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)

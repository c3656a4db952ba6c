"""The spool: files as they came, durable before their sender is answered, gone once they are sealed in the archive.

    site/spool/<job>/<name>

Files stream to disk in blocks: an upload costs the server a file handle, not memory. What is too large, too many or
too slow is refused while it comes.
"""

import os
import re
import shutil
import tempfile
import time
import unicodedata
import uuid
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest

from parentis.errors import UserError
from parentis.web.settings.environment import site_folder

LARGEST = 200 * 1024 * 1024
"Bytes of all files of one hand-in together. The largest return of a borough is a tenth of it."
MOST_FILES = 60
SLOWEST = 8 * 1024
"Bytes a second, over the whole upload after GRACE: less holds a place that others could use."
GRACE = 20.0
"Seconds."
LONGEST_NAME = 120
_UNWANTED = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")


class UploadRefusedError(UserError):
    """Files that are not taken in."""


class SpoolHandler(TemporaryFileUploadHandler):
    """Streams each file to a temporary file, within the bounds; leaves none behind when it refuses."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.file: UploadedFile | None = None
        self.came, self.files, self.began = 0, 0, time.monotonic()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.files += 1
        if self.files > MOST_FILES:
            raise self._refused(f"at most {MOST_FILES} files at a time", "more", "Pack them into a zip, or send fewer.")
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.came += len(raw_data)
        if self.came > LARGEST:
            raise self._refused(f"at most {LARGEST >> 20} MB at a time", "more", "Send the returns one by one.")
        taken = time.monotonic() - self.began
        if taken > GRACE and self.came < SLOWEST * taken:
            slow = "a connection that is too slow"
            raise self._refused("files that arrive steadily", slow, "Try again from elsewhere.")
        super().receive_data_chunk(raw_data, start)

    def _refused(self, expected: str, found: str, do: str) -> UploadRefusedError:
        if self.file is not None:
            self.file.close()
        return UploadRefusedError(expected=expected, found=found, where="upload", do=do)


def spool_folder() -> Path:
    """The folder of all spools; nobody but the site's user reads it."""
    folder = site_folder() / "spool"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def clean_name(name: str) -> str:
    """A file's own name, that no system takes for a path, an option or a hidden file; never empty."""
    text = _UNWANTED.sub("_", unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1])
    text = text.strip().lstrip(".-").strip()
    stem, dot, ending = text.rpartition(".")
    if len(text) > LONGEST_NAME and dot:
        text = stem[: LONGEST_NAME - len(ending) - 1] + "." + ending[:20]
    return text[:LONGEST_NAME] or "file"


def keep(job_id: uuid.UUID, files: list[UploadedFile]) -> list[dict[str, Any]]:
    """The files in the job's spool, on disk when this returns: `name, size` of each. Equal names are told apart."""
    folder = spool_folder() / str(job_id)
    unfinished = Path(tempfile.mkdtemp(prefix=".", dir=spool_folder()))
    kept: list[dict[str, Any]] = []
    try:
        for file in files:
            name = _own_name(clean_name(file.name or ""), {one["name"] for one in kept})
            with (unfinished / name).open("wb") as target:
                for block in file.chunks():
                    target.write(block)
                target.flush()
                os.fsync(target.fileno())
            kept.append({"name": name, "size": file.size})
        _sync(unfinished)
        unfinished.rename(folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return kept


def _own_name(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    number, own = 1, name
    while own.casefold() in {one.casefold() for one in taken}:
        number += 1
        own = f"{stem} ({number}).{ending}" if dot else f"{name} ({number})"
    return own


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def kept_files(job_id: uuid.UUID) -> list[Path]:
    """The files that wait in the job's spool, by name; none once they are gone."""
    folder = spool_folder() / str(job_id)
    return sorted(folder.iterdir()) if folder.is_dir() else []


def clear(job_id: uuid.UUID) -> None:
    """Take the job's files away."""
    shutil.rmtree(spool_folder() / str(job_id), ignore_errors=True)

"""Reads files received from others in a separate process with limits on memory and time.

The libraries that read workbooks abort the whole process when they run out of memory, and a file of a kilobyte can
cause that. So only plain text (`extents.is_plain`) is read in this process, and only if ALWAYS_APART is not set. All
other files go to a process that has no secrets, opens no files, has as much memory and processor time as a file of
its size can need, and returns text tables. If that process ends, no other is affected, and the sender gets an error
message.
"""

import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import IO, Any

import polars as pl

from parentis import errors, remedies
from parentis.errors import UnreadableFileError, UserError
from parentis.returns.content import Content
from parentis.returns.extents import is_plain
from parentis.returns.models import Problem, Recognised, Unused
from parentis.returns.pieces import Piece

ALWAYS_APART = "PARENTIS_READ_APART"
"Environment variable; `always` makes even plain text be read in a separate process. The site sets it."

MAX_MEMORY = 1024**3
"Bytes of memory that a read may use, whatever the size of the file."
MAX_SECONDS = 60
"Seconds of processor time that a read may use, whatever the size of the file; for an archive, per member."
PATIENCE = 120.0
"Seconds of elapsed time after which a reader is stopped that has not used its processor time, on a busy machine."
MOST_PATIENCE = 10
"Multiple of that time for an archive, whose members are unpacked one by one."
MOST_AT_ONCE = 2

_PASSED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "TMPDIR")
"Environment variables that a reader needs; none is secret."
_AT_ONCE = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """A file as received: its name, its bytes, and the folder or archive that held it."""

    name: str
    raw: bytes = field(repr=False)
    folder: str = ""


def stays_here(files: Sequence[RawFile]) -> bool:
    """Whether these files are read in this process."""
    return os.environ.get(ALWAYS_APART) != "always" and all(is_plain(file.raw) for file in files)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheredApart:
    """The pieces from each file, the files of which nothing was used, and the bytes of archive members."""

    pieces: tuple[Piece, ...]
    unused: tuple[Unused, ...]
    members: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def gather_apart(files: Sequence[RawFile], *, return_id: str | None) -> GatheredApart:
    """`readings.read_one` for each file, in a separate process. A file that ends the process does not stop the
    others."""
    asked = {"what": "gather", "return_id": return_id}
    try:
        return _gathered(files, asked)
    except BoundsError as error:
        if len(files) == 1:
            return GatheredApart(pieces=(), unused=(_unused(files[0], error),))
    stopped = {file.name: why for file in files if (why := _probed(file)) is not None}
    others = [file for file in files if file.name not in stopped]
    try:
        found = _gathered(others, asked) if others else GatheredApart(pieces=(), unused=())
    except BoundsError as error:  # each file is within the limits, all of them together are not
        found = GatheredApart(pieces=(), unused=tuple(_unused(file, error) for file in others))
    return replace(found, unused=(*found.unused, *(_unused(file, stopped[file.name]) for file in files
                                                   if file.name in stopped)))  # fmt: skip


def _gathered(files: Sequence[RawFile], asked: dict[str, Any]) -> GatheredApart:
    with _Exchange(files, asked) as answer:
        told = answer.told
        return GatheredApart(
            pieces=tuple(_piece(one, answer) for one in told["pieces"]),
            unused=tuple(
                Unused(
                    file=one["file"], error=_error(one["error"], one["file"]), severity=one["severity"], why=one["why"]
                )
                for one in told["unused"]
            ),
            members={name: answer.raw(at) for name, at in told["members"].items()},
        )


def _probed(file: RawFile) -> "BoundsError | None":
    """The reason why this file alone ends the process that opens it; None where it does not."""
    try:
        open_apart(file)
    except BoundsError as error:
        return error
    except UserError:
        return None
    return None


def _unused(file: RawFile, error: UserError) -> Unused:
    why = f"{error.found}; expected {error.expected}. {error.do}"
    return Unused(file=file.name, error=error, severity="error", why=why)


def open_apart(file: RawFile) -> list[Content]:
    """`untrusted_files.open_bytes` in a separate process: gives the grids of all sheets of a table, or the bytes of a
    file without cells."""
    with _Exchange([file], {"what": "open"}) as answer:
        return [
            Content.of_grids(
                {grid["sheet"]: answer.frame(grid["at"]) for grid in one["grids"]},
                name=one["name"],
                folder=one["folder"],
                kind=one["kind"],
                raw=answer.raw(one["raw"]),
            )
            for one in answer.told["contents"]
        ]


class BoundsError(UnreadableFileError):
    """A file that needs more memory or time than a file of its size should."""


class _Exchange:
    """One run of the process: the question and the answer pass through two anonymous files in memory.

    The answer is the frames as Arrow streams, then JSON with their positions, then the length of the JSON in 8 bytes.
    """

    def __init__(self, files: Sequence[RawFile], asked: dict[str, Any]) -> None:
        self._names = ", ".join(file.name for file in files)
        listed = [{"name": one.name, "folder": one.folder, "size": len(one.raw)} for one in files]
        limits = {"memory": MAX_MEMORY, "seconds": MAX_SECONDS}
        self._question = json.dumps({**asked, "files": listed, "most": limits}).encode()
        self._files = files
        self.told: dict[str, Any] = {}

    def __enter__(self) -> "_Exchange":
        with _nameless("question") as question, _nameless("answer") as answer:
            question.write(len(self._question).to_bytes(8, "big"))
            question.write(self._question)
            for file in self._files:
                question.write(file.raw)
            question.flush()
            with _AT_ONCE:
                self._run(question.fileno(), answer.fileno())
            size = os.fstat(answer.fileno()).st_size
            if size < 8:
                raise self._stopped("a reader that ended without an answer")
            self._map = mmap.mmap(answer.fileno(), size, access=mmap.ACCESS_READ)
        length = int.from_bytes(self._map[-8:], "big")
        self.told = json.loads(self._map[-8 - length : -8])
        if self.told.get("error", {}).get("kind") == "MemoryError":
            raise self._too_large()
        if "error" in self.told:
            raise _error(self.told["error"], self._names)
        return self

    def __exit__(self, *_: object) -> None:
        self._map.close()

    def frame(self, at: Sequence[int]) -> pl.DataFrame:
        return pl.read_ipc_stream(self.raw(at))

    def raw(self, at: Sequence[int]) -> bytes:
        start, end = at
        return self._map[start:end]

    def _run(self, question: int, answer: int) -> None:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        # The limit counts all memory of a reader: each thread uses some, and Arrow's own pool reserves a gigabyte of
        # addresses.
        environment |= {
            "POLARS_MAX_THREADS": "2",
            "RAYON_NUM_THREADS": "2",
            "ARROW_DEFAULT_MEMORY_POOL": "system",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-P", "-m", "parentis.returns.isolated", str(question), str(answer)]
        child = subprocess.Popen(
            command, pass_fds=(question, answer), env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            code = self._awaited(child, answer)
        finally:
            child.kill()
            child.wait()
        if code == -signal.SIGXCPU:
            raise self._stopped("one that takes longer to read than a file of its size should")
        if code:
            raise self._too_large()

    def _awaited(self, child: "subprocess.Popen[bytes]", answer: int) -> int:
        """The exit code of the process, which is given time as long as it makes progress."""
        written = 0
        for _ in range(MOST_PATIENCE):
            try:
                return child.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                before, written = written, os.fstat(answer).st_size
                if written == before:
                    break
        raise self._stopped(f"one that was not read in {PATIENCE:.0f} seconds")

    def _too_large(self) -> BoundsError:
        return self._stopped("one that takes more memory to read than a file of its size should")

    def _stopped(self, found: str) -> BoundsError:
        return BoundsError(
            expected=f"a file that is read within {MAX_MEMORY >> 20:,} MB and {MAX_SECONDS} s, less if small",
            found=found,
            where=self._names,
            do="Open it in the program that made it, delete what is not part of the return, save it, and give that "
            "copy; or save the table as CSV.",
        )


def _nameless(name: str) -> IO[bytes]:
    """An anonymous file in memory: received files must not be on disk unencrypted."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(f"parentis-{name}"), "w+b")
    return tempfile.TemporaryFile()


def _piece(told: dict[str, Any], answer: _Exchange) -> Piece:
    return Piece(
        name=told["name"],
        folder=told["folder"],
        tables={name: answer.frame(at) for name, at in told["tables"].items()},
        taken=tuple(Recognised(**one) for one in told["taken"]),
        problems=tuple(Problem(**one) for one in told["problems"]),
        ignored={name: tuple(columns) for name, columns in told["ignored"].items()},
    )


def about(piece: Piece) -> dict[str, Any]:
    """The part of a piece that is sent as JSON: everything except its tables. Inverse of `_piece`."""
    return {
        "name": piece.name,
        "folder": piece.folder,
        "taken": [asdict(one) for one in piece.taken],
        "problems": [asdict(one) for one in piece.problems],
        "ignored": dict(piece.ignored),
    }


def _error(told: dict[str, Any], names: str) -> UserError:
    kind = getattr(errors, told["kind"], None)
    if isinstance(kind, type) and issubclass(kind, UserError):
        do = remedies.REMEDIES.get(told["code"], told["do"])
        return kind(expected=told["expected"], found=told["found"], where=told["where"], do=do)
    return UnreadableFileError(
        expected="a file that can be read",
        found=f"one at which the reader stopped ({told['kind']}{told['place']})",
        where=names,
        do="Open it in the program that made it, save it again, and try that copy. If that does not help, say so to "
        "whoever looks after Parentis.",
    )

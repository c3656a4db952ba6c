"""The process that reads files received from others: `python -m parentis.returns.isolated QUESTION ANSWER`.

Both arguments are file descriptors. `isolation` starts it and documents its input and output.
"""

import io
import json
import os
import resource
import sys
import zipfile
from typing import IO, Any

import polars as pl

from parentis.errors import UserError
from parentis.returns import returns
from parentis.returns.content import TABULAR
from parentis.returns.isolation import RawFile, about
from parentis.returns.models import Unused
from parentis.returns.readings import read_one
from parentis.returns.untrusted_files import Unopened, each_part, open_bytes


def main() -> None:
    """Answer one question, within its limits."""
    question, answer = (int(argument) for argument in sys.argv[1:])
    with os.fdopen(question, "rb") as file:
        file.seek(0)
        asked = json.loads(file.read(int.from_bytes(file.read(8), "big")))
        returns()
        _start_threads()
        files = [RawFile(name=one["name"], folder=one["folder"], raw=file.read(one["size"])) for one in asked["files"]]
        most = asked["most"]
        _limit(sum(_weight(one.raw) for one in files), **most)
        with os.fdopen(answer, "wb") as out:
            try:
                told = (
                    _gather(files, asked["return_id"], most["seconds"], out)
                    if asked["what"] == "gather"
                    else _open(files, out)
                )
            except BaseException as error:  # panics of the library are not subclasses of Exception
                told = {"error": _said(error)}
            _end(out, told)


MEMORY, MEMORY_PER_BYTE = 256 * 1024**2, 32
"Bytes of memory that a read may use, plus bytes for each byte of the unpacked file."
SECONDS, MEGABYTES_PER_SECOND = 10, 2
MOST_SHARES = 10
"All members of an archive together may use this multiple of the processor time of one file."


def _weight(raw: bytes) -> int:
    """Bytes of the unpacked file, as far as the file states it. A Parquet file can unpack to a hundred times its
    size."""
    if raw.startswith(b"PAR1"):
        return len(raw) * 500
    if not raw.startswith(b"PK"):
        return len(raw)
    try:
        members = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return len(raw)
    return sum(one.file_size * (500 if one.filename.endswith(".parquet") else 1) for one in members)


def _start_threads() -> None:
    """Start the libraries' threads before memory is measured: the memory of these threads does not depend on the
    file."""
    pl.read_csv(b"a\n1\n", infer_schema=False).lazy().select(pl.all()).collect().write_ipc_stream(io.BytesIO())


def _limit(weight: int, *, memory: int, seconds: int) -> None:
    """Limit memory from this point on; imported modules and the files themselves do not count."""
    _lower(resource.RLIMIT_DATA, _held_now() + min(memory, MEMORY + MEMORY_PER_BYTE * weight))
    until = _until(weight, seconds * MOST_SHARES) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (until, until))
    _allow(weight, seconds)
    _lower(resource.RLIMIT_FSIZE, memory)
    _lower(resource.RLIMIT_CORE, 0)  # a core dump must not contain a child's values


def _allow(weight: int, seconds: int) -> None:
    """Set the processor time for the next file, within the limit for all files."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(_until(weight, seconds), most), most))


def _until(weight: int, seconds: int) -> int:
    used = int(sum(os.times()[:2]))
    return used + 1 + min(seconds, SECONDS + weight // 1024**2 // MEGABYTES_PER_SECOND)


def _lower(what: int, to: int) -> None:
    _, most = resource.getrlimit(what)
    to = to if most == resource.RLIM_INFINITY else min(to, most)
    resource.setrlimit(what, (to, to))


def _held_now() -> int:
    """Bytes of private memory that count towards RLIMIT_DATA."""
    try:
        with open("/proc/self/statm") as file:  # noqa: PTH123 - a file of the kernel's
            return int(file.read().split()[5]) * resource.getpagesize()
    except OSError:
        return 256 * 1024**2


def _gather(files: list[RawFile], return_id: str | None, seconds: int, out: IO[bytes]) -> dict[str, Any]:
    """Read file by file, so that only one member of an archive is in memory at a time."""
    own = {file.name for file in files}  # the parent process already has these
    told: dict[str, Any] = {"pieces": [], "unused": [], "members": {}}
    for file in files:
        for content in each_part(file.name, file.raw, file.folder):
            if not isinstance(content, Unopened):
                _allow(_weight(content.raw), seconds)
                if content.name not in own:
                    told["members"][content.name] = _copy(out, content.raw)
            one = read_one(content, return_id)
            if isinstance(one, Unused):
                error = _said(one.error)
                told["unused"].append({"file": one.file, "error": error, "severity": one.severity, "why": one.why})
                continue
            tables = {name: _write(out, frame) for name, frame in one.tables.items()}
            told["pieces"].append(about(one) | {"tables": tables})
    return told


def _open(files: list[RawFile], out: IO[bytes]) -> dict[str, Any]:
    contents = [one for file in files for one in open_bytes(file.name, file.raw, file.folder)]
    return {
        "contents": [
            {
                "name": one.name,
                "folder": one.folder,
                "kind": one.kind,
                "grids": [{"sheet": sheet, "at": _write(out, one.grid(sheet))} for sheet in one.sheets or (None,)],
                "raw": _copy(out, b"" if one.kind in TABULAR else one.raw),
            }
            for one in contents
        ]
    }


def _copy(out: IO[bytes], raw: bytes) -> list[int]:
    start = out.tell()
    out.write(raw)
    return [start, out.tell()]


def _write(out: IO[bytes], frame: pl.DataFrame) -> list[int]:
    start = out.tell()
    frame.write_ipc_stream(out, compression="lz4")  # repeated values of a column take little space
    return [start, out.tell()]


def _said(error: BaseException) -> dict[str, Any]:
    """The sentence of a UserError unchanged; for any other error only its type and location, because its text may
    quote a cell."""
    if isinstance(error, UserError):
        return {"kind": type(error).__name__, "expected": error.expected, "found": error.found, "where": error.where,
                "do": error.do, "code": error.code}  # fmt: skip
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if f"{os.sep}parentis{os.sep}" in code.co_filename:
            place = f" in {os.path.basename(code.co_filename)}, line {trace.tb_lineno}"  # noqa: PTH119
        trace = trace.tb_next
    return {"kind": type(error).__name__, "place": place}


def _end(out: IO[bytes], told: dict[str, Any]) -> None:
    written = json.dumps(told).encode()
    out.write(written)
    out.write(len(written).to_bytes(8, "big"))


if __name__ == "__main__":
    main()

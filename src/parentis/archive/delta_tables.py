"""Delta tables in the home: on disk when a write returns, readable by their owner alone, with damage reported.

Every read and write of a table in the home uses this module.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote

import polars as pl

from parentis.archive import durable
from parentis.errors import DamageError

if TYPE_CHECKING:
    from deltalake import DeltaTable

V = TypeVar("V")
LOG = "_delta_log"
FOLDERS_ABOVE = 3
"How many folders a table lies below its home, at most."


def exists(path: Path) -> bool:
    """Whether there is a table, whole or damaged."""
    return (path / LOG).is_dir()


def version(path: Path) -> int:
    """The version of the last commit; -1 where there is no table."""
    return max(_versions(path), default=-1)


def opened(path: Path) -> "DeltaTable":
    """The table. Raises DamageError if its log cannot be read, or a file it names is missing or truncated."""
    from deltalake import DeltaTable

    table = told(path, lambda: DeltaTable(str(path)))
    for name, size in _files(path, table):
        file = path / name
        if not file.is_file() or file.stat().st_size != size:
            raise damaged(path, f"{name} is {'cut short or grown' if file.is_file() else 'not there'}")
    return table


def scan(table: "DeltaTable", path: Path) -> pl.LazyFrame:
    """The table's rows, lazily. Damage inside a file is found when they are collected: see `collected`."""
    if quote(str(path)) == str(path):
        return pl.scan_delta(table)
    # Polars does not decode the percent-encoding (of spaces, for example) in Delta's file addresses.
    files = [path / name for name, _ in _files(path, table)]
    schema = pl.Schema(table.schema())
    if not files:
        return pl.LazyFrame(schema=schema)
    widened = pl.ScanCastOptions(integer_cast="upcast", datetime_cast="nanosecond-downcast")
    return pl.scan_parquet(
        files, schema=schema, missing_columns="insert", extra_columns="ignore", cast_options=widened, glob=False
    )


def read(path: Path) -> pl.DataFrame:
    """All rows of the table, in no particular order. Raises DamageError."""
    return collected(path, scan(opened(path), path))


def collected(path: Path, frame: pl.LazyFrame) -> pl.DataFrame:
    """The rows of a query over one table. Raises DamageError where a file of it cannot be read."""
    return told(path, frame.collect)


def write(path: Path, frame: pl.DataFrame, **options: Any) -> None:
    """`write_deltalake`; its files are on disk when this returns."""
    from deltalake import write_deltalake

    before = version(path)
    durable.make_folder(path)
    with _for_the_owner_alone():
        write_deltalake(str(path), frame, **options)
    settle(path, since=before)


def change(path: Path, do: Callable[["DeltaTable"], None]) -> None:
    """Change the table by `do`; the change is on disk when this returns."""
    from deltalake import DeltaTable

    before = version(path)
    with _for_the_owner_alone():
        told(path, lambda: do(DeltaTable(str(path))))
    settle(path, since=before)


def compact(path: Path, *, above: int) -> None:
    """Rewrite the table as a few files if it has more than this many; history is kept."""
    from deltalake import DeltaTable

    if len(DeltaTable(str(path)).file_uris()) > above:
        change(path, _compact)


def _compact(table: "DeltaTable") -> None:
    table.optimize.compact()
    table.create_checkpoint()


def settle(path: Path, *, since: int) -> None:
    """Flush to disk what the commits from version `since` on wrote, files before the folders that hold them, and make
    it readable by its owner alone. This includes the commit `since`, whose writer may have been killed before doing so.
    """
    log = path / LOG
    for number in sorted(one for one in _versions(path) if one >= since):
        entry = log / f"{number:020}.json"
        for name in _added(entry):
            with suppress(FileNotFoundError):  # a later commit of the same command removed it again
                _keep(path / name, 0o600)
        _keep(entry, 0o600)
    for beside in log.iterdir():
        if beside.suffix != ".json" or not beside.stem.isdigit():
            _keep(beside, 0o600)
    for folder in (log, path):
        _keep(folder, 0o700)
    if since < 0:  # the table is new, and its parent folders may be new too: lake/<return>/<table>
        for folder in list(path.parents)[:FOLDERS_ABOVE]:
            durable.sync_folder(folder)


@contextmanager
def _for_the_owner_alone() -> Iterator[None]:
    """Within the block, files that a library creates are closed to other users, even before `settle` is called."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def damaged(path: Path, what: str) -> DamageError:
    """The error for a table of which a part is lost or changed."""
    return DamageError(table=_name(path), what=what)


def told(path: Path, do: Callable[[], V]) -> V:
    """The result of `do`; the library's error about the table's files becomes a DamageError."""
    from deltalake.exceptions import DeltaError

    try:
        return do()
    except (DeltaError, pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # an error of the disk itself: full, or unreadable
        raise damaged(path, f"it cannot be read ({type(error).__name__})") from error


def _name(path: Path) -> str:
    """The table's name in messages: `register`, `lake finance.ra/lines`."""
    parts = path.parts
    at = max((place for place, part in enumerate(parts) if part in {"lake", "figures", "current"}), default=-1)
    return path.name if at < 0 else f"{parts[at]} {'/'.join(parts[at + 1 :])}".strip()


def _versions(path: Path) -> list[int]:
    log = path / LOG
    return [int(one.stem) for one in log.glob("*.json") if one.stem.isdigit()] if log.is_dir() else []


def _added(entry: Path) -> list[str]:
    actions: list[Mapping[str, Any]] = [json.loads(line) for line in entry.read_text().splitlines()]
    return [unquote(one["add"]["path"]) for one in actions if "add" in one]


def _files(path: Path, table: "DeltaTable") -> list[tuple[str, int]]:
    """Name and size of each file that holds current rows."""
    actions = told(path, lambda: table.get_add_actions(flatten=True))
    frame = pl.DataFrame(actions)
    return [(unquote(name), size) for name, size in frame.select("path", "size_bytes").iter_rows()]


def _keep(path: Path, mode: int) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if os.fstat(descriptor).st_mode & 0o777 != mode:
            os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Backup and restore: the database and everything in the home in one file, each part under its hash.

The archive's master key and the custody enclave's are never in it (docs/deploy.md): whoever finds a backup can read
no return and no child's details. What was erased before a backup is not in it; what is erased later is still in the
older ones, which is why they have an end.
"""

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.db import connection

from parentis.archive import Home, find_home, locked
from parentis.errors import IntegrityError, NotFoundError, SubmissionStateError
from parentis.version import VERSION

FORMAT = 1
MANIFEST, DATABASE, HOME = "parentis-backup.json", "database", "home/"
LEFT_OUT = frozenset({"keys/master.key", "keys/custody.key", "lock", "pending.json"})
NOT_KEPT = ("site/", "cache/")
"The site's own folder: its database is in the backup already, its static files are made at each start. And the cache."
BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: number of files, bytes, the last entry of the audit record (`sequence:hash`)."""

    path: Path
    files: int
    size: int
    audit: str


def backup(path: Path) -> Backup:
    """Write everything to `path` (a tar), whole or not at all. Holds the home's lock: hand-ins wait meanwhile."""
    from parentis.web.audit.models import Head

    home = find_home()
    unfinished = path.with_name(f".new-{path.name}")
    hashes: dict[str, str] = {}
    with locked(home), tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / DATABASE
        _dump(dump)
        head = Head.objects.filter(pk=1).first()
        with unfinished.open("wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
            os.fchmod(file.fileno(), 0o600)
            _add(tar, dump, DATABASE, hashes)
            for name, each in _home_files(home):
                _add(tar, each, HOME + name, hashes)
            manifest = {
                "format": FORMAT,
                "version": VERSION,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "database": connection.vendor,
                "audit": f"{head.sequence}:{head.hash}" if head else "",
                "files": hashes,
            }
            written = json.dumps(manifest, indent=1).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(written)
            tar.addfile(info, io.BytesIO(written))
            tar.close()
            file.flush()
            os.fsync(file.fileno())
        size = unfinished.stat().st_size
        unfinished.replace(path)
    return Backup(path=path, files=len(hashes), size=size, audit=str(manifest["audit"]))


def restore(path: Path) -> Backup:
    """Put a backup back, into an empty home and a database without people; check every hash and the audit chain."""
    from django.core.management import call_command

    from parentis.web.audit.verification import verify_audit

    home = find_home()
    if not path.is_file():
        raise NotFoundError(expected="a backup", found="nothing", where=str(path), do="Give the file's path.")
    _refuse_if_in_use(home)
    home.path.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.path.parent) as folder:
        staging = Path(folder)
        try:
            with tarfile.open(path) as tar:
                tar.extractall(staging, filter="data")
        except tarfile.TarError:
            raise IntegrityError(f"backup: {path.name} is incomplete, or not a backup") from None
        manifest = _checked(staging)
        connection.close()
        _load(staging / DATABASE)
        for entry in (staging / "home").iterdir() if (staging / "home").is_dir() else ():
            target = home.path / entry.name
            if target.is_dir():  # only an empty one is left: _refuse_if_in_use saw to that
                target.rmdir()
            entry.rename(target)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    verify_audit(noted=manifest["audit"] or None)
    return Backup(path=path, files=len(manifest["files"]), size=path.stat().st_size, audit=manifest["audit"])


def _home_files(home: Home) -> Iterator[tuple[str, Path]]:
    for each in sorted(home.path.rglob("*")):
        name = each.relative_to(home.path).as_posix()
        if each.is_file() and name not in LEFT_OUT and not name.startswith(NOT_KEPT):
            yield name, each


def _add(tar: tarfile.TarFile, source: Path, name: str, hashes: dict[str, str]) -> None:
    info = tar.gettarinfo(source, arcname=name)
    with source.open("rb") as file:
        hashes[name] = _sha256(file)
        file.seek(0)
        tar.addfile(info, file)


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _checked(staging: Path) -> dict[str, Any]:
    path = staging / MANIFEST
    if not path.is_file():
        raise IntegrityError("backup: its manifest, the last part written, is not there: the file is cut short")
    manifest: dict[str, Any] = json.loads(path.read_bytes())
    if manifest["format"] != FORMAT or manifest["database"] != connection.vendor:
        raise SubmissionStateError(
            expected=f"a backup of a {connection.vendor} database, format {FORMAT}",
            found=f"{manifest['database']}, format {manifest['format']}",
            where=MANIFEST,
            do="Restore it with the version and the kind of database it was made with.",
        )
    for name, known in manifest["files"].items():
        each = staging / name
        if not each.is_file():
            raise IntegrityError(f"backup: {name} is missing")
        with each.open("rb") as file:
            if _sha256(file) != known:
                raise IntegrityError(f"backup: {name} is not as it was written")
    return manifest


def _refuse_if_in_use(home: Home) -> None:
    if any(name for name, _ in _home_files(home)):
        found, where = "files", str(home.path)
    elif "people_person" in connection.introspection.table_names() and _people():
        found, where = "people", "DATABASE_URL"
    else:
        return
    raise SubmissionStateError(
        expected="an empty home and a database without people", found=found, where=where,
        do="Restore beside what is there: name another PARENTIS_HOME and another DATABASE_URL.",
    )  # fmt: skip


def _people() -> bool:
    from parentis.web.people.models import Person

    return bool(Person.objects.exists())


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
    else:
        _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def _load(source: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(source)) as copy:
            copy.backup(connection.connection)
        connection.close()
    else:
        name = connection.settings_dict["NAME"]
        _postgres("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
                  f"--dbname={name}", str(source))  # fmt: skip


def _postgres(program: str, *arguments: str) -> None:
    """PostgreSQL's own tool on our database. The password goes by the environment, where no process list shows it."""
    settings: Mapping[str, Any] = connection.settings_dict
    told = {
        "PGHOST": settings["HOST"],
        "PGPORT": settings["PORT"],
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
    }
    environment = {**os.environ, **{name: str(value) for name, value in told.items() if value}}
    try:
        done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NotFoundError(
            expected=f"PostgreSQL's {program}", found="nothing of that name", where="PATH",
            do="Install PostgreSQL's client programs (Debian: apt install postgresql-client).",
        ) from None  # fmt: skip
    if done.returncode:
        raise IntegrityError(f"{program} failed: {done.stderr.strip()[-500:]}")

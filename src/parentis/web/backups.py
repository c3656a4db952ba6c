"""Backup and restore: the database and everything in the home in one encrypted file, with the hash of each part.

    one line of JSON     format, the id of the master key, the backup's own key encrypted by the master key
    sealed blocks        a tar: `database`, `home/…`, and last the manifest with every part's SHA-256

A backup contains none of the home's keys except those that are themselves encrypted (docs/deploy.md), no session and
nothing from the site's cache: whoever finds a backup can neither read it nor sign in with it. It contains the queued
submissions whose senders were told that they were received. Data erased before a backup is not in it; data erased later
is still in older backups, so these are kept for a limited time.
"""

import hashlib
import io
import json
import os
import re
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

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from parentis.archive import (
    Home,
    Key,
    SealedReader,
    SealedWriter,
    find_home,
    fresh_key,
    given_master_key,
    locked,
    make_folder,
    master_key,
)
from parentis.errors import IntegrityError, KeyMissingError, NotFoundError, SubmissionStateError
from parentis.version import VERSION

FORMAT = 2
ABOUT = "backup"
MANIFEST, DATABASE, HOME = "parentis-backup.json", "database", "home/"
LEFT_OUT = frozenset({"lock", "pending.json"})
KEYS = re.compile(r"keys/[^/]+\.key(\.next)?")
"A key as it is, whatever it is for."
SPOOL = "site/spool/"
NOT_KEPT = ("site/", "cache/")
"""The site's own folder except for SPOOL: its database is backed up separately, and its static files are created at
each start. The cache is left out too."""
BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup contains: number of files, bytes, the last entry of the audit record (`sequence:hash`)."""

    path: Path
    files: int
    size: int
    audit: str


def backup(path: Path) -> Backup:
    """Write everything to `path`, encrypted, completely or not at all. Holds the home's lock: submissions wait
    meanwhile."""
    from parentis.web.audit.models import Head

    home = find_home()
    unfinished = path.with_name(f".new-{path.name}")
    hashes: dict[str, str] = {}
    with locked(home), tempfile.TemporaryDirectory() as folder:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            key, sealed = fresh_key(home, ABOUT)
            header = {"format": FORMAT, "master": master_key(home).id, "key": sealed.hex()}
            file.write(json.dumps(header).encode() + b"\n")
            stream = SealedWriter(key, file, ABOUT)
            with tarfile.open(fileobj=stream, mode="w|") as tar:  # type: ignore[call-overload]
                # Queued submissions go in before the database is copied and again after: a job that ends meanwhile
                # deletes its files, and a new one adds files.
                for name, each in _home_files(home):
                    if name.startswith(SPOOL):
                        _add(tar, each, HOME + name, hashes)
                dump = Path(folder) / DATABASE
                _dump(dump)
                head = Head.objects.filter(pk=1).first()
                _add(tar, dump, DATABASE, hashes)
                for name, each in _home_files(home):
                    if HOME + name not in hashes:
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
            stream.close()
            file.flush()
            os.fsync(file.fileno())
        size = unfinished.stat().st_size
        unfinished.replace(path)
    return Backup(path=path, files=len(hashes), size=size, audit=str(manifest["audit"]))


def restore(path: Path) -> Backup:
    """Restore a backup into an empty home and a database without people; check every hash and the audit chain. The
    master key must be in its place."""
    from django.core.management import call_command

    from parentis.web.audit.verification import verify_audit

    home = find_home()
    if not path.is_file():
        raise NotFoundError(expected="a backup", found="nothing", where=str(path), do="Give the file's path.")
    _refuse_if_in_use(home)
    key = given_master_key(home)
    make_folder(home.path)
    with tempfile.TemporaryDirectory(dir=home.path.parent) as folder:
        staging = Path(folder)
        _unpack(path, key, staging)
        manifest = _checked(staging)
        connection.close()
        _load(staging / DATABASE)
        _move_into(staging / "home", home.path)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    Session.objects.all().delete()  # sessions of the restored database: nobody stays signed in
    cache.clear()
    verify_audit(noted=manifest["audit"] or None)
    return Backup(path=path, files=len(manifest["files"]), size=path.stat().st_size, audit=manifest["audit"])


def _unpack(path: Path, master: Key, staging: Path) -> None:
    with path.open("rb") as file:
        try:
            header = json.loads(file.readline(BLOCK))
            made, master_id, sealed = header["format"], header["master"], bytes.fromhex(header["key"])
        except (ValueError, KeyError, TypeError):
            raise IntegrityError(f"backup: {path.name} is cut short, or no file of ours") from None
        if made != FORMAT:
            raise SubmissionStateError(
                expected=f"a backup of format {FORMAT}", found=f"format {made}", where=path.name,
                do="Restore it with the version it was made with.",
            )  # fmt: skip
        if master_id != master.id:
            raise KeyMissingError(
                expected=f"the master key {master_id} it was made under", found=f"the key {master.id}", where=path.name,
                do="Put that key in its place; after a rotation, keep the earlier one for as long as such backups.",
            )  # fmt: skip
        stream = SealedReader(Key(master.open(sealed, ABOUT)), file, ABOUT)
        try:
            with tarfile.open(fileobj=stream, mode="r|") as tar:  # type: ignore[call-overload]
                tar.extractall(staging, filter="data")
        except tarfile.TarError:
            raise IntegrityError(f"backup: {path.name} is cut short, or no file of ours") from None
        stream.finish()


def _move_into(source: Path, target: Path) -> None:
    """Move the unpacked files to where they belong; a key that is already there stays."""
    for folder, _, names in os.walk(source):
        into = target / Path(folder).relative_to(source)
        make_folder(into)
        for name in names:
            (Path(folder) / name).rename(into / name)


def _home_files(home: Home) -> Iterator[tuple[str, Path]]:
    for each in sorted(home.path.rglob("*")):
        name = each.relative_to(home.path).as_posix()
        waits = name.startswith(SPOOL) and not name.startswith(f"{SPOOL}.")
        left_out = name in LEFT_OUT or KEYS.fullmatch(name)
        if each.is_file() and not left_out and (waits or not name.startswith(NOT_KEPT)):
            yield name, each


def _add(tar: tarfile.TarFile, source: Path, name: str, hashes: dict[str, str]) -> None:
    try:
        file = source.open("rb")
    except FileNotFoundError:
        if name.startswith(HOME + SPOOL):  # submitted since the folder was listed: the file is in the archive
            return
        raise
    with file:
        info = tar.gettarinfo(arcname=name, fileobj=file)
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
    """The database without sessions and without cached values."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
            there = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table in set(_without_rows()) & there:
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own tables' names
            copy.commit()
            copy.execute("VACUUM")  # removes deleted data from the file
    else:
        left = [f"--exclude-table-data={table}" for table in _without_rows()]
        _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", *left, f"--file={target}")


def _without_rows() -> tuple[str, ...]:
    remembered = settings.CACHES["default"].get("LOCATION")
    return tuple(filter(None, (Session._meta.db_table, remembered)))


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
    """Run PostgreSQL's own tool on the site's database. The password is passed in the environment, where no process
    list shows it."""
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

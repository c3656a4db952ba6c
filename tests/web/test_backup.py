"""A backup holds everything and comes back whole; one that was cut or changed is refused, and nobody reads it."""

import io
import json
import os
import shutil
import sqlite3
import tarfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from worker import CAMDEN, monitoring, uploads, work

from parentis import workflow
from parentis.archive import Key, SealedReader, SealedWriter, find_home, master_key
from parentis.errors import IntegrityError, KeyMissingError, SubmissionStateError
from parentis.web.audit.models import Entry
from parentis.web.audit.verification import verify_audit
from parentis.web.backups import ABOUT, MANIFEST, backup, restore
from parentis.web.jobs.models import Job, State
from parentis.web.jobs.runner import resume_interrupted
from parentis.web.people.models import Invitation, Membership, Organisation, Person

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _tools() -> None:
    if connection.vendor == "postgresql" and not shutil.which("pg_dump"):
        said = "PostgreSQL's client programs are not here: backups of it cannot be tested"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)


MASTER = Key.random().secret.hex()


@pytest.fixture
def home(unguarded: None) -> Path:
    """A home with something in it, its master key too."""
    path = find_home().path
    for name, text in (
        ("archive/ab/bytes", "sealed"), ("register/_delta_log/0.json", "{}"), ("keys/ab.retired", "wrapped"),
        ("keys/register.key", "secret"), ("keys/some-enclave.key", "secret"), ("keys/custody.key.next", "secret"),
        ("site/static/x.css", "made again"), ("site/spool/one/0", "waits"), ("site/spool/.unfinished/0", "half"),
    ):  # fmt: skip
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    (path / "keys/master.key").write_text(MASTER)
    (path / "keys/master.key").chmod(0o600)
    return path


def empty(home: Path, monkeypatch: pytest.MonkeyPatch, to: str = "elsewhere") -> Path:
    """Another machine: a home with nothing but the master key, and a database without people."""
    from django.core.management import call_command

    key = (home / "keys/master.key").read_bytes()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_no_delete")
    call_command("flush", interactive=False, verbosity=0)
    new = home.parent / to
    monkeypatch.setenv("PARENTIS_HOME", str(new))
    (new / "keys").mkdir(parents=True, mode=0o700)
    (new / "keys/master.key").write_bytes(key)
    (new / "keys/master.key").chmod(0o600)
    return new


def opened(path: Path, into: Path, master: Key) -> Path:
    """Everything in a backup, unpacked by its key: what its restorer has, and its finder has not."""
    with path.open("rb") as file:
        header = json.loads(file.readline())
        stream = SealedReader(Key(master.open(bytes.fromhex(header["key"]), ABOUT)), file, ABOUT)
        with tarfile.open(fileobj=stream, mode="r|") as tar:  # type: ignore[call-overload]
            tar.extractall(into, filter="data")
        stream.finish()
    return into


def test_everything_comes_back(
    home: Path, person: Callable[..., Person], client_of: Callable[..., Any], tmp_path: Path, monkeypatch: Any
) -> None:
    client_of("analyst")
    before = [(one.email, one.password) for one in Person.objects.all()]
    entries = list(Entry.objects.values_list("hash", flat=True))
    kept = backup(tmp_path / "kept.backup")
    assert (tmp_path / "kept.backup").stat().st_mode & 0o777 == 0o600
    assert kept.audit == f"1:{entries[0]}"
    inside = opened(tmp_path / "kept.backup", tmp_path / "inside", master_key(find_home()))
    names = {path.relative_to(inside).as_posix() for path in inside.rglob("*") if path.is_file()}
    assert names == {
        "home/archive/ab/bytes", "home/register/_delta_log/0.json", "home/keys/ab.retired", "home/keys/master.id",
        "home/site/spool/one/0", "database", MANIFEST,
    }  # fmt: skip

    new = empty(home, monkeypatch)
    assert not Person.objects.exists()
    restored = restore(tmp_path / "kept.backup")
    assert restored.audit == kept.audit
    assert [(one.email, one.password) for one in Person.objects.all()] == before
    assert list(Entry.objects.values_list("hash", flat=True)) == entries
    assert Membership.objects.count() == 1
    assert (new / "archive/ab/bytes").read_text() == "sealed"
    assert {path.name for path in new.glob("keys/*.key*")} == {"master.key"}
    assert verify_audit().entries == 1
    # The database goes on where it was, guard and all.
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry")


def test_whoever_finds_a_backup_reads_nothing_and_is_nobody(
    home: Path, client_of: Callable[..., Any], tmp_path: Path, monkeypatch: Any
) -> None:
    client = client_of("analyst")
    session = client.session.session_key
    cache.set("remembered", "value-of-the-cache", 600)
    path = tmp_path / "kept.backup"
    backup(path)
    data = path.read_bytes()
    for secret in (session.encode(), b"analyst@camden.test", b"wrapped", b"SQLite format", b"home/archive"):
        assert secret not in data
    inside = opened(path, tmp_path / "inside", master_key(find_home()))
    assert session.encode() not in (inside / "database").read_bytes(), "nor does its opened database hold a session"
    if connection.vendor == "sqlite":
        assert b"analyst@camden.test" in (inside / "database").read_bytes(), "what is looked for would be found"
        with sqlite3.connect(inside / "database") as copy:
            assert copy.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
    assert client.get("/returns/hand-in/").status_code == 200, "a backup signs nobody out"
    empty(home, monkeypatch)
    restore(path)
    assert client.get("/returns/hand-in/").status_code == 302, "a session of then is none after a restore"


def test_what_was_sent_and_not_yet_worked_on_is_handed_in_after_a_restore(
    client_of: Callable[..., Any], tmp_path: Path, monkeypatch: Any, unguarded: None
) -> None:
    """Its sender was told that it is here. The machine is lost before the worker came to it."""
    client = client_of("analyst")
    files = uploads(monitoring(tmp_path))
    sent = client.post("/returns/hand-in/", {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": files})
    assert sent.status_code == 302
    backup(tmp_path / "kept.backup")
    empty(find_home().path, monkeypatch)
    assert not Job.objects.exists()
    restore(tmp_path / "kept.backup")
    assert resume_interrupted() == 1
    work()
    assert {one.state for one in Job.objects.all()} == {State.DONE}
    (row,) = workflow.register(find_home()).iter_rows(named=True)
    assert (row["submitter"], row["status"]) == (CAMDEN, "checked")
    assert workflow.doctor(find_home()) == []


def test_without_its_master_key_nothing_is_restored(
    home: Path, client_of: Callable[..., Any], tmp_path: Path, monkeypatch: Any
) -> None:
    client_of("analyst")
    backup(tmp_path / "kept.backup")
    new = empty(home, monkeypatch)
    (new / "keys/master.key").unlink()
    with pytest.raises(KeyMissingError, match="Put it there first"):
        restore(tmp_path / "kept.backup")
    monkeypatch.setenv("PARENTIS_MASTER_KEY", Key.random().secret.hex())
    with pytest.raises(KeyMissingError, match="it was made under"):
        restore(tmp_path / "kept.backup")
    assert not (new / "keys/master.id").exists(), "no key is made up, and none is noted"
    monkeypatch.setenv("PARENTIS_MASTER_KEY", MASTER)
    restore(tmp_path / "kept.backup")
    assert Person.objects.count() == 1


def test_nothing_is_restored_over_what_is_in_use(
    home: Path, client_of: Callable[..., Any], tmp_path: Path, monkeypatch: Any
) -> None:
    client_of("analyst")
    backup(tmp_path / "kept.backup")
    with pytest.raises(SubmissionStateError, match="found files"):
        restore(tmp_path / "kept.backup")
    monkeypatch.setenv("PARENTIS_HOME", str(tmp_path / "new"))
    with pytest.raises(SubmissionStateError, match="found people"):
        restore(tmp_path / "kept.backup")


@pytest.mark.parametrize("harm", ["cut", "end cut", "changed", "longer", "escaping", "not ours"])
def test_a_harmed_backup_is_refused_and_nothing_is_put_back(
    home: Path, client_of: Callable[..., Any], tmp_path: Path, monkeypatch: Any, harm: str
) -> None:
    client_of("analyst")
    path = tmp_path / "kept.backup"
    backup(path)
    whole = path.read_bytes()
    match harm:
        case "cut":
            os.truncate(path, len(whole) // 2)
        case "end cut":
            os.truncate(path, len(whole) - 32)
        case "changed":
            path.write_bytes(whole[:-3000] + bytes([whole[-3000] ^ 1]) + whole[-2999:])
        case "longer":
            path.write_bytes(whole + b"x")
        case "escaping":
            _with_escaping_member(path, master_key(find_home()))
        case _:
            path.write_bytes(b"PK\x03\x04")
    new = empty(home, monkeypatch)
    with pytest.raises((IntegrityError, tarfile.OutsideDestinationError)):
        restore(path)
    assert not Person.objects.exists()
    assert not (new / "archive").exists()
    assert not (tmp_path / "outside").exists()
    assert not Organisation.objects.exists()
    assert not Invitation.objects.exists()


def _with_escaping_member(path: Path, master: Key) -> None:
    """By somebody who has the key: still nothing is written elsewhere."""
    header = path.read_bytes().split(b"\n", 1)[0]
    key = Key(master.open(bytes.fromhex(json.loads(header)["key"]), ABOUT))
    with path.open("wb") as file:
        file.write(header + b"\n")
        stream = SealedWriter(key, file, ABOUT)
        with tarfile.open(fileobj=stream, mode="w|") as tar:  # type: ignore[call-overload]
            info = tarfile.TarInfo("../../outside")
            info.size = 1
            tar.addfile(info, io.BytesIO(b"x"))
        stream.close()

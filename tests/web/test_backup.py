"""A backup holds everything and comes back whole; one that was cut or changed is refused."""

import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from parentis.archive import find_home
from parentis.errors import IntegrityError, SubmissionStateError
from parentis.web.audit.models import Entry
from parentis.web.audit.verification import verify_audit
from parentis.web.backups import backup, restore
from parentis.web.people.models import Invitation, Membership, Organisation, Person

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _tools() -> None:
    if connection.vendor == "postgresql" and not shutil.which("pg_dump"):
        said = "PostgreSQL's client programs are not here: backups of it cannot be tested"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)


@pytest.fixture
def home(unguarded: None) -> Path:
    """A home with something in it, its master key too."""
    path = find_home().path
    for name, text in (("archive/ab/bytes", "sealed"), ("register/_delta_log/0.json", "{}"), ("keys/ab.key", "wrapped"),
                       ("keys/master.key", "secret"), ("site/static/x.css", "made again")):  # fmt: skip
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return path


def empty(home: Path, monkeypatch: pytest.MonkeyPatch, to: str = "elsewhere") -> Path:
    """Another machine: an empty home, and a database without people."""
    from django.core.management import call_command

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_no_delete")
    call_command("flush", interactive=False, verbosity=0)
    monkeypatch.setenv("PARENTIS_HOME", str(home.parent / to))
    return home.parent / to


def test_everything_comes_back(
    home: Path, person: Callable[..., Person], client_of: Callable[..., Any], tmp_path: Path, monkeypatch: Any
) -> None:
    client_of("analyst")
    before = [(one.email, one.password) for one in Person.objects.all()]
    entries = list(Entry.objects.values_list("hash", flat=True))
    kept = backup(tmp_path / "kept.tar")
    assert (tmp_path / "kept.tar").stat().st_mode & 0o777 == 0o600
    assert kept.audit == f"1:{entries[0]}"
    with tarfile.open(tmp_path / "kept.tar") as tar:
        names = set(tar.getnames())
    assert {"home/archive/ab/bytes", "home/register/_delta_log/0.json", "home/keys/ab.key", "database"} <= names
    assert not {"home/keys/master.key", "home/site/static/x.css"} & names

    new = empty(home, monkeypatch)
    assert not Person.objects.exists()
    restored = restore(tmp_path / "kept.tar")
    assert restored.audit == kept.audit
    assert [(one.email, one.password) for one in Person.objects.all()] == before
    assert list(Entry.objects.values_list("hash", flat=True)) == entries
    assert Membership.objects.count() == 1
    assert (new / "archive/ab/bytes").read_text() == "sealed"
    assert not (new / "keys/master.key").exists()
    assert verify_audit().entries == 1
    # The database goes on where it was, guard and all.
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry")


def test_nothing_is_restored_over_what_is_in_use(
    home: Path, client_of: Callable[..., Any], tmp_path: Path, monkeypatch: Any
) -> None:
    client_of("analyst")
    backup(tmp_path / "kept.tar")
    with pytest.raises(SubmissionStateError, match="found files"):
        restore(tmp_path / "kept.tar")
    monkeypatch.setenv("PARENTIS_HOME", str(tmp_path / "new"))
    with pytest.raises(SubmissionStateError, match="found people"):
        restore(tmp_path / "kept.tar")


@pytest.mark.parametrize("harm", ["cut", "changed", "escaping"])
def test_a_harmed_backup_is_refused_and_nothing_is_put_back(
    home: Path, client_of: Callable[..., Any], tmp_path: Path, monkeypatch: Any, harm: str
) -> None:
    client_of("analyst")
    path = tmp_path / "kept.tar"
    backup(path)
    if harm == "cut":
        with path.open("rb+") as file:
            os.truncate(file.fileno(), path.stat().st_size // 2)
    elif harm == "changed":
        path.write_bytes(path.read_bytes().replace(b"wrapped", b"swapped"))
    else:
        with tarfile.open(path, "a") as tar:
            tar.add(home / "keys/ab.key", arcname="../../outside")
    new = empty(home, monkeypatch)
    with pytest.raises(IntegrityError):
        restore(path)
    assert not Person.objects.exists()
    assert not (new / "archive").exists()
    assert not Organisation.objects.exists()
    assert not Invitation.objects.exists()

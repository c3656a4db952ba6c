"""Replacing the master key, the custody enclave's and the register's: everything is read as before, and by the new."""

import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from case_samples import recommendation_of
from custody_places import CHILD, CROYDON, DETAIL, entry, fresh_indexes, notice, suite_of
from django.test import Client
from django.utils import timezone
from worker import CAMDEN, monitoring, uploads, work

from parentis import archive, lake, web, workflow
from parentis.archive import Home, Key, durable, find_home, keys_of
from parentis.errors import IntegrityError, KeyMissingError, UserError
from parentis.returns import ReturnData, write_files
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases import encryption, history, operations
from parentis.web.cases.models import Attachment, Case, Record, Value
from parentis.web.custody import encrypted_store
from parentis.web.custody.models import Detention
from parentis.web.custody.operations import DeliveryError
from parentis.web.key_rotation import rotate
from parentis.web.people.models import Organisation, Person

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]
PDF = b"%PDF-1.4\n%%EOF\n"
KEYS = {"master": archive.master_key, "custody": archive.custody_key, "register": archive.register_key}
NAMES = tuple(KEYS)


def children(folder: Path, period: str) -> list[Path]:
    header = pl.DataFrame({"CHILD": ["INVENTED1"], "SEX": ["1"], "DOB": [date(2010, 5, 17)], "ETHNIC": ["WBRI"]})
    filled = ReturnData(return_id="ssda903", submitter=CAMDEN, period=period, tables={"Header": header})
    return write_files(filled, folder / period)


@pytest.fixture
def full(
    tmp_path: Path, places: dict[str, Organisation], person: Callable[..., Person], client_of: Callable[..., Client]
) -> Home:
    """Something of everything that is kept under a key."""
    home = find_home()
    for files in (monitoring(tmp_path), children(tmp_path, "2023-24")):
        workflow.submit(home, files, who="ann", authority=CAMDEN, accept=True)
    workflow.build(home, services=["funding"])
    case = recommendation_of(CAMDEN)
    operations.attach(by=person("improvement-lead"), case=case, name="plan.pdf", data=PDF, note="The plan")
    fresh_indexes(entry())
    notice(suite_of(places["police"]))
    sent = {"once": str(uuid.uuid4()), "authority": CAMDEN, "files": uploads(monitoring(tmp_path, budget=700))}
    assert client_of("analyst").post("/returns/hand-in/", sent).status_code == 302
    return home


def everything(home: Home) -> dict[str, Any]:
    """What is to be read, by whatever key it lies under."""
    case = Case.objects.get(kind="recommendation")
    detained = Case.objects.get(kind="custody")
    return {
        "rows": {name: lake.read(home, name).collect().sort("row").rows() for name in lake.names(home)},
        "figures": lake.read_figures(home).select("measure", "geography", "value").collect().sort(pl.all()).rows(),
        "files": [archive.fetch(home, one) for one in sorted(archive.kept(home))],
        "history": [history.value_of(one) for one in case.entries.order_by("sequence")],
        "attachment": history.file_of(Attachment.objects.get().entry),
        "child": encrypted_store.held(detained, [*CHILD, *DETAIL]),
    }


@pytest.mark.parametrize("times", [1, 2])
def test_everything_is_read_as_before_and_nothing_new_by_the_old_key(full: Home, tmp_path: Path, times: int) -> None:
    before = everything(full)
    assert before["child"]["surname"] == CHILD["surname"]
    old = {name: keys_of(full, name)[-1] for name in ("master", "register")}
    for _ in range(times):
        for name in NAMES:
            rotate(name, who="ann")
    assert everything(full) == before
    assert [one for one in workflow.doctor(full) if one.severity != "note"] == []
    web.verify_record()
    # The old master key opens no submission and nothing of a case any more.
    for path in full.archive.glob("*/key"):
        with pytest.raises(IntegrityError):
            old["master"].open(path.read_bytes(), f"key of {path.parent.name}")
    for row, about in _sealed():
        with pytest.raises(IntegrityError):
            old["master"].derive("cases").open(bytes(row.sealed), about)
    # What comes goes under the new keys, and is found beside what came before.
    work()
    assert workflow.register(full)["status"].to_list().count("checked") == 1, "what waited was handed in"
    workflow.submit(full, children(tmp_path, "2024-25"), who="ann", authority=CAMDEN, accept=True)
    assert lake.read(full, "ssda903/Header").collect()["CHILD"].n_unique() == 1, "a child has one hash in every year"
    with pytest.raises(DeliveryError, match="this key was used"):
        notice(Detention.objects.get().suite, arrival=timezone.now())
    chained = archive.events(full)["chain"].str.head(8).to_list()
    assert chained[-1] == keys_of(full, "register")[-1].id
    assert chained[0] == old["register"].id
    said = AuditEntry.objects.filter(what__in=["key:replace", "custody-key:changed"]).order_by("sequence")
    assert [one.subject for one in said] == [f"{name} key" for name in NAMES] * times
    assert workflow.rebuild(full, who="ann")["changed"].to_list() == [None] * 2


def _sealed() -> Iterator[tuple[Any, str]]:
    for value in Value.objects.all():
        yield value, history.about(value.entry)
    for file in Attachment.objects.all():
        yield file, f"{history.about(file.entry)}/file"
    for one in Record.objects.filter(sealed__isnull=False):
        yield one, f"case {one.case_id}/fields"


def test_keys_of_the_environment_are_replaced_by_those_that_are_given(
    full: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(full)
    for name in NAMES:
        path, variable = full.keys / f"{name}.key", f"PARENTIS_{name.upper()}_KEY"
        first, second = path.read_text().strip(), Key.random().secret.hex()
        path.unlink()
        monkeypatch.setenv(variable, first)
        with pytest.raises(KeyMissingError, match=f"{variable}_NEW"):
            rotate(name, who="ann")
        monkeypatch.setenv(f"{variable}_NEW", first)
        with pytest.raises(UserError, match=r"never used here|found the one in use"):
            rotate(name, who="ann")
        monkeypatch.setenv(f"{variable}_NEW", second)
        rotate(name, who="ann")
        assert not path.exists()
        monkeypatch.setenv(variable, first)
        with pytest.raises(KeyMissingError, match=f"the {name} key"):
            KEYS[name](full)
        monkeypatch.setenv(variable, second)
    assert everything(full) == before


def test_a_register_key_that_became_known_changes_nothing_that_was_written_under_it(full: Home) -> None:
    """Somebody has the key of before, and every file."""
    known = keys_of(full, "register")[-1]
    rotate("register", who="ann")
    from deltalake import write_deltalake

    from parentis.archive import register_chain

    events = archive.events(full)
    forged = events.filter(pl.col("event") != "rekeyed").with_columns(
        who=pl.when(pl.col("sequence") == 1).then(pl.lit("forged")).otherwise("who")
    )
    link, chains = register_chain.START, []
    # Nor can it add what comes after.
    late = events.tail(1).with_columns(sequence=pl.lit(events.height + 1, pl.Int64), event=pl.lit("signed"))
    (row,) = late.iter_rows(named=True)
    chain = register_chain._hash(known, events["chain"][-1], row)
    added = pl.concat([events, late.with_columns(chain=pl.lit(chain))])
    with pytest.raises(IntegrityError, match=f"entry {events.height + 1} is not as it was written"):
        register_chain.verified(full, added)
    for row in forged.iter_rows(named=True):
        link = register_chain.Link(row["sequence"], register_chain._hash(known, link.chain, row))
        chains.append(link.chain)
    forged = forged.with_columns(pl.Series("chain", chains))
    for path in (*full.register.glob("*.parquet"), *full.register.glob("_delta_log/*")):
        path.unlink()
    write_deltalake(str(full.register), pl.concat([forged, events.filter(pl.col("event") == "rekeyed")]))
    with pytest.raises(IntegrityError, match=f"entry {events.height} is not as it was written"):
        archive.verify(full)


@pytest.mark.parametrize("name", ["master", "register"])
def test_a_rotation_that_is_killed_leaves_a_home_that_goes_on(
    full: Home, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """At each file that it writes, before and after."""
    before, writes = everything(full), durable.write_file

    class KilledError(Exception):
        pass

    for step in range(40):
        left = [step]

        def write(path: Path, data: bytes, *, mode: int = 0o600, left: list[int] = left) -> None:
            if not left[0]:
                raise KilledError
            left[0] -= 1
            writes(path, data, mode=mode)

        monkeypatch.setattr(durable, "write_file", write)
        try:
            rotate(name, who="ann")
        except KilledError:
            killed = True
        else:
            killed = False
        monkeypatch.setattr(durable, "write_file", writes)
        encryption.forget_keys()
        archive.verify(full)
        assert everything(full) == before, f"after being killed at file {step}"
        if not killed:
            break
    assert step > 2
    rotate(name, who="ann")
    assert everything(full) == before
    assert [one for one in workflow.doctor(full) if one.severity == "error"] == []


def test_a_backup_of_before_is_restored_by_the_key_of_before(
    full: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.management import call_command
    from django.db import connection

    old = {name: (full.keys / f"{name}.key").read_text() for name in NAMES}
    before = everything(full)
    web.backup(tmp_path / "before.backup")
    for name in NAMES:
        rotate(name, who="ann")
    web.backup(tmp_path / "after.backup")
    new = {name: (full.keys / f"{name}.key").read_text() for name in NAMES}
    for which, keys in (("before", old), ("after", new)):
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                for table in ("audit_entry", "cases_entry"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")
        call_command("flush", interactive=False, verbosity=0)
        monkeypatch.setenv("PARENTIS_HOME", str(tmp_path / which))
        for name, key in keys.items():
            monkeypatch.setenv(f"PARENTIS_{name.upper()}_KEY", key)
        web.restore(tmp_path / f"{which}.backup")
        encryption.forget_keys()
        assert everything(find_home()) == before
        assert [one for one in workflow.doctor(find_home()) if one.severity == "error"] == []


def test_croydon_is_where_the_child_of_the_index_is(full: Home) -> None:
    """What the fixture stands on: the notice went by the index, whose entries are under the enclave's key."""
    rotate("custody", who="ann")
    assert Case.objects.get(kind="custody").place == CROYDON

"""Somebody who has the database's password, or every file and key, writes a chain anew: anchors outside tell of it."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from parentis import archive, web, workflow
from parentis.archive import Event, Home, find_home
from parentis.errors import IntegrityError, NotFoundError
from parentis.web.audit import outside
from parentis.web.audit.chain import CHAINED, hash_of
from parentis.web.audit.models import FIRST, Entry, Head, OutsidePosition
from parentis.web.audit.recorder import record
from parentis.web.front.health import failing

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def anchors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where anchors are kept: a folder that the attacker cannot write."""
    monkeypatch.setenv("PARENTIS_ANCHORS", str(tmp_path / "anchors"))
    return tmp_path / "anchors"


@pytest.fixture
def home(anchors: Path) -> Home:
    """A register and an audit record with three entries each, anchored."""
    home = find_home()
    for name in ("one", "two", "three"):
        archive.append(home, [Event(event="received", submission_id=name, who="ann")])
        record(who=None, what="test:done", subject=name)
    assert outside.anchor() != []
    return home


def unguard() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER audit_entry_no_change ON audit_entry")
        else:
            cursor.execute("DROP TRIGGER audit_entry_no_update")
            cursor.execute("DROP TRIGGER audit_entry_no_delete")


def rechain() -> None:
    """The whole record as it now stands, sound in itself."""
    previous = FIRST
    for entry in Entry.objects.order_by("sequence"):
        fields = {name: getattr(entry, name) for name in CHAINED}
        forged = hash_of(previous, fields)
        Entry.objects.filter(pk=entry.pk).update(previous=previous, hash=forged)
        previous = forged
    Head.objects.update(sequence=Entry.objects.count(), hash=previous)


def test_a_record_without_its_end_and_its_head_put_right_is_found(home: Home) -> None:
    assert web.verify_record().anchors == 1
    unguard()
    Entry.objects.filter(sequence=3).delete()
    rechain()
    with pytest.raises(IntegrityError, match=r"audit: entry 3, which was anchored on .*, is missing; the last is 2"):
        web.verify_record()


def test_a_record_written_anew_is_found(home: Home) -> None:
    unguard()
    Entry.objects.filter(sequence=1).update(subject="somebody else's")
    rechain()
    with pytest.raises(IntegrityError, match="audit: entry 3 is not the one that was anchored on"):
        web.verify_record()


def test_a_register_put_back_to_an_earlier_day_is_found(home: Home, tmp_path: Path) -> None:
    """Register and head together: sound in itself, and under the right key."""
    shutil.copytree(home.register, tmp_path / "register")
    shutil.copy(home.register_head, tmp_path / "head")
    archive.append(home, [Event(event="rejected", submission_id="three", who="ann", why="late")])
    outside.anchor(now=True)
    shutil.rmtree(home.register)
    (tmp_path / "register").rename(home.register)
    shutil.copy(tmp_path / "head", home.register_head)
    archive.verify(home)
    (found, *_) = [one for one in workflow.doctor(home) if one.where == "register" and one.severity == "error"]
    assert found.what.startswith("register: it ends at entry 3, and on ")
    with pytest.raises(IntegrityError, match="it ends at entry 3"):
        web.verify_record()


def test_a_register_written_anew_with_its_own_key_is_found(home: Home) -> None:
    shutil.rmtree(home.register)
    home.register_head.unlink()
    (home.keys / "register.id").unlink()
    for name in ("one", "two", "four"):
        archive.append(home, [Event(event="received", submission_id=name, who="ann")])
    archive.verify(home)
    assert [one.what for one in workflow.doctor(home) if "anchored" in one.what] != []


@pytest.mark.parametrize("harm", ["changed", "of another key", "damaged"])
def test_an_anchor_that_was_made_up_is_told(home: Home, anchors: Path, harm: str) -> None:
    (path,) = anchors.glob("anchor-*.jsonl")
    said = json.loads(path.read_text())
    match harm:
        case "changed":
            said["audit"] = "3:" + "0" * 64
        case "of another key":
            said["key"] = "00000000"
    path.write_text("{" if harm == "damaged" else json.dumps(said))
    with pytest.raises(IntegrityError, match=r"anchors: anchor-.* (is damaged|was not made under)"):
        web.verify_record()


def test_anchors_are_made_by_their_schedule_and_somebody_is_called_where_they_are_not(
    home: Home, anchors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(list(anchors.iterdir())) == 1
    assert outside.anchor() == [], "not due for an hour"
    assert "anchors" not in failing()
    OutsidePosition.objects.update(at=timezone.now() - outside.every())
    outside.anchor()
    assert len(list(anchors.iterdir())) == 2
    # The place cannot be written: another is written all the same, and the health page says so once it is late.
    blocked = anchors.parent / "blocked"
    blocked.write_text("a file stands where the folder should be")
    monkeypatch.setenv("PARENTIS_ANCHORS", f"{blocked},{anchors}")
    OutsidePosition.objects.update(at=timezone.now() - 2 * outside.every())
    with pytest.raises(OSError):
        outside.anchor()
    assert len(list(anchors.iterdir())) == 3
    assert "anchors" in failing()


def test_no_anchor_covers_a_register_that_was_changed(home: Home) -> None:
    max((home.register / "_delta_log").glob("*.json")).unlink()
    with pytest.raises(IntegrityError, match="it ends at entry 2, and 3 were written"):
        outside.anchor(now=True)


@pytest.fixture
def collector() -> Iterator[tuple[int, list[bytes]]]:
    """A syslog collector over TCP: its port, and the messages it was sent."""
    messages: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def collect() -> None:
            for _ in range(2):
                connected, _ = server.accept()
                with connected, connected.makefile("rb") as stream:
                    while length := b"".join(iter(lambda: stream.read(1).strip(), b"")):
                        messages.append(stream.read(int(length)))

        collecting = threading.Thread(target=collect)
        collecting.start()
        yield server.getsockname()[1], messages
        collecting.join(10)


def test_every_entry_is_sent_once_in_order_to_a_folder_and_a_collector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collector: tuple[int, list[bytes]]
) -> None:
    port, messages = collector
    folder = tmp_path / "stream"
    monkeypatch.setenv("PARENTIS_AUDIT_STREAM", f"{folder},syslog://127.0.0.1:{port}")
    for name in ("one", "two", "three"):
        record(who=None, what="test:done", subject=name, why="typed: INVENTED NAME", detail={"n": 1})
    assert outside.stream() == 6
    assert outside.stream() == 0
    record(who=None, what="test:done", subject="four")
    assert outside.stream() == 2
    paths = sorted(folder.iterdir())
    assert [path.name for path in paths] == [
        "audit-000000000001-000000000003.jsonl", "audit-000000000004-000000000004.jsonl",
    ]  # fmt: skip
    lines = [json.loads(line) for path in paths for line in path.read_text().splitlines()]
    assert [line["subject"] for line in lines] == ["one", "two", "three", "four"]
    hashes = list(Entry.objects.order_by("sequence").values_list("hash", flat=True))
    assert [line["hash"] for line in lines] == hashes
    assert not any("INVENTED" in path.read_text() for path in paths)
    for _ in range(100):
        if len(messages) == 4:
            break
        threading.Event().wait(0.05)
    heads = [message.split(b" - ", 1)[0].decode() for message in messages]
    assert all(head.startswith("<109>1 20") and " parentis " in head for head in heads)
    assert [json.loads(message.split(b" - ", 1)[1]) for message in messages] == lines
    assert [json.loads(line) for line in web.lines_since(2)] == lines[2:]


def test_a_collector_that_does_not_answer_keeps_nothing_back_and_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    monkeypatch.setenv("PARENTIS_AUDIT_STREAM", f"syslog://127.0.0.1:{port},{tmp_path / 'stream'}")
    record(who=None, what="test:done")
    with pytest.raises(OSError):
        outside.stream()
    assert len(list((tmp_path / "stream").iterdir())) == 1
    assert "audit-stream" not in failing(), "it may be back in a moment"
    monkeypatch.setattr(outside, "LATE", -outside.LATE)
    assert "audit-stream" in failing()
    assert Entry.objects.count() == 1, "and the site goes on"


@pytest.mark.parametrize("named", ["anchors", "http://collector", "syslog://"])
def test_a_place_that_is_none_is_refused(named: str) -> None:
    with pytest.raises(NotFoundError, match="a place outside"):
        archive.outside(named)

"""The audit record: complete, in the write's own transaction, and no change to it goes unnoticed."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from case_samples import recommendation_of
from django.db import DatabaseError, connection, transaction
from django.test import Client

from parentis.errors import IntegrityError
from parentis.web.audit.chain import CHAINED, hash_of
from parentis.web.audit.models import FIRST, Entry, Head
from parentis.web.audit.recorder import record
from parentis.web.audit.verification import verify_audit
from parentis.web.cases.models import Value
from parentis.web.people import operations
from parentis.web.people.models import Invitation, Organisation, Person


def without_guard() -> None:
    """What somebody with the database's own password could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER audit_entry_no_change ON audit_entry")
        else:
            cursor.execute("DROP TRIGGER audit_entry_no_update")
            cursor.execute("DROP TRIGGER audit_entry_no_delete")


@pytest.fixture
def three(db: None) -> list[Entry]:
    return [
        record(who=None, what=f"test:{word}", subject=word, detail={"n": 1.5, "z": "ü", "a": None})
        for word in ("one", "two", "three")
    ]


@pytest.mark.spec
def test_an_entry_follows_the_one_before(three: list[Entry]) -> None:
    assert [entry.sequence for entry in three] == [1, 2, 3]
    assert three[0].previous == FIRST
    assert three[1].previous == three[0].hash
    found = verify_audit()
    assert (found.entries, found.head) == (3, three[2].hash)


@pytest.mark.unit
def test_every_field_is_under_the_hash() -> None:
    fields = {field.name for field in Entry._meta.get_fields()}
    assert fields - set(CHAINED) == {"previous", "hash"}


@pytest.mark.integration
@pytest.mark.parametrize("field", [name for name in CHAINED if name not in {"sequence", "at", "who", "detail"}])
def test_a_changed_field_is_found(three: list[Entry], field: str) -> None:
    without_guard()
    Entry.objects.filter(sequence=2).update(**{field: "changed"})
    with pytest.raises(IntegrityError, match="entry 2 is not as it was written"):
        verify_audit()


@pytest.mark.integration
@pytest.mark.parametrize("change", [{"who": 7}, {"detail": {}}, {"hash": "0" * 64}, {"previous": "f" * 64}])
def test_a_changed_value_of_any_type_is_found(three: list[Entry], change: dict[str, Any]) -> None:
    without_guard()
    Entry.objects.filter(sequence=2).update(**change)
    with pytest.raises(IntegrityError, match=r"entry [23] is not as it was written"):
        verify_audit()


@pytest.mark.integration
@pytest.mark.parametrize(("gone", "told"), [(1, "entry 1 is missing"), (2, "entry 2 is missing"), (3, "its head says")])
def test_a_missing_entry_is_found(three: list[Entry], gone: int, told: str) -> None:
    without_guard()
    Entry.objects.filter(sequence=gone).delete()
    with pytest.raises(IntegrityError, match=told):
        verify_audit()


@pytest.mark.integration
def test_a_forged_chain_is_found_by_what_was_noted_outside(three: list[Entry]) -> None:
    noted = f"3:{three[2].hash}"
    assert verify_audit(noted=noted).entries == 3
    without_guard()
    # Whoever writes the whole chain anew, head and all, leaves it sound in itself.
    previous = three[0].hash
    for entry in three[1:]:
        fields = {name: getattr(entry, name) for name in CHAINED} | {"why": "forged"}
        forged = hash_of(previous, fields)
        Entry.objects.filter(pk=entry.pk).update(why="forged", previous=previous, hash=forged)
        previous = forged
    Head.objects.update(hash=previous)
    assert verify_audit().entries == 3
    with pytest.raises(IntegrityError, match="entry 3 is not the one that was noted"):
        verify_audit(noted=noted)
    with pytest.raises(IntegrityError, match="entry 9, which was noted, is missing"):
        verify_audit(noted="9:abc")


@pytest.mark.integration
@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET why = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_an_entry(three: list[Entry], statement: str) -> None:
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.unit
def test_the_model_refuses_to_change_an_entry(three: list[Entry]) -> None:
    with pytest.raises(IntegrityError):
        three[0].save()
    with pytest.raises(IntegrityError):
        three[0].delete()


@pytest.mark.integration
def test_a_write_whose_record_fails_is_undone(
    places: dict[str, Organisation], person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    by = person("administrator")

    def fails(**_: Any) -> None:
        raise RuntimeError("no record")

    monkeypatch.setattr(operations, "record", fails)
    with pytest.raises(RuntimeError, match="no record"):
        operations.invite(by=by, email="a@b.test", organisation=places["camden"], role="analyst")
    assert not Invitation.objects.exists()


@pytest.mark.integration
def test_a_record_goes_with_the_write_that_is_undone(db: None) -> None:
    def write() -> None:
        with transaction.atomic():
            record(who=None, what="test:undone")
            raise RuntimeError("later in the same write")

    with pytest.raises(RuntimeError, match="later"):
        write()
    assert verify_audit().entries == 0


@pytest.mark.integration
@pytest.mark.postgres  # threads share the one connection of an in-memory SQLite
@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain(unguarded: None) -> None:

    def append() -> None:
        for _ in range(5):
            record(who=None, what="test:at once")
        connection.close()

    threads = [threading.Thread(target=append) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert verify_audit().entries == 30


@pytest.mark.integration
def test_an_auditor_sees_what_touches_their_authority(client_of: Callable[..., Client], person: Any) -> None:
    record(who=person("analyst", "croydon"), what="test:about camden", authority="E09000007")
    record(who=person("analyst", "croydon"), what="test:about croydon", authority="E09000008")
    record(who=person("analyst", "camden"), what="test:by camden")

    def seen(client: Client) -> list[str]:
        page = client.get("/audit/", {"what": "test:"}).context["page"]
        return sorted(entry.what for entry in page)

    assert seen(client_of("auditor", "camden")) == ["test:about camden", "test:by camden"]
    assert seen(client_of("auditor", "region")) == ["test:about camden", "test:about croydon", "test:by camden"]


@pytest.mark.integration
def test_searching_narrows_and_bad_dates_do_no_harm(client_of: Callable[..., Client], three: list[Entry]) -> None:
    client = client_of("auditor", "region")
    for query, expected in (
        ({"subject": "two"}, 1),
        ({"what": "test:", "since": "2000-01-01", "until": "2100-01-01"}, 3),
        ({"what": "test:", "until": "2000-01-01"}, 0),
        ({"who": "auditor@region"}, 1),  # the sign-in of the auditor
    ):
        assert client.get("/audit/", query).context["page"].paginator.count == expected, query
    bad = client.get("/audit/", {"since": "31/31/31"})
    assert bad.status_code == 200
    assert "Enter a valid date" in bad.content.decode()


@pytest.mark.integration
def test_the_export_is_recorded_and_runs_no_formula(client_of: Callable[..., Client]) -> None:
    record(who=None, what="session:refused", subject="=cmd|'/c calc'!A1")
    client = client_of("auditor", "region")
    text = b"".join(client.get("/audit/audit.csv", {"what": "session:refused"}).streaming_content).decode()
    assert "'=cmd|" in text
    assert Entry.objects.filter(what="audit.search:exported").count() == 1


@pytest.mark.integration
def test_the_page_says_in_words_what_the_record_holds_as_codes(client_of: Callable[..., Client]) -> None:
    detail = {"authorities": ["E09000007", "E09000008"], "second_person": True, "note": None}
    record(who=None, what="role:taken-away", authority="E09000007", subject="for E09000008", detail=detail)
    client = client_of("auditor", "region")
    for query in ({"what": "role taken away"}, {"what": "ROLE:taken-away"}, {"authority": "camden", "what": "role"}):
        page = client.get("/audit/", query).text
        assert "Role: taken away" in page, query
        assert "for Croydon" in page
        assert "Authorities: Camden, Croydon" in page
        assert "Second person: yes" in page
        assert "E09000007" not in page
    unknown = client.get("/audit/", {"authority": "Nowhere"}).text
    assert "There is no authority called Nowhere." in unknown
    lines = b"".join(client.get("/audit/audit.csv", {"what": "role taken"}).streaming_content).decode().splitlines()
    assert lines[1].endswith("Role: taken away,Camden"), "the file has both"
    assert "E09000007" in lines[1]


@pytest.mark.functional
def test_the_command_verifies(three: list[Entry]) -> None:
    from click.testing import CliRunner

    from parentis.cli import program

    done = CliRunner().invoke(program(), ["audit", "verify", "--noted", f"2:{three[1].hash}"])
    assert done.exit_code == 0, done.output
    assert f"3:{three[2].hash}" in done.stdout


@pytest.mark.functional
def test_the_command_follows_every_cases_history_too(places: dict[str, Organisation]) -> None:
    """One command for both; told of the first break in a sentence, with an exit code of its own."""
    from click.testing import CliRunner

    from parentis.cli import program

    case = recommendation_of(places["camden"].authority)
    whole = CliRunner().invoke(program(), ["audit", "verify"])
    assert whole.exit_code == 0, whole.output
    assert "1 cases with 1 entries" in whole.stderr
    Value.objects.filter(entry__case=case).delete()
    broken = CliRunner().invoke(program(), ["audit", "verify"])
    assert isinstance(broken.exception, IntegrityError)
    assert "the value of entry 1 is lost, and was not forgotten" in str(broken.exception)
    assert broken.exception.exit_code == 30
    assert broken.stdout == ""

"""The cases kernel: its machines, its chain, who sees what, what writes refuse."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parentis.errors import DeclarationError, IntegrityError
from parentis.region import Term, Unit
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.audit.verification import verify_audit
from parentis.web.cases import history, operations, permissions
from parentis.web.cases.declarations import Machine, Move, State, case_types
from parentis.web.cases.history import CHAINED, commitment_of
from parentis.web.cases.media import LARGEST, AttachmentError, media_type_of
from parentis.web.cases.models import Attachment, Case, Clock, Entry, Value
from parentis.web.notices.models import Notice
from parentis.web.people.authorisation import memberships
from parentis.web.people.initial_accounts import person_with
from parentis.web.people.models import Membership, Organisation, Person
from parentis.web.people.roles import ROLES, Kind
from parentis.web.recommendations.case_types import KIND, MACHINE
from parentis.workflow.safeguards.two_people import SECOND_PERSON

CAMDEN, CROYDON, BCU = "E09000007", "E09000008", "bcu-central-north"
PDF = b"%PDF-1.7 practice"
PeopleMaker = Callable[..., Person]


@pytest.fixture
def opened(places: dict[str, Organisation]) -> Callable[..., Case]:
    def make(place: str = CAMDEN, **more: Any) -> Case:
        clock = operations.ClockStart(
            name="due", title="Due", term=Term(3, Unit.MONTHS), started_at=timezone.now() - timedelta(days=1)
        )
        return operations.open_case(by=None, kind=KIND, place=place, value={"text": "Practice"}, clocks=[clock], **more)

    return make


@pytest.mark.spec
@pytest.mark.parametrize(
    ("state", "moves"),
    [
        ("open", {"begin": "in-hand", "put-forward": "put-forward", "supersede": "superseded"}),
        ("in-hand", {"put-forward": "put-forward", "supersede": "superseded"}),
        ("put-forward", {"agree": "done", "send-back": "in-hand", "supersede": "superseded"}),
        ("done", {"reopen": "in-hand"}),
        ("superseded", {"reopen": "in-hand"}),
    ],
)
def test_the_moves_of_a_recommendation(state: str, moves: dict[str, str]) -> None:
    assert {one.id: one.target for one in MACHINE.moves_from(state)} == moves


@pytest.mark.unit
@pytest.mark.parametrize(
    ("states", "moves", "says"),
    [
        ("a a", [("m", "a", "a")], "twice"),
        ("a b", [("m", "a", "b"), ("m", "b", "a")], "twice"),
        ("a b", [("m", "a", "c"), ("n", "a", "b")], "no states"),
        ("a b", [("m", "a", "a")], "no moves lead"),
        ("a b", [("m", "a", "b")], "no move leads out"),
    ],
)
def test_a_machine_that_contradicts_itself_is_refused(
    states: str, moves: list[tuple[str, str, str]], says: str
) -> None:
    with pytest.raises(DeclarationError, match=says):
        Machine(
            states=tuple(State(one, one) for one in states.split()),
            moves=tuple(Move(id=id_, title=id_, sources=(source,), target=to) for id_, source, to in moves),
        )


@pytest.mark.integration
def test_a_case_goes_its_way_and_its_clock_with_it(opened: Callable[..., Case], person: PeopleMaker) -> None:
    lead, director = person("improvement-lead"), person("director")
    case = opened()
    operations.move(by=lead, case=case, move="begin", seen=1)
    operations.move(by=lead, case=case, move="put-forward", seen=2, why="It is done")
    with pytest.raises(PermissionDenied):
        operations.move(by=lead, case=case, move="agree", seen=3)
    case = operations.move(by=director, case=case, move="agree", seen=3)
    clock = Clock.objects.get(case=case)
    assert (case.state, case.closed_at is None, clock.met_at is None) == ("done", False, False)
    case = operations.move(by=director, case=case, move="reopen", seen=4, why="Found again")
    clock.refresh_from_db()
    assert (case.state, case.closed_at, clock.met_at) == ("in-hand", None, None)
    assert [line.value for line in history.lines(case)][-2:] == [{"move": "begin", "why": ""}, {"text": "Practice"}]
    assert history.verify(case).entries == 5
    assert verify_audit().entries >= 5


@pytest.mark.integration
def test_what_writes_refuse(opened: Callable[..., Case], person: PeopleMaker) -> None:
    lead, outsider = person("improvement-lead"), person("improvement-lead", "croydon")
    case = opened()
    before = (Entry.objects.count(), AuditEntry.objects.count(), Notice.objects.count())
    for error, write in (
        (PermissionDenied, lambda: operations.comment(by=outsider, case=case, text="x")),
        (PermissionDenied, lambda: operations.erase(by=lead, case=case, why="x")),
        (PermissionDenied, lambda: operations.open_case(by=lead, kind=KIND, place=CROYDON, value={})),
        (operations.CaseStateError, lambda: operations.move(by=lead, case=case, move="put-forward", seen=1, why=" ")),
        (operations.CaseStateError, lambda: operations.move(by=None, case=case, move="agree", seen=1)),
        (operations.StaleError, lambda: operations.move(by=lead, case=case, move="begin", seen=0)),
        (operations.CaseStateError, lambda: operations.assign(by=lead, case=case, to=outsider, seen=1)),
        (
            operations.CaseStateError,
            lambda: operations.stop_clock(by=lead, case=case, clock="due", reason="no", seen=1),
        ),
        (operations.CaseStateError, lambda: operations.start_clock(by=lead, case=case, clock="due", seen=1)),
        (AttachmentError, lambda: operations.attach(by=lead, case=case, name="a.exe", data=b"MZ\x00")),
    ):
        with pytest.raises(error):
            write()
    case.refresh_from_db()
    assert (case.version, case.state) == (1, "open")
    assert (Entry.objects.count(), AuditEntry.objects.count(), Notice.objects.count()) == before


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
@pytest.mark.postgres  # one writer at a time is SQLite's own rule
def test_two_at_the_same_moment_one_is_told(opened: Callable[..., Case], person: PeopleMaker) -> None:
    from concurrent.futures import ThreadPoolExecutor

    lead, case = person("improvement-lead"), opened()

    def begin(_: int) -> str:
        try:
            operations.move(by=lead, case=case, move="begin", seen=1)
        except operations.StaleError:
            return "stale"
        finally:
            connection.close()
        return "moved"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(begin, range(8))) == ["moved", *["stale"] * 7]
    assert history.verify(case).entries == 2


@pytest.mark.integration
def test_a_write_that_cannot_be_recorded_is_undone(
    opened: Callable[..., Case], person: PeopleMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, lead = opened(), person("improvement-lead")

    def fails(**_: Any) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr(operations, "record", fails)
    with pytest.raises(RuntimeError, match="no audit"):
        operations.move(by=lead, case=case, move="begin", seen=1)
    case.refresh_from_db()
    assert (case.state, case.entries.count()) == ("open", 1)


@pytest.mark.integration
def test_stopping_a_clock_takes_its_due_date_away_and_gives_it_back(
    opened: Callable[..., Case], person: PeopleMaker
) -> None:
    case, lead = opened(), person("improvement-lead")
    due = case.clocks.get().due_at
    operations.stop_clock(by=lead, case=case, clock="due", reason="court", seen=1, why="Trial in May")
    assert case.clocks.get().due_at is None
    operations.start_clock(by=lead, case=case, clock="due", seen=2)
    assert case.clocks.get().due_at == due
    assert history.verify(case).entries == 3


@pytest.mark.integration
def test_who_is_told(
    opened: Callable[..., Case], person: PeopleMaker, django_capture_on_commit_callbacks: Any, mailoutbox: list[Any]
) -> None:
    lead, director = person("improvement-lead"), person("director")
    person("director", "croydon")
    case = opened()
    with django_capture_on_commit_callbacks(execute=True):
        operations.assign(by=director, case=case, to=lead, seen=1)
        operations.move(by=lead, case=case, move="put-forward", seen=2, why="Child's name in here")
    told = [(mail.to, mail.subject) for mail in mailoutbox]
    assert told == [
        ([lead.email], f"Parentis: Recommendation {case.pk}, Camden: assigned to you"),
        ([director.email], f"Parentis: Recommendation {case.pk}, Camden: Put forward as done"),
    ]
    assert not any("name" in mail.body for mail in mailoutbox)


@pytest.mark.integration
def test_a_file_is_kept_sealed_and_comes_back(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case = opened()
    entry = operations.attach(by=person("improvement-lead"), case=case, name="plan.pdf", data=PDF, note="The plan")
    held = Attachment.objects.get(entry=entry)
    assert b"PDF" not in bytes(held.sealed)
    assert b"plan" not in bytes(Value.objects.get(entry=entry).sealed)
    assert (history.file_of(entry), held.media_type, held.size) == (PDF, "application/pdf", len(PDF))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.txt", b"plain, \xc3\xa9", "text/plain"),
        ("a.CSV", b"a,b\n1,2\n", "text/csv"),
        ("a.png", b"\x89PNG\r\n\x1a\n..", "image/png"),
        ("a.pdf", b"<html><script>", None),
        ("a.txt", b"MZ\x90\x00", None),
        ("a.docx", b"PK\x03\x04 broken", None),
        ("a.txt", b"", None),
        ("a.txt", b"a" * (LARGEST + 1), None),
    ],
)
def test_a_file_is_what_its_bytes_say(name: str, data: bytes, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(AttachmentError):
            media_type_of(name, data)
    else:
        assert media_type_of(name, data) == expected


@pytest.mark.unit
def test_every_field_of_an_entry_is_chained() -> None:
    fields = {field.name for field in Entry._meta.concrete_fields}
    assert fields - {"id", "previous", "hash"} == set(CHAINED)


@pytest.mark.integration
def test_the_database_refuses_to_change_or_delete_an_entry(opened: Callable[..., Case]) -> None:
    opened()
    for sql in ("UPDATE cases_entry SET what = 'x'", "DELETE FROM cases_entry"):
        with (
            pytest.raises(DatabaseError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    entry = Entry.objects.first()
    assert entry is not None
    with pytest.raises(IntegrityError):
        entry.save()
    with pytest.raises(IntegrityError):
        entry.delete()


def _unguard() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS cases_entry_no_update")
            cursor.execute("DROP TRIGGER IF EXISTS cases_entry_no_delete")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE cases_entry DISABLE TRIGGER cases_entry_no_change")


def _forged(case: Case) -> None:
    """Rewrite a case's whole history so that it fits itself: somebody with the database and the code, but not the
    audit record."""
    from parentis.web.cases.models import FIRST

    previous = FIRST
    for entry in case.entries.order_by("sequence"):
        fields = {name: getattr(entry, name) for name in CHAINED} | {"case": case.pk, "who": 999}
        digest = history.hash_of(previous, fields)
        Entry.objects.filter(pk=entry.pk).update(who=999, previous=previous, hash=digest)
        previous = digest
    Case.objects.filter(pk=case.pk).update(head=previous)


TAMPERINGS: dict[str, Callable[[Case], Any]] = {
    "a field": lambda case: case.entries.filter(sequence=2).update(what="agreed"),
    "who": lambda case: case.entries.filter(sequence=1).update(who=1),
    "the time": lambda case: case.entries.filter(sequence=2).update(at=timezone.now()),
    "the last entry": lambda case: [
        Value.objects.filter(entry__case=case, entry__sequence=4).delete(),
        Entry.objects.filter(case=case, sequence=4).delete(),
    ],
    "a truncated end": lambda case: [
        Value.objects.filter(entry__case=case, entry__sequence=4).delete(),
        Entry.objects.filter(case=case, sequence=4).delete(),
        Case.objects.filter(pk=case.pk).update(sequence=3, head=case.entries.get(sequence=3).hash),
    ],
    "a value": lambda case: _other_value(case),
    "a value lost": lambda case: Value.objects.filter(entry__case=case, entry__sequence=2).delete(),
    "a file lost": lambda case: Attachment.objects.filter(entry__case=case).delete(),
    "another's value": lambda case: Value.objects.filter(entry__case=case, entry__sequence=2).update(
        sealed=Value.objects.get(entry__case=case, entry__sequence=1).sealed
    ),
    "the whole chain": _forged,
}


def _other_value(case: Case) -> None:
    entry = case.entries.get(sequence=2)
    kept = json.dumps({"salt": "00" * 32, "value": {"text": "never said"}}).encode()
    Value.objects.filter(entry=entry).update(sealed=history.encrypt(kept, f"case {case.pk}/2"))


@pytest.mark.integration
@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_found(tampering: str, opened: Callable[..., Case], person: PeopleMaker) -> None:
    case, lead = opened(), person("improvement-lead")
    operations.comment(by=lead, case=case, text="said")
    operations.attach(by=lead, case=case, name="a.pdf", data=PDF)
    operations.move(by=lead, case=case, move="begin", seen=None)
    case.refresh_from_db()
    assert history.verify(case).entries == 4
    _unguard()
    TAMPERINGS[tampering](case)
    case.refresh_from_db()
    with pytest.raises(IntegrityError):
        history.verify(case)


@pytest.mark.integration
def test_forgetting_keeps_the_chain_and_nothing_else(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case, lead, officer = opened(), person("improvement-lead"), person("data-protection")
    operations.comment(by=lead, case=case, text="Something about somebody")
    operations.attach(by=lead, case=case, name="somebody.pdf", data=PDF)
    heads = list(case.entries.values_list("hash", flat=True))
    operations.erase(by=officer, case=case, why="End of retention")
    case.refresh_from_db()
    found = history.verify(case)
    assert (found.entries, found.forgotten) == (4, 3)
    assert list(case.entries.values_list("hash", flat=True))[:3] == heads
    assert not Attachment.objects.filter(entry__case=case).exists()
    assert [line.value for line in history.lines(case)] == [{"why": "End of retention"}, None, None, None]
    operations.comment(by=lead, case=case, text="Said afterwards")
    case.refresh_from_db()
    assert history.verify(case).forgotten == 3
    Value.objects.filter(entry__case=case, entry__sequence=5).delete()
    with pytest.raises(IntegrityError, match="was not forgotten"):
        history.verify(case)


@pytest.mark.integration
def test_one_of_two_who_may_erase_only_asks(
    opened: Callable[..., Case], person: PeopleMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECOND_PERSON)
    case, officer = opened(), person("data-protection")
    second = person_with(
        email="deputy@camden.test", name="deputy", organisation=officer.memberships.get().organisation,
        role="data-protection",
    )  # fmt: skip
    operations.erase(by=officer, case=case, why="Asked for by the family")
    case.refresh_from_db()
    assert case.erased_at is None
    assert Value.objects.filter(entry__case=case, entry__sequence=1).exists()
    assert Notice.objects.filter(person=second).exists()
    with pytest.raises(operations.CaseStateError, match="second person"):
        operations.erase(by=officer, case=case, why="Again")
    operations.erase(by=second, case=case, why="Confirmed")
    case.refresh_from_db()
    assert case.erased_at is not None
    assert not Value.objects.filter(entry__case=case, entry__sequence=1).exists()
    operations.erase(by=second, case=case, why="Once more")
    assert history.erasure_asked_by(case) == second.pk, "a new erasure is asked for anew"


@pytest.mark.integration
def test_the_only_one_who_may_erase_does_and_the_record_says_so(
    opened: Callable[..., Case], person: PeopleMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECOND_PERSON)
    case = opened()
    operations.erase(by=person("data-protection"), case=case, why="Asked for by the family")
    case.refresh_from_db()
    assert case.erased_at is not None
    assert AuditEntry.objects.filter(what__endswith="forgotten").get().detail["second person"] == "none"


@pytest.mark.generative
@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3), st.binary(min_size=32, max_size=32))
def test_a_commitment_binds_and_hides(value: dict[str, str], salt: bytes) -> None:
    """Two routes to one digest; another salt gives another, so that equal values do not show as equal."""
    import hashlib

    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert commitment_of(salt, value) == hashlib.sha256(salt + text.encode()).hexdigest()
    assert commitment_of(bytes(reversed(salt)) + b"x", value) != commitment_of(salt, value)
    assert commitment_of(salt, {**value, "more": "x"}) != commitment_of(salt, value) or value.get("more") == "x"


EVERYWHERE = ("camden", "croydon", "region", "police", "child-deaths", "provider", "government")
OF_KIND = {Kind.AUTHORITY: {"camden", "croydon"}}


@pytest.mark.generative
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nobody_outside_sees_a_case(data: st.DataObject, places: dict[str, Organisation]) -> None:
    """For random people, roles and cases: what they see is what the permission data say, by a plain reading of them."""
    from parentis import region
    from parentis.web.people.permissions import actions

    with transaction.atomic():
        someone = Person.objects.create(email=f"{data.draw(st.uuids())}@x.test", name="Somebody")
        held = data.draw(st.lists(st.tuples(st.sampled_from(EVERYWHERE), st.sampled_from(ROLES)), max_size=3))
        for where, role in held:
            if Kind(places[where].kind) in role.kinds:
                Membership.objects.get_or_create(person=someone, organisation=places[where], role=role.id)
        owners = data.draw(st.lists(st.sampled_from([CAMDEN, CROYDON, BCU, "bcu-south"]), min_size=1, max_size=3))
        cases = [operations.open_case(by=None, kind=KIND, place=place, value={}) for place in owners]
        seen = set(permissions.visible(someone, KIND))
        today = timezone.localdate()
        for case in cases:
            is_own = case.place.startswith("E")
            action = actions()["recommendations.read-authority" if is_own else "recommendations.read"]
            codes = {case.place} if is_own else set(region.members(case.place, today))
            expected = any(
                (Kind(one.organisation.kind), one.role) in action.to and codes & one.organisation.authorities()
                for one in memberships(someone)
            )
            assert (case in seen) is expected
            assert permissions.may_do(someone, "view", case) is expected
            if not expected:
                for permission in (*case_types()[KIND].permissions,):
                    assert not permissions.may_do(someone, permission, case)
                    assert someone not in permissions.people_who(permission, case)
        transaction.set_rollback(True)

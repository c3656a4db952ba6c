"""Sides in a case, and handing it over: who sees it before and after."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError as Refused
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from parentis.errors import DeclarationError, UnknownAuthorityError
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases import history, operations, permissions
from parentis.web.cases.declarations import EDIT, VIEW, CaseType, Machine, Move, ParticipantRole, State
from parentis.web.cases.declarations import case_types as declared_kinds
from parentis.web.cases.models import Case, CaseParticipant
from parentis.web.cases.operations import ParticipantStart
from parentis.web.notices.models import Notice
from parentis.web.people.models import Organisation, Person

CAMDEN, CROYDON = "E09000007", "E09000008"
KIND = "handed"
PeopleMaker = Callable[..., Person]

HANDED = CaseType(
    id=KIND,
    title="Case that is handed on",
    detail_url="recommendation",
    machine=Machine(
        states=(State("new", "New"), State("seen", "Seen"), State("done", "Done", closed=True)),
        moves=(
            Move(id="see", title="See", sources=("new",), target="seen"),
            Move(
                id="pass",
                title="Pass on",
                sources=("new", "seen"),
                target="new",
                hands_over=True,
                requires_reason=True,
                tell=EDIT,
            ),
            Move(id="end", title="End", sources=("new", "seen"), target="done", permission="end"),
        ),
    ),
    permissions={VIEW: "recommendations.read-authority", EDIT: "recommendations.work-authority"},
    of_footprint={VIEW: "recommendations.read"},
    participant_roles=(
        ParticipantRole("host", "Host", {VIEW: "recommendations.read-authority"}),
        ParticipantRole("holder", "Holder", {VIEW: "people.manage", "end": "people.manage"}),
    ),
)


@pytest.fixture(autouse=True)
def _handed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind with sides beside those there are. (What `people.manage` allows is about an organisation.)"""
    known = {**declared_kinds(), KIND: HANDED}
    for module in ("declarations", "permissions", "operations", "models"):
        monkeypatch.setattr(f"parentis.web.cases.{module}.case_types", lambda: known)


@pytest.fixture
def opened(places: dict[str, Organisation]) -> Callable[..., Case]:
    def make(*participant_roles: tuple[str, str]) -> Case:
        starts = [ParticipantStart(role=role, place=place, why="Practice") for role, place in participant_roles]
        return operations.open_case(by=None, kind=KIND, place=CAMDEN, value={"text": "x"}, participant_roles=starts)

    return make


def sees(person: Person, case: Case) -> bool:
    """Asked in every way there is, which must agree."""
    again = Person.objects.get(pk=person.pk)
    seen = permissions.may_do(again, VIEW, case)
    assert permissions.visible(again, KIND).filter(pk=case.pk).exists() is seen
    assert (again in permissions.people_who(VIEW, case)) is seen
    return seen


@pytest.mark.integration
def test_a_side_lets_its_place_in_and_nobody_else(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case = opened(("host", CROYDON), ("holder", "police"))
    host, holder = person("director", "croydon"), person("administrator", "police")
    assert sees(person("director"), case)
    assert sees(host, case)
    assert sees(holder, case)
    assert not sees(person("administrator", "camden"), case), "a side's action counts in its place alone"
    assert not sees(person("analyst", "police"), case)
    assert permissions.participant_roles_of(host, VIEW, case) == ("host",)
    assert permissions.participant_roles_of(person("director"), VIEW, case) == ()
    assert list(permissions.as_participant(holder, KIND, "holder")) == [case]
    assert list(permissions.as_participant(host, KIND, "holder")) == []


@pytest.mark.integration
def test_a_side_may_do_what_it_says_and_no_more(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case = opened(("host", CROYDON), ("holder", "police"))
    host, holder = person("director", "croydon"), person("administrator", "police")
    for someone, write in (
        (host, lambda: operations.comment(by=host, case=case, text="x")),
        (holder, lambda: operations.move(by=holder, case=case, move="see", seen=None)),
        (host, lambda: operations.move(by=host, case=case, move="end", seen=None)),
    ):
        with pytest.raises(PermissionDenied):
            write()
        assert sees(someone, case)
    assert operations.move(by=holder, case=case, move="end", seen=None).state == "done"


@pytest.mark.integration
def test_a_side_ends_and_with_it_what_it_let_see(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case, host = opened(), person("director", "croydon")
    assert not sees(host, case)
    for _ in range(2):
        case = operations.add_participant(
            by=person("director"), case=case, role="host", place=CROYDON, why="Near", seen=None
        )
    assert sees(host, case)
    assert CaseParticipant.objects.count() == 1
    for _ in range(2):
        case = operations.remove_participant(
            by=person("director"), case=case, role="host", place=CROYDON, why="Far", seen=None
        )
    assert not sees(host, case)
    case = operations.add_participant(
        by=person("director"), case=case, role="host", place=CROYDON, why="Near", seen=None
    )
    assert sees(host, case)
    whats = [line.entry.what for line in history.lines(case)]
    assert whats == ["let-in", "let-go", "let-in", "opened"]
    assert history.verify(case).entries == 4
    with pytest.raises(Refused), transaction.atomic():
        CaseParticipant.objects.create(case=case, role="host", place=CROYDON, since=timezone.now(), why="Twice")
    with pytest.raises(DeclarationError):
        operations.add_participant(by=None, case=case, role="guest", place=CROYDON, why="x", seen=None)


@pytest.mark.integration
def test_a_case_handed_over_is_the_others_alone(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case = opened(("holder", "police"))
    old, new, holder = person("director"), person("director", "croydon"), person("administrator", "police")
    case = operations.assign(by=old, case=case, to=old, seen=case.version)
    case = operations.move(by=old, case=case, move="see", seen=case.version)
    Notice.objects.all().delete()
    case = operations.hand_over(by=old, case=case, move="pass", to=CROYDON, why="They live there", seen=case.version)
    assert (case.place, case.state, case.assigned_to) == (CROYDON, "new", None)
    assert (sees(old, case), sees(new, case), sees(holder, case)) == (False, True, True)
    assert {notice.person for notice in Notice.objects.all()} == {new}
    assert history.lines(case)[0].value == {"move": "pass", "why": "They live there", "from": CAMDEN, "to": CROYDON}
    noted = AuditEntry.objects.latest("sequence")
    assert (noted.authority, noted.detail["from"], noted.detail["to"]) == (CROYDON, CAMDEN, CROYDON)
    assert history.verify(case).entries == 4
    with pytest.raises(PermissionDenied):
        operations.comment(by=old, case=case, text="One more thing")


@pytest.mark.integration
def test_what_handing_over_refuses(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case, old, other = opened(), person("director"), person("director", "croydon")
    give: dict[str, Any] = {"case": case, "move": "pass", "to": CROYDON, "why": "x", "seen": None}
    for error, change in (
        (PermissionDenied, {"by": other}),
        (operations.CaseStateError, {"to": CAMDEN}),
        (operations.CaseStateError, {"why": " "}),
        (operations.CaseStateError, {"move": "see"}),
        (operations.StaleError, {"seen": 0}),
        (UnknownAuthorityError, {"to": "E99999999"}),
    ):
        with pytest.raises(error):
            operations.hand_over(**{"by": old, **give, **change})
    with pytest.raises(operations.CaseStateError):
        operations.move(by=old, case=case, move="pass", seen=None, why="x")
    case.refresh_from_db()
    assert (case.place, case.version) == (CAMDEN, 1)


@pytest.mark.integration
def test_only_those_on_duty_are_told(
    opened: Callable[..., Case], person: PeopleMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, director = person("improvement-lead", "croydon"), person("director", "croydon")
    outsider = person("administrator", "region")
    known = {KIND: replace(HANDED, notify_filter=lambda case, people: [outsider, lead])}
    for module in ("permissions", "operations", "models"):
        monkeypatch.setattr(f"parentis.web.cases.{module}.case_types", lambda: known)
    operations.hand_over(by=None, case=opened(), move="pass", to=CROYDON, why="x", seen=None)
    assert [notice.person for notice in Notice.objects.all()] == [lead], "never somebody who may not see it"
    assert director in permissions.people_who(EDIT, Case.objects.get())


@pytest.mark.unit
def test_a_side_that_may_do_nothing_is_refused() -> None:
    with pytest.raises(DeclarationError, match="leave it out"):
        ParticipantRole("x", "X", {})
    with pytest.raises(DeclarationError, match="no participant role"):
        HANDED.role("guest")


@pytest.mark.integration
def test_a_case_opens_only_to_whom_it_may_and_does_not_tell_others_that_it_exists(
    opened: Callable[..., Case], person: PeopleMaker
) -> None:
    case = opened(("holder", "provider"))
    worker, holder = person("director"), person("administrator", "provider")
    assert permissions.case_for(worker, KIND, case.pk, permission=EDIT) == case
    assert permissions.case_for(holder, KIND, case.pk) == case
    with pytest.raises(PermissionDenied):
        permissions.case_for(holder, KIND, case.pk, permission=EDIT)
    for somebody, kind, pk in (
        (worker, KIND, case.pk + 1), (worker, "recommendation", case.pk), (person("analyst", "croydon"), KIND, case.pk),
    ):  # fmt: skip
        with pytest.raises(Http404):
            permissions.case_for(somebody, kind, pk)


@pytest.mark.integration
def test_the_gate_judges_by_a_place_that_the_person_reaches(opened: Callable[..., Case], person: PeopleMaker) -> None:
    """The owner's where they reach it, else their own side's; where they reach none, the first of the owner's."""
    case = opened(("host", "bcu-south"), ("holder", "provider"))
    assert permissions.gate_place(person("analyst"), case) == CAMDEN
    assert permissions.gate_place(person("analyst", "croydon"), case) == CROYDON
    assert permissions.gate_place(person("auditor", "government"), case) == CAMDEN
    wide = operations.open_case(by=None, kind=KIND, place="bcu-south", value={"text": "x"})
    codes = permissions.codes_of("bcu-south")
    assert len(codes) > 2
    assert permissions.gate_place(person("police-lead", "police"), wide) == codes[0]


@pytest.mark.integration
def test_places_are_an_authoritys_own_and_the_footprints_about_it(person: PeopleMaker) -> None:
    """A footprint's cases are read by another action than an authority's."""
    own, reader = person("director"), person("analyst", "region")
    assert permissions.places_for(own, EDIT, KIND) == {CAMDEN}
    assert permissions.places_for(own, "end", KIND) == frozenset()
    seen = permissions.places_for(own, VIEW, KIND)
    assert CAMDEN in seen
    assert "bcu-south" not in seen
    assert ("london" in seen) is permissions.allowed(own, VIEW, kind=KIND, place="london")
    wide = permissions.places_for(reader, VIEW, KIND)
    assert "bcu-south" in wide
    assert ("bcu-south" in wide) is permissions.allowed(reader, VIEW, kind=KIND, place="bcu-south")
    assert (CAMDEN in wide) is permissions.allowed(reader, VIEW, kind=KIND, place=CAMDEN)
    assert permissions._footprints(frozenset()) == frozenset()
    assert {"london", "bcu-south"} <= permissions._footprints(frozenset({CROYDON}))

"""Sides in a case, and handing it over: who sees it before and after."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError as Refused
from django.db import transaction
from django.utils import timezone

from parentis.errors import DeclarationError, UnknownAuthorityError
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases import history, reach, writing
from parentis.web.cases.kinds import READ, WORK, CaseKind, Machine, Move, Side, State
from parentis.web.cases.kinds import kinds as declared_kinds
from parentis.web.cases.models import Case, Reach
from parentis.web.cases.writing import SideStart
from parentis.web.notices.models import Notice
from parentis.web.people.models import Organisation, Person

CAMDEN, CROYDON = "E09000007", "E09000008"
KIND = "handed"
PeopleMaker = Callable[..., Person]

HANDED = CaseKind(
    id=KIND,
    title="Case that is handed on",
    page="recommendation",
    machine=Machine(
        states=(State("new", "New"), State("seen", "Seen"), State("done", "Done", closed=True)),
        moves=(
            Move(id="see", title="See", sources=("new",), target="seen"),
            Move(
                id="pass", title="Pass on", sources=("new", "seen"), target="new", hands_over=True, why=True, tell=WORK
            ),
            Move(id="end", title="End", sources=("new", "seen"), target="done", deed="end"),
        ),
    ),
    deeds={READ: "recommendations.read-authority", WORK: "recommendations.work-authority"},
    of_footprint={READ: "recommendations.read"},
    sides=(
        Side("host", "Host", {READ: "recommendations.read-authority"}),
        Side("holder", "Holder", {READ: "people.manage", "end": "people.manage"}),
    ),
)


@pytest.fixture(autouse=True)
def _handed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind with sides beside those there are. (What `people.manage` allows is about an organisation.)"""
    known = {**declared_kinds(), KIND: HANDED}
    for module in ("kinds", "reach", "writing", "models"):
        monkeypatch.setattr(f"parentis.web.cases.{module}.kinds", lambda: known)


@pytest.fixture
def opened(places: dict[str, Organisation]) -> Callable[..., Case]:
    def make(*sides: tuple[str, str]) -> Case:
        starts = [SideStart(side=side, place=place, why="Practice") for side, place in sides]
        return writing.open_case(by=None, kind=KIND, place=CAMDEN, value={"text": "x"}, sides=starts)

    return make


def sees(person: Person, case: Case) -> bool:
    """Asked in every way there is, which must agree."""
    again = Person.objects.get(pk=person.pk)
    seen = reach.may_do(again, READ, case)
    assert reach.visible(again, KIND).filter(pk=case.pk).exists() is seen
    assert (again in reach.people_who(READ, case)) is seen
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
    assert reach.sides_of(host, READ, case) == ("host",)
    assert reach.sides_of(person("director"), READ, case) == ()
    assert list(reach.on_side(holder, KIND, "holder")) == [case]
    assert list(reach.on_side(host, KIND, "holder")) == []


@pytest.mark.integration
def test_a_side_may_do_what_it_says_and_no_more(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case = opened(("host", CROYDON), ("holder", "police"))
    host, holder = person("director", "croydon"), person("administrator", "police")
    for someone, write in (
        (host, lambda: writing.comment(by=host, case=case, text="x")),
        (holder, lambda: writing.move(by=holder, case=case, move="see", seen=None)),
        (host, lambda: writing.move(by=host, case=case, move="end", seen=None)),
    ):
        with pytest.raises(PermissionDenied):
            write()
        assert sees(someone, case)
    assert writing.move(by=holder, case=case, move="end", seen=None).state == "done"


@pytest.mark.integration
def test_a_side_ends_and_with_it_what_it_let_see(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case, host = opened(), person("director", "croydon")
    assert not sees(host, case)
    for _ in range(2):
        case = writing.let_in(by=person("director"), case=case, side="host", place=CROYDON, why="Near", seen=None)
    assert sees(host, case)
    assert Reach.objects.count() == 1
    for _ in range(2):
        case = writing.let_go(by=person("director"), case=case, side="host", place=CROYDON, why="Far", seen=None)
    assert not sees(host, case)
    case = writing.let_in(by=person("director"), case=case, side="host", place=CROYDON, why="Near", seen=None)
    assert sees(host, case)
    whats = [line.entry.what for line in history.lines(case)]
    assert whats == ["let-in", "let-go", "let-in", "opened"]
    assert history.verify(case).entries == 4
    with pytest.raises(Refused), transaction.atomic():
        Reach.objects.create(case=case, side="host", place=CROYDON, since=timezone.now(), why="Twice")
    with pytest.raises(DeclarationError):
        writing.let_in(by=None, case=case, side="guest", place=CROYDON, why="x", seen=None)


@pytest.mark.integration
def test_a_case_handed_over_is_the_others_alone(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case = opened(("holder", "police"))
    old, new, holder = person("director"), person("director", "croydon"), person("administrator", "police")
    case = writing.assign(by=old, case=case, to=old, seen=case.version)
    case = writing.move(by=old, case=case, move="see", seen=case.version)
    Notice.objects.all().delete()
    case = writing.hand_over(by=old, case=case, move="pass", to=CROYDON, why="They live there", seen=case.version)
    assert (case.place, case.state, case.assigned_to) == (CROYDON, "new", None)
    assert (sees(old, case), sees(new, case), sees(holder, case)) == (False, True, True)
    assert {notice.person for notice in Notice.objects.all()} == {new}
    assert history.lines(case)[0].value == {"move": "pass", "why": "They live there", "from": CAMDEN, "to": CROYDON}
    noted = AuditEntry.objects.latest("sequence")
    assert (noted.authority, noted.detail["from"], noted.detail["to"]) == (CROYDON, CAMDEN, CROYDON)
    assert history.verify(case).entries == 4
    with pytest.raises(PermissionDenied):
        writing.comment(by=old, case=case, text="One more thing")


@pytest.mark.integration
def test_what_handing_over_refuses(opened: Callable[..., Case], person: PeopleMaker) -> None:
    case, old, other = opened(), person("director"), person("director", "croydon")
    give: dict[str, Any] = {"case": case, "move": "pass", "to": CROYDON, "why": "x", "seen": None}
    for error, change in (
        (PermissionDenied, {"by": other}),
        (writing.CaseStateError, {"to": CAMDEN}),
        (writing.CaseStateError, {"why": " "}),
        (writing.CaseStateError, {"move": "see"}),
        (writing.StaleError, {"seen": 0}),
        (UnknownAuthorityError, {"to": "E99999999"}),
    ):
        with pytest.raises(error):
            writing.hand_over(**{"by": old, **give, **change})
    with pytest.raises(writing.CaseStateError):
        writing.move(by=old, case=case, move="pass", seen=None, why="x")
    case.refresh_from_db()
    assert (case.place, case.version) == (CAMDEN, 1)


@pytest.mark.integration
def test_only_those_on_duty_are_told(
    opened: Callable[..., Case], person: PeopleMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, director = person("improvement-lead", "croydon"), person("director", "croydon")
    outsider = person("administrator", "region")
    known = {KIND: replace(HANDED, on_duty=lambda case, people: [outsider, lead])}
    for module in ("reach", "writing", "models"):
        monkeypatch.setattr(f"parentis.web.cases.{module}.kinds", lambda: known)
    writing.hand_over(by=None, case=opened(), move="pass", to=CROYDON, why="x", seen=None)
    assert [notice.person for notice in Notice.objects.all()] == [lead], "never somebody who may not see it"
    assert director in reach.people_who(WORK, Case.objects.get())


@pytest.mark.unit
def test_a_side_that_may_do_nothing_is_refused() -> None:
    with pytest.raises(DeclarationError, match="leave it out"):
        Side("x", "X", {})
    with pytest.raises(DeclarationError, match="no side"):
        HANDED.side("guest")

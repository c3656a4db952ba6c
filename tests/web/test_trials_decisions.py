"""Who may do what about a trial, how it ends, and the cards that stay whatever was found."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from trial_samples import CAMDEN, CLUSTER, CROYDON, DRAFT, OUTCOMES, draft, frozen, running

from parentis.archive import find_home, keys_of
from parentis.errors import IntegrityError, UserError
from parentis.web.cases import operations, permissions
from parentis.web.cases.declarations import EDIT, VIEW
from parentis.web.cases.models import Case
from parentis.web.cases.register.operations import enter
from parentis.web.key_rotation import rotate
from parentis.web.trials import analyses, cards, frozen_protocols, sealed
from parentis.web.trials.case_types import ALLOCATE, ANALYSE, DECIDE, FREEZE, HAND_IN, KIND, STOP
from parentis.web.trials.models import Result, Sealed

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]


def _again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def _analysed(values: dict[str, Any] = DRAFT, **changed: Any) -> Case:
    case = running(values, **changed)
    analyses.hand_in(by=None, case=case, data=OUTCOMES.encode(), seen=None)
    analyses.take(by=None, case=_again(case), look=1)
    return operations.move(by=None, case=_again(case), move="finish", seen=None)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        ("evaluation-lead", "camden", {VIEW, EDIT, FREEZE, ALLOCATE, HAND_IN, ANALYSE, STOP}),
        ("evaluation-lead", "region", {VIEW, EDIT, FREEZE, ALLOCATE, HAND_IN, ANALYSE, STOP}),
        ("evaluation-lead", "croydon", set()),
        ("director", "camden", {VIEW, EDIT, DECIDE, STOP}),
        ("analyst", "camden", {VIEW, EDIT, HAND_IN}),
        ("commissioner", "camden", {VIEW, EDIT}),
        ("improvement-lead", "region", {VIEW, EDIT}),
        ("treasurer", "camden", {VIEW}),
        ("front-door", "camden", set()),
        ("administrator", "camden", set()),
        ("analyst", "police", set()),
    ],
)
def test_who_may_do_what_about_a_draft(role: str, place: str, may: set[str], person: Callable[..., Any]) -> None:
    case, somebody = draft(), person(role, place)
    every = (VIEW, EDIT, FREEZE, ALLOCATE, HAND_IN, ANALYSE, DECIDE, STOP)
    assert {one for one in every if permissions.may_do(somebody, one, case)} == may


@pytest.mark.spec
def test_a_borough_that_takes_part_reads_and_its_director_decides(person: Callable[..., Any]) -> None:
    case = frozen(CLUSTER)
    assert permissions.may_do(person("director", "croydon"), DECIDE, case)
    lead = person("evaluation-lead", "croydon")
    assert permissions.may_do(lead, VIEW, case)
    for permission in (EDIT, FREEZE, ALLOCATE, ANALYSE, HAND_IN):
        assert not permissions.may_do(lead, permission, case)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("move", "role"),
    [("freeze", "analyst"), ("allocate", "analyst"), ("run", "director"), ("finish", "analyst"), ("amend", "analyst"),
     ("propose-stop", "evaluation-lead"), ("stop-for-harm", "analyst"), ("abandon", "commissioner"),
     ("propose-scale", "evaluation-lead")],
)  # fmt: skip
def test_steps_are_refused_to_who_may_not_take_them(move: str, role: str, person: Callable[..., Any]) -> None:
    case = frozen()
    with pytest.raises(PermissionDenied):
        operations.move(by=person(role), case=case, move=move, seen=None, why="Because.")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("page", "role"),
    [("move/freeze", "analyst"), ("allocation/allocate", "analyst"), ("allocation/arms", "analyst"),
     ("allocation/reveal", "director"), ("analysis/outcomes", "commissioner"), ("analysis/run", "analyst"),
     ("move/confirm-stop", "evaluation-lead")],
)  # fmt: skip
def test_pages_are_refused_to_who_may_not(page: str, role: str, client_of: ClientOf) -> None:
    case = frozen()
    assert client_of(role).post(f"/trials/protocols/{case.pk}/{page}", {"look": 1}).status_code == 403


@pytest.mark.integration
def test_another_service_hands_a_draft_over_through_the_cases(person: Callable[..., Any]) -> None:
    values = {"reference": "from-prevention", "title": "A trial", "question": "Does it work?", "source": "prevention"}
    case = enter(by=person("commissioner"), kind=KIND, place=CAMDEN, values=values)
    assert case.state == "draft"
    with pytest.raises(PermissionDenied):
        enter(by=person("commissioner"), kind=KIND, place=CROYDON, values=values)


@pytest.mark.integration
def test_two_directors_scale_up_and_one_does_not(client_of: ClientOf, person: Callable[..., Any]) -> None:
    case = _analysed()
    first, second = person("director"), person("director", "croydon")
    operations.move(by=first, case=case, move="propose-scale", seen=None, why="It works.")
    with pytest.raises(operations.CaseStateError, match="second person"):
        operations.move(by=first, case=_again(case), move="confirm-scale", seen=None)
    page = client_of("director").post(
        f"/trials/protocols/{case.pk}/move/confirm-scale", {"seen": _again(case).version, "why": ""}
    )
    assert page.status_code == 409
    operations.move(by=second, case=_again(case), move="confirm-scale", seen=None)
    assert _again(case).state == "scaled"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("propose", "confirm", "end"),
    [("propose-stop", "confirm-stop", "stopped"), ("propose-go-on", "confirm-go-on", "running")],
)
def test_two_directors_stop_or_go_on(propose: str, confirm: str, end: str, person: Callable[..., Any]) -> None:
    case = running()
    first, second = person("director"), person("director", "croydon")
    operations.move(by=first, case=case, move=propose, seen=None, why="As the group agreed.")
    with pytest.raises(operations.CaseStateError, match="second person"):
        operations.move(by=first, case=_again(case), move=confirm, seen=None)
    operations.move(by=second, case=_again(case), move=confirm, seen=None)
    assert _again(case).state == end


@pytest.mark.integration
def test_nobody_closes_a_trial_before_its_planned_look() -> None:
    with pytest.raises(UserError, match="the planned final analysis"):
        operations.move(by=None, case=running(), move="finish", seen=None)


@pytest.mark.integration
def test_a_stop_for_harm_is_at_once_and_seen_by_everybody(client_of: ClientOf, person: Callable[..., Any]) -> None:
    case = running()
    operations.move(by=person("evaluation-lead"), case=case, move="stop-for-harm", seen=None, why="Three more moved.")
    for role, place in (("treasurer", "croydon"), ("director", "camden")):
        for address in ("/trials/", "/trials/cards/", "/trials/cards/family-conferences/1/"):
            page = client_of(role, place).get(address).text
            assert "topped for harm" in page
    assert "Three more moved." in client_of("treasurer", "croydon").get("/trials/cards/").text


@pytest.mark.integration
def test_abandoned_and_negative_trials_have_cards_as_others_have(client_of: ClientOf) -> None:
    _analysed()
    given_up = running(CLUSTER)
    operations.move(by=None, case=given_up, move="abandon", seen=None, why="Two boroughs left.")
    draft(reference="only-a-draft")
    page = client_of("analyst", "croydon").get("/trials/cards/").text
    assert page.count('<article class="pa-card">') == 2, "all of one class: of one size"
    assert "Two boroughs left." in page
    assert "only-a-draft" not in page
    rows = list(csv.DictReader(io.StringIO(client_of("analyst").get("/trials/cards.csv").content.decode("utf-8-sig"))))
    told = client_of("analyst").get("/trials/cards.json").json()["cards"]
    assert [one["id"] for one in told] == ["trial:early-moves@1", "trial:family-conferences@1"]
    assert [one["id"] for one in rows] == [one["id"] for one in told]
    assert [one["state"] for one in told] == ["abandoned", "finished"]
    assert told[1]["sha256"] == Result.objects.get().sha256


@pytest.mark.integration
def test_a_card_does_not_show_a_result_of_another_plan() -> None:
    _analysed()
    Result.objects.update(sha256="0" * 64)
    with pytest.raises(IntegrityError, match="the plan of a result"):
        cards.cards()


@pytest.mark.integration
def test_erasing_takes_the_families_and_leaves_plan_log_and_result(person: Callable[..., Any]) -> None:
    case = _analysed()
    operations.erase(by=None, case=case, why="The use ended.")
    assert set(case.trial_files.values_list("what", flat=True)) == {"seed"}
    assert Result.objects.get(case=case).outcomes is None
    assert case.protocols.count() == 1
    assert case.trial_log.count() == 4


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_a_replaced_key_opens_a_trials_files_and_the_old_one_does_not() -> None:
    case = running()
    old, file = keys_of(find_home(), "master")[-1], case.trial_files.get(what=Sealed.SEED)
    before = sealed.opened(file)
    rotate("master", who="ann")
    kept = case.trial_files.get(what=Sealed.SEED)
    assert sealed.opened(kept) == before
    assert bytes(kept.sealed) != bytes(file.sealed)
    with pytest.raises(IntegrityError):
        old.derive("cases").open(bytes(kept.sealed), sealed.about(kept))
    frozen_protocols.verify(_again(case))

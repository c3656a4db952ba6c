"""Two declarations of a kind of case: a step that needs a second person, and fields that change in some states only."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from parentis.errors import DeclarationError
from parentis.web.cases import declarations, history, models, operations, records
from parentis.web.cases.declarations import EDIT, Machine, case_types
from parentis.web.cases.models import Case
from parentis.web.cases.register.operations import edit
from parentis.web.cases.register.practice import example_case
from parentis.web.people.initial_accounts import person_with
from parentis.web.recommendations.case_types import KIND, MACHINE

CAMDEN = "E09000007"


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Recommendations as another kind of case would be declared."""

    def declare(**changed: Any) -> None:
        kinds = {**case_types(), KIND: replace(case_types()[KIND], **changed)}
        for module in (declarations, models, operations, records):
            monkeypatch.setattr(module, "case_types", lambda: kinds)

    return declare


def machine(**of_moves: tuple[str, ...]) -> Machine:
    """Of recommendations, each step for whoever works on them."""
    moves = (replace(one, permission=EDIT, not_by=of_moves.get(one.id.replace("-", "_"), ())) for one in MACHINE.moves)
    return Machine(states=MACHINE.states, moves=tuple(moves))


@pytest.mark.integration
def test_whoever_puts_forward_may_not_agree(declared: Callable[..., None], person: Callable[..., Any]) -> None:
    declared(machine=machine(agree=("put-forward",)))
    first = person("improvement-lead")
    second = person_with(
        email="deputy@camden.test", name="deputy", organisation=first.memberships.get().organisation,
        role="improvement-lead",
    )  # fmt: skip
    case = example_case(KIND, CAMDEN)
    operations.move(by=first, case=case, move="put-forward", seen=None, why="Done.")
    assert history.taken_by(case, ("put-forward", "agree")) == {first.pk}
    with pytest.raises(operations.CaseStateError, match="second person"):
        operations.move(by=first, case=case, move="agree", seen=None, why="Seen.")
    case.refresh_from_db()
    assert case.state == "put-forward", "nothing was changed"
    operations.move(by=second, case=case, move="send-back", seen=None, why="Not yet.")
    operations.move(by=second, case=case, move="put-forward", seen=None, why="Now.")
    with pytest.raises(operations.CaseStateError, match="second person"):
        operations.move(by=second, case=case, move="agree", seen=None, why="Seen.")
    operations.move(by=first, case=case, move="agree", seen=None, why="Seen.")
    assert Case.objects.get(pk=case.pk).state == "done", "only who last put it forward may not agree"


@pytest.mark.unit
def test_a_second_person_is_asked_for_after_a_step_that_there_is() -> None:
    with pytest.raises(DeclarationError, match="no moves"):
        machine(agree=("put-foward",))


@pytest.mark.integration
def test_fields_are_changed_only_in_their_states(declared: Callable[..., None], person: Callable[..., Any]) -> None:
    register = case_types()[KIND].register
    assert register is not None
    early = replace(register.edit("owners"), states=("open",))
    case, lead = example_case(KIND, CAMDEN), person("improvement-lead")
    edit(by=lead, case=case, edit=early, values={"owners": "Head of placements"}, seen=None)
    operations.move(by=lead, case=case, move="put-forward", seen=None, why="Done.")
    with pytest.raises(operations.CaseStateError, match="expected a case in open"):
        edit(by=lead, case=case, edit=early, values={"owners": "Somebody else"}, seen=None)
    assert records.values_of(Case.objects.get(pk=case.pk).record)["owners"] == "Head of placements"

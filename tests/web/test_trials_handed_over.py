"""A draft that prevention hands over: every field it knows reaches the protocol."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from parentis.web.cases import records
from parentis.web.cases.register.practice import example_case
from parentis.web.prevention import trial_drafts
from parentis.web.trials import protocols
from parentis.web.trials.case_types import TRIAL


@pytest.mark.integration
def test_what_a_bid_knows_is_in_the_draft_of_its_trial(
    person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_drafts, "best_trial", lambda *_: SimpleNamespace(n=3000))
    given: dict[str, Any] = {}

    def caught(**kept: Any) -> Any:
        given.update(kept["values"])
        return entered(**kept)

    entered = trial_drafts.enter
    monkeypatch.setattr(trial_drafts, "enter", caught)
    answer: Any = SimpleNamespace(header={"title": "Conferences for all", "authorities": ["E09000007", "E09000008"]})
    bid = example_case("recommendation", "E09000007")  # any case of the place: its number names the draft
    case = trial_drafts.draft(
        by=person("commissioner"),
        case=bid,
        entry_id="family-group-conference",
        answer=answer,
        today=date(2026, 11, 29),
        request=None,
    )
    assert TRIAL.register is not None
    assert set(given) <= {one.id for one in TRIAL.register.fields}, "no field is lost on the way"
    values = records.values_of(case.record)
    assert {name: values[name] for name in given} == given
    assert (values["outcome_baseline"], values["boroughs"]) == ("0.448", "Camden, Croydon")
    faults = " ".join(protocols.faults(case))
    assert "Design" not in faults
    assert "Boroughs:" not in faults
    assert "Value in the comparison" not in faults

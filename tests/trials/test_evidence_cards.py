"""Evidence cards: one form for every trial, whatever it found."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from parentis.errors import SpecificationError
from parentis.services.trials import Arm, EvidenceCard, TrialResult, cards_in_order, evidence_card, frozen
from trials.protocols import protocol

ARMS = (Arm(name="as before", what="A plan", cost="0"), Arm(name="conference", what="A conference", cost="1900"))
MADE = frozen(protocol(arms=ARMS, replaces="A social worker's plan"))


def result(**changes) -> TrialResult:
    given = {
        "reference": MADE.reference, "sha256": MADE.sha256, "look": 1, "looks": 1, "method": "cluster robust",
        "effect": -0.086, "low": -0.14, "high": -0.032, "level": 0.95, "p": 0.002, "n": 2548, "clusters": 21,
    }  # fmt: skip
    return TrialResult(**{**given, **changes})


@pytest.mark.spec
def test_a_card_of_a_trial_that_worked() -> None:
    card = evidence_card(MADE, result(), state="finished", ended=date(2027, 5, 1))
    assert card.id == "trial:family-group-conferences@1"
    assert card.finding == "better"
    assert card.says == "The new way was better: −8.6 percentage points (95% interval −14.0 to −3.2)."
    assert card.cost_per_outcome == Decimal("22093.02")  # 1,900 / .086
    assert card.grade == 4
    assert card.replaced == "A social worker's plan"
    assert "not to say that there was none" in card.harms


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"low": -0.14, "high": 0.01}, "no difference shown"),
        ({"effect": 0.086, "low": 0.03, "high": 0.14}, "worse"),
        ({"low": None, "high": None}, "not known"),
        ({"probability": 0.99, "decision": "stop: benefit"}, "better"),
        ({"probability": 0.4, "decision": "final"}, "no difference shown"),
    ],
)
def test_what_was_found_follows_from_the_interval(changes: dict, finding: str) -> None:
    card = evidence_card(MADE, result(**changes), state="finished")
    assert card.finding == finding
    assert (card.cost_per_outcome is None) == (finding != "better")


@pytest.mark.unit
def test_an_abandoned_trial_has_a_card_with_every_field() -> None:
    card = evidence_card(MADE, None, state="abandoned", why="Two boroughs withdrew.", ended=date(2026, 9, 1))
    assert card.says == "Abandoned: Two boroughs withdrew."
    assert (card.grade, card.finding, card.effect) == (0, "not known", None)
    assert len(fields(card)) == len(fields(evidence_card(MADE, result(), state="finished")))
    with pytest.raises(SpecificationError, match="why the trial was abandoned"):
        evidence_card(MADE, None, state="abandoned")


@pytest.mark.unit
def test_a_running_trial_shows_nothing_of_an_interim_result() -> None:
    card = evidence_card(MADE, result(decision="go on"), state="running")
    assert (card.effect, card.low, card.n, card.finding) == (None, None, 0, "not known")


@pytest.mark.unit
@pytest.mark.parametrize(("changes", "grade"), [({}, 4), ({"missing": 700}, 3), ({"clusters": 5}, 3)])
def test_gaps_and_few_boroughs_cost_a_rung(changes: dict, grade: int) -> None:
    assert evidence_card(MADE, result(**changes), state="finished").grade == grade


@pytest.mark.unit
def test_the_order_of_cards_does_not_know_what_they_found() -> None:
    ends = [date(2027, 1, 1), date(2027, 3, 1), date(2027, 2, 1)]
    effects = [-0.1, 0.1, -0.3]
    cards = [
        replace(evidence_card(MADE, result(effect=effect), state="finished", ended=end), id=f"trial:{at}@1")
        for at, (end, effect) in enumerate(zip(ends, effects, strict=True))
    ]
    running: EvidenceCard = evidence_card(MADE, None, state="running")
    assert [one.ended for one in cards_in_order([*cards, running])] == [None, ends[1], ends[2], ends[0]]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("given", "state"),
    [
        (None, "finished"),
        (result(decision="go on"), "finished"),
        (result(decision="final"), "stopped early"),
        (result(reference="trial:other@1"), "finished"),
        (result(sha256="0" * 64), "finished"),
        (result(), "promising"),
    ],
)
def test_a_card_without_its_own_trials_result_is_refused(given: TrialResult | None, state: str) -> None:
    with pytest.raises(SpecificationError):
        evidence_card(MADE, given, state=state)

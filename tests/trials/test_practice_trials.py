"""The practice trials are whole: their logs hold, their draws can be repeated, and what was planted is found."""

import pytest

from parentis.errors import SpecificationError
from parentis.services.trials import analyse, check_log, missing_papers, problems, refuse_shared, verify_allocation
from parentis.services.trials.practice import NONE, PLANTED, SYNTHETIC, PracticeTrial, practice_trials


@pytest.fixture(scope="module")
def trials() -> tuple[PracticeTrial, ...]:
    return practice_trials()


@pytest.mark.integration
def test_each_practice_trial_holds_together(trials: tuple[PracticeTrial, ...]) -> None:
    for one in trials:
        assert problems(one.frozen.protocol) == missing_papers(one.frozen.protocol) == []
        assert check_log(one.log) == []
        seal = one.seal
        verify_allocation(
            one.allocation, one.frozen, one.units, seed=seal.seed, salt=seal.salt, commitment=seal.commitment
        )
        assert one.says == SYNTHETIC
        assert one.card.id == one.frozen.reference


@pytest.mark.integration
def test_what_was_planted_is_found_and_what_was_not_is_not(trials: tuple[PracticeTrial, ...]) -> None:
    works, none, *_ = trials
    assert (works.planted, none.planted) == (PLANTED, NONE)
    assert works.result is not None
    assert none.result is not None
    assert works.card.finding == "better"
    assert works.result.low < PLANTED < works.result.high < 0
    assert none.card.finding == "no difference shown"
    assert none.result.low < 0 < none.result.high
    assert "did not return" in " ".join(none.result.notes)


@pytest.mark.integration
def test_one_runs_and_one_was_abandoned(trials: tuple[PracticeTrial, ...]) -> None:
    assert [one.state for one in trials] == ["finished", "finished", "running", "abandoned"]
    running, abandoned = trials[2:]
    assert running.data["period"].max() == 3
    assert [entry.kind for entry in running.log].count("crossed") == 4
    with pytest.raises(SpecificationError, match="outcomes of all 6 periods, found outcomes of 3"):
        analyse(running.frozen, running.data, expected_hash=running.frozen.sha256, allocation=running.allocation)
    assert abandoned.card.says.startswith("Abandoned: Six of the twelve boroughs")


@pytest.mark.integration
def test_no_practice_child_is_in_two_trials(trials: tuple[PracticeTrial, ...]) -> None:
    refuse_shared({one.frozen.reference: frozenset(one.units["unit"]) for one in trials if "unit" in one.units.columns})


@pytest.mark.integration
def test_the_same_seed_makes_the_same_trials(trials: tuple[PracticeTrial, ...]) -> None:
    assert [one.allocation.sha256 for one in practice_trials()] == [one.allocation.sha256 for one in trials]
    assert practice_trials()[0].data.equals(trials[0].data)

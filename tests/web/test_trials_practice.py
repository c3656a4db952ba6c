"""The practice site's trials: what was planted is found, what was not is not, and everything verifies."""

import pytest

from parentis.services.trials.practice import practice_trials
from parentis.web.cases import history
from parentis.web.cases.models import Case
from parentis.web.trials import cards
from parentis.web.trials.models import Result
from parentis.web.trials.practice import make_practice_trials


@pytest.mark.integration
def test_the_practice_trials_are_as_they_were_made_and_verify(places: object) -> None:
    assert make_practice_trials() == 5
    assert make_practice_trials() == 0
    told = {one.reference: one for one in cards.cards()}
    planted, none, running, given_up = practice_trials()
    for one in (planted, none, running, given_up):
        shown = told[one.frozen.protocol.id]
        assert shown.card.sha256 == one.frozen.sha256, "the site froze the very same protocol"
        assert (shown.card.finding, shown.card.effect) == (one.card.finding, one.card.effect)
        assert shown.practice
    assert told[planted.frozen.protocol.id].card.finding == "better"
    assert told[none.frozen.protocol.id].card.finding == "no difference shown"
    assert told[given_up.frozen.protocol.id].card.state == "abandoned"
    assert {one.case.state for one in Result.objects.all()} == {"scaled", "ended"}
    assert Case.objects.filter(kind="trial", state="proposed").count() == 1
    assert len(list(history.verify_all())) == 5

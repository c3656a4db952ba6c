"""The unaccompanied children of a forecast are a part of it, child for child."""

from dataclasses import fields, replace

import numpy as np
import pytest

from parentis.services.demand import Rate, Scenario, simulate, simulate_unaccompanied
from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.estimation.model import Model, fit_histories

MONTHS, REPLICATES = 30, 8


@pytest.fixture(scope="module")
def model(known: Histories) -> Model:
    return fit_histories(replace(known, uasc=(known.child % np.uint64(3) == 0).astype(np.int64)))


@pytest.mark.generative
def test_they_and_the_others_are_the_whole_in_every_future(model: Model) -> None:
    asked = {"months": MONTHS, "replicates": REPLICATES, "seed": 3}
    whole = simulate(model, by_age=True, **asked)
    own = simulate_unaccompanied(model, **asked)
    others = model.stock.uasc == 0
    without = replace(
        model, stock=replace(model.stock, **{f.name: getattr(model.stock, f.name)[others] for f in fields(model.stock)})
    )
    rest = simulate(without, Scenario("", (Rate(kind="entry", factor=0.0, uasc=True),)), by_age=True, **asked)
    for what in ("stock", "nights", "entries", "exits_by_kind"):
        both = getattr(own, what).astype(float) + getattr(rest, what)
        np.testing.assert_allclose(both, getattr(whole, what), atol=0.01, err_msg=what)
    assert 0 < own.total().mean() < whole.total().mean()


@pytest.mark.generative
def test_a_scenario_changes_them_too(model: Model) -> None:
    asked = {"months": MONTHS, "replicates": REPLICATES}
    none = Scenario("no more", (Rate(kind="entry", factor=0.0),))
    assert simulate_unaccompanied(model, none, **asked).entries.sum() == 0

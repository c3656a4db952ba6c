"""Bids run together: their claims add up to what the ledger says they save, draw by draw, borough by borough."""

from datetime import date

import numpy as np
import pytest
from bid_worlds import basis_of, last_year, two_boroughs

from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.simulation.programmes import Drawn, Effect, Programme
from parentis.services.prevention.bids import CATEGORIES, Bid, BidResult, CostLine, run_bid
from parentis.services.prevention.discount_factors import discount_factors
from parentis.services.prevention.joint_claims import joint_claims
from parentis.services.prevention.portfolio import Limits, Scale, best
from parentis.services.prevention.portfolio import Programme as Option

ON, START, DRAWS = date(2024, 6, 1), date(2024, 4, 1), 4


def bid(name: str, factor: float, intervention: str = "") -> Bid:
    effect = Effect(quantity="entry", factor=Drawn(centre=factor), uasc=None, start=START)
    return Bid(
        id=name, title=name, programmes=(Programme(id=name, effects=(effect,), intervention=intervention),),
        costs=(CostLine(what="all", amounts={"2024-25": 1_000.0}),), start=START, years=4, price_year="2023-24",
        grade=4,
    )  # fmt: skip


@pytest.fixture(scope="module")
def known() -> Histories:
    return two_boroughs(400)


def together(known: Histories, *bids: Bid) -> BidResult:
    whole = Bid(
        id="all", title="all", programmes=tuple(one for each in bids for one in each.programmes), costs=bids[0].costs,
        start=START, years=4, price_year="2023-24", grade=4,
    )  # fmt: skip
    return run_bid(whole, basis_of(known), nights_before=last_year(known), replicates=DRAWS)


@pytest.mark.integration
def test_claims_are_worth_what_the_bids_save_together(known: Histories) -> None:
    bids = (bid("a", 0.8), bid("b", 0.7))
    found, by_draw = joint_claims(bids, basis_of(known), ("A", "B"), on=ON, draws=DRAWS)
    result = together(known, *bids)
    pounds = result.arrays["pounds_by_authority"].astype(float)  # (draws, authorities, years, categories)
    worth = pounds.sum(axis=3) @ discount_factors(4, on=ON)
    assert len(CATEGORIES) == pounds.shape[3]
    assert by_draw.sum(axis=1) == pytest.approx(worth.sum(axis=1), rel=1e-4)
    for at, place in enumerate(("A", "B")):
        own = sum(one.boroughs.get(place, 0.0) for one in found)
        assert own == pytest.approx(worth[:, at].mean(), rel=1e-4)
    assert any(len(one.items) == 2 for one in found), "some nights could be saved by either"


@pytest.mark.integration
def test_a_copy_of_a_bid_adds_nothing_to_a_portfolio(known: Histories) -> None:
    bids = (bid("a", 0.7, "one"), bid("copy", 0.7, "one"))
    found, by_draw = joint_claims(bids, basis_of(known), ("A", "B"), on=ON, draws=DRAWS)
    alone, _ = joint_claims(bids[:1], basis_of(known), ("A", "B"), on=ON, draws=DRAWS)
    assert sum(one.pounds for one in found) == pytest.approx(sum(one.pounds for one in alone), rel=1e-6)
    options = [Option(id=name, title=name, scales=(Scale(costs=(1.0,), cost=1.0),)) for name in ("a", "copy")]
    assert len(best(options, found, Limits(budgets=(2.0,))).items) == 1
    assert np.isfinite(by_draw).all()

"""Bids worked out whole: the ledger in money, the law, and what is stored."""

import time
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from bid_worlds import basis_of, last_year, two_boroughs

from parentis.errors import PeriodError, SpecificationError
from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.money.comparison import Basis
from parentis.services.demand.simulation.attribution import SHARES
from parentis.services.demand.simulation.person_nights import person_nights
from parentis.services.demand.simulation.programmes import Drawn, Effect, Programme
from parentis.services.prevention import bids as module
from parentis.services.prevention.bids import (
    Bid,
    BidResult,
    CostLine,
    OtherBenefit,
    appraise_bid,
    claims_of,
    draws_of,
    promised,
    run_bid,
    said_of,
)
from parentis.services.prevention.discount_factors import discount_factors
from parentis.services.prevention.law import EARLIER, MET, NO_DUTY, additional
from parentis.services.prevention.ledger import night_prices, priced, whole_parts

ON = date(2024, 6, 1)
START = date(2024, 4, 1)


@pytest.fixture(scope="module")
def known() -> Histories:
    return two_boroughs(400)


@pytest.fixture(scope="module")
def basis(known: Histories) -> Basis:
    return basis_of(known)


def entry(factor: float = 0.8, **parts: object) -> Effect:
    return Effect(**{"quantity": "entry", "factor": Drawn(centre=factor), "uasc": None, "start": START, **parts})  # type: ignore[arg-type]


def programme(name: str, *effects: Effect) -> Programme:
    return Programme(id=name, effects=effects)


FEWER = programme("fewer", entry())
HOME = programme("home", replace(entry(1.3), quantity="exit"))
DOWN = programme("down", replace(entry(0.5), quantity="mix", states=("residential",), to=("fostering",)))
LATER = programme("later", entry(0.8, later_entry=True, persistence=((0, 1), (12, 0.4))))


def bid(*programmes: Programme, **parts: object) -> Bid:
    settings = {
        "id": "b", "title": "A bid", "programmes": programmes or (FEWER,), "start": START, "years": 4,
        "price_year": "2024-25", "grade": 4,
        "costs": (CostLine(what="team", amounts={"2024-25": 90_000.0, "2025-26": 90_000.0}),),
    }  # fmt: skip
    return Bid(**{**settings, **parts})  # type: ignore[arg-type]


def worked(basis: Basis, known: Histories, one: Bid, **parts: object) -> BidResult:
    return run_bid(one, basis, nights_before=last_year(known), health=0.25, **parts)  # type: ignore[arg-type]


@pytest.mark.spec
def test_nothing_in_nothing_out(basis: Basis, known: Histories) -> None:
    """An effect of exactly nothing: the NPV is the cost, in every draw."""
    nothing = bid(programme("n", entry(1.0), replace(entry(1.0), quantity="exit")))
    found = appraise_bid(worked(basis, known, nothing), on=ON)
    cost = 90_000 * (1 + discount_factors(2, on=ON)[1])
    assert found.npv.shape == (60,)
    assert found.npv.tolist() == pytest.approx([-cost] * 60, abs=1e-6)
    each = replace(nothing, costs=(CostLine(what="each", each=100.0),))
    reached = worked(basis, known, each)
    assert (appraise_bid(reached, on=ON).npv < 0).all()
    assert appraise_bid(reached, on=ON).npv == pytest.approx(
        -100 * reached.arrays["reached"].sum(axis=1) @ discount_factors(4, on=ON)
    )


@pytest.mark.unit
def test_pounds_hold_to_the_penny_by_draw_and_borough(basis: Basis) -> None:
    four = (FEWER, HOME, DOWN, LATER)
    nights = person_nights(basis.model, four, months=36, replicates=20)
    prices = night_prices(basis, basis.model.names, nights.years, range(20), "2024-25")
    ledger = priced(nights, prices)
    assert not ledger.left_over.any()
    exact = (nights.saved * prices.pence).sum(axis=2)
    assert (ledger.union == exact).all()
    parts = ((nights.avoided - nights.added) * prices.pence[:, None]).sum(axis=3) / SHARES
    assert np.abs(ledger.by_programme - parts).max() < 1
    assert (ledger.by_programme != np.rint(parts)).any()
    assert (nights.added[:, [2, 3]] > 0).any(axis=(0, 2, 3, 4)).all()


@pytest.mark.unit
def test_pence_that_do_not_divide_go_to_the_largest_remainders() -> None:
    parts = np.array([[SHARES // 2, SHARES // 2 + 1, SHARES + SHARES // 2 - 1, -SHARES // 2 - SHARES // 2]])
    assert whole_parts(parts, np.array([parts.sum() // SHARES])).tolist() == [[0, 1, 1, -1]]


@pytest.mark.unit
def test_who_saves_sums_to_what_is_saved(basis: Basis, known: Histories) -> None:
    result = worked(basis, known, bid(FEWER, HOME, DOWN))
    held = result.arrays
    by_group = held["pounds_by_group"].sum(axis=(1, 2, 3), dtype=float)
    assert by_group == pytest.approx(held["pounds_by_authority"].sum(axis=(1, 2, 3), dtype=float), rel=1e-5)
    assert by_group == pytest.approx(held["worth"].sum(axis=(1, 2), dtype=float), rel=1e-5)
    assert by_group == pytest.approx(held["claims"].sum(axis=(1, 2), dtype=float), rel=1e-5)
    by_payer = dict.fromkeys(("council", "nhs", "dsg"), 0.0)
    for at, (payer, _) in enumerate(module.CATEGORIES):
        by_payer[payer] += float(held["pounds_by_group"][..., at].sum(dtype=float))
    assert by_payer["nhs"] / by_payer["dsg"] == pytest.approx(0.25 / 0.75, rel=1e-4)
    assert 0.8 < by_payer["council"] / by_group.sum() < 0.9
    found = appraise_bid(result, on=ON)
    assert set(found.by_payer) == {"council", "nhs", "dsg"}
    saved = sum(found.by_payer.values()).sum(axis=1) + 180_000
    assert saved == pytest.approx(by_group, rel=1e-4)


@pytest.mark.unit
def test_what_is_saved_off_growth_is_not_cash(basis: Basis, known: Histories) -> None:
    grown = appraise_bid(run_bid(bid(), basis, nights_before=np.zeros((2, 4))), on=ON)
    shrunk = appraise_bid(run_bid(bid(), basis, nights_before=np.full((2, 4), 1e9)), on=ON)
    cost = np.array([90_000.0, 90_000, 0, 0])
    assert (grown.net_cash["council"][:, 0] <= -cost[0] + 1e-6).all()
    assert not grown.net_cash["council"][:, 2:].any()
    assert grown.avoided_growth["council"].sum() > 0
    assert not shrunk.avoided_growth["council"].any()
    # In fostering nothing is cashed (carers are kept); in residential and supported placements it is.
    assert shrunk.net_cash["council"][:, 2:].sum() > 0
    assert shrunk.npv == pytest.approx(grown.npv, rel=1e-4)


@pytest.mark.unit
def test_a_stored_result_answers_at_once_and_is_the_same_again(basis: Basis, known: Histories) -> None:
    result = worked(basis, known, bid(FEWER, DOWN))
    again = BidResult.from_bytes(result.to_bytes())
    assert again.hash == result.hash
    assert replace(again, header={**again.header, "seed": 1}).hash != result.hash
    plain = appraise_bid(again, on=ON)
    started = time.perf_counter()
    dearer = appraise_bid(again, on=ON, price=1.1)
    assert time.perf_counter() - started < 0.3
    benefit = plain.benefits["fiscal"]
    assert dearer.benefits["fiscal"] == pytest.approx(1.1 * benefit)
    none = appraise_bid(again, on=ON, price=dict.fromkeys(again.header["groups"], 0.0))
    assert not none.benefits["fiscal"].any()
    flat = appraise_bid(again, on=ON, rate=0.0)
    assert flat.npv == pytest.approx(flat.by_payer["council"].sum(axis=1) + flat.by_payer["nhs"].sum(axis=1)
                                     + flat.by_payer["dsg"].sum(axis=1))  # fmt: skip
    parts = [appraise_bid(again, on=ON, authorities=[name]).benefits["fiscal"] for name in ("A", "B")]
    assert sum(parts) == pytest.approx(benefit, rel=1e-4)
    assert any("own entry into care" in one or "entry into care" in one for one in said_of(again, ON))


@pytest.mark.unit
def test_a_promise_is_of_the_months_from_the_start(basis: Basis, known: Histories) -> None:
    result = worked(basis, known, bid(programme("fewer", entry(start=date(2024, 10, 1))), start=date(2024, 10, 1)))
    twelve, twenty_four = promised(result, 12), promised(result, 24)
    whole = twelve.filter(authority="").row(0, named=True)
    assert 0 < whole["entries_low"] < whole["entries"] < whole["entries_high"]
    assert twenty_four["nights"][0] > twelve["nights"][0]
    assert whole["pounds"] == pytest.approx(twelve.filter(authority="A")["pounds"][0]
                                            + twelve.filter(authority="B")["pounds"][0], rel=1e-4)  # fmt: skip
    assert not result.arrays["nights"][:, :, :6].any()
    first_year = result.arrays["worth"][:, :, 6:18].sum(axis=(1, 2), dtype=float)
    assert whole["pounds"] == pytest.approx(first_year.mean())
    with pytest.raises(SpecificationError, match="Work it out for more years"):
        promised(result, 60)


@pytest.mark.unit
def test_draws_and_claims_are_handed_on(basis: Basis, known: Histories) -> None:
    one = programme("fewer", replace(entry(), factor=Drawn(centre=0.8, low=0.7, high=0.9)))
    result = worked(basis, known, bid(one, HOME))
    draws, found = draws_of(result, on=ON), appraise_bid(result, on=ON)
    assert draws.npv == pytest.approx(found.npv)
    assert np.corrcoef(draws.drawn["effect"], draws.benefit)[0, 1] < -0.3
    claims = claims_of(result, on=ON)
    assert set(claims) == {("fewer",), ("home",), ("fewer", "home")}
    assert sum(claims.values()) == pytest.approx(found.benefits["fiscal"], rel=1e-4)


@pytest.mark.unit
def test_other_benefits_follow_the_entries_avoided(basis: Basis, known: Histories) -> None:
    court = OtherBenefit(what="hearings", payer="hmt", account="fiscal", cash="not cashable", each=1000.0, source="a",
                         grade=2)  # fmt: skip
    result = worked(basis, known, bid(benefits=(court,)))
    found = appraise_bid(result, on=ON)
    assert found.by_payer["hmt"].sum(axis=1) == pytest.approx(
        1000 * result.arrays["entries"].sum(axis=(1, 2)), rel=1e-5
    )
    assert not found.net_cash["hmt"].any()


DUTY = date(2025, 4, 1)


@pytest.mark.spec
def test_an_effect_counts_only_above_the_law_and_from_the_day_it_binds(basis: Basis, known: Histories) -> None:
    """(a) no duty: all of it. (b) met by all: nothing from that day on. (c) earlier: those it reaches before."""
    one = entry(0.6, share=Drawn(centre=0.5))
    earlier = Drawn(centre=0.3, low=0.2, high=0.4, scale="linear")
    saved = {}
    for case, binds in ((NO_DUTY, DUTY), (MET, DUTY), (EARLIER, DUTY), (MET, None), (MET, START)):
        effects, said = additional(one, case=case, binds_from=binds, earlier=earlier)
        assert said
        nights = person_nights(basis.model, [Programme(id="p", effects=effects)], months=24, replicates=60)
        saved[case, binds] = nights.entries.sum(axis=(1, 2)) / SHARES
    before = saved[MET, DUTY]
    assert (before[:, :12] == saved[NO_DUTY, DUTY][:, :12]).all()
    assert not before[:, 12:].any()
    assert before[:, :12].any()
    assert not saved[MET, START].any()
    assert (saved[MET, None] == saved[NO_DUTY, DUTY]).all()
    late = saved[EARLIER, DUTY][:, 12:].sum() / saved[NO_DUTY, DUTY][:, 12:].sum()
    assert late == pytest.approx(0.3, abs=0.12)


@pytest.mark.unit
def test_offers_that_the_law_requires_and_nobody_makes_are_additional(basis: Basis) -> None:
    one = entry(0.6, share=Drawn(centre=0.8, low=0.7, high=0.9, scale="linear"))
    effects, said = additional(one, case=MET, binds_from=START, compliance=0.75)
    assert [effect.share.centre for effect in effects] == [pytest.approx(0.2)]
    assert effects[0].share.low == pytest.approx(0.175)
    assert "75%" in said
    for wrong in ({"case": "perhaps"}, {"case": MET, "compliance": 2.0}, {"case": EARLIER}):
        with pytest.raises(SpecificationError, match="what the law requires"):
            additional(one, **{"binds_from": START, **wrong})  # type: ignore[arg-type]


@pytest.mark.unit
def test_a_bid_that_cannot_be_worked_out_says_why(basis: Basis, known: Histories) -> None:
    with pytest.raises(SpecificationError, match="begins after 2024-03-31"):
        worked(basis, known, bid(start=date(2024, 3, 31)))
    with pytest.raises(PeriodError, match="rise of prices for more years"):
        worked(basis, known, bid(years=9), replicates=2)

"""The bridge from the gap last reported to the ask: it adds up to the penny, by future, pot, borough and cause."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from funding_tables import BARNET
from test_funding_forecast import MILLION, YEARS, run, start

from parentis.figures import WHOLE
from parentis.region import population_0_17
from parentis.services.demand import Costs, PlanCosts, PlanPaths
from parentis.services.demand.estimation.shrinkage import TAUS, Pooled
from parentis.services.demand.plans.model import PLAN_SETTINGS
from parentis.services.funding.forecast.attribution import CAUSES, POPULATION_YEARS, by_cause, people_index
from parentis.services.funding.forecast.bridges import HIGH_NEEDS, SOCIAL_CARE, bridges, reported, steps_of
from parentis.services.funding.forecast.futures import Futures, Placements, futures
from parentis.services.funding.forecast.measures import APART, ASK, ASK_TO_DATE, BEFORE, BELOW, REAL, SHORTFALL, STEPS
from parentis.services.funding.forecast.places import Place
from parentis.services.funding.forecast.regimes import Policy
from parentis.services.funding.forecast.values import values_of

PENNY = 0.01
LONDON = Place("london", (0, 1), 2, "London", footprint=True)
NOT_MONITORED = SimpleNamespace(monitored_gross=np.full((2, 1), np.nan), monitored_nights=np.full((2, 1), np.nan))


def plan_futures(replicates: int) -> tuple[PlanPaths, PlanCosts]:
    """Plans of two authorities that grow by a tenth a year, at £10,000 each in mainstream schools alone."""
    known = [name == "mainstream" for name in PLAN_SETTINGS]
    now = np.zeros((2, 1, len(PLAN_SETTINGS)))
    now[:, 0, known.index(True)] = (4_000, 2_000)
    growth = 1.1 ** np.arange(1, 7)
    plans = np.broadcast_to(now[None, ..., None] * growth, (replicates, *now.shape, 6))
    nothing = np.full(2, np.nan)
    level = Pooled(
        np.eye(len(TAUS))[0], np.full(len(TAUS), np.log(10_000)), np.full(len(TAUS), 0.01), nothing, nothing
    )  # fmt: skip
    return PlanPaths(
        authorities=("A", "B"), years=tuple(range(2026, 2032)), plans=plans, new=plans[:, :, 0, 0], now=now
    ), PlanCosts(
        period="2024-25", authorities=("A", "B"), posterior=tuple(level if one else None for one in known),
        source=("",) * len(known),
    )  # fmt: skip


def two_kinds(replicates: int = 6) -> tuple[Costs, Placements]:
    """Nights of two kinds, and their price, that differ from future to future and year to year."""
    rng = np.random.default_rng(7)
    shape = (replicates, 2, 2, len(YEARS))
    nights = rng.uniform(50_000, 90_000, shape)
    net = nights * rng.uniform(180, 420, shape)
    general = np.cumprod(1 + rng.uniform(0.01, 0.04, (replicates, len(YEARS))), axis=1)
    cost = Costs(
        authorities=("A", "B"), groups=("x", "y"), scenario="", years=YEARS, gross=net, net=net, nights=nights,
        general=general, priced=np.array([True, True]),
    )  # fmt: skip
    before = np.array([[60_000.0, 40_000.0], [30_000.0, 0.0]])
    return cost, Placements(nights=before, cost=before * np.array([[250.0, 300.0], [260.0, 310.0]]))


def worlds() -> dict[str, Futures]:
    cost, before = two_kinds()
    plans, each = plan_futures(6)
    return {
        "by trend": futures(start(), cost, before, Policy(), seed=1, numbers=range(6)),
        "by plans": futures(
            start(), cost, before, Policy(), seed=1, numbers=range(6), plans=plans, plan_costs=each,
            reconciled=np.array([1.2, 0.9]),
        ),
        "dearer than the outturn": futures(
            start(outturn=np.array([10.0, 50.0]) * MILLION), cost, before, Policy(), seed=1, numbers=range(6)
        ),
        "councils bear it": run(Policy(new_on_council=True), replicates=6),
    }  # fmt: skip


@pytest.mark.spec
@pytest.mark.parametrize("which", ["by trend", "by plans", "dearer than the outturn", "councils bear it"])
def test_in_every_future_the_gap_and_the_steps_are_the_ask(which: str) -> None:
    found = worlds()[which]
    begun = start(outturn=np.array([10.0, 50.0]) * MILLION) if which.startswith("dearer") else start()
    gap, steps = reported(begun), steps_of(found, begun)
    pots = {SOCIAL_CARE: found.csc_shortfall, HIGH_NEEDS: found.hn_shortfall - found.apart}
    for pot, asked in pots.items():
        led = gap[pot][None, :, None] + sum(steps[pot].values())
        assert np.abs(led - asked).max() < PENNY
        assert set(steps[pot]) == {*CAUSES, "settlement", "policy"} == {one.rpartition(".")[2] for one in STEPS}
    assert np.abs(sum(pots.values()) - found.ask).max() < PENNY


@pytest.mark.spec
def test_the_figures_of_the_bridge_sum_by_cause_and_by_pot() -> None:
    found, begun = worlds()["by plans"], start()
    made = bridges(found, begun, NOT_MONITORED, LONDON)  # type: ignore[arg-type]
    asked = values_of(found, LONDON, begun.year, 1.0).filter(measure=ASK)
    for year in YEARS:
        own = made.filter(period=year)
        whole = dict(own.filter(breakdown=WHOLE).select("measure", "value").iter_rows())
        led = whole[BEFORE] + sum(whole[one] for one in STEPS)
        assert led == pytest.approx(asked.filter(period=year)["value"].item(), abs=PENNY)
        for measure in (BEFORE, *STEPS):
            parts = own.filter(pl.col("breakdown") != WHOLE, measure=measure)["value"]
            assert parts.len() == 2
            assert parts.sum() == pytest.approx(whole[measure], abs=PENNY)
    one_by_one = pl.concat(
        bridges(found, begun, NOT_MONITORED, Place(name, (at,), 1, name, footprint=False))  # type: ignore[arg-type]
        for at, name in enumerate("AB")
    )
    for measure in STEPS:
        of_both = one_by_one.filter(measure=measure, breakdown=WHOLE, period=YEARS[-1])["value"].sum()
        assert of_both == pytest.approx(
            made.filter(measure=measure, breakdown=WHOLE, period=YEARS[-1])["value"].item(), abs=PENNY
        )


@pytest.mark.spec
def test_causes_of_a_change_by_hand() -> None:
    """100 nights of £1 and 100 of £3 become 90 and 140 of £2 and £4, while residents fall by a tenth.

    Demography −10 % of £400; of 180 nights that leaves, 230 are slept: 50 more at £2; in the old shares half of them
    would be the dear kind, £460, at old prices the new ones cost £510; at new ones £740."""
    steps = by_cause(
        np.array([[100.0, 100.0]]), np.array([[1.0, 3.0]]), np.array([[[[90.0], [140.0]]]]), np.array([[[740.0]]]),
        np.array([[0.9]]),
    )  # fmt: skip
    assert {name: float(one.item()) for name, one in steps.items()} == pytest.approx(
        {"demography": -40, "need": 100, "mix": 50, "price": 230}
    )


@pytest.mark.unit
def test_residents_follow_the_estimates_and_then_their_last_years() -> None:
    held = dict(population_0_17().filter(authority=BARNET).select("year", "population").iter_rows())
    last = max(held)
    label = f"{last - 1}-{last % 100:02}"
    ahead = [f"{last + step}-{(last + step + 1) % 100:02}" for step in (0, 2)]
    index = people_index((BARNET, "nobody"), label, ahead)
    assert index[0, 0] == pytest.approx(held[last] / held[last - 1])
    slope = (held[last] / held[last - POPULATION_YEARS]) ** (1 / POPULATION_YEARS)
    assert index[0, 1] == pytest.approx(held[last] / held[last - 1] * slope**2)
    assert index[1].tolist() == [1.0, 1.0]


@pytest.mark.spec
def test_high_needs_is_kept_apart_from_the_end_of_the_override_on() -> None:
    found = run(Policy())
    assert found.bears.tolist() == [True, True, True, False, False]
    assert found.ask[..., :3] == pytest.approx(found.shortfall[..., :3])
    assert found.ask[..., 3:] == pytest.approx(found.csc_shortfall[..., 3:])
    made = values_of(found, LONDON, "2024-25", 1.0)
    assert made.filter(measure=APART)["period"].to_list() == ["2028-29", "2029-30"]
    for end in ("", REAL):
        last = {one: made.filter(measure=f"{one}{end}", period=YEARS[-1])["value"].item() for one in
                (ASK, APART, SHORTFALL)}  # fmt: skip
        assert last[ASK] + last[APART] == pytest.approx(last[SHORTFALL])
    charged = run(Policy(new_on_council=True))
    assert charged.ask == pytest.approx(charged.shortfall)
    assert values_of(charged, LONDON, "2024-25", 1.0).filter(measure=APART).is_empty()


@pytest.mark.spec
def test_years_and_boroughs_are_added_up_by_future_and_not_by_interval() -> None:
    found = worlds()["by trend"]
    made = values_of(found, LONDON, "2024-25", 1.0).filter(measure=ASK_TO_DATE)
    for at, year in enumerate(YEARS):
        drawn = found.ask[..., : at + 1].sum(axis=(1, 2))
        one = made.filter(period=year).to_dicts()[0]
        assert one["value"] == pytest.approx(drawn.mean())
        assert (one["low"], one["high"]) == pytest.approx(tuple(np.quantile(drawn, [0.1, 0.9])))


@pytest.mark.spec
@pytest.mark.parametrize("growth", [0.0, 0.2])
def test_an_ask_below_the_gap_reported_says_by_how_much_and_no_other_does(growth: float) -> None:
    found, begun = run(Policy(settlement_growth=growth, dsg_growth=growth, new_on_council=True)), start()
    made = bridges(found, begun, NOT_MONITORED, LONDON)  # type: ignore[arg-type]
    said = dict(made.filter(measure=BELOW).select("period", "value").iter_rows())
    gap = float(sum(one.sum() for one in reported(begun).values()))
    for at, year in enumerate(YEARS):
        asked = float(found.ask[..., at].sum(axis=1).mean())
        assert (year in said) == (asked < gap), year
        if year in said:
            assert said[year] == pytest.approx(gap - asked)
    assert bool(said) == (growth > 0)


@pytest.mark.unit
def test_an_authority_without_plans_has_no_high_needs_and_no_step_of_it() -> None:
    cost, before = two_kinds()
    plans, each = plan_futures(6)
    begun = start(authorities=("A", "Z"))
    found = futures(begun, cost, before, Policy(), seed=1, numbers=range(6), plans=plans, plan_costs=each)
    assert np.isnan(found.hn_spend[:, 1]).all()
    assert np.isnan(steps_of(found, begun)[HIGH_NEEDS]["price"][:, 1]).all()
    assert np.isfinite(found.hn_spend[:, 0]).all()

"""EHC plans: the stock–flow adds up, its intervals hold on worlds of known truth, and the real release is read."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from plan_worlds import plan_world
from price_worlds import LONDON

from parentis.returns import read
from parentis.services.demand.plans.costs import plan_costs
from parentis.services.demand.plans.model import fit_plans, simulate_plans

WORLDS = 24


@pytest.mark.unit
def test_without_the_release_there_is_no_model() -> None:
    assert fit_plans({}, LONDON) is None
    tables, _ = plan_world(0)
    assert fit_plans(tables, ["E06000001"]) is None


@pytest.mark.unit
def test_the_stock_is_the_last_januarys_and_a_replicate_is_its_numbers_own() -> None:
    tables, _ = plan_world(1)
    model = fit_plans(tables, LONDON)
    assert model is not None
    last = tables["high_needs.ehc_plans/caseload"].filter(BREAKDOWN_TOPIC="All EHC plans", YEAR=2025)
    assert model.stock.sum() == last["VALUE"].sum()
    paths = simulate_plans(model, years=3, seed=4, numbers=range(6))
    assert paths.now.sum() == pytest.approx(model.stock.sum())
    again = simulate_plans(model, years=3, seed=4, numbers=range(2, 4))
    assert np.array_equal(paths.plans[2:4], again.plans)
    fewer = simulate_plans(model, years=3, seed=4, numbers=range(6), entries=0.5)
    assert (fewer.plans.sum(axis=(1, 2, 3)) < paths.plans.sum(axis=(1, 2, 3))).all()


@pytest.mark.generative
def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    inside = []
    for seed in range(WORLDS):
        tables, after = plan_world(seed)
        model = fit_plans(tables, LONDON)
        assert model is not None
        total = simulate_plans(model, years=3, seed=seed, numbers=range(150)).plans.sum(axis=(1, 2, 3))
        low, high = np.quantile(total, [0.1, 0.9], axis=0)
        inside.append((low <= after) & (after <= high))
    # 24 worlds tell 80 % to about eight points; the bench runs hundreds.
    assert 0.6 <= np.mean(inside) <= 0.99


@pytest.mark.unit
def test_what_a_plan_costs_is_the_monitored_spend_or_a_labelled_last_resort() -> None:
    tables, _ = plan_world(2)
    model = fit_plans(tables, LONDON)
    assert model is not None
    plans = (model.stock[:, :, None] * model.mix).sum(axis=(0, 1))
    without = plan_costs({}, model)
    assert [said.startswith("last resort") for said in without.source[:5]] == [True] * 5
    columns = ["SPEND_MAINSTREAM", "SPEND_SPECIAL", "SPEND_INDEPENDENT", "SPEND_ALTERNATIVE", "SPEND_POST_16"]
    each = (model.stock[:, :, None] * model.mix).sum(axis=1)
    spend = pl.DataFrame({"authority": LONDON, "period": "2024-25", "sequence": 1, "QUARTER": "Q4"}).with_columns(
        pl.Series(name, 9000.0 * each[:, at]) for at, name in enumerate(columns)
    )
    found = plan_costs({"finance.monitoring/high_needs": spend}, model)
    drawn, _ = found.draw(0, range(50))
    assert plans[0] > 1000
    assert drawn[:, :, 0].mean() == pytest.approx(9000, rel=0.03)
    assert found.source[0].startswith("monitoring of 2024-25")
    assert (drawn[:, :, 5] == 0).all()


@pytest.mark.unit
def test_an_authority_whose_ages_are_withheld_is_left_out_and_told_of() -> None:
    tables, _ = plan_world(3)
    caseload = tables["high_needs.ehc_plans/caseload"]
    withheld = (pl.col("authority") == LONDON[4]) & (pl.col("BREAKDOWN_TOPIC") == "Child or young persons age")
    blank = caseload.with_columns(VALUE=pl.when(~withheld).then("VALUE"))
    model = fit_plans({**tables, "high_needs.ehc_plans/caseload": blank}, LONDON)
    assert model is not None
    assert LONDON[4] not in model.authorities
    assert any("1 authorities have no plans by age" in note for note in model.notes)


@pytest.mark.real
@pytest.mark.integration
def test_the_published_release_is_fitted_and_january_2025_is_forecast_from_the_year_before(shared_data: Path) -> None:
    readings = read([shared_data / "send" / "ehcp_2025_release.zip"])
    release = {one.taken[0].name: one for one in readings if one.return_id == "high_needs.ehc_plans"}
    tables = {
        f"high_needs.ehc_plans/{name}": release[name]
        .tables[name]
        .with_columns(
            authority="ONS_CODE",
            sequence=pl.lit(1),
            YEAR=pl.col("YEAR").cast(pl.Int64),
            VALUE=pl.col("VALUE").cast(pl.Float64, strict=False),
        )
        for name in ("caseload", "new_plans")
    }
    model = fit_plans(tables, LONDON)
    assert model is not None
    # Published: 99,116 plans maintained by London's authorities in January 2025, and 14,037 new ones in 2024.
    assert (model.year, len(model.authorities), model.stock.sum(), model.new.sum()) == (2025, 33, 99_116, 14_037)
    before = {
        "high_needs.ehc_plans/caseload": tables["high_needs.ehc_plans/caseload"].filter(pl.col("YEAR") <= 2024),
        "high_needs.ehc_plans/new_plans": tables["high_needs.ehc_plans/new_plans"].filter(pl.col("YEAR") <= 2023),
    }
    then = fit_plans(before, LONDON)
    assert then is not None
    # Hackney's ages of 2024 are withheld: the others are forecast.
    assert len(then.authorities) == 32
    assert any("1 authorities" in note for note in then.notes)
    came = model.stock[[model.authorities.index(name) for name in then.authorities]].sum()
    drawn = simulate_plans(then, years=1, seed=0, numbers=range(300)).plans.sum(axis=(1, 2, 3, 4))
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert low <= came <= high
    assert abs(drawn.mean() / came - 1) < 0.06

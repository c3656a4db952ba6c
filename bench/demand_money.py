"""Money: London's costs and quantiles, and how often prices, plans and forecast hold the truth on generated worlds."""

import sys
from pathlib import Path

import numpy as np

from measuring import Clock, benchmark

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "demand"), str(TESTS / "funding")]

LEVELS = (0.8, 0.95)


def _note(clock: Clock, what: str, inside: dict[float, list[float]]) -> None:
    shown = " / ".join(f"{100 * float(np.mean(inside[level])):.1f}" for level in LEVELS)
    clock.note(what, f"{shown} % in 80 / 95 %")


def _within(drawn: np.ndarray, truth: np.ndarray, inside: dict[float, list[float]]) -> None:
    for level in LEVELS:
        low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0)
        inside[level].append(float(((low <= truth) & (truth <= high)).mean()))


@benchmark("demand: London, 1,000 replicates, five years, costs and quantiles", seconds=10, mebibytes=2048)
def london(clock: Clock) -> None:
    from price_worlds import LONDON, cost_rows

    from demand import _model
    from parentis.region import financial_year
    from parentis.services.demand import simulate
    from parentis.services.demand.money.costs import costs
    from parentis.services.demand.money.prices import prices
    from parentis.services.demand.money.uplifts import uplifts
    from parentis.services.demand.simulation.paths import described
    from parentis.services.demand.tables import COSTS

    model, _ = _model(10_000, 33)
    rng = np.random.default_rng(1)
    rows = [
        (name, place, "PR4", int(nights), float(nights * price * np.exp(rng.normal(0, 0.3))))
        for name, gss in zip(model.authorities, LONDON, strict=True)
        for place, price in (("U6", 130), ("K2", 870), ("K3", 150))
        for nights in rng.integers(30, 365, 40)
    ]
    held = prices({COSTS: cost_rows(rows)}, model.groups, model.authorities)
    rises = uplifts({}, model.groups, held.period, 6)
    simulate(model, months=12, replicates=2)
    with clock.timing():
        paths = simulate(model, months=60, replicates=1000)
        of = costs(paths, held, rises, seed=0)
        yearly = of.net.sum(axis=1)
        ends = [financial_year(label).end for label in of.years]
        frame = described(yearly, None, of.groups, ends)
        for at, name in enumerate(of.authorities):
            described(of.net[:, at], name, of.groups, ends)
    clock.note("rows", str(frame.height * (1 + len(of.authorities))))


@benchmark("demand: coverage of prices, 400 worlds of 33 authorities")
def price_coverage(clock: Clock) -> None:
    from price_worlds import LONDON, price_world

    from parentis.services.demand import COMMISSIONING
    from parentis.services.demand.money.prices import prices
    from parentis.services.demand.tables import COSTS

    at = COMMISSIONING.names.index("residential")
    found = {what: {level: [] for level in LEVELS} for what in ("mean price", "next year's price")}
    with clock.timing():
        for seed in range(400):
            rows, truth, after = price_world(seed, spread=(0.05, 0.15, 0.3)[seed % 3], within=(0.3, 0.6)[seed % 2])
            held = prices({COSTS: rows}, COMMISSIONING, LONDON)
            _within(held.draw(seed, range(400), chance=False)[:, :, at], truth, found["mean price"])
            _within(held.draw(seed, range(400))[:, :, at], after, found["next year's price"])
    for what, inside in found.items():
        _note(clock, what, inside)


@benchmark("demand: coverage of EHC plans, 200 worlds, three years ahead")
def plan_coverage(clock: Clock) -> None:
    from plan_worlds import plan_world
    from price_worlds import LONDON

    from parentis.services.demand.plans.model import fit_plans, simulate_plans

    inside: dict[float, list[float]] = {level: [] for level in LEVELS}
    with clock.timing():
        for seed in range(200):
            tables, after = plan_world(seed)
            model = fit_plans(tables, LONDON)
            assert model is not None
            total = simulate_plans(model, years=3, seed=seed, numbers=range(200)).plans.sum(axis=(1, 2, 3))
            _within(total, after, inside)
    _note(clock, "region's plans", inside)


@benchmark("forecast: coverage of both pots' shortfall, 400 worlds, five years ahead")
def forecast_coverage(clock: Clock) -> None:
    from test_funding_forecast import shortfall_world

    inside: dict[float, list[float]] = {level: [] for level in LEVELS}
    with clock.timing():
        for seed in range(400):
            total, truth = shortfall_world(seed)
            _within(total, truth, inside)
    _note(clock, "shortfall", inside)


@benchmark("forecast: 33 boroughs, with sensitivities, options and record")
def forecast_with_reruns(clock: Clock) -> None:
    from care_region import care_region
    from price_worlds import LONDON

    from parentis.services.funding.forecast.compute import compute_forecast

    tables = care_region(LONDON)
    with clock.timing():
        found = compute_forecast(tables, {"replicates": 300})
    clock.note("figures", f"{found.figures.height:,}")

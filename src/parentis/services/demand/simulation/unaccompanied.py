"""Forecast unaccompanied asylum-seeking children separately from all others."""

from dataclasses import fields, replace

from parentis.services.demand.estimation.model import Model, Stock
from parentis.services.demand.simulation.futures import simulate
from parentis.services.demand.simulation.paths import Paths
from parentis.services.demand.simulation.scenario import Rate, Scenario


def simulate_unaccompanied(
    model: Model,
    scenario: Scenario = Scenario(),  # noqa: B008 - a frozen value
    *,
    months: int = 60,
    replicates: int = 300,
    seed: int = 0,
) -> Paths:
    """Futures as `simulate` makes them by age, of unaccompanied asylum-seeking children alone.

    They are the same children as in the full forecast: a child's outcome does not depend on the other children
    simulated, and leaving out an arrival changes nothing for the others.
    """
    others_stay_away = Rate(kind="entry", factor=0.0, uasc=False)
    return simulate(
        replace(model, stock=_some(model.stock)),
        replace(scenario, changes=(*scenario.changes, others_stay_away)),
        months=months,
        replicates=replicates,
        seed=seed,
        by_age=True,
    )


def _some(stock: Stock) -> Stock:
    own = stock.uasc > 0
    return replace(stock, **{one.name: getattr(stock, one.name)[own] for one in fields(stock)})

"""The unaccompanied asylum-seeking children of the forecast, apart from all others."""

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

    They are the very children of the whole forecast's futures: a child's fate does not depend on who else is
    simulated, and an arrival that is left out changes nothing for the others.
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

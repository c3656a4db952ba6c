"""Forecast unaccompanied asylum-seeking children separately from all others, or the others without them."""

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

    They are the same children as in the full forecast.
    """
    own, asked = of_kind(model, scenario, uasc=True)
    return simulate(own, asked, months=months, replicates=replicates, seed=seed, by_age=True)


def of_kind(model: Model, scenario: Scenario, *, uasc: bool) -> tuple[Model, Scenario]:
    """The model and the scenario with only unaccompanied children, or only the others.

    A child's outcome does not depend on the other children simulated, and leaving out an arrival changes nothing for
    the others: the two kinds add up to the full forecast, replicate by replicate.
    """
    others_stay_away = Rate(kind="entry", factor=0.0, uasc=not uasc)
    return (
        replace(model, stock=_some(model.stock, uasc=uasc)),
        replace(scenario, changes=(*scenario.changes, others_stay_away)),
    )


def _some(stock: Stock, *, uasc: bool) -> Stock:
    own = (stock.uasc > 0) == uasc
    return replace(stock, **{one.name: getattr(stock, one.name)[own] for one in fields(stock)})

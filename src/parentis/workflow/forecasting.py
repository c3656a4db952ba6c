"""What-if: the demand model of what is held, and one scenario beside the forecast."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from parentis.archive import Home
from parentis.services import demand
from parentis.workflow.tabling import tables

if TYPE_CHECKING:
    from parentis.services.demand import Model, Paths, Scenario

HORIZON = 36
"Months ahead."
FUTURES = {"few": 100, "many": 40}
"Of one or a few authorities, and of more than FEW: an answer is waited for."
FEW = 4


@dataclass(frozen=True, slots=True)
class Beside:
    """Children looked after on month ends, by placement group and `total`: each frame as `Paths.summary`.
    `difference` is scenario less forecast, future by future, so that its interval is the change's own."""

    forecast: pl.DataFrame
    scenario: pl.DataFrame
    difference: pl.DataFrame
    futures: int


def demand_model(home: Home) -> "Model | None":
    """The model of the looked-after children returns that are held; None where there are none."""
    held = tables(home, demand.SERVICE.needs)
    if held["ssda903/Episodes"].is_empty():
        return None
    return demand.fit(held)


def futures(model: "Model", scenario: "Scenario", *, authorities: Collection[str] = ()) -> "Paths":
    """Futures under `scenario`, for these authorities together; for all by default.

    All scenarios meet the same chances. Raises NotFoundError for an authority the model does not know."""
    chosen = model.only(*authorities) if authorities else model
    count = FUTURES["few" if len(chosen.chosen) <= FEW else "many"]
    return demand.simulate(chosen, scenario, months=HORIZON, replicates=count)


def beside(forecast: "Paths", scenario: "Paths") -> Beside:
    """`scenario` beside the forecast of the same authorities."""
    apart = replace(scenario, stock=scenario.stock - forecast.stock)
    return Beside(forecast.summary(), scenario.summary(), apart.summary(), len(forecast.stock))

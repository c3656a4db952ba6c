"""What-if: the demand model of the stored returns, and one scenario compared with the forecast."""

import hashlib
import pickle
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from parentis import lake
from parentis.archive import Home, master_key, write_file
from parentis.errors import IntegrityError
from parentis.services import demand
from parentis.version import code_version
from parentis.workflow.results.tables import tables

if TYPE_CHECKING:
    from parentis.services.demand import Model, Paths, Scenario

MODEL = "demand-model"
HORIZON = 36
"Months ahead."
FUTURES = {"few": 100, "many": 40}
"Of one or a few authorities, and of more than FEW: an answer is waited for."
FEW = 4


@dataclass(frozen=True, slots=True)
class ScenarioComparison:
    """Children looked after on month ends, by placement group and `total`: each frame as `Paths.summary`.
    `difference` is scenario less forecast, future by future, so that its interval is the change's own."""

    forecast: pl.DataFrame
    scenario: pl.DataFrame
    difference: pl.DataFrame
    futures: int


def demand_model(home: Home) -> "Model | None":
    """The model of the stored looked-after children returns; None if there are none. Takes seconds."""
    held = tables(home, demand.NEEDS)
    if held["ssda903/Episodes"].is_empty():
        return None
    return demand.fit(held)


def keep_demand_model(home: Home) -> bool:
    """Fit `demand_model` and store it for `kept_demand_model`, unless it is stored already. False if there is none."""
    about = _about(home)
    path = home.cache / MODEL
    if _opened(home, path, about) is not None:
        return True
    model = demand_model(home)
    if model is None or _about(home) != about:  # somebody accepted a return meanwhile: the next call fits again
        return False
    # It holds when each looked-after child was born and came, as the lake does.
    write_file(path, master_key(home).derive("cache").seal(pickle.dumps(model), about))
    return True


def kept_demand_model(home: Home) -> "Model | None":
    """The stored `demand_model`, in a tenth of a second; None if none is stored for the current returns."""
    sealed = _opened(home, home.cache / MODEL, _about(home))
    # Nobody without the home's master key could have written what opens with it.
    return None if sealed is None else pickle.loads(sealed)  # noqa: S301


def _opened(home: Home, path: Path, about: str) -> bytes | None:
    try:
        return master_key(home).derive("cache").open(path.read_bytes(), about)
    except (FileNotFoundError, IntegrityError):  # nothing kept, or of other returns, or by other code
        return None


def _about(home: Home) -> str:
    """Identifies what a stored model was made from: the visible loads and the code."""
    return_ids = {need.partition("/")[0] for need in demand.NEEDS}
    loads = lake.visible(home).filter(pl.col("return_id").is_in(return_ids))["load_id"].sort()
    return f"{MODEL} {code_version()} {hashlib.sha256(' '.join(loads).encode()).hexdigest()}"


def futures(model: "Model", scenario: "Scenario", *, authorities: Collection[str] = ()) -> "Paths":
    """Futures under `scenario`, for these authorities together; for all by default.

    All scenarios use the same random draws. Raises NotFoundError for an authority the model does not include."""
    chosen = model.only(*authorities) if authorities else model
    count = FUTURES["few" if len(chosen.chosen) <= FEW else "many"]
    return demand.simulate(chosen, scenario, months=HORIZON, replicates=count)


def compare_scenario(forecast: "Paths", scenario: "Paths") -> ScenarioComparison:
    """`scenario` compared with the forecast for the same authorities."""
    apart = replace(scenario, stock=scenario.stock - forecast.stock)
    return ScenarioComparison(forecast.summary(), scenario.summary(), apart.summary(), len(forecast.stock))

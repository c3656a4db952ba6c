"""Placement demand: how many children will need which kind of place, for how long, and how sure that is."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parentis.services.demand.model import Model, fit
    from parentis.services.demand.paths import Paths
    from parentis.services.demand.scenario import Capacity, Mix, Rate, Scenario
    from parentis.services.demand.simulate import simulate
    from parentis.services.demand.states import COMMISSIONING, EXITS, FOUR, Groups, Rule, groups_named

__all__ = [
    "COMMISSIONING",
    "EXITS",
    "FOUR",
    "Capacity",
    "Groups",
    "Mix",
    "Model",
    "Paths",
    "Rate",
    "Rule",
    "Scenario",
    "fit",
    "groups_named",
    "simulate",
]

_HOMES = {
    "Model": "model",
    "fit": "model",
    "Paths": "paths",
    "Capacity": "scenario",
    "Mix": "scenario",
    "Rate": "scenario",
    "Scenario": "scenario",
    "simulate": "simulate",
}


def __getattr__(name: str) -> Any:
    # The door opens late: listing the services imports this package, and must not import frames or compilers.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'states')}"), name)
    globals()[name] = value
    return value

"""Placement demand: how many children will need which kind of place, for how long, and how sure that is."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from parentis.services.demand.tables import NEEDS, OUTLOOK_NEEDS
from parentis.services.service import Command, Ref, Service

if TYPE_CHECKING:
    from parentis.services.demand.estimation.bands import AGES
    from parentis.services.demand.estimation.model import Model, fit
    from parentis.services.demand.money.comparison import run
    from parentis.services.demand.money.costs import Costs
    from parentis.services.demand.money.projections import OUTLOOK_DEFAULTS, Outlook, outlook, outlook_of
    from parentis.services.demand.money.reruns import Change, known_at, rerun
    from parentis.services.demand.money.what_if import WhatIf, Whom
    from parentis.services.demand.plans.costs import PlanCosts
    from parentis.services.demand.plans.model import PLAN_SETTINGS, PlanPaths
    from parentis.services.demand.randomness import generator
    from parentis.services.demand.simulation.blocks import simulate_blocks
    from parentis.services.demand.simulation.futures import simulate
    from parentis.services.demand.simulation.paths import Paths
    from parentis.services.demand.simulation.scenario import Capacity, Mix, Price, Rate, Scenario
    from parentis.services.demand.simulation.scenario_files import shipped
    from parentis.services.demand.simulation.unaccompanied import simulate_unaccompanied
    from parentis.services.demand.states import COMMISSIONING, EXITS, FOUR, Groups, Rule, groups_named

__all__ = [
    "AGES",
    "COMMISSIONING",
    "EXITS",
    "FOUR",
    "NEEDS",
    "OUTLOOK_DEFAULTS",
    "OUTLOOK_NEEDS",
    "PLAN_SETTINGS",
    "SERVICE",
    "Capacity",
    "Change",
    "Costs",
    "Groups",
    "Mix",
    "Model",
    "Outlook",
    "Paths",
    "PlanCosts",
    "PlanPaths",
    "Price",
    "Rate",
    "Rule",
    "Scenario",
    "WhatIf",
    "Whom",
    "fit",
    "generator",
    "groups_named",
    "known_at",
    "outlook",
    "outlook_of",
    "rerun",
    "run",
    "shipped",
    "simulate",
    "simulate_blocks",
    "simulate_unaccompanied",
]

_HOME = "parentis.services.demand"

SERVICE = Service(
    id="demand",
    title="Placement demand",
    needs=OUTLOOK_NEEDS,
    measures=Ref(f"{_HOME}.catalogue:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    commands=(
        Command(
            name="forecast",
            options={
                "scenario": "A scenario's changes, as JSON.",
            },
            help="Forecast the children looked after by placement group, with intervals.",
            needs=NEEDS,
            run=Ref(f"{_HOME}.commands:forecast"),
            from_files=True,
        ),
        Command(
            name="backtest",
            options={
                "months": "The horizon; 0 for 12 and 24.",
                "origin": "One day to forecast from; without it, the end of every year.",
                "detail": "Each forecast itself, not the scores by group.",
            },
            help="Score forecasts of the past, made from what was known then, beside simple ones.",
            needs=NEEDS,
            run=Ref(f"{_HOME}.commands:backtest"),
            from_files=True,
        ),
        Command(
            name="thin-data",
            help="Say where the data are too thin for the demand model to tell.",
            needs=NEEDS,
            run=Ref(f"{_HOME}.commands:thin"),
            from_files=True,
        ),
        Command(
            name="scenario",
            options={
                "document_text": "A shipped scenario's name, or one written out in TOML or JSON.",
                "parts": "Each change's own effect and what they make of one another.",
            },
            help="What a scenario changes: the difference in cost and nights, or each change's part in it.",
            needs=OUTLOOK_NEEDS,
            run=Ref(f"{_HOME}.money.commands:scenario"),
        ),
        Command(
            name="prices",
            help="Prices per night by placement group and authority, with where they come from.",
            needs=OUTLOOK_NEEDS,
            run=Ref(f"{_HOME}.money.commands:priced"),
        ),
    ),
    parameters={"years": 5, "replicates": 300, "scenario_replicates": 40, "seed": 0},
)

_HOMES = {
    "AGES": "estimation.bands",
    "Model": "estimation.model",
    "simulate_blocks": "simulation.blocks",
    "fit": "estimation.model",
    "Costs": "money.costs",
    "OUTLOOK_DEFAULTS": "money.projections",
    "Outlook": "money.projections",
    "outlook": "money.projections",
    "outlook_of": "money.projections",
    "Change": "money.reruns",
    "run": "money.comparison",
    "shipped": "simulation.scenario_files",
    "known_at": "money.reruns",
    "rerun": "money.reruns",
    "PLAN_SETTINGS": "plans.model",
    "PlanCosts": "plans.costs",
    "PlanPaths": "plans.model",
    "Price": "simulation.scenario",
    "generator": "randomness",
    "Paths": "simulation.paths",
    "Capacity": "simulation.scenario",
    "Mix": "simulation.scenario",
    "Rate": "simulation.scenario",
    "Scenario": "simulation.scenario",
    "WhatIf": "money.what_if",
    "Whom": "money.what_if",
    "simulate": "simulation.futures",
    "simulate_unaccompanied": "simulation.unaccompanied",
}


def __getattr__(name: str) -> Any:
    # Names are imported on first use: listing the services imports this package, and must not load Polars or Numba.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'states')}"), name)
    globals()[name] = value
    return value

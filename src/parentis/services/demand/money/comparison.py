"""Compare scenarios: the difference that a scenario makes, and the effect of each of its changes alone.

Every run uses the same random numbers, so a difference is calculated replicate by replicate, and its interval is that
of the difference, not of two independent forecasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from parentis.services.demand.estimation.model import Model
from parentis.services.demand.money.costs import Costs, costs
from parentis.services.demand.money.prices import Prices
from parentis.services.demand.money.uplifts import Uplifts
from parentis.services.demand.simulation.futures import simulate
from parentis.services.demand.simulation.paths import Paths
from parentis.services.demand.simulation.scenario import Price, Scenario

LEVEL = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The model, prices and settings that every scenario of a comparison shares."""

    model: Model
    prices: Prices
    uplifts: Uplifts
    months: int = 60
    replicates: int = 300
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One scenario's futures, in children and in money."""

    scenario: Scenario
    paths: Paths
    costs: Costs


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """From the cost without a scenario to the cost with it, all authorities together.

    `amounts` has shape (replicates, steps, years): before, each change alone, their `interaction`, and after. In every
    replicate and year, the steps before the last sum to the last.
    """

    steps: tuple[str, ...]
    years: tuple[str, ...]
    amounts: np.ndarray

    def frame(self) -> pl.DataFrame:
        """`step, order, year, mean, low, high, level`; year `all` is the sum of the years."""
        with_all = np.concatenate([self.amounts, self.amounts.sum(axis=2, keepdims=True)], axis=2)
        edge = (1 - LEVEL) / 2
        low, high = np.quantile(with_all, [edge, 1 - edge], axis=0)
        count = len(self.years) + 1
        return pl.DataFrame(
            {
                "step": np.repeat(np.array(self.steps), count),
                "order": np.repeat(np.arange(len(self.steps)), count),
                "year": [*self.years, "all"] * len(self.steps),
                "mean": with_all.mean(axis=0).ravel(),
                "low": low.ravel(),
                "high": high.ravel(),
                "level": LEVEL,
            }
        )


def run(basis: Basis, scenario: Scenario = Scenario(), *, like: Run | None = None) -> Run:  # noqa: B008 - frozen
    """The futures of `scenario`. If it changes only prices, the children are taken from `like`, the run without it."""
    flows = tuple(one for one in scenario.changes if not isinstance(one, Price))
    if like is not None and flows == tuple(one for one in like.scenario.changes if not isinstance(one, Price)):
        paths = replace(like.paths, scenario=scenario.name)
    else:
        paths = simulate(basis.model, scenario, months=basis.months, replicates=basis.replicates, seed=basis.seed)
    money = costs(paths, basis.prices, basis.uplifts, seed=basis.seed, scenario=scenario)
    return Run(scenario=scenario, paths=paths, costs=money)


def waterfall(basis: Basis, scenario: Scenario, titles: Sequence[str], *, before: Run, after: Run) -> Waterfall:
    """The effect of each change alone, then their interaction, which sum exactly to the total effect."""
    alone = [
        run(basis, scenario.with_only(at), like=before).costs.region() - before.costs.region()
        for at in range(len(scenario.changes))
    ]
    start, end = before.costs.region(), after.costs.region()
    interaction = end - start - np.sum(alone, axis=0)
    return Waterfall(
        steps=("Before", *titles, "Together, beyond each alone", "After"),
        years=before.costs.years,
        amounts=np.stack([start, *alone, interaction, end], axis=1),
    )


def difference(before: Run, after: Run, *, level: float = LEVEL) -> pl.DataFrame:
    """The difference that the scenario makes: `what` (`cost`: pounds, net; `nights`), `authority` (null: all together),
    `group` (`total`: all), `year, mean, low, high, level`. Positive is more."""
    parts = []
    for what, name in (("cost", "net"), ("nights", "nights")):
        change = getattr(after.costs, name) - getattr(before.costs, name)
        places = [(None, change.sum(axis=1)), *((a, change[:, at]) for at, a in enumerate(before.costs.authorities))]
        parts += [_described(values, what, authority, before.costs, level) for authority, values in places]
    return pl.concat(parts)


def _described(values: np.ndarray, what: str, authority: str | None, of: Costs, level: float) -> pl.DataFrame:
    with_total = np.concatenate([values, values.sum(axis=1, keepdims=True)], axis=1)
    edge = (1 - level) / 2
    low, high = np.quantile(with_total, [edge, 1 - edge], axis=0)
    groups = (*of.groups, "total")
    return pl.DataFrame(
        {
            "what": what,
            "authority": pl.Series([authority] * (len(groups) * len(of.years)), dtype=pl.String),
            "group": np.repeat(np.array(groups), len(of.years)),
            "year": list(of.years) * len(groups),
            "mean": with_total.mean(axis=0).ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "level": level,
        }
    )

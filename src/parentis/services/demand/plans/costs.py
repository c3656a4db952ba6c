"""The cost of a plan in a year, by setting: from the authorities' own spend if monitored, else as published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.region import deflator_factor
from parentis.services.demand.estimation.shrinkage import TAUS, Pooled, pool
from parentis.services.demand.plans.model import PLAN_SETTINGS, PlanModel
from parentis.services.demand.randomness import generator
from parentis.services.demand.tables import HIGH_NEEDS_SPEND

PLAN_COSTS = 11
"Key of the random number stream of a replicate that this module uses."

_COLUMN = {
    "mainstream": "SPEND_MAINSTREAM", "special": "SPEND_SPECIAL", "independent": "SPEND_INDEPENDENT",
    "alternative": "SPEND_ALTERNATIVE", "post-16": "SPEND_POST_16",
}  # fmt: skip
"Spend on anything else (therapies, central teams) depends on prices, not on plans, and is part of the remainder."

JUDGED = "judgement, to be owned by the treasurer"

ERROR = 0.06
"Standard deviation of one authority's spend ÷ plans, log scale: plans are counted on only one day of the year."
REAL_RISE, REAL_SPREAD = 0.01, 0.015
"Real rise a year in the cost of a plan, mean and spread: judgement, to be owned by the treasurer."


@dataclass(frozen=True, slots=True)
class Published:
    """Pounds per plan and year, its standard error on the log scale, and its source."""

    pounds: float
    spread: float
    period: str
    source: str


PUBLISHED: Mapping[str, Published] = {
    "independent": Published(
        64_000, 0.1, "2024-25",
        "DfE, answer to question 100030, 7 January 2026: spend per plan in independent and non-maintained special "
        "schools, England",
    ),
    "special": Published(
        23_900, 0.2, "2023-24", f"{JUDGED}: about what the National Audit Office gave in October 2024; unchecked"
    ),
    "mainstream": Published(7_500, 0.35, "2023-24", f"{JUDGED}: top-up above the school's own £6,000"),
    "alternative": Published(20_000, 0.35, "2023-24", f"{JUDGED}: £10,000 a place and a top-up"),
    "post-16": Published(9_000, 0.35, "2023-24", f"{JUDGED}: £6,000 a place and a top-up"),
}  # fmt: skip
"Used where no authority monitors spend by setting."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCosts:
    """Costs of a plan in pounds of `period`, log scale, by setting in the order of `PLAN_SETTINGS`; None where
    plans of the setting have no cost. `source` gives the source of each."""

    period: str
    authorities: tuple[str, ...]
    posterior: tuple[Pooled | None, ...]
    source: tuple[str, ...]
    real_rise: float = REAL_RISE
    "Mean real rise a year."

    def draw(self, seed: int, numbers: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Costs, (replicates, authorities, settings), and the real rise a year, (replicates,)."""
        a, s = len(self.authorities), len(PLAN_SETTINGS)
        out = np.zeros((len(numbers), a, s))
        rise = np.empty(len(numbers))
        for row, number in enumerate(numbers):
            stream = generator(seed, number, PLAN_COSTS)
            rise[row] = self.real_rise + REAL_SPREAD * stream.standard_normal()
            uniform, normal = stream.random(s), stream.standard_normal((s, 1, 1 + a))
            for at, pooled in enumerate(self.posterior):
                if pooled is not None:
                    out[row, :, at] = np.exp(pooled.draw(uniform[at : at + 1], normal[at])[0])
        return out, rise


def plan_costs(tables: Mapping[str, pl.DataFrame], model: PlanModel) -> PlanCosts:
    """Spend by setting of the financial year that ends in the model's year, over the plans in force in its January."""
    label = f"{model.year - 1}-{model.year % 100:02}"
    spend = _spend(tables.get(HIGH_NEEDS_SPEND, pl.DataFrame()), model.authorities, label)
    plans = (model.stock[:, :, None] * model.mix).sum(axis=1)
    posterior: list[Pooled | None] = []
    source: list[str] = []
    for at, setting in enumerate(PLAN_SETTINGS):
        if setting not in _COLUMN:
            posterior.append(None)
            source.append("not driven by plans: in the rest of spend")
            continue
        own = spend.get(setting, np.full(len(model.authorities), np.nan))
        each = np.full(len(own), np.nan)
        usable = (plans[:, at] >= 1) & (own > 0)
        each[usable] = np.log(own[usable] / plans[usable, at])
        if usable.any():
            posterior.append(pool(each, ERROR**2 + 1 / np.maximum(plans[:, at], 1)))
            source.append(f"monitoring of {label}: spend by setting over plans in January {model.year}")
            continue
        said = PUBLISHED[setting]
        nothing = np.full(len(model.authorities), np.nan)
        level = np.log(said.pounds * deflator_factor(said.period, label))
        posterior.append(
            Pooled(
                np.eye(len(TAUS))[np.argmin(np.abs(TAUS - 0.15))],
                np.full(len(TAUS), level),
                np.full(len(TAUS), said.spread**2),
                nothing,
                nothing,
            )
        )
        source.append(f"last resort: {said.source}")
    return PlanCosts(period=label, authorities=model.authorities, posterior=tuple(posterior), source=tuple(source))


def _spend(table: pl.DataFrame, authorities: Sequence[str], period: str) -> Mapping[str, np.ndarray]:
    if table.is_empty():
        return {}
    rows = table.filter(pl.col("period") == period)
    rows = rows.filter(pl.col("sequence") == pl.col("sequence").max().over("authority"))
    rows = rows.filter(pl.col("QUARTER") == pl.col("QUARTER").max().over("authority"))
    held = pl.DataFrame({"authority": list(authorities)}).join(rows, on="authority", how="left", maintain_order="left")
    return {name: held[column].cast(pl.Float64).to_numpy() for name, column in _COLUMN.items()}

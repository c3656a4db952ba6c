"""High-needs spend to come: plans times their cost with the rest of spend, or the spend's own trend without plans."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parentis.services.demand import PLAN_SETTINGS, Costs, PlanCosts, PlanPaths
from parentis.services.funding.forecast.attribution import by_cause
from parentis.services.funding.forecast.growth import grown, own_shock, rise
from parentis.services.funding.forecast.starting_position import Start

TREND_RISE, TREND_SPREAD = 0.045, 0.025
"Real yearly growth of high-needs spend, used where no plans are held."


@dataclass(frozen=True, slots=True, kw_only=True)
class HighNeeds:
    """Spend in pounds of the day, (replicates, authorities, years), NaN where unknown; `steps` lead to it from the
    starting year's, by cause."""

    spend: np.ndarray
    steps: Mapping[str, np.ndarray]


def by_plans(
    start: Start, money: Costs, plans: PlanPaths, each: PlanCosts, people: np.ndarray, *, seed: int, numbers: range
) -> HighNeeds:
    """Plans times their cost, and the remainder of the starting year's spend at general prices."""
    own = [plans.authorities.index(name) if name in plans.authorities else -1 for name in start.authorities]
    known = np.array([index >= 0 for index in own])
    cost, real_rise = each.draw(seed, numbers)
    settings = [at for at in range(len(PLAN_SETTINGS)) if each.posterior[at] is not None]
    cost = cost[:, own][:, :, settings]
    before = plans.now.sum(axis=1)[own][:, settings]
    # Spend of a financial year depends on the plans in force in its January, or in the last January held.
    januaries = [min(int(year[:4]) + 1 - plans.years[0], len(plans.years) - 1) for year in money.years]
    by_year = plans.plans.sum(axis=2)[:, own][:, :, settings]
    now = np.broadcast_to(before, by_year.shape[:3])
    counted = np.stack([by_year[..., at] if at >= 0 else now for at in januaries], axis=-1)
    begun = (cost * before).sum(axis=2)
    # Spend that plans do not explain is kept; if plans explain more than the actual spend, they are scaled to it.
    scale = np.minimum(np.divide(start.hn_spend, begun, out=np.ones_like(begun), where=begun > 0), 1.0)
    rest = np.maximum(start.hn_spend - begun, 0.0)
    rises = (1 + real_rise[:, None]) ** np.arange(1, len(money.years) + 1)
    prices = cost * scale[..., None]
    paid = (counted * prices[..., None]).sum(axis=2) * (rises * money.general)[:, None, :]
    steps = by_cause(before, prices, counted, paid, people)
    steps["price"] = steps["price"] + rest[..., None] * (money.general - 1)[:, None, :]
    return _only(known, paid + rest[..., None] * money.general[:, None, :], steps)


def by_trend(streams: list[np.random.Generator], start: Start, money: Costs, gap: int, people: np.ndarray) -> HighNeeds:
    """Spend that follows the region's own real growth of past years."""
    centre, scale = rise(start.hn_growth, TREND_RISE, TREND_SPREAD)
    shock = own_shock(start.hn_deviations)
    growth = grown(streams, len(start.hn_growth), centre, scale, shock, len(start.authorities), len(money.years), gap)
    general = money.general[:, None, :]
    begun = start.hn_spend[None, :, None]
    steps = {
        "demography": np.broadcast_to(begun * (people - 1), growth.shape),
        "need": begun * (growth - people),
        "mix": np.broadcast_to(begun * 0.0, growth.shape),
        "price": begun * growth * (general - 1),
    }
    return HighNeeds(spend=begun * growth * general, steps=steps)


def _only(known: np.ndarray, spend: np.ndarray, steps: Mapping[str, np.ndarray]) -> HighNeeds:
    """NaN for authorities without plans."""
    there = known[None, :, None]
    return HighNeeds(
        spend=np.where(there, spend, np.nan), steps={name: np.where(there, one, np.nan) for name, one in steps.items()}
    )

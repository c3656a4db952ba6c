"""Financial futures: social care and high needs against a budget path, for each authority and all together.

Within a replicate, the same children, prices, inflation and plans are used for social care, high needs and all
authorities, so that sums have the right spread. docs/methods/forecast.md has the formulas.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parentis.services.demand import Costs, PlanCosts, PlanPaths, generator
from parentis.services.funding.forecast.agreements import Agreements, agreements
from parentis.services.funding.forecast.attribution import CAUSES, by_cause, people_index
from parentis.services.funding.forecast.growth import grown, own_shock, rise
from parentis.services.funding.forecast.high_needs import by_plans, by_trend
from parentis.services.funding.forecast.regimes import (
    STABILITY_GRANT_ON,
    STABILITY_GRANT_PAID,
    STABILITY_GRANT_SHARE,
    Policy,
    regime,
)
from parentis.services.funding.forecast.starting_position import Start

BUDGETS = 12
"Key of the random number stream of a replicate that this module uses."

REST_RISE, REST_SPREAD = 0.005, 0.015
"Prior of the real yearly growth of other spend than placements: mean and spread."


@dataclass(frozen=True, slots=True, kw_only=True)
class Placements:
    """Placements of the starting year at the model's prices: nights and net pounds, (authorities, groups)."""

    nights: np.ndarray
    cost: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """Pounds of the day; a positive shortfall is spend above budget; arrays (replicates, authorities, years).

    `share_simulated` is placements' share of the starting year's spend, (authorities,). `hn_by_plans` says whether
    high needs are based on plans. `reserves` is the balance at each year's end (NaN where not known). `general` is the
    index of general prices, (replicates, years), 1 in the starting year's. `bears` says of each year whether councils
    have to find its high-needs shortfall, (years,). `csc_steps` and `hn_steps` are what each cause (`CAUSES`) adds to
    the starting year's spend.
    """

    authorities: tuple[str, ...]
    years: tuple[str, ...]
    csc_spend: np.ndarray
    csc_budget: np.ndarray
    hn_spend: np.ndarray
    hn_funding: np.ndarray
    dsg_balance: np.ndarray
    reserves: np.ndarray
    share_simulated: np.ndarray
    hn_by_plans: bool
    general: np.ndarray
    bears: np.ndarray
    csc_steps: Mapping[str, np.ndarray]
    hn_steps: Mapping[str, np.ndarray]

    @property
    def csc_shortfall(self) -> np.ndarray:
        return self.csc_spend - self.csc_budget

    @property
    def hn_shortfall(self) -> np.ndarray:
        return self.hn_spend - self.hn_funding

    @property
    def apart(self) -> np.ndarray:
        """The high-needs shortfall of years that government says councils will not fund; 0 in the others."""
        return np.where(self.bears, 0.0, self.hn_shortfall)

    @property
    def shortfall(self) -> np.ndarray:
        """Both pots, whoever pays."""
        return self.csc_shortfall + self.hn_shortfall

    @property
    def ask(self) -> np.ndarray:
        """What councils have to find: both pots, without what is kept `apart`."""
        return self.shortfall - self.apart


def futures(
    start: Start,
    money: Costs,
    before: Placements,
    policy: Policy,
    *,
    seed: int,
    numbers: range,
    reconciled: np.ndarray | None = None,
    agreed: Agreements | None = None,
    plans: PlanPaths | None = None,
    plan_costs: PlanCosts | None = None,
) -> Futures:
    """Simulate social care, high needs and reserves from the starting position on.

    Args:
        money: futures of placements' costs, for `start.authorities` in that order.
        before: placements in the starting year.
        reconciled: factors that scale the model's cost to the monitored cost, (authorities,); None is the same as 1.
        agreed: what government has agreed with single authorities; without it, only what `policy` assumes.
        plans, plan_costs: futures of plans and the cost of a plan; without them high needs follows its own trend.
    """
    years, gap = money.years, int(money.years[0][:4]) - int(start.year[:4])
    ahead = np.arange(len(years)) + gap
    streams = [generator(seed, number, BUDGETS) for number in numbers]
    scale = np.ones(len(start.authorities)) if reconciled is None else reconciled
    agreed = agreed or agreements({}, start.authorities)
    people = people_index(start.authorities, start.year, years)
    placed, placed_before = money.net.sum(axis=2) * scale[None, :, None], before.cost.sum(axis=1) * scale
    rest_before = np.maximum(start.outturn - placed_before, 0.0)
    centre, spread = rise(start.rest_growth, REST_RISE, REST_SPREAD)
    shock = own_shock(start.rest_deviations)
    growth = grown(streams, len(start.rest_growth), centre, spread, shock, len(start.authorities), len(years), gap)
    rest = rest_before[None, :, None] * growth * money.general[:, None, :]
    csc_spend = placed + rest
    csc_budget = np.broadcast_to(
        (start.budget[:, None] * (1 + policy.settlement_growth) ** ahead)[None], csc_spend.shape
    )
    hn_funding = np.broadcast_to((start.hn_funding[:, None] * (1 + policy.dsg_growth) ** ahead)[None], csc_spend.shape)
    planned = plans is not None and plan_costs is not None
    high = (
        by_plans(start, money, plans, plan_costs, people, seed=seed, numbers=numbers)
        if plans is not None and plan_costs is not None
        else by_trend(streams, start, money, gap, people)
    )
    chance = agreed.chances(policy.grant_chance)
    approved = np.stack([one.random(len(start.authorities)) for one in streams]) < chance
    bears = np.array([policy.bears(year) for year in years])
    balance = _balance(start, years, np.where(bears, hn_funding - high.spend, 0.0), approved, policy, agreed)
    return Futures(
        authorities=start.authorities,
        years=years,
        csc_spend=csc_spend,
        csc_budget=csc_budget,
        hn_spend=high.spend,
        hn_funding=hn_funding,
        dsg_balance=balance,
        reserves=_reserves(start, years, csc_spend - csc_budget, high.spend - hn_funding, balance, policy),
        share_simulated=np.where(start.outturn > 0, np.minimum(placed_before / start.outturn, 1.0), np.nan),
        hn_by_plans=planned,
        general=money.general,
        bears=bears,
        csc_steps=_csc_steps(start, money, before, scale, placed, rest, rest_before, people),
        hn_steps={**high.steps, "pay": 0.0 * high.spend},
    )


def _csc_steps(
    start: Start, money: Costs, before: Placements, scale: np.ndarray, placed: np.ndarray, rest: np.ndarray,
    rest_before: np.ndarray, people: np.ndarray,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Placements by cause; the rest of spend grows with the population, and all else of its growth is its pay and
    prices. Where placements cost more than the whole outturn, the difference is in `price`, so that the steps still
    lead from the outturn to the spend."""
    kept = money.priced
    nights = np.where(kept, before.nights, 0.0)
    prices = np.divide(before.cost, nights, out=np.zeros_like(before.cost), where=nights > 0)
    # A group in which an authority had no nights takes the region's price, so that what comes is mix and not price.
    whole = before.cost[:, kept].sum(axis=0) / np.maximum(nights[:, kept].sum(axis=0), 1.0)
    prices[:, kept] = np.where(nights[:, kept] > 0, prices[:, kept], whole)
    slept = np.where(kept[None, None, :, None], money.nights, 0.0)
    steps = by_cause(nights, prices * scale[:, None], slept, placed, people)
    beyond = start.outturn - before.cost.sum(axis=1) * scale - rest_before
    demography = rest_before[None, :, None] * (people - 1)
    steps["demography"] = steps["demography"] + demography
    steps["price"] = steps["price"] - beyond[None, :, None]
    steps["pay"] = rest - rest_before[None, :, None] - demography
    return {name: steps[name] for name in CAUSES}


def _balance(
    start: Start,
    years: tuple[str, ...],
    in_year: np.ndarray,
    approved: np.ndarray,
    policy: Policy,
    agreed: Agreements,
) -> np.ndarray:
    """B(t) = B(t−1) + funding − spend of the years that councils bear, with the Stability Grant in the year it is paid,
    as decided or otherwise calculated, and safety-valve payments in their years."""
    out = np.empty_like(in_year)
    balance = np.broadcast_to(start.hn_balance, in_year.shape[:2]).copy()
    counted = balance.copy() if start.year == STABILITY_GRANT_ON else np.zeros_like(balance)
    for at, year in enumerate(years):
        if year == STABILITY_GRANT_PAID:
            worked_out = STABILITY_GRANT_SHARE * policy.eligible * np.maximum(-counted, 0.0)
            balance = balance + np.where(np.isnan(agreed.amount), worked_out, agreed.amount) * approved
        balance = balance + in_year[..., at] + agreed.paid(year)
        if year == STABILITY_GRANT_ON:
            counted = balance.copy()
        out[..., at] = balance
    return out


def _reserves(
    start: Start, years: tuple[str, ...], csc: np.ndarray, hn: np.ndarray, balance: np.ndarray, policy: Policy
) -> np.ndarray:
    """The reserves that remain if they fund every shortfall of social care, and of the DSG once the override has
    ended.
    """
    out = np.empty_like(csc)
    left = np.broadcast_to(start.reserves, csc.shape[:2]).copy()
    before = np.broadcast_to(start.hn_balance, left.shape)
    moved = False
    for at, year in enumerate(years):
        left = left - csc[..., at]
        rules = regime(year)
        if not rules.off_books:
            if not moved:
                left = left - np.maximum(-before, 0.0)
                moved = True
            if policy.bears(year):
                left = left - np.maximum(hn[..., at], 0.0)
        before = balance[..., at]
        out[..., at] = left
    return out

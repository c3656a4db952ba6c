"""Financial futures: social care and high needs against a budget path, for each authority and all together.

Within a replicate, the same children, prices, inflation and plans are used for social care, high needs and all
authorities, so that sums have the right spread. docs/methods/risk.md has the formulas.
"""

from dataclasses import dataclass

import numpy as np

from parentis.services.demand import PLAN_SETTINGS, Costs, PlanCosts, PlanPaths, generator
from parentis.services.funding.risk.agreements import Agreements, agreements
from parentis.services.funding.risk.regimes import (
    STABILITY_GRANT_ON,
    STABILITY_GRANT_PAID,
    STABILITY_GRANT_SHARE,
    Policy,
    regime,
)
from parentis.services.funding.risk.starting_position import Start

BUDGETS = 12
"Key of the random number stream of a replicate that this module uses."

REST_RISE, REST_SPREAD, REST_WORTH = 0.005, 0.015, 4.0
"Prior of the real yearly growth of other spend than placements: mean, spread, and the years of data it is worth."
OWN_RISE, OWN_SHOCK = 0.012, 0.02
"Standard deviations of one authority's growth, and of one of its years."
TREND_RISE, TREND_SPREAD = 0.045, 0.025
"Real yearly growth of high-needs spend, used where no plans are held."


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """Pounds of the day; a positive shortfall is spend above budget; arrays (replicates, authorities, years).

    `placed` is the cost of placements, part of `csc_spend`. `share_simulated` is their share of the starting year's
    spend, (authorities,). `hn_by_plans` says whether high needs are based on plans. `reserves` is the balance at each
    year's end (NaN where not known). `general` is the index of general prices, (replicates, years), 1 in the starting
    year's.
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
    placed: np.ndarray
    placed_before: np.ndarray
    general: np.ndarray

    @property
    def csc_shortfall(self) -> np.ndarray:
        return self.csc_spend - self.csc_budget

    @property
    def hn_shortfall(self) -> np.ndarray:
        return self.hn_spend - self.hn_funding


def futures(
    start: Start,
    money: Costs,
    placed_before: np.ndarray,
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
        placed_before: cost of placements in the starting year at the same prices, (authorities,).
        reconciled: factors that scale the model's cost to the monitored cost, (authorities,); None is the same as 1.
        agreed: what government has agreed with single authorities; without it, only what `policy` assumes.
        plans, plan_costs: futures of plans and the cost of a plan; without them high needs follows its own trend.
    """
    years, gap = money.years, int(money.years[0][:4]) - int(start.year[:4])
    ahead = np.arange(len(years)) + gap
    streams = [generator(seed, number, BUDGETS) for number in numbers]
    scale = np.ones(len(start.authorities)) if reconciled is None else reconciled
    agreed = agreed or agreements({}, start.authorities)
    placed, placed_before = money.net.sum(axis=2) * scale[None, :, None], placed_before * scale
    rest_before = np.maximum(start.outturn - placed_before, 0.0)
    growth = _rest(streams, start, len(years), gap)
    csc_spend = placed + rest_before[None, :, None] * growth * money.general[:, None, :]
    csc_budget = np.broadcast_to(
        (start.budget[:, None] * (1 + policy.settlement_growth) ** ahead)[None], csc_spend.shape
    )
    hn_funding = np.broadcast_to((start.hn_funding[:, None] * (1 + policy.dsg_growth) ** ahead)[None], csc_spend.shape)
    by_plans = plans is not None and plan_costs is not None
    hn_spend = (
        _by_plans(start, money, plans, plan_costs, seed, numbers)
        if plans is not None and plan_costs is not None
        else _by_trend(streams, start, money, gap)
    )
    chance = agreed.chances(policy.grant_chance)
    approved = np.stack([one.random(len(start.authorities)) for one in streams]) < chance
    balance = _balance(start, years, hn_funding - hn_spend, approved, policy, agreed)
    return Futures(
        authorities=start.authorities,
        years=years,
        csc_spend=csc_spend,
        csc_budget=csc_budget,
        hn_spend=hn_spend,
        hn_funding=hn_funding,
        dsg_balance=balance,
        reserves=_reserves(start, years, csc_spend - csc_budget, hn_spend - hn_funding, balance, policy),
        share_simulated=np.where(start.outturn > 0, np.minimum(placed_before / start.outturn, 1.0), np.nan),
        hn_by_plans=by_plans,
        placed=placed,
        placed_before=placed_before,
        general=money.general,
    )


def _rise(history: np.ndarray, prior: float, spread: float) -> tuple[float, float]:
    """Centre and spread of a yearly growth, from the observed years and the years that the prior is worth."""
    years = len(history)
    centre = (history.sum() + REST_WORTH * prior) / (years + REST_WORTH)
    squares = ((history - history.mean()) ** 2).sum() if years else 0.0
    scale = np.sqrt((squares + REST_WORTH * spread**2) / (years + REST_WORTH))
    return float(centre), float(scale)


def _rest(streams: list[np.random.Generator], start: Start, years: int, gap: int) -> np.ndarray:
    """Real growth of other spend since the starting year, (replicates, authorities, years)."""
    centre, scale = _rise(start.rest_growth, REST_RISE, REST_SPREAD)
    worth, steps, a = len(start.rest_growth) + REST_WORTH, np.arange(years) + gap, len(start.authorities)
    out = np.empty((len(streams), a, years))
    for row, stream in enumerate(streams):
        shared = centre + scale / np.sqrt(worth) * stream.standard_normal()
        own = OWN_RISE * stream.standard_normal((a, 1))
        shocks = scale * np.cumsum(stream.standard_normal(years))
        out[row] = (shared + own) * steps + shocks + OWN_SHOCK * stream.standard_normal((a, years))
    return np.exp(out)


def _by_plans(start: Start, money: Costs, plans: PlanPaths, each: PlanCosts, seed: int, numbers: range) -> np.ndarray:
    """High-needs spend: plans times their cost, plus the remainder of the starting year's spend at general prices."""
    own = [plans.authorities.index(name) if name in plans.authorities else -1 for name in start.authorities]
    cost, rise = each.draw(seed, numbers)
    settings = [at for at in range(len(PLAN_SETTINGS)) if each.posterior[at] is not None]
    begun = np.einsum("ras,as->ra", cost[:, :, settings], plans.now.sum(axis=1)[:, settings])
    out = np.full((len(cost), len(start.authorities), len(money.years)), np.nan)
    for at, year in enumerate(money.years):
        # Spend of a financial year depends on the plans in force in its January, or in the last January held.
        january = min(int(year[:4]) + 1 - plans.years[0], len(plans.years) - 1)
        counted = plans.plans[..., january].sum(axis=2) if january >= 0 else plans.now.sum(axis=1)[None]
        driven = (cost[:, :, settings] * counted[:, :, settings]).sum(axis=2) * (1 + rise[:, None]) ** (at + 1)
        for place, index in enumerate(own):
            if index >= 0:
                rest = np.maximum(start.hn_spend[place] - begun[:, index], 0.0)
                # Spend that plans do not explain is kept; if plans explain more than the actual spend, they are
                # scaled to it.
                scale = np.minimum(start.hn_spend[place] / begun[:, index], 1.0)
                out[:, place, at] = (driven[:, index] * scale + rest) * money.general[:, at]
    return out


def _by_trend(streams: list[np.random.Generator], start: Start, money: Costs, gap: int) -> np.ndarray:
    centre, scale = _rise(start.hn_growth, TREND_RISE, TREND_SPREAD)
    worth, a, years = len(start.hn_growth) + REST_WORTH, len(start.authorities), len(money.years)
    out = np.empty((len(streams), a, years))
    for row, stream in enumerate(streams):
        shared = centre + scale / np.sqrt(worth) * stream.standard_normal()
        own = OWN_RISE * stream.standard_normal((a, 1))
        shocks = scale * np.cumsum(stream.standard_normal(years))
        out[row] = (shared + own) * (np.arange(years) + gap) + shocks + OWN_SHOCK * stream.standard_normal((a, years))
    return start.hn_spend[None, :, None] * np.exp(out) * money.general[:, None, :]


def _balance(
    start: Start,
    years: tuple[str, ...],
    in_year: np.ndarray,
    approved: np.ndarray,
    policy: Policy,
    agreed: Agreements,
) -> np.ndarray:
    """B(t) = B(t−1) + funding − spend, with the Stability Grant in the year it is paid, as decided or otherwise
    calculated, and safety-valve payments in their years."""
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
            pays = rules.new_on_council if policy.new_on_council is None else policy.new_on_council
            if pays:
                left = left - np.maximum(hn[..., at], 0.0)
        before = balance[..., at]
        out[..., at] = left
    return out

"""One projection: an outlook, the position it starts from and the assumptions about government, and what comes of them.

Reruns with one assumption changed, and forecasts of the past, are this same projection.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from parentis.services.demand import Outlook
from parentis.services.funding.forecast.agreements import Agreements, agreements
from parentis.services.funding.forecast.bridges import reconciled
from parentis.services.funding.forecast.futures import Futures, Placements, futures
from parentis.services.funding.forecast.regimes import Policy
from parentis.services.funding.forecast.starting_position import Start, starting


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """What went in, and the futures that came out."""

    ahead: Outlook
    start: Start
    policy: Policy
    agreed: Agreements
    found: Futures


def project(
    tables: Mapping[str, pl.DataFrame],
    ahead: Outlook,
    policy: Policy,
    *,
    keep: Callable[[str], bool] = lambda _: True,
) -> Projection | None:
    """The projection of `ahead`; None if no authority has a budget and an outturn of the year that it starts from.
    `keep` says from which years the growth of other spend is learnt."""
    authorities = ahead.basis.model.authorities
    start = starting(tables, authorities, ahead.year_before)
    if start is None:
        return None
    start = start.learning_from(keep)
    agreed = agreements(tables, authorities)
    money = ahead.before.costs
    found = futures(
        start,
        money,
        Placements(nights=ahead.nights_before, cost=ahead.cost_before),
        policy,
        seed=ahead.basis.seed,
        numbers=range(len(money.net)),
        reconciled=reconciled(ahead),
        agreed=agreed,
        plans=ahead.plans,
        plan_costs=ahead.plan_costs,
    )
    return Projection(ahead=ahead, start=start, policy=policy, agreed=agreed, found=found)

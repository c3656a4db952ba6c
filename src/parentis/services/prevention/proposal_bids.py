"""From a proposal to the bid that is worked out: whom it reaches, what goes beyond the law, and its costs by year."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from parentis.errors import NotFoundError
from parentis.region import deflator_factor, financial_year_of
from parentis.services.demand.simulation.programmes import Drawn, Effect, Programme
from parentis.services.prevention.bids import Bid, BidResult, CostLine, run_bid
from parentis.services.prevention.entry_counts import later
from parentis.services.prevention.law import EARLIER, NO_DUTY, additional
from parentis.services.prevention.proposals import MONTHS, Proposal, problems, refuse

if TYPE_CHECKING:
    import numpy as np

    from parentis.services.demand.money.comparison import Basis

FIXED, EACH = "Fixed costs", "Costs for each child"
"Cost lines of a bid."


@dataclass(frozen=True, slots=True)
class Eligible:
    """Entries to care a year of a bid's authorities, counted over the last twelve months; `share`: of them, those whom
    the bid reaches."""

    entries: float
    share: float


def eligible(proposal: Proposal, held: pl.DataFrame) -> Eligible:
    """Whom the bid reaches among those who would come into care. `held`: entries by authority and month.

    A trial's baseline risk says how many of the children reached would have: the rest are reached, and would have
    stayed at home anyway. Without a baseline the reach among entrants is that among the eligible."""
    own = held.filter(pl.col("authority").is_in(proposal.authorities))
    if own.is_empty():
        raise NotFoundError(
            expected="returns on looked-after children of the bid's authorities", found="none", where=proposal.title,
            do="Wait until they are accepted, or choose other authorities.",
        )  # fmt: skip
    last = own["month"].max()
    entries = float(own.filter(pl.col("month") > later(last, -MONTHS))["entries"].sum())  # type: ignore[arg-type]
    effect = proposal.entry.effect
    share = proposal.share
    if effect is not None and effect.baseline is not None and effect.quantity == "entry":
        share = proposal.reach * effect.baseline / max(entries, 1.0)
    return Eligible(entries=entries, share=min(share, 1.0))


def effect_of(proposal: Proposal, share: float) -> Effect:
    """What the bid does where nothing is required."""
    published, drawn = proposal.entry.effect, proposal.entry.distribution(proposal.widening)
    if published is None:  # `distribution` has refused it
        raise ValueError("no effect")
    low, high = drawn.interval()
    kept = tuple((float(one.months), one.kept) for one in proposal.entry.persistence)
    return Effect(
        quantity=published.quantity,
        factor=Drawn(centre=drawn.centre, low=low, high=high, scale="log" if drawn.is_factor else "linear"),
        states=published.states,
        to=published.to,
        ages=published.ages,
        authorities=proposal.authorities,
        share=Drawn(centre=share),
        start=later(proposal.start, proposal.entry.lag_months) if proposal.entry.lag_months else proposal.start,
        ramp_months=float(proposal.ramp_months),
        end=proposal.ends,
        persistence=((0.0, 1.0), *(one for one in kept if one[0] > 0)),
    )


def bid_of(proposal: Proposal, held: pl.DataFrame, price_year: str) -> Bid:
    """The bid, with sentences on what it rests on. Raises SpecificationError for what stops it."""
    refuse(proposal)
    whom = eligible(proposal, held)
    effects, law = beyond_law(proposal, effect_of(proposal, whom.share))
    programme = Programme(id=proposal.id, effects=effects, title=proposal.title, intervention=proposal.entry.id)
    return Bid(
        id=proposal.id,
        title=proposal.title,
        programmes=(programme,) if effects else (nothing(proposal),),
        costs=tuple(
            CostLine(what=what, amounts=amounts) for what, amounts in costs_by_year(proposal, price_year).items()
        ),
        start=proposal.start,
        years=-(-proposal.horizon_months // MONTHS),
        price_year=price_year,
        grade=proposal.entry.grade,
        notes=(
            *(one.sentence for one in problems(proposal) if not one.stops),
            law,
            f"Of {whom.entries:,.0f} entries to care a year in its authorities, {100 * whom.share:.1f} % are of "
            "children whom the bid reaches.",
            "No saving on health, police or education is counted beyond what they contribute to placements: no unit "
            "cost whose source was read is held.",
        ),
    )


def beyond_law(proposal: Proposal, effect: Effect) -> tuple[tuple[Effect, ...], str]:
    """The effects that the law would not have brought about, and a sentence on what was taken off."""
    since = [one.since for one in proposal.entry.law if one.since is not None]
    earlier = None
    if proposal.case == EARLIER and proposal.earlier_share is not None:
        earlier = Drawn(centre=proposal.earlier_share, low=proposal.earlier_low, high=proposal.earlier_high,
                        scale="linear")  # fmt: skip
    return additional(
        effect, case=proposal.case if since else NO_DUTY, binds_from=min(since, default=None),
        compliance=proposal.compliance, earlier=earlier,
    )  # fmt: skip


def nothing(proposal: Proposal) -> Programme:
    """A programme without an effect: all that it would do the law requires already."""
    return Programme(
        id=proposal.id, title=proposal.title, intervention=proposal.entry.id,
        effects=(Effect(quantity="entry", factor=Drawn(centre=1.0), authorities=proposal.authorities),),
    )  # fmt: skip


def costs_by_year(proposal: Proposal, price_year: str) -> Mapping[str, Mapping[str, float]]:
    """Pounds of `price_year` by line and financial year, for the months of delivery that fall in it."""
    to = deflator_factor(proposal.costs.price_base, price_year)
    fixed: dict[str, float] = {}
    each: dict[str, float] = {}
    yearly = proposal.yearly_costs()
    for month in range(proposal.months):
        year = financial_year_of(later(proposal.start, month)).label
        whole = min(proposal.months - 12 * (month // 12), 12)
        cost, base = yearly[month // 12] / whole * to, proposal.costs.fixed / 12 * to
        fixed[year] = fixed.get(year, 0.0) + base
        each[year] = each.get(year, 0.0) + cost - base
    return {FIXED: fixed, EACH: each}


def run(
    proposal: Proposal, basis: "Basis", held: pl.DataFrame, *, nights_before: "np.ndarray", health: float,
    draws: int = 1_000,
) -> BidResult:  # fmt: skip
    """Work a proposal out on the model of its authorities alone. `basis.prices` give the price year."""
    bid = bid_of(proposal, held, basis.prices.period)
    own = replace(basis, model=basis.model.only(*proposal.authorities))
    return run_bid(bid, own, nights_before=nights_before, health=health, replicates=draws)


def years_ahead(ends: date, cut: date) -> int:
    """Whole financial years from the model's last day that a horizon needs prices for."""
    return max(financial_year_of(ends).end.year - cut.year + 1, 1)

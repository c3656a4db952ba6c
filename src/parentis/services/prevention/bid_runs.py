"""A bid through the demand model: the children whom it keeps out of care, their nights, and what those would have cost.

Draws with and without the bid meet the same children. Each draws the effect, the rates, the prices and their growth.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from parentis.errors import NotFoundError
from parentis.region import deflator_factor, price_growth
from parentis.services.demand.money.comparison import Basis
from parentis.services.demand.money.prices import prices
from parentis.services.demand.money.uplifts import uplifts
from parentis.services.prevention.bid_answers import BidAnswer, band
from parentis.services.prevention.entry_counts import later
from parentis.services.prevention.overlap import claims, claims_of_draw
from parentis.services.prevention.portfolio import Claim
from parentis.services.prevention.promises import CHECKS, Band
from parentis.services.prevention.proposals import MONTHS, Proposal, problems, refuse

if TYPE_CHECKING:
    from parentis.services.demand import Model
    from parentis.services.demand.simulation.person_nights import PersonNights
    from parentis.services.demand.simulation.programmes import Programme

DRAWS: Final = 1_000
CLAIM_DRAWS: Final = 20
"Draws of which the portfolio reads the ledger child by child."
COUNCIL, PARTNERS = "the council", "health and education"


@dataclass(frozen=True, slots=True)
class Eligible:
    """Entries to care a year of a bid's authorities, counted over the last whole year; `share`: of them, those whom the
    bid reaches and the law would not have."""

    entries: float
    share: float


def basis_of(tables: Mapping[str, pl.DataFrame], model: "Model", year: str, years: int) -> Basis:
    """Prices of `year` and their growth for so many years after it."""
    return Basis(
        model=model, prices=prices(tables, model.groups, model.authorities, year),
        uplifts=uplifts(tables, model.groups, year, years + 1), months=12 * years,
    )  # fmt: skip


def eligible(proposal: Proposal, held: pl.DataFrame) -> Eligible:
    """Whom the bid reaches among those who would come into care.

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
    if effect is not None and effect.baseline is not None and effect.quantity == "entry":
        share = proposal.reach * effect.baseline / max(entries, 1.0)
    else:
        share = proposal.share
    return Eligible(entries=entries, share=min(share * additional(proposal), 1.0))


def additional(proposal: Proposal) -> float:
    """Of what the bid does, the part that the law would not have brought about without it."""
    if not proposal.entry.required(proposal.start):
        return 1.0
    return {"no duty": 1.0, "met by all": 1.0 - proposal.compliance, "earlier": proposal.earlier_share}[proposal.case]


def programme_of(proposal: Proposal, share: float) -> "Programme":
    """The bid as the simulation takes it."""
    from parentis.services.demand.simulation.programmes import Drawn, Effect, Programme

    published, drawn = proposal.entry.effect, proposal.entry.distribution(proposal.widening)
    if published is None:  # said by `distribution` already
        raise ValueError("no effect")
    low, high = drawn.interval()
    kept = tuple((float(one.months), one.kept) for one in proposal.entry.persistence) or ((0.0, 1.0),)
    effect = Effect(
        quantity=published.quantity,
        factor=Drawn(centre=drawn.centre, low=low, high=high, scale="log" if drawn.is_factor else "linear"),
        states=published.states,
        to=published.to,
        ages=published.ages,
        authorities=proposal.authorities,
        share=Drawn(centre=share),
        start=later(proposal.start, proposal.entry.lag_months),
        ramp_months=float(proposal.ramp_months),
        end=proposal.ends,
        persistence=((0.0, 1.0), *kept) if kept[0][0] > 0 else kept,
    )
    return Programme(id=proposal.id, effects=(effect,), title=proposal.title, intervention=proposal.entry.id)


def horizon(proposals: Sequence[Proposal], cut: date) -> int:
    """Months from the model's last day to the end of the last horizon."""
    ends = max(later(one.start, one.horizon_months) for one in proposals)
    return max((ends.year - cut.year) * 12 + ends.month - cut.month - 1, 12)


def run(proposal: Proposal, basis: Basis, held: pl.DataFrame, *, draws: int = DRAWS, seed: int = 0) -> BidAnswer:
    """Run a bid. `held`: entries by authority and month. Raises SpecificationError for what stops the bid."""
    from parentis.services.demand.simulation.person_nights import person_nights

    refuse(proposal)
    begun, whom = perf_counter(), eligible(proposal, held)
    model = basis.model.only(*proposal.authorities)
    nights = person_nights(
        model, (programme_of(proposal, whom.share),), months=horizon([proposal], model.cut), replicates=draws, seed=seed
    )
    return answer(proposal, nights, basis, whom, seconds=perf_counter() - begun, seed=seed)


def answer(
    proposal: Proposal, nights: "PersonNights", basis: Basis, whom: Eligible, *, seconds: float, seed: int
) -> BidAnswer:
    """What is kept of a run: from the financial year of the start on."""
    from parentis.services.demand.simulation.attribution import SHARES

    pounds, real, price_year = _pounds(nights, basis, seed)
    first = _year(proposal.start)
    kept = [at for at, year in enumerate(nights.years) if year >= first][: math.ceil(proposal.horizon_months / 12)]
    years = tuple(nights.years[at] for at in kept)
    saved = nights.saved.sum(axis=(1, 2))
    entries = nights.entries.sum(axis=(1, 2)) / SHARES
    real_yearly = real.sum(axis=(1, 2))
    months = np.array([_delivered(proposal, year) for year in years])
    yearly = proposal.yearly_costs()
    costs = np.array([sum(yearly[at] * part for at, part in _years_in(proposal, year)) for year in years])
    fixed = months / 12 * proposal.costs.fixed
    to_price_year = deflator_factor(proposal.costs.price_base, price_year)
    slept, worth = saved.sum(axis=1), real_yearly.sum(axis=1)
    per_night = np.divide(worth, slept, out=np.full(len(slept), np.nan), where=slept != 0)
    usual = float(np.nanmedian(per_night)) if np.isfinite(per_night).any() else 1.0
    return BidAnswer(
        title=proposal.title, years=years, payers=(COUNCIL, PARTNERS), price_year=price_year,
        authorities=nights.authorities, saved=pounds.sum(axis=(1, 2))[..., kept], saved_real=real_yearly[:, kept],
        nights=saved[:, kept], entries=entries[:, kept], reached=nights.reached.sum(axis=(1, 2))[:, kept],
        places=real[..., kept].sum(axis=(2, 3)),
        costs=tuple(costs * [1 + price_growth(proposal.costs.price_base, year) for year in years]),
        costs_real=tuple(costs * to_price_year), fixed=tuple(fixed * to_price_year),
        drawn={"effect": nights.drawn[:, 0], "price": np.nan_to_num(per_night / usual, nan=1.0)},
        bands=tuple(_band(proposal, nights, pounds.sum(axis=(1, 2, 3)), entries, months) for months in CHECKS),
        notes=_notes(proposal, whom),
        facts={
            "entry": proposal.entry.id, "grade": proposal.entry.grade, "draws": len(saved), "seed": seed,
            "model ends": str(basis.model.cut), "seconds": round(seconds, 1), "entries a year": round(whom.entries),
            "share of entries": round(whom.share, 4),
        },
    )  # fmt: skip


def _pounds(nights: "PersonNights", basis: Basis, seed: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Pounds of the day saved, (draws, authorities, groups, payers, years); the same in pounds of the price year,
    (draws, authorities, groups, years); and that year."""
    numbers = range(len(nights.saved))
    held = basis.prices
    own = [held.authorities.index(name) for name in nights.authorities]
    level = np.where(held.known, held.draw(seed, numbers)[:, own], 0.0)
    general, index = basis.uplifts.draw(seed, numbers)
    first = basis.uplifts.first
    at = [min(max(int(year[:4]) - int(first[:4]), 0), index.shape[-1] - 1) for year in nights.years]
    gross = nights.saved * level[..., None] * index[:, None, :, at]
    share = held.net_share[own][None, :, :, None]
    cash = np.stack([gross * share, gross * (1 - share)], axis=3)
    return cash, gross / general[:, None, None, at], first


def _year(day: date) -> str:
    from parentis.region import financial_year_of

    return financial_year_of(day).label


def _delivered(proposal: Proposal, year: str) -> int:
    """Months of delivery in a financial year."""
    return sum(_year(later(proposal.start, month)) == year for month in range(proposal.months))


def _years_in(proposal: Proposal, year: str) -> list[tuple[int, float]]:
    """Years from the start whose months fall in a financial year, with the part of each one's delivery that does."""
    found: dict[int, int] = {}
    for month in range(proposal.months):
        if _year(later(proposal.start, month)) == year:
            found[month // 12] = found.get(month // 12, 0) + 1
    whole = {at: min(proposal.months - 12 * at, 12) for at in found}
    return [(at, months / whole[at]) for at, months in found.items()]


def _band(proposal: Proposal, nights: "PersonNights", pounds: np.ndarray, entries: np.ndarray, months: int) -> Band:
    """What is promised for so many months from the start. `pounds`, `entries`: (draws, years)."""
    until = later(proposal.start, months)
    month = [at for at, end in enumerate(nights.month_ends) if proposal.start <= end < until]
    by_month = nights.saved_monthly.sum(axis=1)
    slept = by_month[:, month].sum(axis=1)
    labels = [_year(end) for end in nights.month_ends]
    paid, came = np.zeros(len(slept)), np.zeros(len(slept))
    for at, year in enumerate(nights.years):
        inside = [one for one in month if labels[one] == year]
        if not inside:
            continue
        all_of = by_month[:, [one for one, label in enumerate(labels) if label == year]].sum(axis=1)
        part = np.divide(by_month[:, inside].sum(axis=1), all_of, out=np.zeros(len(slept)), where=all_of != 0)
        paid += pounds[:, at] * part
        delivered = max(_delivered(proposal, year), 1)
        came += entries[:, at] * min(len(inside) / delivered, 1.0)
    return band(months, came, slept.astype(float), paid)


def _notes(proposal: Proposal, whom: Eligible) -> tuple[str, ...]:
    flags = [one.sentence for one in problems(proposal) if not one.stops]
    part = additional(proposal)
    if part < 1 and proposal.entry.required(proposal.start):
        flags.append(
            f"Of the effect, {100 * part:.0f} % is counted: the rest the law requires without the bid"
            + (", and how much earlier offers add is a judgement." if proposal.case == "earlier" else ".")
        )
    return (
        *flags,
        f"Of {whom.entries:,.0f} entries to care a year in its authorities, {100 * whom.share:.1f} % are of children "
        "whom the bid reaches. Children before care are not simulated: it acts on entries.",
        "No saving on health, police or education beyond what they contribute to placements is counted: no unit cost "
        "whose source was read is held.",
    )


def joint_claims(
    proposals: Sequence[Proposal],
    basis: Basis,
    held: pl.DataFrame,
    *,
    draws: int = CLAIM_DRAWS,
    seed: int = 0,
    rate: float = 0.035,
) -> tuple[tuple[Claim, ...], np.ndarray, tuple[str, ...]]:
    """Claims of bids on the same children, from the ledger's rows of some draws, in present values; the pounds of each
    by draw; and the authorities."""
    from parentis.services.demand.simulation.person_nights import ledger_rows

    places = tuple(dict.fromkeys(place for one in proposals for place in one.authorities))
    model = basis.model.only(*places)
    programmes = [programme_of(one, eligible(one, held).share) for one in proposals]
    months, start = horizon(proposals, model.cut), min(one.start for one in proposals)
    found = []
    for draw in range(draws):
        rows = ledger_rows(model, programmes, draw, months=months, seed=seed)
        found.append(claims_of_draw(rows, _prices(basis, rows, draw, seed, start, rate)))
    made, by_draw = claims(found)
    return made, by_draw, places


def _prices(basis: Basis, rows: pl.DataFrame, draw: int, seed: int, start: date, rate: float) -> pl.DataFrame:
    """Pounds of a night of one draw by authority, group and month, at the price year's level and present value."""
    held = basis.prices
    level = np.where(held.known, held.draw(seed, [draw]), 0.0)[0]
    general, index = basis.uplifts.draw(seed, [draw])
    first = int(basis.uplifts.first[:4])
    known: list[tuple[str, str, Any, float]] = []
    for authority, group, month in rows.select("authority", "group", "month_end").unique().iter_rows():
        year = int(_year(month)[:4])
        at = min(max(year - first, 0), index.shape[-1] - 1)
        group_at = list(basis.model.groups.names).index(group)
        real = index[0, group_at, at] / general[0, at]
        later_by = max(year - int(_year(start)[:4]), 0)
        price = level[held.authorities.index(authority), group_at] * real * (1 + rate) ** -later_by
        known.append((authority, group, month, float(price)))
    schema = {"authority": pl.String, "group": pl.String, "month_end": pl.Date, "price": pl.Float64}
    return pl.DataFrame(known, schema=schema, orient="row")

"""A bid worked out: its programme run through the demand model, its nights priced, its money by year and payer.

`run_bid` simulates, which takes a minute for a region: a worker job calls it. What it returns is stored, and everything
that a page changes afterwards (prices, the discount rate, optimism bias, boroughs) comes from that without another run.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.errors import SpecificationError
from parentis.region import financial_year, financial_year_of
from parentis.services.demand.money.comparison import Basis
from parentis.services.demand.simulation.attribution import SHARES
from parentis.services.demand.simulation.futures import simulate
from parentis.services.demand.simulation.paths import Paths
from parentis.services.demand.simulation.person_nights import person_nights
from parentis.services.demand.simulation.programmes import Marker, Programme
from parentis.services.prevention.appraisal import CASH, CASHABLE, GROWTH, NOT_CASHABLE, Appraisal, Flow, appraise
from parentis.services.prevention.break_even import Draws
from parentis.services.prevention.discount_factors import discount_factors, rule_note
from parentis.services.prevention.ledger import PAYERS, night_prices, payers

BOUGHT: Final = ("fostering independent", "residential", "secure", "supported", "kinship")
"Groups whose price is no longer paid when a child is not there; in others carers are kept, and nothing is cashed."

CATEGORIES: Final = tuple((payer, cash) for payer in PAYERS for cash in CASH)
"Columns of what a night's money is: who pays, and what a saving is to them."

LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """A cost of the programme: pounds of the bid's price year by financial year, and for each child reached."""

    what: str
    payer: str = "council"
    amounts: Mapping[str, float] = field(default_factory=dict)
    each: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherBenefit:
    """A benefit that is no night in care: pounds of the bid's price year for each entry avoided, in that year.

    Only rows with a source that was read; nothing that a grant or a night's price has in it already."""

    what: str
    payer: str
    account: str
    cash: str
    each: float
    source: str
    grade: int
    health: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """What is worked out. `first_year` is year 0; `years` counts it. `start` is the first day of the programme."""

    id: str
    title: str
    programmes: tuple[Programme, ...]
    costs: tuple[CostLine, ...]
    start: date
    years: int
    price_year: str
    grade: int
    benefits: tuple[OtherBenefit, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def first_year(self) -> str:
        return financial_year_of(self.start).label

    @property
    def labels(self) -> tuple[str, ...]:
        """Financial years that are appraised."""
        period, found = financial_year(self.first_year), []
        for _ in range(self.years):
            found.append(period.label)
            period = period.next
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class BidResult:
    """What is stored of a bid: `header`, which JSON can hold, and arrays.

    Arrays, draws first: `pounds_by_group` (draws, groups, years, categories) and `pounds_by_authority` (draws,
    authorities, years, categories), real; `avoided` and `added`, nights by authority, (draws, authorities, years);
    `nights_by_group` (draws, groups, years, 2: avoided, added); `entries` avoided (draws, authorities, months);
    `nights` and `worth` saved, alike; `reached` (draws, authorities, years); `factor` (draws, effects); `price_level`
    (draws,); `claims`, real pounds by set of programmes, (draws, 2^programmes, years).
    """

    header: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]

    def to_bytes(self) -> bytes:
        """The result as one compressed file; `from_bytes` reads it."""
        out = io.BytesIO()
        head = np.frombuffer(json.dumps(self.header, sort_keys=True, default=str).encode(), np.uint8)
        given: dict[str, Any] = {"header": head, **self.arrays}
        np.savez_compressed(out, **given)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, given: bytes) -> "BidResult":
        with np.load(io.BytesIO(given), allow_pickle=False) as held:
            header = json.loads(held["header"].tobytes())
            return cls(header=header, arrays={name: held[name] for name in held.files if name != "header"})

    @property
    def hash(self) -> str:
        """Of everything in it."""
        told = sha256(json.dumps(self.header, sort_keys=True, default=str).encode())
        for name in sorted(self.arrays):
            told.update(np.ascontiguousarray(self.arrays[name]).tobytes())
        return told.hexdigest()


def months_of(bid: Bid, cut: date) -> int:
    """Months from the cut to the end of the last appraised year."""
    last = financial_year(bid.labels[-1]).end
    return (last.year - cut.year) * 12 + last.month - cut.month


def run_bid(
    bid: Bid,
    basis: Basis,
    *,
    nights_before: np.ndarray,
    health: float = 0.5,
    replicates: int | None = None,
    markers: Sequence[Marker] = (),
    without: Paths | None = None,
) -> BidResult:
    """Work out a bid on the demand model of `basis`: same children, prices and luck with and without the programme.

    Args:
        nights_before: nights of the last financial year, (authorities, groups): what is spent today, above which a
            saved night is avoided growth.
        health: the NHS's share of contributions to placements (`ledger.health_share`).
        without: the plain forecast of the same months, replicates and seed, if it is there already.

    Raises SpecificationError for a bid that begins before the forecast, PeriodError where prices do not reach.
    """
    model = basis.model
    if bid.start <= model.cut:
        raise SpecificationError(
            expected=f"a programme that begins after {model.cut}, to which the returns tell",
            found=f"{bid.start}",
            where=bid.title,
            do="Choose a later start: what was done before is in the forecast already.",
        )
    months, draws = months_of(bid, model.cut), replicates or basis.replicates
    plain = without or simulate(model, months=months, replicates=draws, seed=basis.seed)
    labels = tuple(dict.fromkeys(financial_year_of(end).label for end in plain.month_ends))
    prices = night_prices(basis, model.names, labels, range(draws), bid.price_year)
    nights = person_nights(
        model,
        bid.programmes,
        months=months,
        replicates=draws,
        seed=basis.seed,
        markers=markers,
        worth=prices.pence / 100,
    )
    before = _by_year(plain)
    growth = np.maximum(before - nights_before[list(model.chosen)][None, :, :, None], 0.0)
    pounds = _categories(nights.saved, growth, prices.pence, payers(prices.council, health), model.groups.names)
    first = labels.index(bid.first_year)
    notes = [*bid.notes, *plain.notes, *basis.prices.notes]
    notes.append("Children are simulated from their entry into care on: help before that acts on the entry rate.")
    notes.append(
        "A child who returns to care is a new entrant; it is not counted against the programme that kept it out."
    )
    header = {
        "bid": bid.id, "title": bid.title, "start": bid.start.isoformat(), "years": list(bid.labels),
        "grade": bid.grade, "price_year": bid.price_year, "authorities": list(model.names),
        "groups": list(model.groups.names), "months": [end.isoformat() for end in plain.month_ends],
        "seed": basis.seed, "replicates": draws,
        "cut": model.cut.isoformat(), "programmes": [one.id for one in bid.programmes], "notes": notes,
        "costs": [{"what": one.what, "payer": one.payer, "amounts": dict(one.amounts), "each": one.each}
                  for one in bid.costs],
        "benefits": [{name: getattr(one, name) for name in OtherBenefit.__slots__} for one in bid.benefits],
    }  # fmt: skip
    arrays = {
        "pounds_by_group": pounds.sum(axis=1)[:, :, first:].astype(np.float32),
        "pounds_by_authority": pounds.sum(axis=2)[:, :, first:].astype(np.float32),
        "avoided": (nights.avoided.sum(axis=(1, 3)) / SHARES)[:, :, first:].astype(np.float32),
        "added": (nights.added.sum(axis=(1, 3)) / SHARES)[:, :, first:].astype(np.float32),
        "nights_by_group": np.stack(
            [one.sum(axis=(1, 2))[:, :, first:] / SHARES for one in (nights.avoided, nights.added)], axis=-1
        ).astype(np.float32),
        "entries": (nights.entries.sum(axis=1) / SHARES).astype(np.float32),
        "nights": nights.saved_monthly.astype(np.float32),
        "worth": nights.worth_saved.astype(np.float32),
        "reached": nights.reached.sum(axis=1)[:, :, first:],
        "factor": nights.drawn,
        "price_level": prices.level,
        "claims": nights.claims[:, :, first:].astype(np.float32),
    }  # fmt: skip
    return BidResult(header=header, arrays=arrays)


def _by_year(paths: Paths) -> np.ndarray:
    """Nights by financial year, (draws, authorities, groups, years)."""
    labels = [financial_year_of(end).label for end in paths.month_ends]
    every = paths.by_group("nights")
    return np.stack(
        [
            every[..., [at for at, label in enumerate(labels) if label == year]].sum(axis=-1, dtype=np.float64)
            for year in dict.fromkeys(labels)
        ],
        axis=-1,
    )


def _categories(
    saved: np.ndarray, growth: np.ndarray, pence: np.ndarray, share: np.ndarray, groups: Sequence[str]
) -> np.ndarray:
    """Real pounds saved, (draws, authorities, groups, years, `CATEGORIES`).

    Saved nights come first off the growth above last year's nights, which is avoided; the rest is cashed where places
    are bought, and where more nights are spent than without the programme that is cash too.
    """
    off_growth = np.clip(saved, 0, growth)
    rest = saved - off_growth
    bought = np.array([name in BOUGHT for name in groups])[None, None, :, None]
    cashed = np.where(bought | (rest < 0), rest, 0.0)
    nights = {CASHABLE: cashed, GROWTH: off_growth, NOT_CASHABLE: rest - cashed}
    out = np.empty((*saved.shape, len(CATEGORIES)), np.float32)
    pounds = pence / 100
    for at, (payer, cash) in enumerate(CATEGORIES):
        out[..., at] = nights[cash] * pounds * share[PAYERS.index(payer)][None, :, :, None]
    return out


def appraise_bid(
    result: BidResult,
    *,
    on: date,
    optimism: bool = False,
    price: float | Mapping[str, float] = 1.0,
    rate: float | None = None,
    authorities: Sequence[str] = (),
) -> Appraisal:
    """The appraisal of a stored result; nothing is simulated.

    `price` is the factor on the price of nights, of all groups or by group; `rate`, a flat discount rate in place of
    the rule of the day `on`; `authorities`, the boroughs whose savings are counted (costs are the whole bid's).
    """
    head, held = result.header, result.arrays
    if authorities:
        if not isinstance(price, int | float):
            raise SpecificationError(
                expected="one factor for the prices of all groups", found="factors by group", where=head["title"],
                do="Give prices by group for all boroughs together.",
            )  # fmt: skip
        own = [head["authorities"].index(name) for name in authorities]
        pounds = held["pounds_by_authority"][:, own].sum(axis=1, dtype=np.float64) * price
    else:
        factor = [price if isinstance(price, int | float) else price.get(name, 1.0) for name in head["groups"]]
        pounds = np.einsum("dgyc,g->dyc", held["pounds_by_group"], np.array(factor, np.float64))
    base, grade = head["price_year"], head["grade"]
    flows = [
        Flow(what=f"nights in care: {payer}, {cash}", amounts=pounds[:, :, at], benefit=True, base=base, payer=payer,
             cash=cash, grade=grade)
        for at, (payer, cash) in enumerate(CATEGORIES)
        if at == 0 or pounds[:, :, at].any()
    ]  # fmt: skip
    flows += [_cost(one, result) for one in head["costs"]]
    flows += [_other(one, result) for one in head["benefits"]]
    return appraise(flows, years=head["years"], price_year=base, on=on, optimism=optimism, rate=rate)


def _cost(line: Mapping[str, Any], result: BidResult) -> Flow:
    years = result.header["years"]
    fixed = np.array([line["amounts"].get(year, 0.0) for year in years])
    reached = result.arrays["reached"].sum(axis=1)
    return Flow(
        what=line["what"], amounts=fixed + line["each"] * reached if line["each"] else fixed, benefit=False,
        base=result.header["price_year"], payer=line["payer"], grade=result.header["grade"],
    )  # fmt: skip


def _other(line: Mapping[str, Any], result: BidResult) -> Flow:
    head = result.header
    of_month = [financial_year_of(date.fromisoformat(end)).label for end in head["months"]]
    entries = result.arrays["entries"].sum(axis=1, dtype=np.float64)
    by_year = np.stack([entries[:, [one == year for one in of_month]].sum(axis=1) for year in head["years"]], axis=1)
    return Flow(
        what=line["what"], amounts=by_year * line["each"], benefit=True, base=head["price_year"], payer=line["payer"],
        account=line["account"], cash=line["cash"], health=line["health"], grade=line["grade"],
    )  # fmt: skip


def promised(result: BidResult, months: int) -> pl.DataFrame:
    """What the bid promises from its start to `months` later: `authority` ('': all together), and `entries`, `nights`,
    `pounds` (real) with `_low` and `_high` of 95 %."""
    head = result.header
    ends = [date.fromisoformat(end) for end in head["months"]]
    start = date.fromisoformat(head["start"])
    first = next(at for at, end in enumerate(ends) if end >= start)
    if first + months > len(ends):
        raise SpecificationError(
            expected=f"a bid worked out for {months} months or more after its start",
            found=f"{len(ends) - first} months",
            where=head["title"],
            do="Work it out for more years.",
        )
    rows = []
    names = head["authorities"]
    places = [("", list(range(len(names)))), *((name, [at]) for at, name in enumerate(names))]
    for name, own in places:
        row: dict[str, Any] = {"authority": name}
        for what, array in (("entries", "entries"), ("nights", "nights"), ("pounds", "worth")):
            drawn = result.arrays[array][:, own, first : first + months].sum(axis=(1, 2), dtype=np.float64)
            low, high = np.quantile(drawn, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
            row |= {what: float(drawn.mean()), f"{what}_low": float(low), f"{what}_high": float(high)}
        rows.append(row)
    return pl.DataFrame(rows)


def draws_of(result: BidResult, *, on: date) -> Draws:
    """Present values by draw, for what must be true: `effect` (the first factor drawn) and `price` of a night."""
    factors = discount_factors(len(result.header["years"]), on=on)
    whole = appraise_bid(result, on=on)
    fixed, variable = np.zeros(len(whole.npv)), np.zeros(len(whole.npv))
    for line in result.header["costs"]:
        own = _cost({**line, "each": 0.0}, result).amounts
        fixed += float(own @ factors)
        variable += _cost({**line, "amounts": {}}, result).amounts @ factors if line["each"] else 0.0
    drawn = {"price": result.arrays["price_level"]}
    if result.arrays["factor"].shape[1]:
        drawn["effect"] = result.arrays["factor"][:, 0]
    benefit = np.sum(list(whole.benefits.values()), axis=0)
    return Draws(benefit=benefit, fixed_cost=fixed, variable_cost=variable, drawn=drawn)


def claims_of(result: BidResult, *, on: date) -> dict[tuple[str, ...], np.ndarray]:
    """Present value of saved nights by the programmes that share in them, (draws,) each: what a portfolio adds up."""
    head = result.header
    value = result.arrays["claims"] @ discount_factors(len(head["years"]), on=on)
    names = head["programmes"]
    return {
        tuple(name for at, name in enumerate(names) if mask & (1 << at)): value[:, mask]
        for mask in range(1, value.shape[1])
        if value[:, mask].any()
    }


def said_of(result: BidResult, on: date) -> tuple[str, ...]:
    """Sentences that stand beside a bid's numbers."""
    return (*dict.fromkeys(result.header["notes"]), rule_note(on))

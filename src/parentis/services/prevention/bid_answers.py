"""What the pages of a bid read from its stored run, under the reader's terms: cash by year and payer, whether it pays
and by when, and the draws for what must be true. Nothing is simulated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.region import financial_year_of
from parentis.services.prevention import bids
from parentis.services.prevention.appraisal import OPTIMISM, PAYERS, Appraisal, in_cash
from parentis.services.prevention.bids import BidResult
from parentis.services.prevention.break_even import Draws
from parentis.services.prevention.discount_factors import discount_factors
from parentis.services.prevention.promises import CHECKS, Band
from parentis.services.prevention.proposal_bids import FIXED

LEVEL: Final = (2.5, 97.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a run is read: by the discount rule of the day `on`, or a flat `rate`; at the price of a night as a multiple
    of what it was run with; with or without the optimism bias of its grade."""

    on: date
    price: float = 1.0
    rate: float | None = None
    optimism: bool = False


def read(result: BidResult, terms: Terms) -> Appraisal:
    """The appraisal under some terms."""
    return bids.appraise_bid(result, on=terms.on, optimism=terms.optimism, price=terms.price, rate=terms.rate)


def payback(found: Appraisal) -> str:
    """The first year by whose end it has paid back for good more likely than not; '' where there is none."""
    stays = np.minimum.accumulate(found.p_positive[::-1])[::-1] > 0.5
    return found.years[int(np.argmax(stays))] if stays.any() else ""


def interval(drawn: np.ndarray) -> tuple[float, float, float]:
    """Mean and 95 % interval of draws."""
    low, high = np.percentile(drawn, LEVEL)
    return float(drawn.mean()), float(low), float(high)


def cash(found: Appraisal, result: BidResult) -> pl.DataFrame:
    """Pounds of the day by year: `year, cost`, the net cash of each payer with its 95 % interval and `pays`, the
    probability that it has paid by then at present value."""
    columns: dict[str, Any] = {"year": list(found.years), "cost": costs(result, found.optimism)}
    whole = np.zeros_like(found.cumulative)
    for payer, drawn in found.net_cash.items():
        columns |= _banded(payer, drawn)
        whole = whole + drawn
    return pl.DataFrame({**columns, **_banded("net", whole), "pays": found.p_positive})


def growth(found: Appraisal) -> pl.DataFrame:
    """Growth that does not come, pounds of the day by year and payer with 95 % intervals: avoided, and no cash."""
    columns: dict[str, Any] = {"year": list(found.years)}
    for payer, drawn in found.avoided_growth.items():
        columns |= _banded(payer, drawn)
    return pl.DataFrame(columns)


def payers(found: Appraisal) -> dict[str, str]:
    """Payers of the appraisal with their titles."""
    return {one: PAYERS[one] for one in found.net_cash}


def costs(result: BidResult, optimism: bool = False) -> np.ndarray:
    """What the programme costs, pounds of the day by year."""
    years, head = result.header["years"], result.header
    plain = np.array([sum(line["amounts"].get(year, 0.0) for line in head["costs"]) for year in years])
    bias = 1 + (OPTIMISM[head["grade"]] if optimism else 0.0)
    return np.asarray(in_cash(plain * bias, years, head["price_year"]))


def outcomes(result: BidResult) -> pl.DataFrame:
    """`year`, and with 95 % intervals `entries` avoided, nights `avoided` and nights `added` (spent that would not have
    been: another place, a later entry), apart and never netted."""
    held, head = result.arrays, result.header
    by_month = held["entries"].sum(axis=1, dtype=np.float64)
    of_month = [financial_year_of(date.fromisoformat(end)).label for end in head["months"]]
    entries = np.stack(
        [by_month[:, [at for at, label in enumerate(of_month) if label == year]].sum(axis=1) for year in head["years"]],
        axis=1,
    )
    return pl.DataFrame({
        "year": list(head["years"]), **_banded("entries", entries),
        **_banded("avoided", held["avoided"].sum(axis=1, dtype=np.float64)),
        **_banded("added", held["added"].sum(axis=1, dtype=np.float64)),
    })  # fmt: skip


def accounts(found: Appraisal) -> pl.DataFrame:
    """Present values by account, the fiscal, economic and social apart: `what, mean, low, high`."""
    return found.summary()


def draws(result: BidResult, terms: Terms) -> Draws:
    """Present values by draw, for what must be true."""
    found = read(result, terms)
    held = bids.draws_of(result, on=terms.on)
    years = result.header["years"]
    factors = _factors(len(years), terms)
    fixed_costs = [one["amounts"] for one in result.header["costs"] if one["what"] == FIXED]
    bias = 1 + (OPTIMISM[result.header["grade"]] if terms.optimism else 0.0)
    fixed = float(np.array([sum(one.get(year, 0.0) for one in fixed_costs) for year in years]) @ factors) * bias
    n = len(found.npv)
    whole = np.broadcast_to(np.sum(list(found.costs.values()), axis=0), (n,))
    return Draws(
        benefit=np.sum(list(found.benefits.values()), axis=0), fixed_cost=np.full(n, fixed),
        variable_cost=whole - fixed, drawn=held.drawn,
    )  # fmt: skip


def lasting(result: BidResult, terms: Terms) -> float | None:
    """Years from the start after which savings could stop and the mean would still pay; None where it never pays."""
    found = read(result, terms)
    cost = float(np.mean(np.sum(list(found.costs.values()), axis=0)))
    yearly = np.diff(found.cumulative.mean(axis=0), prepend=0.0) + _cost_by_year(result, terms)
    left = yearly.cumsum() - cost
    paid = np.flatnonzero(left >= 0)
    if not paid.size:
        return None
    at = int(paid[0])
    before = left[at] - yearly[at]
    return float(at + (-before / yearly[at] if yearly[at] > 0 else 0.0))


def _cost_by_year(result: BidResult, terms: Terms) -> np.ndarray:
    years, head = result.header["years"], result.header
    plain = np.array([sum(line["amounts"].get(year, 0.0) for line in head["costs"]) for year in years])
    bias = 1 + (OPTIMISM[head["grade"]] if terms.optimism else 0.0)
    return np.asarray(plain * bias * _factors(len(years), terms))


def _factors(years: int, terms: Terms) -> np.ndarray:
    if terms.rate is not None:
        return np.asarray((1 + terms.rate) ** -np.arange(years, dtype=float))
    return discount_factors(years, on=terms.on)


def bands(result: BidResult) -> tuple[Band, ...]:
    """What the run promises for 12 and 24 months, all its authorities together."""
    made = []
    for months in CHECKS:
        row: Mapping[str, Any] = bids.promised(result, months).row(0, named=True)
        made.append(Band(months=months, **{name: value for name, value in row.items() if name != "authority"}))
    return tuple(made)


def _banded(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    low, high = np.percentile(values, LEVEL, axis=0)
    return {name: values.mean(axis=0), f"{name}_low": low, f"{name}_high": high}

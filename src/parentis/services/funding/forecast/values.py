"""Values of the forecast for one place, from its futures."""

from typing import Any

import numpy as np
import polars as pl

from parentis.services.funding.forecast.futures import Futures
from parentis.services.funding.forecast.measures import (
    APART,
    ASK,
    ASK_TO_DATE,
    BALANCE,
    COUNT,
    CSC_SHORTFALL,
    CSC_SPEND,
    EXCEEDS,
    EXHAUSTED,
    HN_SHORTFALL,
    REAL,
    SHARE,
    SHORTFALL,
    exceeds,
)
from parentis.services.funding.forecast.places import VALUES, Place, adder, those_with


def values_of(found: Futures, place: Place, before: str, worth: float) -> pl.DataFrame:
    """Every measure of one place; an authority without the data that a measure needs is left out of it and not
    counted. `worth` is the value of a pound of the starting year in pounds of the price year."""
    rows: list[dict[str, Any]] = []
    add = adder(rows, place)
    social, high = those_with(place.own, found.csc_shortfall), those_with(place.own, found.hn_shortfall)
    both = [at for at in social if at in high]
    if np.isfinite(found.shortfall).all(axis=(0, 2)).any():
        # One set of authorities in every total: the difference of two would be an authority's own. Disclosure control
        # takes whoever has a figure to be in the total, so an authority without both pots has none of either.
        social = high = both
    balanced = those_with(place.own, found.dsg_balance)
    if balanced != both:
        balanced = []
    reserved = [at for at in those_with(place.own, found.reserves) if at in both]
    budgets = found.csc_budget + found.hn_funding
    in_real = worth / found.general
    in_cash = np.ones_like(in_real)
    for at, year in enumerate(found.years):
        add(CSC_SPEND, year, found.csc_spend[:, social, at].sum(axis=1), social)
        add(BALANCE, year, found.dsg_balance[:, balanced, at].sum(axis=1), balanced)
        for suffix, value in (("", in_cash), (REAL, in_real)):

            def amount(what: np.ndarray, used: list[int], upto: int = at, value: np.ndarray = value) -> np.ndarray:
                return np.asarray(value[:, upto] * what[:, used, upto].sum(axis=1))

            add(f"{CSC_SHORTFALL}{suffix}", year, amount(found.csc_shortfall, social), social)
            add(f"{HN_SHORTFALL}{suffix}", year, amount(found.hn_shortfall, high), high)
            add(f"{SHORTFALL}{suffix}", year, amount(found.shortfall, both), both)
            add(f"{ASK}{suffix}", year, amount(found.ask, both), both)
            to_date = sum(amount(found.ask, both, upto) for upto in range(at + 1))
            add(f"{ASK_TO_DATE}{suffix}", year, np.asarray(to_date), both)
            if not found.bears[at]:
                add(f"{APART}{suffix}", year, amount(found.apart, high), high)
        together = found.shortfall[:, both, at].sum(axis=1)
        for percent in EXCEEDS:
            above = together > percent / 100 * budgets[:, both, at].sum(axis=1)
            add(exceeds(percent), year, 100.0 * above, both, interval=False)
        gone = found.reserves[:, reserved, at] < 0
        if place.footprint:
            add(COUNT, year, gone.sum(axis=1).astype(float), reserved)
        else:
            add(EXHAUSTED, year, 100.0 * gone.any(axis=1), reserved, interval=False)
    spent = [at for at in place.own if np.isfinite(found.share_simulated[at])]
    if spent:
        first = found.csc_spend[0, spent, 0]
        share = np.average(found.share_simulated[spent], weights=np.maximum(first, 1.0))
        add(SHARE, before, np.array([100 * share]), spent, interval=False)
    return pl.DataFrame(rows, schema=VALUES)

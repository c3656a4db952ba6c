"""The formula workbench: what each borough of an agency pays under every formula, this year and over ten years to
come.

Future years are simulated by the matching pool, with the same children under every formula, so that formulas are
compared over ten years and not on last year alone.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import polars as pl

from parentis.region import population_0_17
from parentis.services.adoption.formulas import (
    CHILDREN,
    HISTORIC,
    Bill,
    Formula,
    FormulaError,
    Member,
    activity,
    bill,
    partly_equal,
    per_child,
    spread,
    within,
)
from parentis.services.adoption.outlook import ActivityAhead

_WEIGHED: Final = ("decisions", "orders", "placed", "adopted")
MUCH: Final = 1.1
"A bill above this multiple of the cost of the borough's own children is marked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The treasurers' settings: years of activity, the equal part, floor and cap as parts of last year's payment, the
    price of a child placed in pence, and the years over which a change is spread."""

    years: int = 3
    equal: Fraction = Fraction(2, 5)
    floor: Fraction = Fraction(9, 10)
    cap: Fraction = Fraction(11, 10)
    price: int = 6_250_000
    spread: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A borough's bills under a formula over the years to come, in pence: mean, the range of nine in ten, the mean
    change from one year to the next, and the chance that a year's bill is more than 110 % of what its children
    cost."""

    formula: str
    borough: str
    mean: float
    low: float
    high: float
    swing: float
    dear: float


def formulas(options: Options) -> tuple[Formula, ...]:
    """The formulas side by side."""
    longest = activity(options.years)
    rest = () if options.years == 1 else (activity(1),)
    return (
        HISTORIC,
        *rest,
        longest,
        CHILDREN,
        partly_equal(options.equal, longest),
        per_child(options.price),
        within(longest, options.floor, options.cap),
        *(() if options.spread == 1 else (spread(longest, options.spread),)),
    )


def agency_members(contributions: pl.DataFrame, counts: pl.DataFrame, names: Mapping[str, str]) -> tuple[Member, ...]:
    """The boroughs that paid an agency: `contributions` has `authority, PAID` of a year; `counts` is of
    `activity_ledger.activity`, its years those that formulas may weigh. Children are those of the last mid-year."""
    people = population_0_17()
    latest = dict(people.filter(pl.col("year") == pl.col("year").max()).select("authority", "population").iter_rows())
    years = sorted(counts["year"].unique().to_list())
    paid = contributions.group_by("authority").agg(pl.col("PAID").cast(pl.Float64).sum()).sort("authority")
    found = []
    for authority, pounds in paid.iter_rows():
        own = counts.filter(pl.col("authority") == authority)
        by = {name: tuple(_count(own, name, year) for year in years) for name in _WEIGHED}
        found.append(
            Member(
                name=names.get(authority, authority),
                previous=round(pounds * 100),
                children=latest.get(authority, 0),
                activity=by,
            )
        )
    return tuple(found)


def _count(own: pl.DataFrame, name: str, year: int) -> int:
    return int(own.filter(pl.col("activity") == name, pl.col("year") == year)["count"].sum())


def side_by_side(budget: int, members: Sequence[Member], options: Options) -> tuple[tuple[Bill, ...], tuple[str, ...]]:
    """Each formula's bill, and a sentence for each that cannot share this budget."""
    bills, sentences = [], []
    for formula in formulas(options):
        try:
            bills.append(bill(formula, budget, members))
        except FormulaError as error:
            sentences.append(f"{formula.name}: {error}")
    return tuple(bills), tuple(sentences)


def years_ahead(ahead: ActivityAhead, budget: int, members: Sequence[Member], options: Options) -> tuple[Ahead, ...]:
    """Ten years of bills under each formula that can share the budget, `ahead` being of the members in their order.
    A borough's own cost is its share of the children placed."""
    chosen = [one for one in formulas(options) if one.price is None]
    replicates, years, _ = ahead.orders.shape
    paid = {one.name: np.zeros((replicates, years, len(members))) for one in chosen}
    totals = ahead.placed.sum(axis=2, keepdims=True)
    cost = budget * np.where(totals > 0, ahead.placed / np.maximum(totals, 1), 1 / len(members))
    for number in range(replicates):
        orders, placed = ahead.orders[number], ahead.placed[number]
        for formula in chosen:
            last = [member.previous for member in members]
            for year in range(years):
                known = _with(members, last, orders, placed, year, options.years)
                with suppress(FormulaError):  # a year without any activity: everybody pays as before
                    last = list(bill(formula, budget, known).paid)
                paid[formula.name][number, year] = last
    return tuple(
        _ahead(formula.name, member.name, paid[formula.name][:, :, at], cost[:, :, at])
        for formula in chosen
        for at, member in enumerate(members)
    )


def _with(
    members: Sequence[Member], previous: Sequence[int], orders: np.ndarray, placed: np.ndarray, year: int, years: int
) -> tuple[Member, ...]:
    """The members as known at the beginning of a future year: activity of the years before it, past ones first."""
    found = []
    for at, member in enumerate(members):
        past = {name: list(member.activity.get(name, ())) for name in ("decisions", "orders", "placed")}
        ahead = {"decisions": orders[:year, at], "orders": orders[:year, at], "placed": placed[:year, at]}
        by = {name: tuple([*past[name], *(round(value) for value in ahead[name])][-max(years, 1) :]) for name in past}
        found.append(Member(name=member.name, previous=previous[at], children=member.children, activity=by))
    return tuple(found)


def _ahead(formula: str, borough: str, paid: np.ndarray, cost: np.ndarray) -> Ahead:
    low, high = np.quantile(paid, (0.05, 0.95))
    return Ahead(
        formula=formula,
        borough=borough,
        mean=float(paid.mean()),
        low=float(low),
        high=float(high),
        swing=float(np.abs(np.diff(paid, axis=1)).mean()),
        dear=float((paid > MUCH * cost).mean()),
    )

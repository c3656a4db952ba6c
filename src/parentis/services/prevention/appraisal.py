"""Appraisal of costs and benefits: real prices of one year, discounted, with who pays and who saves kept apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from parentis.errors import SpecificationError
from parentis.region import deflator_factor, price_growth
from parentis.services.prevention.discount_factors import discount_factors

PAYERS: Final[Mapping[str, str]] = {
    "council": "Council",
    "dsg": "Dedicated schools grant",
    "nhs": "NHS",
    "police": "Police",
    "hmt": "HM Treasury",
    "people": "Children and families",
}
ACCOUNTS: Final = ("fiscal", "economic", "social")
CASHABLE, GROWTH, NOT_CASHABLE = "cashable", "avoided growth", "not cashable"
CASH: Final = (CASHABLE, GROWTH, NOT_CASHABLE)
"""What a saving is to its payer: less spent than today; growth that does not come; places that go to others."""
IN_CASH: Final = "cash"
"The price base of pounds of each year's own day."

OPTIMISM: Final[Mapping[int, float]] = {5: 0.0, 4: 0.05, 3: 0.10, 2: 0.15, 1: 0.25, 0: 0.40}
"""By grade of evidence: costs are raised and benefits cut by this share. The ladder that the Greater Manchester cost
benefit model is commonly said to use; its workbook was not read, so it is an assumption."""

LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Money by year. `amounts`, (draws, years) or (years,), are positive; `benefit` says which side they are on.

    Attributes:
        base: the financial year of whose prices they are, or `IN_CASH`.
        health: a health effect valued in wellbeing, which has lower discount rates; not an NHS cost.
        grade: of its evidence, for optimism bias.
    """

    what: str
    amounts: np.ndarray
    benefit: bool
    base: str
    payer: str = "council"
    account: str = "fiscal"
    cash: str = CASHABLE
    health: bool = False
    grade: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """Present values in pounds of `price_year`, by draw; arrays (draws,) or (draws, years).

    Attributes:
        costs, benefits: present values by account, `fiscal`, `economic`, `social`, never added up unasked.
        by_payer: real net benefit by payer, undiscounted, fiscal alone, (draws, years).
        net_cash: what each payer's cash changes by in each year, in pounds of the day: cashable savings less costs.
        avoided_growth: by payer, growth that does not come, in pounds of the day.
        cumulative: present value of all benefits less costs up to each year, (draws, years).
    """

    years: tuple[str, ...]
    price_year: str
    optimism: bool
    costs: Mapping[str, np.ndarray]
    benefits: Mapping[str, np.ndarray]
    by_payer: Mapping[str, np.ndarray]
    net_cash: Mapping[str, np.ndarray]
    avoided_growth: Mapping[str, np.ndarray]
    cumulative: np.ndarray
    cumulative_fiscal: np.ndarray

    @property
    def npv(self) -> np.ndarray:
        """Public value: all accounts, (draws,)."""
        return np.asarray(self.cumulative[:, -1])

    @property
    def fiscal_npv(self) -> np.ndarray:
        return np.asarray(self.cumulative_fiscal[:, -1])

    @property
    def bcr(self) -> float:
        """Mean present value of all benefits over that of all costs."""
        return _ratio(sum(self.benefits.values()), sum(self.costs.values()))

    @property
    def payback(self) -> np.ndarray:
        """The first year, from 0, from which the present value so far stays at least 0; −1: none. (draws,)"""
        stays = np.logical_and.accumulate((self.cumulative >= 0)[:, ::-1], axis=1)[:, ::-1]
        return np.where(stays[:, -1], stays.argmax(axis=1), -1)

    @property
    def p_positive(self) -> np.ndarray:
        """The share of draws in which the present value up to each year is above 0, (years,)."""
        return np.asarray((self.cumulative > 0).mean(axis=0))

    def cash_frame(self) -> pl.DataFrame:
        """`payer, year, what` (`net cash`, `avoided growth`), `mean, low, high` (95 %), pounds of the day."""
        rows = [
            (payer, "net cash", drawn) for payer, drawn in self.net_cash.items()
        ] + [(payer, GROWTH, drawn) for payer, drawn in self.avoided_growth.items()]  # fmt: skip
        return pl.concat(
            [
                pl.DataFrame({"payer": payer, "year": list(self.years), "what": what, **_band(drawn)})
                for payer, what, drawn in rows
            ]
        )

    def summary(self) -> pl.DataFrame:
        """`what, mean, low, high`: present values by account, NPV of all and fiscal, in pounds of `price_year`."""
        rows = {
            **{f"{one} costs": self.costs[one] for one in ACCOUNTS},
            **{f"{one} benefits": self.benefits[one] for one in ACCOUNTS},
            "NPV": self.npv,
            "fiscal NPV": self.fiscal_npv,
        }
        return pl.concat(
            [pl.DataFrame({"what": [what], **_band(drawn[:, None])}) for what, drawn in rows.items() if drawn.any()]
        )


def real(amounts: np.ndarray, years: Sequence[str], price_year: str) -> np.ndarray:
    """Pounds of each year's own day in pounds of `price_year`, by the GDP deflator and its forecast."""
    return np.asarray(amounts / _prices(years, price_year))


def in_cash(amounts: np.ndarray, years: Sequence[str], price_year: str) -> np.ndarray:
    """Pounds of `price_year` in pounds of each year's own day."""
    return np.asarray(amounts * _prices(years, price_year))


def appraise(
    flows: Sequence[Flow],
    *,
    years: Sequence[str],
    price_year: str,
    on: date,
    optimism: bool = False,
    rate: float | None = None,
) -> Appraisal:
    """Discount `flows` of financial `years`, the first of which is year 0, under the rule of the day `on`, or at a flat
    `rate` to see what hangs on it.

    Raises SpecificationError where a flow is in cash or in another year's prices: a real rate discounts real prices.
    """
    for one in flows:
        _check(one, price_year, len(years))
    draws = max((len(one.amounts) for one in flows if one.amounts.ndim == 2), default=1)
    shape = (draws, len(years))
    standard, health = (
        discount_factors(len(years), on=on, kind=kind)
        if rate is None
        else (1 + rate) ** -np.arange(len(years), dtype=float)
        for kind in ("standard", "health")
    )
    costs = {one: np.zeros(draws) for one in ACCOUNTS}
    benefits = {one: np.zeros(draws) for one in ACCOUNTS}
    payers = [one for one in PAYERS if any(flow.payer == one for flow in flows)]
    by_payer = {one: np.zeros(shape) for one in payers}
    cash = {one: np.zeros(shape) for one in payers}
    growth = {one: np.zeros(shape) for one in payers}
    present, fiscal = np.zeros(shape), np.zeros(shape)
    for one in flows:
        bias = OPTIMISM[one.grade] if optimism else 0.0
        sign = 1.0 if one.benefit else -1.0
        amounts = np.broadcast_to(one.amounts, shape) * (1 - bias if one.benefit else 1 + bias)
        discounted = amounts * (health if one.health else standard)
        (benefits if one.benefit else costs)[one.account] += discounted.sum(axis=1)
        present += sign * discounted
        if one.account != "fiscal":
            continue
        fiscal += sign * discounted
        by_payer[one.payer] += sign * amounts
        if not one.benefit or one.cash == CASHABLE:
            cash[one.payer] += sign * amounts
        elif one.cash == GROWTH:
            growth[one.payer] += amounts
    return Appraisal(
        years=tuple(years),
        price_year=price_year,
        optimism=optimism,
        costs=costs,
        benefits=benefits,
        by_payer=by_payer,
        net_cash={one: in_cash(drawn, years, price_year) for one, drawn in cash.items()},
        avoided_growth={one: in_cash(drawn, years, price_year) for one, drawn in growth.items()},
        cumulative=np.cumsum(present, axis=1),
        cumulative_fiscal=np.cumsum(fiscal, axis=1),
    )


def _prices(years: Sequence[str], price_year: str) -> np.ndarray:
    return np.array(
        [
            1 + price_growth(price_year, year) if year >= price_year else deflator_factor(price_year, year)
            for year in years
        ]
    )


def _ratio(benefits: np.ndarray | int, costs: np.ndarray | int) -> float:
    cost = float(np.mean(costs))
    return float(np.mean(benefits)) / cost if cost else float("nan")


def _band(drawn: np.ndarray) -> dict[str, list[float]]:
    low, high = np.quantile(drawn, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    return {"mean": drawn.mean(axis=0).tolist(), "low": low.tolist(), "high": high.tolist()}


def _check(one: Flow, price_year: str, years: int) -> None:
    def wrong(expected: str, found: str, do: str) -> SpecificationError:
        return SpecificationError(expected=expected, found=found, where=f"appraisal: {one.what}", do=do)

    if one.base == IN_CASH:
        raise wrong(
            f"prices of {price_year}", "pounds of each year's day",
            "Convert them with the GDP deflator first: discounted at a real rate, rising prices count inflation as a "
            "benefit.",
        )  # fmt: skip
    if one.base != price_year:
        raise wrong(
            f"prices of {price_year}, as every other line", one.base or "no price base",
            "Convert them with the GDP deflator first, or state the price base.",
        )  # fmt: skip
    for given, known in ((one.payer, tuple(PAYERS)), (one.account, ACCOUNTS), (one.cash, CASH)):
        if given not in known:
            raise wrong(f"one of {', '.join(known)}", repr(given), "Correct it.")
    if one.amounts.shape[-1] != years:
        raise wrong(
            f"{years} years", f"{one.amounts.shape[-1]}", "Give an amount for each year, 0 where there is none."
        )
    if one.amounts.min(initial=0.0) < 0 and not one.benefit:
        raise wrong("costs of at least 0", "a negative cost", "Enter a saving as a benefit.")
    if one.grade not in OPTIMISM:
        raise wrong("a grade from 0 to 5", f"{one.grade}", "Correct the grade of evidence.")

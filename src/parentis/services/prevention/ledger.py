"""The person-night ledger in money: what each saved night would have cost, in whole pence that sum exactly.

Which night is whose is `demand`'s (`person_nights`); here every night has the price of its group, borough and year in
its draw. Nights added are paid for, nights avoided are not: both count.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.errors import PeriodError
from parentis.region import deflator_factor
from parentis.services.demand.money.comparison import Basis
from parentis.services.demand.simulation.attribution import SHARES
from parentis.services.demand.simulation.person_nights import PersonNights
from parentis.services.demand.tables import COSTS

PAYERS = ("council", "nhs", "dsg")
"Who pays for a night in care: the council, and health and education by their contributions."


@dataclass(frozen=True, slots=True, kw_only=True)
class NightPrices:
    """Pence a night, whole, (draws, authorities, groups, years): in prices of `price_year`, as they rise in real terms.

    `council`, (authorities, groups), is the share that the council pays; a group without a price costs nothing here and
    is False in `priced`. `level` is each draw's price of all groups relative to the mean draw, (draws,).
    """

    price_year: str
    pence: np.ndarray
    council: np.ndarray
    priced: np.ndarray
    level: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Whole pence saved: `union` by all programmes together, (draws, authorities, years), and `by_programme`, (draws,
    programmes, authorities, years), whose sum it is in every draw, authority and year."""

    programmes: tuple[str, ...]
    price_year: str
    union: np.ndarray
    by_programme: np.ndarray

    @property
    def left_over(self) -> np.ndarray:
        """Pence that no programme has: nil."""
        return np.asarray(self.union - self.by_programme.sum(axis=1))


def night_prices(
    basis: Basis, authorities: tuple[str, ...], years: tuple[str, ...], numbers: range, price_year: str
) -> NightPrices:
    """Draw the prices of the `numbers` of futures: those that `demand`'s costs have for the same seed.

    Raises PeriodError where a year is before the prices' first, or after the last that their rise was drawn for.
    """
    held, rise = basis.prices, basis.uplifts
    first = int(years[0][:4]) - int(rise.first[:4])
    last = first + len(years)
    if first < 0 or last > len(rise.inflation):
        raise PeriodError(
            expected=f"years from {rise.first}, {len(rise.inflation)} of them",
            found=f"{years[0]} to {years[-1]}",
            where="prices of nights",
            do="Draw the rise of prices for more years.",
        )
    own = [held.authorities.index(name) for name in authorities]
    level = held.draw(basis.seed, numbers)[:, own]
    general, index = rise.draw(basis.seed, numbers)
    above = (index / general[:, None, :])[:, :, first:last] * deflator_factor(held.period, price_year)
    pounds = np.where(held.known[:, None], np.nan_to_num(level)[..., None] * above[:, None], 0.0)
    usual = pounds.mean(axis=0, keepdims=True)
    relative = (pounds / np.where(usual > 0, usual, 1.0))[:, :, held.known]
    return NightPrices(
        price_year=price_year,
        pence=np.rint(100 * pounds).astype(np.int64),
        council=held.net_share[own],
        priced=held.known,
        level=relative.mean(axis=(1, 2, 3)) if relative.size else np.ones(len(numbers)),
    )


def priced(nights: PersonNights, prices: NightPrices) -> Ledger:
    """What the nights are worth. Pence that do not divide go to the programmes with the largest remainders."""
    union = (nights.saved * prices.pence).sum(axis=2)
    parts = ((nights.avoided - nights.added) * prices.pence[:, None]).sum(axis=3)
    return Ledger(
        programmes=nights.programmes,
        price_year=prices.price_year,
        union=union,
        by_programme=whole_parts(parts, union),
    )


def whole_parts(parts: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Whole numbers near `parts` / `SHARES`, (draws, programmes, …), that sum to `total`, (draws, …), along the
    programmes; each is a part rounded down or up."""
    whole, rest = np.divmod(parts, SHARES)
    missing = total - whole.sum(axis=1)
    order = np.argsort(np.argsort(-rest, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(whole + (order < missing[:, None]))


def payers(council: np.ndarray, health: float) -> np.ndarray:
    """The shares of a night's price by `PAYERS`, (payers, authorities, groups); `health` of the contributions is the
    NHS's."""
    others = 1 - council
    return np.stack([council, others * health, others * (1 - health)])


def health_share(tables: Mapping[str, pl.DataFrame]) -> tuple[float, str]:
    """The NHS's share of the contributions to placements, and a sentence on where it comes from."""
    placements = tables.get(COSTS, pl.DataFrame())
    given = [
        float(placements[name].cast(pl.Float64).fill_null(0.0).sum()) if placements.height else 0.0
        for name in ("Contribution from health provider/s", "Contribution from education provider/s")
    ]
    if not sum(given):
        return 0.5, "No contributions are held: half of any is taken to be the NHS's, half education's."
    share = given[0] / sum(given)
    return share, f"Of contributions to placements, {share:.0%} are the NHS's and the rest education's (DSG)."

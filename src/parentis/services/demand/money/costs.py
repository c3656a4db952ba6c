"""Costs: simulated nights times drawn prices, by authority, group and financial year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from parentis.region import financial_year_of
from parentis.services.demand.money.prices import Prices
from parentis.services.demand.money.uplifts import Uplifts
from parentis.services.demand.simulation.paths import Paths
from parentis.services.demand.simulation.scenario import Price, Scenario

MONTH = 30.4375


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Futures in money: pounds of the day, shape (replicates, authorities, groups, years).

    `gross` is the whole price, `net` what remains after contributions from health and education. A group without a
    price costs nothing here and is False in `priced` (groups,); `nights` has the shape of `gross` and counts them all.
    `general` is the index of general prices, (replicates, years), 1 in the prices' year.
    """

    authorities: tuple[str, ...]
    groups: tuple[str, ...]
    scenario: str
    years: tuple[str, ...]
    gross: np.ndarray
    net: np.ndarray
    nights: np.ndarray
    general: np.ndarray
    priced: np.ndarray

    @property
    def unpriced_share(self) -> float:
        """The share of all nights that are in groups without a price."""
        return float(self.nights[:, :, ~self.priced].sum() / max(self.nights.sum(), 1.0))

    def region(self, what: str = "net") -> np.ndarray:
        """All authorities and groups together, (replicates, years)."""
        return np.asarray(getattr(self, what).sum(axis=(1, 2)))


def costs(
    paths: Paths,
    prices: Prices,
    uplifts: Uplifts,
    *,
    seed: int,
    scenario: Scenario = Scenario(),  # noqa: B008 - a frozen value
    first_replicate: int = 0,
) -> Costs:
    """Calculate costs of the whole financial years in `paths`, which must have been simulated under `scenario`.

    The same `seed` gives the same prices in every scenario, so that a difference is due to the scenario alone.
    """
    numbers = range(first_replicate, first_replicate + len(paths.stock))
    own = [prices.authorities.index(name) for name in paths.authorities]
    level = prices.draw(seed, numbers)[:, own]
    general, index = uplifts.draw(seed, numbers)
    labels = [financial_year_of(end).label for end in paths.month_ends]
    years = tuple(label for label in dict.fromkeys(labels) if labels.count(label) == 12)
    at_first = _between(uplifts.first, years[0]) if years else 0
    factor = price_factors(scenario, paths.authorities, paths.groups, paths.month_ends)
    priced = prices.known
    level = np.where(priced, level, 0.0)
    shape = (*level.shape, len(years))
    gross, nights = np.empty(shape), np.empty(shape)
    all_nights = paths.by_group("nights")
    for at, year in enumerate(years):
        months = [month for month, label in enumerate(labels) if label == year]
        slept = all_nights[..., months].astype(np.float64)
        nights[..., at] = slept.sum(axis=-1)
        paid = nights[..., at] if factor is None else np.einsum("rasm,asm->ras", slept, factor[..., months])
        gross[..., at] = paid * level * index[:, None, :, at_first + at]
    share = prices.net_share[own]
    return Costs(
        authorities=paths.authorities,
        groups=paths.groups,
        scenario=paths.scenario,
        years=years,
        gross=gross,
        net=gross * share[None, :, :, None],
        nights=nights,
        general=general[:, at_first : at_first + len(years)],
        priced=priced,
    )


def _between(first: str, later: str) -> int:
    """Years from `first` to `later`, both labels of financial years."""
    return int(later[:4]) - int(first[:4])


def price_factors(
    scenario: Scenario, authorities: Sequence[str], groups: Sequence[str], month_ends: Sequence[date]
) -> np.ndarray | None:
    """The factors by which the scenario multiplies prices, (authorities, groups, months); None if it changes no
    prices.
    """
    changes = [one for one in scenario.changes if isinstance(one, Price)]
    if not changes:
        return None
    out = np.ones((len(authorities), len(groups), len(month_ends)))
    for one in changes:
        reached = one.share * _ramp(one, month_ends)
        chosen = np.ix_(_mask(one.authorities, authorities), _mask(one.states, groups))
        out[chosen] *= 1 + (one.factor - 1) * reached
    return out


def _ramp(change: Price, month_ends: Sequence[date]) -> np.ndarray:
    """The share of the change that is in effect by the middle of each month, from 0 to 1."""
    start = change.start or date.min
    days = np.array([(end - start).days - MONTH / 2 if change.start else np.inf for end in month_ends])
    if change.ramp_months <= 0:
        return (days >= 0).astype(float)
    begun = days if change.start else np.array([(end - month_ends[0]).days + MONTH / 2 for end in month_ends])
    return np.clip(begun / (change.ramp_months * MONTH), 0.0, 1.0)


def _mask(chosen: Sequence[str], names: Sequence[str]) -> np.ndarray:
    return np.array([not chosen or name in chosen for name in names])

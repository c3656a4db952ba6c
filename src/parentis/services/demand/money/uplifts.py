"""Uplifts: how prices change in future years, by general inflation and by each group's rise in real terms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.region import deflator_factor, parse_period, price_growth
from parentis.services.demand.money.price_sources import cells_of_monitoring
from parentis.services.demand.randomness import generator
from parentis.services.demand.states import Groups
from parentis.services.demand.tables import ACTIVITY

UPLIFTS = 9
"Key of the random number stream of a replicate that this module uses."

MISS, MEMORY = 0.012, 0.6
"Standard deviation of the error of a year's inflation forecast, and the share of an error that persists a year later."
SHOCK = 0.012
"Standard deviation of a group's real price in one year about its own trend."

REAL_RISE: Mapping[str, tuple[float, float]] = {
    "residential": (0.03, 0.025),
    "secure": (0.025, 0.03),
    "fostering independent": (-0.005, 0.015),
    "supported": (0.01, 0.025),
}
OTHERWISE = (0.0, 0.015)
"""Prior of the real rise a year: mean and spread, before the authorities' own prices are used. A wide judgement, based
on one finding: from 2016 to 2020 the largest groups' prices of children's homes rose 3.5 % a year in real terms, and
fostering agencies' fell (Competition and Markets Authority, children's social care market study, March 2022)."""
FEWEST_YEARS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplifts:
    """`inflation`: centre of each year's, from `first` on, (years,). `rise`, `spread`: each group's real rise a year
    and its standard deviation, (groups,). `notes` give their sources."""

    first: str
    inflation: np.ndarray
    rise: np.ndarray
    spread: np.ndarray
    notes: tuple[str, ...]

    def draw(self, seed: int, numbers: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """General prices, (replicates, years), and prices by group, (replicates, groups, years), relative to the
        year before the first."""
        years, groups = len(self.inflation), len(self.rise)
        streams = [generator(seed, number, UPLIFTS) for number in numbers]
        normal = np.stack([one.standard_normal(years) for one in streams])
        own = np.stack([one.standard_normal((groups, 1 + years)) for one in streams])
        miss = np.empty_like(normal)
        before = np.zeros(len(streams))
        for year in range(years):
            before = MEMORY * before + MISS * normal[:, year]
            miss[:, year] = before
        general = np.cumsum(np.log1p(self.inflation) + miss, axis=1)
        yearly = np.log1p(self.rise)[:, None] + self.spread[:, None] * own[:, :, :1] + SHOCK * own[:, :, 1:]
        return np.exp(general), np.exp(general[:, None, :] + np.cumsum(yearly, axis=2))


def uplifts(
    tables: Mapping[str, pl.DataFrame],
    groups: Groups,
    base: str,
    years: int,
    *,
    keep: Callable[[str], bool] = lambda _: True,
    shift: float = 0.0,
) -> Uplifts:
    """For the `years` financial years after `base`: judgement (`REAL_RISE`), updated with the region's own prices
    where the activity of budget monitoring is held for `FEWEST_YEARS` years.

    `keep` says which years' prices are learnt from, `shift` is added to every judged rise: both are what-ifs.
    """
    said = [REAL_RISE.get(name, OTHERWISE) for name in groups.names]
    rise, spread = np.array([one[0] + shift for one in said]), np.array([one[1] for one in said])
    notes = []
    history = real_prices(tables.get(ACTIVITY, pl.DataFrame()), groups)
    for at, name in enumerate(groups.names):
        series = dict(history.filter(pl.col("group") == name).select("period", "price").iter_rows())
        if len(series) < FEWEST_YEARS:
            continue
        pairs = [(label, _after(label, 1)) for label in series]
        steps = np.array([np.log(series[b] / series[a]) for a, b in pairs if b in series and keep(a) and keep(b)])
        if len(steps) < FEWEST_YEARS - 1:
            continue
        error = (steps.var(ddof=1) + SHOCK**2) / len(steps)
        weight = spread[at] ** 2 / (spread[at] ** 2 + error)
        rise[at] += weight * (steps.mean() - rise[at])
        spread[at] *= np.sqrt(1 - weight)
        notes.append(f"{name}: real prices rose {steps.mean():+.1%} a year over {len(series)} years of monitoring.")
    return Uplifts(
        first=_after(base, 1),
        inflation=np.array([price_growth(_after(base, step), _after(base, step + 1)) for step in range(years)]),
        rise=rise,
        spread=spread,
        notes=tuple(notes),
    )


def real_prices(activity: pl.DataFrame, groups: Groups) -> pl.DataFrame:
    """`group, period, price`: the region's gross price per night in pounds of the last year held. Only authorities
    that are held in every year, so that a change in who submits does not look like a change in price."""
    cells = cells_of_monitoring(activity, groups)
    if cells.is_empty():
        return pl.DataFrame(schema={"group": pl.String, "period": pl.String, "price": pl.Float64})
    always = cells.filter(
        pl.col("period").n_unique().over("authority", "group") == pl.col("period").n_unique().over("group")
    )
    last = str(cells["period"].max())
    factors = {label: deflator_factor(label, last) for label in cells["period"].unique().to_list()}
    return (
        always.group_by("group", "period")
        .agg(price=pl.col("gross").sum() / pl.col("nights").sum())
        .with_columns(pl.col("price") * pl.col("period").replace_strict(factors, return_dtype=pl.Float64))
        .sort("group", "period")
    )


def _after(base: str, years: int) -> str:
    period = parse_period(base)
    for _ in range(years):
        period = period.next
    return period.label

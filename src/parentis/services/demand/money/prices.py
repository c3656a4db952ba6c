"""Prices: pounds per night of each group in each authority, with their uncertainty.

A price is the year's committed cost divided by its nights. The price of an authority with few placements in a group
is shrunk towards the region's (`estimation.shrinkage`); a group without any price has the labelled last resort, or
none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import polars as pl

from parentis.region import authorities_frame, deflator_factor
from parentis.services.demand.estimation.shrinkage import TAUS, Pooled, pool
from parentis.services.demand.money.price_sources import (
    FROM_MONITORING,
    FROM_RETURN,
    FROM_SECTION_251,
    LAST_RESORT,
    cells_of_monitoring,
    cells_of_return,
    section_251,
)
from parentis.services.demand.randomness import generator
from parentis.services.demand.states import Groups
from parentis.services.demand.tables import ACTIVITY, COSTS, HOMES, LAIT

PRICES = 8
"Key of the random number stream that prices use; `simulate` uses the keys below it."

SPREAD, SPREAD_WORTH = 0.45, 8.0
"Prior spread of single placements' prices on the log scale, and the number of placements that the prior is worth."
COARSE = 0.15
"Error of a section 251 unit cost as an estimate of the nightly price, beyond chance: standard deviation, log scale."
FEW = 20
"With fewer placements than this, an authority's share of contributions is taken to be the region's."
WEEK = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices per night in pounds of `period`.

    Attributes:
        posterior: by group, of the authorities' mean prices on the log scale; None where nothing is known.
        chance: relative variance of the mean price of future placements, (authorities, groups): with few children, the
            mean cost differs from the price.
        net_share: the share of the gross price that remains after contributions from health and education,
            (authorities, groups).
        source: by group, the source of its price; '' where there is none.
        cells: the nights and costs behind the prices, by authority, group and provider.
        notes: sentences on missing data and how they were handled.
    """

    period: str
    authorities: tuple[str, ...]
    groups: tuple[str, ...]
    posterior: tuple[Pooled | None, ...]
    chance: np.ndarray
    net_share: np.ndarray
    source: tuple[str, ...]
    cells: pl.DataFrame
    notes: tuple[str, ...]

    @property
    def known(self) -> np.ndarray:
        """Whether there is a price, bool (groups,)."""
        return np.array([one is not None for one in self.posterior])

    def draw(self, seed: int, numbers: Sequence[int], *, chance: bool = True) -> np.ndarray:
        """Gross prices per night, (replicates, authorities, groups); NaN for a group without one.

        A replicate's prices depend on `seed` and its own number alone. All authorities share the uncertainty of
        the region's price, so their errors are correlated. With `chance`, prices vary as the mean of the children
        placed; without it, they are mean prices.
        """
        a, s = len(self.authorities), len(self.groups)
        streams = [generator(seed, number, PRICES) for number in numbers]
        uniform = np.stack([one.random(s) for one in streams])
        normal = np.stack([one.standard_normal((s, 1 + 2 * a)) for one in streams])
        out = np.full((len(streams), a, s), np.nan)
        for at, pooled in enumerate(self.posterior):
            if pooled is None:
                continue
            log = pooled.draw(uniform[:, at], normal[:, at, : 1 + a])
            if chance:
                spread = np.sqrt(np.log1p(self.chance[:, at]))
                log = log + spread * normal[:, at, 1 + a :] - spread**2 / 2
            out[:, :, at] = np.exp(log)
        return out

    def frame(self, *, seed: int = 0, replicates: int = 2000, level: float = 0.8) -> pl.DataFrame:
        """`authority, group, gross, net, low, high, level, source` (pounds per night; the interval is gross's)."""
        drawn = self.draw(seed, range(replicates), chance=False)
        low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0)
        rows = []
        for at, pooled in enumerate(self.posterior):
            if pooled is None:
                continue
            gross = np.exp(pooled.median())
            rows.append(
                pl.DataFrame(
                    {
                        "authority": self.authorities,
                        "group": self.groups[at],
                        "gross": gross,
                        "net": gross * self.net_share[:, at],
                        "low": low[:, at],
                        "high": high[:, at],
                        "level": level,
                        "source": self.source[at],
                    }
                )
            )
        return pl.concat(rows) if rows else _EMPTY


_EMPTY = pl.DataFrame(
    schema={
        "authority": pl.String, "group": pl.String, "gross": pl.Float64, "net": pl.Float64,
        "low": pl.Float64, "high": pl.Float64, "level": pl.Float64, "source": pl.String,
    }
)  # fmt: skip


def prices(tables: Mapping[str, pl.DataFrame], groups: Groups, authorities: Sequence[str], period: str = "") -> Prices:
    """Prices of `groups` in `authorities` (ONS codes) from those of `tables.PRICE_NEEDS` that are held.

    In pounds of `period`, by default the last year with any price; prices of other years are converted to it with the
    GDP deflator.
    """
    own, left_out = cells_of_return(tables.get(COSTS, pl.DataFrame()), tables.get(HOMES, pl.DataFrame()), groups)
    other = cells_of_monitoring(tables.get(ACTIVITY, pl.DataFrame()), groups)
    cells = _chosen(own, other).filter(pl.col("authority").is_in(list(authorities)))
    weekly = section_251(tables.get(LAIT, pl.DataFrame()), _region(authorities))
    period = period or max([*cells["period"], *weekly["period"]], default="")
    cells = _in_pounds_of(cells, period)
    shape = (len(authorities), len(groups.names))
    chance, net_share = np.zeros(shape), np.ones(shape)
    posterior: list[Pooled | None] = []
    source: list[str] = []
    for at, group in enumerate(groups.names):
        inside = cells.filter(pl.col("group") == group)
        if inside.is_empty():
            pooled, said = _last_resort(weekly, group, period, len(authorities))
        else:
            pooled, chance[:, at], net_share[:, at] = _pooled(inside, authorities)
            said = " and ".join(sorted(inside["source"].unique(), reverse=True))
        posterior.append(pooled)
        source.append(said)
    return Prices(
        period=period,
        authorities=tuple(authorities),
        groups=groups.names,
        posterior=tuple(posterior),
        chance=chance,
        net_share=net_share,
        source=tuple(source),
        cells=_by_provider(cells),
        notes=(*left_out, *_said(groups.names, source)),
    )


def _region(authorities: Sequence[str]) -> str:
    own = authorities_frame().filter(pl.col("authority").is_in(list(authorities)))
    return str(own["region_gss"][0]) if own.height else ""


def _chosen(own: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Cells of each authority and group, from the best source that has them, for its last year."""
    both = pl.concat(
        [
            own.with_columns(source=pl.lit(FROM_RETURN), rank=0),
            other.with_columns(source=pl.lit(FROM_MONITORING), rank=1),
        ]
    )
    key = ["authority", "group"]
    best = both.filter(pl.col("rank") == pl.col("rank").min().over(key))
    return best.filter(pl.col("period") == pl.col("period").max().over(key))


def _in_pounds_of(cells: pl.DataFrame, period: str) -> pl.DataFrame:
    if cells.is_empty():
        return cells
    factors = {label: deflator_factor(label, period) for label in cells["period"].unique().to_list()}
    factor = pl.col("period").replace_strict(factors, return_dtype=pl.Float64)
    return cells.with_columns(pl.col("gross", "net", "rate") * factor)


def _pooled(cells: pl.DataFrame, authorities: Sequence[str]) -> tuple[Pooled, np.ndarray, np.ndarray]:
    """The posterior, the chance and the net share of one group."""
    variance = _placement_variance(cells.filter(pl.col("source") == FROM_RETURN))
    nights = pl.col("nights")
    by = cells.group_by("authority").agg(
        pl.col("gross", "net", "nights", "placements").sum(),
        # Placements are weighted by nights: this is 1 ÷ the effective number of placements.
        ((nights**2 / pl.col("placements")).sum() / nights.sum() ** 2).alias("one_in"),
    )
    held = pl.DataFrame({"authority": authorities}).join(by, on="authority", how="left", maintain_order="left")
    one_in = held["one_in"].to_numpy()
    observed = np.log(held["gross"].to_numpy() / held["nights"].to_numpy())
    usual = float(np.nanmedian(one_in))
    share = float(by["net"].sum()) / float(by["gross"].sum())
    net = np.where(
        held["placements"].fill_null(0).to_numpy() >= FEW,
        (held["net"] / held["gross"]).fill_null(share).to_numpy(),
        share,
    )
    relative = np.expm1(variance)
    return pool(observed, relative * one_in), relative * np.where(np.isfinite(one_in), one_in, usual), net


def _placement_variance(placements: pl.DataFrame) -> float:
    """Variance of the log price of single placements within an authority, with a prior worth `SPREAD_WORTH`
    placements.
    """
    within = placements.select(
        squares=((pl.col("rate").log() - pl.col("rate").log().mean().over("authority")) ** 2).sum(),
        freedom=pl.len() - pl.col("authority").n_unique(),
    ).row(0)
    return float((within[0] + SPREAD_WORTH * SPREAD**2) / (within[1] + SPREAD_WORTH))


def _last_resort(weekly: pl.DataFrame, group: str, period: str, authorities: int) -> tuple[Pooled | None, str]:
    """The region's price alone: authorities' own unit costs differ by how they code, not by what they pay."""
    for one in LAST_RESORT:
        costs = weekly.filter(pl.col("short") == one.short)
        if group not in one.groups or costs.is_empty():
            continue
        log = np.log(costs["weekly"].to_numpy() / WEEK * deflator_factor(costs["period"][0], period))
        # A median and a robust spread: the unit costs of a few authorities are ten times those of the rest.
        spread = 1.4826 * median(np.abs(log - np.median(log)))
        variance = spread**2 / len(log) + COARSE**2
        nothing = np.full(authorities, np.nan)
        at_coarse = np.eye(len(TAUS))[np.argmin(np.abs(TAUS - COARSE))]
        pooled = Pooled(at_coarse, np.full(len(TAUS), np.median(log)), np.full(len(TAUS), variance), nothing, nothing)
        said = f"{FROM_SECTION_251} ({one.short}, {costs['period'][0]}, pooled to the region; "
        return pooled, f"{said}divided by {one.divided_by})"
    return None, ""


def _by_provider(cells: pl.DataFrame) -> pl.DataFrame:
    return (
        cells.group_by("authority", "group", "provider", "source")
        .agg(pl.col("nights", "gross", "net", "placements").sum())
        .with_columns(
            gross_per_night=pl.col("gross") / pl.col("nights"), net_per_night=pl.col("net") / pl.col("nights")
        )
        .sort("authority", "group", "provider")
    )


def _said(groups: Sequence[str], source: Sequence[str]) -> list[str]:
    none = [group for group, said in zip(groups, source, strict=True) if not said]
    last = [group for group, said in zip(groups, source, strict=True) if said.startswith(FROM_SECTION_251)]
    notes = []
    if last:
        notes.append(
            f"{', '.join(last)}: no placement costs are held, so the section 251 weekly unit cost of the region "
            "stands in, as a last resort: it is spend by budget line, not what a night costs."
        )
    if none:
        notes.append(
            f"{', '.join(none)}: nobody has a price. Their nights are counted, not costed; nothing of section 251 "
            "covers supported accommodation or kinship care."
        )
    return notes

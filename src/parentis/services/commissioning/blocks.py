"""Cost of block contracts, in which a place is paid for whether it is occupied or not."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from parentis.errors import ParentisError
from parentis.services.commissioning.hedonic import Contrast
from parentis.services.commissioning.mixed_models import Floats

WEEK: Final = 7.0
LEVEL: Final = 0.95
ALL_PAID: Final = 100.0


class NeverUsedError(ParentisError):
    """No night of the block was used, so that it has no cost of a used night."""


@dataclass(frozen=True, slots=True)
class SpotBeside:
    """Ratio of a block place's price to the spot price of a like placement, with an interval."""

    ratio: float
    low: float
    high: float

    @classmethod
    def of(cls, block_less_spot: Contrast) -> "SpotBeside":
        """From the model's contrast of the block with off-framework purchase."""
        return cls(*(float(np.exp(x)) for x in (block_less_spot.effect, block_less_spot.low, block_less_spot.high)))


def block_costs(blocks: pl.DataFrame, beside: SpotBeside | None = None) -> pl.DataFrame:
    """Every block with what its used nights cost.

    `blocks`: `block, partnership, nights_open, nights_used, price` (pounds a place a week) and maybe `guarantee` (%
    of nights paid for whatever is used; 100 where it is not stated). Added: `occupancy`, `paid_nights`,
    `per_used_week` (pounds), `times_price`, `void_cost` (pounds for nights not used), and, given the spot price,
    `break_even` (the occupancy at which a used week costs the spot price; `break_even_low`, `break_even_high`),
    `verdict`: `dearer`, `cheaper` or `cannot tell` than spot.
    """
    if blocks.filter((pl.col("nights_used") <= 0) | (pl.col("nights_open") <= 0)).height:
        raise NeverUsedError(
            "a block without a night open or used has no cost of a used night: leave it out and name it"
        )
    guarantee = (
        pl.col("guarantee").cast(pl.Float64).fill_null(ALL_PAID) if "guarantee" in blocks.columns else pl.lit(ALL_PAID)
    )
    price = pl.col("price").cast(pl.Float64)
    found = (
        blocks.with_columns(
            share=guarantee / 100.0,
            occupancy=pl.col("nights_used") / pl.col("nights_open"),
        )
        .with_columns(
            paid_nights=pl.max_horizontal(
                pl.col("share") * pl.col("nights_open"), pl.col("nights_used").cast(pl.Float64)
            )
        )
        .with_columns(times_price=pl.col("paid_nights") / pl.col("nights_used"))
        .with_columns(
            per_used_week=price * pl.col("times_price"),
            void_cost=price / WEEK * (pl.col("paid_nights") - pl.col("nights_used")),
        )
    )
    if beside is not None:
        found = found.with_columns(
            break_even=pl.col("share") * beside.ratio,
            break_even_low=pl.col("share") * beside.low,
            break_even_high=pl.col("share") * beside.high,
        ).with_columns(
            verdict=pl.when(pl.col("occupancy") < pl.col("break_even_low"))
            .then(pl.lit("dearer"))
            .when(pl.col("occupancy") > pl.col("break_even_high"))
            .then(pl.lit("cheaper"))
            .otherwise(pl.lit("cannot tell"))
        )
    return found.drop("share")


@dataclass(frozen=True, slots=True, eq=False)
class VoidRisk:
    """Use of a block with a given number of places in simulated futures of demand.

    `occupancy` (futures,) over the whole time; `low`, `middle`, `high` its 2.5, 50 and 97.5 per cents; `below` the
    chance that it is under the break-even occupancy; `turned_away` the mean share of nights wanted that had no place;
    `times_price` the mean cost of a used week over a place's.
    """

    occupancy: Floats
    low: float
    middle: float
    high: float
    below: float | None
    turned_away: float
    times_price: float


def void_risk(
    places: int,
    children: Floats,
    share: tuple[float, float],
    *,
    break_even: float | None = None,
    guarantee: float = ALL_PAID,
    seed: int = 0,
) -> VoidRisk:
    """Futures of a block of `places`.

    `children` (futures, months): number of the members' children in placements of its kind, from the demand model.
    `share`: past nights of such placements wanted from the block, and other nights: each future's share is drawn from
    their Beta posterior, and each month's children from that share (binomial). Children without a place go elsewhere.
    """
    rng = np.random.default_rng(seed)
    futures = len(children)
    to_block = rng.beta(share[0] / NIGHTS_A_STAY + 0.5, share[1] / NIGHTS_A_STAY + 0.5, futures)
    wanting = rng.binomial(np.round(children).astype(np.int64), to_block[:, None])
    used = np.minimum(wanting, places)
    occupancy: Floats = used.mean(axis=1) / places
    paid = np.maximum(guarantee / 100.0, occupancy)
    low, middle, high = np.quantile(occupancy, [0.5 - LEVEL / 2, 0.5, 0.5 + LEVEL / 2])
    below = None if break_even is None else float((occupancy < break_even).mean())
    turned = (wanting - used).sum() / max(wanting.sum(), 1)
    times = float((paid / np.maximum(occupancy, 1e-9)).mean())
    return VoidRisk(occupancy, float(low), float(middle), float(high), below, float(turned), times)


NIGHTS_A_STAY: Final = 180.0
"Nights of one child are correlated: this many count as one observation of the share that goes to the block."

"""Practice quarters of the agencies' collection: their boroughs' children as the lists have them, with deliberate
differences, so that the ledger has lines to settle. All of it is invented."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import polars as pl

from parentis.region import parse_period, quarters
from parentis.returns import ReturnData
from parentis.services.adoption.world import LISTS
from parentis.services.demand.randomness import generator

LATE, MISSING = 0.05, 0.04
"Shares of children whose placement the agency dates later, by 8 to 40 days, and whose order it has not recorded."
EVENTS: Final = ("DECISION", "PLACEMENT_ORDER", "MATCHED", "PLACED", "ADOPTED")
_PROVIDERS: Final = {"OWN": "PR1", "REGION": "PR2", "OTHER": "PR2", "VOLUNTARY": "PR5"}


def collected(
    children: pl.DataFrame, year: str, boroughs: tuple[str, ...], agency: tuple[str, ...], hosts: tuple[str, ...],
    seed: int,
) -> Iterator[ReturnData]:  # fmt: skip
    """The four quarters of a financial year, of every agency; `children` as `practice` makes them."""
    recorded = _recorded(children, seed)
    for quarter in quarters(parse_period(year)):
        known = recorded.filter(
            pl.col("DECISION") <= quarter.end,
            pl.min_horizontal("ADOPTED", "REVERSED").is_null()
            | (pl.min_horizontal("ADOPTED", "REVERSED") >= quarter.start),
        ).with_columns([pl.when(pl.col(name) <= quarter.end).then(pl.col(name)).alias(name) for name in EVENTS])
        for name, host in zip(dict.fromkeys(agency), hosts, strict=True):
            ours = [at for at, one in enumerate(agency) if one == name]
            rows = known.filter(pl.col("at").is_in(ours))
            if rows.height:
                table = rows.select(
                    "CHILD", pl.col("at").replace_strict(dict(enumerate(boroughs)), return_dtype=pl.String)
                    .alias("BOROUGH"), *EVENTS,
                    pl.when(pl.col("MATCHED").is_not_null())
                    .then(pl.col("AGENCY_PLACED").replace_strict(_PROVIDERS, default=None, return_dtype=pl.String))
                    .alias("PROVIDER"),
                    pl.lit(None, pl.String).alias("PROVIDER_URN"),
                    pl.when(pl.col("MATCHED").is_null() & pl.col("PLACEMENT_ORDER").is_not_null())
                    .then(pl.lit("FINDING")).otherwise(pl.lit("NONE")).alias("FAMILY_FINDING"),
                )  # fmt: skip
                yield ReturnData(
                    return_id="adoption.collection", submitter=host, period=quarter.label,
                    tables={"collected_children": table},
                )  # fmt: skip


def _recorded(children: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng = generator(seed, LISTS, 4)
    luck, days = rng.random(children.height), rng.integers(8, 41, children.height)
    drawn = children.with_columns(luck=pl.Series(luck), days=pl.Series(days))
    late = pl.when(pl.col("luck") < LATE).then(pl.duration(days=pl.col("days"))).otherwise(pl.lit(timedelta()))
    moved = drawn.with_columns(PLACED=pl.col("PLACED") + late)
    return moved.with_columns(
        PLACEMENT_ORDER=pl.when(pl.col("luck") < 1 - MISSING).then(pl.col("PLACEMENT_ORDER")),
        ADOPTED=pl.when(pl.col("ADOPTED") > pl.col("PLACED").fill_null(pl.col("ADOPTED"))).then(pl.col("ADOPTED")),
    ).drop("luck", "days")

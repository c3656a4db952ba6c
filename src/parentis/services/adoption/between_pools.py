"""How much the share placed moves from one pool to another, beyond chance with each child.

Children who wait at the same time are matched with the same families: in a year with few families all of them wait
longer. An interval from the children alone takes the pool as given and is too narrow for future years. So pools that
differ by chance only are simulated, and the variance of their shares beyond that of independent units is added to the
interval.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from parentis.services.adoption.pool import NATIONAL, OWN, REGION
from parentis.services.adoption.simulation import WARM_UP, YEAR, Shape, World, replicate
from parentis.services.adoption.waiting import DAYS, MONTHS
from parentis.services.methods.competing_risks import log_log

YEARS: Final = 3.0
REPLICATES: Final = 150
SCHEMA: Final = {"place": pl.String, "months": pl.Int64, "spread": pl.Float64}


def between_pools(
    world: World, shape: Shape, places: Mapping[str, Sequence[str]], *, seed: int, replicates: int = REPLICATES
) -> pl.DataFrame:
    """`place, months, spread`: standard deviation, as a share, of what is placed by so many months after the order,
    over pools of three years; `places` are boroughs by place."""
    known = _settled(world)
    rows = {name: np.isin(known.boroughs, list(ours)) for name, ours in places.items()}
    found = np.full((replicates, len(rows), len(DAYS), 2), np.nan)
    for number in range(replicates):
        run = replicate(known, shape, seed=seed, number=number, years=YEARS + DAYS[-1] / YEAR)
        came = (run.children.at >= WARM_UP * YEAR) & (run.children.at < (WARM_UP + YEARS) * YEAR)
        size, took = known.size[run.children.kind], run.outcome.child_end - run.children.at
        placed = np.isin(run.outcome.child_state, (OWN, REGION, NATIONAL))
        for at, ours in enumerate(rows.values()):
            weight = size * (came & ours[run.borough])
            whole = weight.sum()
            if whole:
                for month, day in enumerate(DAYS):
                    share = float((weight * (placed & (took <= day))).sum() / whole)
                    chance = share * (1.0 - share) * float((weight**2).sum()) / whole**2
                    found[number, at, month] = share, chance
    extra = np.nanvar(found[..., 0], axis=0) - np.nanmean(found[..., 1], axis=0)
    return pl.DataFrame(
        [
            {"place": place, "months": months, "spread": float(np.sqrt(max(extra[at, month], 0.0)))}
            for at, place in enumerate(rows)
            for month, months in enumerate(MONTHS)
        ],
        schema=SCHEMA,
    )


def widened(shares: pl.DataFrame, spreads: pl.DataFrame, place: str) -> pl.DataFrame:
    """`commands.waiting_by`'s shares with the intervals of what is placed widened by the place's spread, where one is
    known."""
    known = dict(spreads.filter(pl.col("place") == place).select("months", "spread").iter_rows())
    rows = []
    for row in shares.iter_rows(named=True):
        if row["exit"] == "placed" and row["low"] is not None and row["months"] in known:
            row["low"], row["high"] = log_log(row["share"], float(np.hypot(row["error"], known[row["months"]])))
        rows.append(row)
    return pl.DataFrame(rows, schema=shares.schema)


def _settled(world: World) -> World:
    """The world as if its rates were known exactly: the children's own interval covers the uncertainty of the rates."""
    much = 1e6
    return replace(
        world,
        years=much,
        children=world.children / world.years * much,
        families=world.families / world.years * much,
        accepts=world.accepts.mean(axis=0, keepdims=True),
    )

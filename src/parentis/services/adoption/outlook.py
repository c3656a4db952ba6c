"""Projections from the pool estimated from the lists: forms of the agency compared, the effect of one more family of
each kind, and every borough's future activity, to which formulas are applied.

Computed once, with the figures, and stored as frames that pages read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from parentis.region import authorities
from parentis.services.adoption.families_needed import one_more
from parentis.services.adoption.kinds import CHILD_KINDS, FAMILY_KINDS
from parentis.services.adoption.pool import NATIONAL, OWN, REGION
from parentis.services.adoption.shapes import Difference, add_fees, differences
from parentis.services.adoption.simulation import WARM_UP, YEAR, Shape, World, replicate, simulate

REPLICATES: Final = 40
"Simulated futures in which shapes and formulas are compared."
YEARS_AHEAD: Final = 10
FEES: Final = {"region": 29_700.0, "national": 39_245.0}
"Pounds: between London's authorities and agencies, and a voluntary agency's of 1 April 2025 (CVAA, CoramBAAF)."
COMPARED: Final = ("placed_12", "days", "national", "fees")
NOW: Final = "The agencies of today"


@dataclass(frozen=True, slots=True, eq=False)
class ActivityAhead:
    """Children with an order, and children placed, of each simulated future: replicates × years × boroughs."""

    boroughs: tuple[str, ...]
    orders: np.ndarray
    placed: np.ndarray


def shapes(agencies: Mapping[str, str]) -> tuple[Shape, ...]:
    """The shapes compared, today's first; `agencies` gives each borough's agency today."""
    now = Shape(name=NOW, agency=tuple(agencies.values()))
    halves = {one.gss: one.inner_outer or "outer" for one in authorities()}
    return (
        now,
        Shape(name="One agency", agency=("london",) * len(agencies)),
        Shape(name="Hub and spoke: own families first, all after 30 days", agency=now.agency, widen=30.0),
        Shape(name="Two sub-regions, inner and outer", agency=tuple(halves[gss] for gss in agencies)),
        Shape(name="The agencies of today, matched weekly", agency=now.agency, policy=2),
    )


def frames(world: World, agencies: Mapping[str, str], *, seed: int, replicates: int) -> dict[str, pl.DataFrame]:
    """`shapes` (`shape, what, mean, change, low, high`: a row a shape and thing compared, changes from today's with
    95 % intervals), `one_more` (`kind, placed, low, high, days`), `acceptance` (`child, family, chance`, means of the
    draws) and `activity_ahead` (`replicate, year, authority, orders, placed`)."""
    tried = shapes(agencies)
    return {
        "shapes": _compared(world, tried, seed, replicates),
        "one_more": _one_more(world, tried[0], seed, max(replicates // 2, 2)),
        "acceptance": _acceptance(world),
        "activity_ahead": _activity(world, tried[0], seed, replicates),
    }


def _compared(world: World, tried: Sequence[Shape], seed: int, replicates: int) -> pl.DataFrame:
    runs = add_fees(simulate(world, tried, seed=seed, replicates=replicates), FEES)
    changed = {(one.shape, one.what): one for one in differences(runs, COMPARED)}
    rows = []
    for shape in tried:
        own = runs.filter(pl.col("shape") == shape.name)
        for what in COMPARED:
            one = changed.get((shape.name, what))
            rows.append(
                {"shape": shape.name, "what": what, "mean": float(np.nanmean(own[what].to_numpy())),
                 "change": one and one.mean, "low": one and one.low, "high": one and one.high}
            )  # fmt: skip
    return pl.DataFrame(rows, schema=_COMPARED, infer_schema_length=None)


_COMPARED = {"shape": pl.String, "what": pl.String, "mean": pl.Float64, "change": pl.Float64, "low": pl.Float64,
             "high": pl.Float64}  # fmt: skip


def told(compared: pl.DataFrame) -> tuple[Difference, ...]:
    """The differences that the frame `shapes` holds."""
    return tuple(
        Difference(shape=row["shape"], against=NOW, what=row["what"], mean=row["change"], low=row["low"],
                   high=row["high"])
        for row in compared.filter(pl.col("change").is_not_null()).iter_rows(named=True)
    )  # fmt: skip


def _one_more(world: World, now: Shape, seed: int, draws: int) -> pl.DataFrame:
    found = one_more(world, now, FAMILY_KINDS, seed=seed, draws=draws)
    return pl.DataFrame(
        [{"kind": one.kind, "placed": one.placed, "low": one.placed_low, "high": one.placed_high, "days": one.days}
         for one in found]
    )  # fmt: skip


def _acceptance(world: World) -> pl.DataFrame:
    mean = world.accepts.mean(axis=0)
    return pl.DataFrame(
        [{"child": child, "family": family, "chance": float(mean[row, column])}
         for row, child in enumerate(CHILD_KINDS) for column, family in enumerate(FAMILY_KINDS)]
    )  # fmt: skip


def activity_ahead(world: World, shape: Shape, *, seed: int, replicates: int) -> ActivityAhead:
    """Ten years of each future. Orders are used as decisions: refusals by the court are not simulated."""
    size = (replicates, YEARS_AHEAD, len(world.boroughs))
    found = ActivityAhead(world.boroughs, np.zeros(size), np.zeros(size))
    for number in range(replicates):
        run = replicate(world, shape, seed=seed, number=number, years=float(YEARS_AHEAD))
        children = world.size[run.children.kind]
        is_placed = np.isin(run.outcome.child_state, (OWN, REGION, NATIONAL))
        every = np.ones(len(children), dtype=bool)
        for days, counts, into in (
            (run.children.at, every, found.orders[number]),
            (run.outcome.child_end, is_placed, found.placed[number]),
        ):
            year = np.floor(days / YEAR - WARM_UP).astype(np.int64)
            kept = counts & (year >= 0) & (year < YEARS_AHEAD)
            np.add.at(into, (year[kept], run.borough[kept]), children[kept])
    return found


def _activity(world: World, shape: Shape, seed: int, replicates: int) -> pl.DataFrame:
    found = activity_ahead(world, shape, seed=seed, replicates=replicates)
    number, year, borough = np.indices(found.orders.shape)
    return pl.DataFrame(
        {
            "replicate": number.ravel(), "year": year.ravel(),
            "authority": np.array(found.boroughs)[borough.ravel()],
            "orders": found.orders.ravel(), "placed": found.placed.ravel(),
        }
    )  # fmt: skip


def of_frame(activity: pl.DataFrame, authorities: Sequence[str]) -> ActivityAhead:
    """The frame `activity_ahead`, for these authorities in this order; raises `KeyError` where one is not in it."""
    held = activity.sort("replicate", "year")
    by = {str(name): part for (name,), part in held.group_by("authority")}
    shape = (held["replicate"].n_unique(), held["year"].n_unique())
    orders, placed = (
        np.stack([by[name][what].to_numpy().reshape(shape) for name in authorities], axis=2)
        for what in ("orders", "placed")
    )
    return ActivityAhead(tuple(authorities), orders, placed)

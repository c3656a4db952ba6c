"""Many years of the matching pool: random inputs, the effect of a shape, and results.

A *world* is the knowledge of the pool with its uncertainty: arrivals as a gamma posterior of counts, exits as rates,
acceptance as draws. A *shape* says which boroughs' children and families search together, how long assessment takes
and what a placement elsewhere costs. Replicate r has the same children, families and pairs in every shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from parentis.services.adoption.pool import NATIONAL, OWN, REGION, Outcome, Search, Units, run
from parentis.services.demand.randomness import generator

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

YEAR = 365.25
WIDEN, NATIONAL_SEARCH = 150.0, 240.0
"""Days after the order at which the search widens to the whole region, and beyond it: assumptions on today's
agencies, until they give their own."""
WARM_UP = 2.0
"Years simulated before the reported ones, so that a pool that starts empty has filled."
_PARAMETERS, _CHILDREN, _FAMILIES = 1, 2, 9
"Purposes of random numbers; each kind of children and of families has the next number."


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class World:
    """Knowledge of the pool. `children` and `families` are observed counts, boroughs × kinds, in `years` years;
    `reversal` and `withdrawal` rates a year by kind; `accepts` draws × children's kinds × families' kinds; `size`
    children in a unit; `abroad` the rate a year at which a family outside the region is found, by children's kind."""

    boroughs: tuple[str, ...]
    years: float
    children: Floats
    families: Floats
    reversal: Floats
    withdrawal: Floats
    accepts: Floats
    size: Floats
    abroad: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the region is organised. `agency` gives each borough's agency; `widen` and `national` are the days after
    which a search covers the whole region and beyond; `delay` the days added to a family's wait from first call to
    approval (0: as now)."""

    name: str
    agency: tuple[str, ...]
    widen: float = WIDEN
    national: float = NATIONAL_SEARCH
    delay: float = 0.0
    policy: int = 0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Replicate:
    """One simulated run: units of both sides, their outcomes, and which children count in the results (those who came
    in `years` years)."""

    children: Units
    borough: Whole
    families: Units
    outcome: Outcome
    counted: npt.NDArray[np.bool_]
    years: float


def replicate(
    world: World, shape: Shape, *, seed: int, number: int, years: float, more: Floats | None = None
) -> Replicate:
    """Run `years` years after the warm-up. `more` adds families a year by kind, spread over boroughs as the others."""
    rng = generator(seed, number, _PARAMETERS)
    child_rate = _rates(world.children, world.years, rng)
    family_rate = _rates(world.families, world.years, rng)
    if more is not None:
        family_rate = family_rate + more * _spread(world.families)
    accepts = world.accepts[number % len(world.accepts)]
    until = (WARM_UP + years) * YEAR
    agencies = {name: at for at, name in enumerate(dict.fromkeys(shape.agency))}
    of_borough = np.array([agencies[name] for name in shape.agency])
    children, borough, extra = _arrivals(child_rate, world.reversal, until, of_borough, seed, number, _CHILDREN)
    families, _, _ = _arrivals(
        family_rate, world.withdrawal, until, of_borough, seed, number, _FAMILIES, delay=shape.delay
    )
    with np.errstate(divide="ignore"):
        abroad = extra / world.abroad[children.kind] * YEAR
    search = Search(accepts=accepts, policy=shape.policy, widen=shape.widen, national=shape.national)
    outcome = run(children, families, search, until=until, abroad=abroad)
    counted = (children.at >= WARM_UP * YEAR) & (children.at < until - YEAR)
    return Replicate(children=children, borough=borough, families=families, outcome=outcome, counted=counted,
                     years=years - 1.0)  # fmt: skip


def _rates(counts: Floats, years: float, rng: np.random.Generator) -> Floats:
    """A year's expected arrivals, boroughs × kinds, drawn: a kind's total from the gamma posterior of its count, its
    division between boroughs from the Dirichlet posterior of theirs.

    Half an arrival is added to a kind's total, not to each borough's: in two hundred cells of a few children each,
    half an arrival to each would add a fifth to the total.
    """
    totals = rng.gamma(counts.sum(axis=0) + 0.5) / years
    parts = rng.gamma(counts + 1.0 / len(counts))
    return totals * parts / parts.sum(axis=0)


def _spread(families: Floats) -> Floats:
    """Each borough's share of a kind's families; equal shares where no family of the kind is known."""
    whole = families.sum(axis=0)
    return np.where(whole > 0, (families + 1e-9) / (whole + 1e-9 * len(families)), 1.0 / len(families))


def _arrivals(
    rate: Floats, leave: Floats, until: float, agency: Whole, seed: int, number: int, side: int, *, delay: float = 0.0
) -> tuple[Units, Whole, Floats]:
    """Poisson arrivals of boroughs × kinds, with patience, key and a further exponential number for each.

    Unit k of a borough and kind has the same random numbers however many arrive: each borough and kind has a stream
    of its own for the gaps between arrivals.
    """
    boroughs, kinds = rate.shape
    at, kind, borough, patience, key, extra = [], [], [], [], [], []
    for kind_at in range(kinds):
        rng = generator(seed, number, side + kind_at)
        expected = rate[:, kind_at] * until / YEAR
        room = int(np.ceil(expected.max() + 8.0 * np.sqrt(expected.max() + 1.0) + 8.0))
        luck = np.moveaxis(rng.random((room, 4, boroughs)), 0, 2)  # a unit's numbers do not depend on `room`
        exponential = -np.log1p(-luck[:3])
        keys = (luck[3] * 2.0**62).astype(np.int64)
        with np.errstate(divide="ignore", invalid="ignore"):
            days = np.cumsum(exponential[0], axis=1) * (YEAR / rate[:, kind_at])[:, None]
        of, which = np.nonzero(days < until)
        at.append(days[of, which] + delay)
        kind.append(np.full(len(of), kind_at))
        borough.append(of)
        patience.append(exponential[1][of, which] * YEAR / leave[kind_at])
        key.append(keys[of, which])
        extra.append(exponential[2][of, which])
    times = np.concatenate(at)
    order = np.argsort(times, kind="stable")
    whose = np.concatenate(borough)[order]
    units = Units(
        times[order], np.concatenate(kind)[order].astype(np.int64), agency[whose].astype(np.int64),
        np.concatenate(patience)[order], np.concatenate(key)[order].astype(np.uint64),
    )  # fmt: skip
    return units, whose, np.concatenate(extra)[order]


def summary(one: Replicate, world: World) -> dict[str, float]:
    """What a replicate comes to, of the children counted: shares `placed_6`, `placed_12`, `placed_24` months after
    the order, `reversed_24`, `own`, `region`, `national` (of those placed), `days` in the pool a child, and
    `children` a year.

    Only children who arrived a year or more before the end count, so that everybody is observed for 12 months; shares
    by 24 months are of those observed for 24.
    """
    children, outcome, size = one.children, one.outcome, world.size[one.children.kind]
    waited = outcome.child_end - children.at
    placed = (outcome.child_state >= OWN) & (outcome.child_state <= NATIONAL)
    counted = one.counted

    def share(what: npt.NDArray[np.bool_], of: npt.NDArray[np.bool_]) -> float:
        whole = float(size[of].sum())
        return float(size[of & what].sum()) / whole if whole else float("nan")

    last = children.at.max(initial=0.0)
    long = counted & (children.at < last - 2 * YEAR)
    return {
        "placed_6": share(placed & (waited <= YEAR / 2), counted),
        "placed_12": share(placed & (waited <= YEAR), counted),
        "placed_24": share(placed & (waited <= 2 * YEAR), long),
        "reversed_24": share(~placed & (waited < 2 * YEAR), long),
        "placed": share(placed, counted),
        "own": share(outcome.child_state == OWN, counted & placed),
        "region": share(outcome.child_state == REGION, counted & placed),
        "national": share(outcome.child_state == NATIONAL, counted & placed),
        "days": float((size * waited)[counted].sum() / max(size[counted].sum(), 1.0)),
        "children": float(size[counted].sum()) / one.years,
    }


def simulate(
    world: World, shapes: Sequence[Shape], *, seed: int, replicates: int, years: float = 5.0, more: Floats | None = None
) -> pl.DataFrame:
    """`shape, replicate` and the columns of `summary`: every shape on the same replicates."""
    rows = [
        {"shape": shape.name, "replicate": number}
        | summary(replicate(world, shape, seed=seed, number=number, years=years, more=more), world)
        for shape in shapes
        for number in range(replicates)
    ]
    return pl.DataFrame(rows)

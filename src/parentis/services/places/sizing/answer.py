"""The recommended size: service and cost by number of places and scenario, the number above which one more place no
longer pays, and the value of more information."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from parentis.services.places.need.uncensored import YEAR, Demand
from parentis.services.places.sizing.futures import SCENARIOS, Assumptions, Future, Scenario, future
from parentis.services.places.sizing.units import Home, encode, usual

PLACES: Final = tuple(range(12, 37))
METRICS: Final = ("share_served", "days_waited", "nights_away", "cost", "occupancy")
WARM_DAYS: Final = YEAR
"Days simulated before counting begins, so that the home has filled."
WEEK: Final = 7
BANDS: Final = {80: (0.10, 0.90), 95: (0.025, 0.975)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Pounds. A home costs `fixed` and `place` times its places a year, full or empty; a child who has no place costs
    `away` a week elsewhere; a place sold to others brings `sold` a week.

    The home's own costs are those of 24 places at £10,500 a week (boroughs' papers, 2022), a sixth of them fixed;
    `away` is the lowest price the papers give of alternatives (£20,000 to £49,680).
    """

    fixed: float = 2_000_000
    place: float = 464_000
    away: float = 20_000
    sold: float = 10_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """`values` has shape (scenarios, futures, places, METRICS); each draw's demand, shape (futures,): needs
    `a_year`, mean `stay`, `bunching`."""

    places: tuple[int, ...]
    scenarios: tuple[Scenario, ...]
    values: np.ndarray
    a_year: np.ndarray
    stay: np.ndarray
    bunching: np.ndarray

    def cost(self, scenario: int) -> np.ndarray:
        """Pounds a year, shape (futures, places)."""
        return np.asarray(self.values[scenario, :, :, METRICS.index("cost")])


def size(
    demand: Demand,
    *,
    assumptions: Assumptions | None = None,
    costs: Costs | None = None,
    home: Callable[[int], Home] = usual,
    places: Sequence[int] = PLACES,
    scenarios: Sequence[Scenario] = SCENARIOS,
    futures: int = 1000,
    years: int = 10,
    seed: int = 0,
    workers: int = 2,
) -> Sizing:
    """Every size in every scenario on the same futures. `home` gives the home of a number of places."""
    assumed, priced = assumptions or Assumptions(), costs or Costs()
    homes = [encode([(one.home or home)(each) for each in places]).arrays() for one in scenarios]
    values = np.empty((len(scenarios), futures, len(places), len(METRICS)))
    known = np.empty((futures, 2))
    beds = np.array(places, float)

    def one(which: int) -> None:
        drawn = future(demand, which, assumed, years=years, seed=seed)
        known[which] = drawn.a_year, drawn.stay
        for row, scenario in enumerate(scenarios):
            values[row, which] = _metrics(
                _totals(scenario, drawn, homes[row], len(places), years, seed), beds, priced, years
            )

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, range(futures)))
    bunching = demand.arrivals.bunching[np.arange(futures) % len(demand.recorded)]
    return Sizing(
        places=tuple(places), scenarios=tuple(scenarios), values=values, a_year=known[:, 0], stay=known[:, 1],
        bunching=bunching,
    )  # fmt: skip


def _totals(
    scenario: Scenario, drawn: Future, homes: tuple[np.ndarray, ...], n: int, years: int, seed: int
) -> np.ndarray:
    from parentis.services.places.sizing.events import TOTALS, run_homes

    totals = np.zeros((n, len(TOTALS)))
    units, odds, apart, rivals, kept = homes
    run_homes(
        scenario.of(drawn).arrays(), units, odds, apart, rivals, kept, np.uint64(seed), WARM_DAYS, years * YEAR, totals
    )
    return totals


def _metrics(totals: np.ndarray, beds: np.ndarray, costs: Costs, years: int) -> np.ndarray:
    """Shape (places, METRICS): served as a share of those referred, days waited by each, and nights and pounds a
    year."""
    from parentis.services.places.sizing.events import AWAY_DAYS, NIGHTS, OTHERS_NIGHTS, PLACED, REFERRED, WAIT_DAYS

    span = years - WARM_DAYS / YEAR
    referred = np.maximum(totals[:, REFERRED], 1)
    away = (totals[:, AWAY_DAYS] + totals[:, WAIT_DAYS]) / span
    sold = totals[:, OTHERS_NIGHTS] / span
    cost = costs.fixed + costs.place * beds + (costs.away * away - costs.sold * sold) / WEEK
    inside = (totals[:, NIGHTS] + totals[:, OTHERS_NIGHTS]) / (span * YEAR * beds)
    return np.stack([totals[:, PLACED] / referred, totals[:, WAIT_DAYS] / referred, away, cost, inside], axis=1)


def frame(sizing: Sizing) -> pl.DataFrame:
    """A row a scenario and number of places: the mean of each metric with bands of 80 and 95 % of futures
    (`cost_low80` …), what one more place adds to the yearly cost (`marginal`, null for the last), whether it is the
    best number, and in what share of futures it is."""
    rows = []
    for at, scenario in enumerate(sizing.scenarios):
        cost = sizing.cost(at)
        mean = cost.mean(axis=0)
        best, chance = int(mean.argmin()), np.bincount(cost.argmin(axis=1), minlength=len(sizing.places)) / len(cost)
        for column, places in enumerate(sizing.places):
            row = {"scenario": scenario.id, "title": scenario.title, "places": places}
            for index, name in enumerate(METRICS):
                drawn = sizing.values[at, :, column, index]
                row[name] = float(drawn.mean())
                for level, (low, high) in BANDS.items():
                    row[f"{name}_low{level}"], row[f"{name}_high{level}"] = map(float, np.quantile(drawn, (low, high)))
            row["marginal"] = float(mean[column + 1] - mean[column]) if column + 1 < len(sizing.places) else None
            row["best"], row["chance"] = column == best, float(chance[column])
            rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`last_paying` is the number where one more place no longer pays: the cheapest on the mean of
    futures; None where it lies beyond the sizes tried. Bands hold 80 % and 95 % of futures' own best numbers. Pounds
    a year: `perfect`, what it would be worth to know demand exactly before choosing; `two_years`, what two more
    years' referrals would be worth; `waiting`, what a year without the home costs beyond one with it."""

    scenario: str
    last_paying: int | None
    low80: int
    high80: int
    low95: int
    high95: int
    perfect: float
    two_years: float
    waiting: float


def answer(sizing: Sizing, scenario: int = 0, *, costs: Costs | None = None, seed: int = 0) -> Answer:
    """How many places to build, and whether to wait for data.

    The value of information is the mean gain from deciding with it: the expected cost of each number given the
    information is a regression of the futures' costs on it (Strong, Oakley and others 2015), so that chance within a
    future does not count as information.
    """
    priced = costs or Costs()
    cost, places = sizing.cost(scenario), np.array(sizing.places)
    mean = cost.mean(axis=0)
    best = int(mean.argmin())
    # At the largest number tried, the value of one more is unknown.
    last = int(places[best]) if best + 1 < len(places) else None
    own = places[cost.argmin(axis=1)]
    cut = [int(q) for q in np.quantile(own, (0.1, 0.9, 0.025, 0.975), method="nearest")]
    rng = np.random.Generator(np.random.Philox(key=np.array([seed, 2], dtype=np.uint64)))
    exactly = np.stack([np.log(sizing.a_year), np.log(sizing.stay)], axis=1)
    # Two years of a complete log: a count widened by bunching, and the mean of that many stays, whose own spread is
    # about their mean.
    size_of = 24 / sizing.bunching
    counted = rng.poisson(2 * sizing.a_year * rng.gamma(size_of, 1 / size_of))
    stayed = sizing.stay * np.exp(rng.standard_normal(len(own)) / np.sqrt(np.maximum(counted, 1)))
    seen = np.stack([np.log(np.maximum(counted, 1)), np.log(stayed)], axis=1)
    perfect = _worth(cost, exactly)
    without = priced.away / WEEK * YEAR * float(np.mean(sizing.a_year / YEAR * sizing.stay))
    return Answer(
        scenario=sizing.scenarios[scenario].id,
        last_paying=last,
        low80=cut[0],
        high80=cut[1],
        low95=cut[2],
        high95=cut[3],
        perfect=perfect,
        two_years=min(_worth(cost, seen), perfect),
        waiting=without - float(mean.min()),
    )


def _worth(cost: np.ndarray, known: np.ndarray) -> float:
    """The mean gain, in the cost's unit, from choosing a column given `known`, shape (futures, facts), and not by the
    mean."""
    one = known - known.mean(axis=0)
    terms = [one, one**2, one[:, :1] * one[:, 1:]]
    design = np.concatenate([np.ones((len(cost), 1)), *terms], axis=1)
    fitted = design @ np.linalg.lstsq(design, cost, rcond=None)[0]
    # Uses fitted costs, whose means equal those of the costs: no information then has a value of exactly zero.
    return max(float(fitted.mean(axis=0).min() - fitted.min(axis=1).mean()), 0.0)


def answers(sizing: Sizing, *, costs: Costs | None = None, seed: int = 0) -> pl.DataFrame:
    """`answer` of every scenario, a row each."""
    rows = []
    for at in range(len(sizing.scenarios)):
        found = answer(sizing, at, costs=costs, seed=seed)
        rows.append({name: getattr(found, name) for name in found.__dataclass_fields__})
    return pl.DataFrame(rows, infer_schema_length=None)

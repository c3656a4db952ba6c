"""Ten years of children who need a place, simulated from the estimate of demand: one future for each posterior draw.

A future is the same for every size and scenario: a scenario takes children out of it, or changes how long they stay.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from parentis.services.places.need.uncensored import YEAR, Demand
from parentis.services.places.sizing.simulation import Stream, stream
from parentis.services.places.sizing.units import Home, like_england

MOST: Final = 1.5
"Largest multiple of today's referrals in a scenario: this many children are drawn, and a scenario keeps its share."


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Assumptions that the log cannot inform. Times in days.

    Attributes:
        patience: mean time until a child on the list is placed elsewhere for good; 0: nobody waits.
        step_down, step_days: the share who move on through step-down, and how long they are there.
        late, late_days: the share whose move-on is late, and by how much.
        others: children of other regions referred for every one of members.
        classes: shares of risk classes, as `units.Home.apart` numbers them.
    """

    patience: float = 21.0
    step_down: float = 0.0
    step_days: float = 42.0
    late: float = 0.25
    late_days: float = 14.0
    others: float = 0.0
    classes: tuple[float, ...] = (1.0,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Future:
    """`children` of `MOST` times today's demand, with marks in (0, 1) of shape (n,) by which scenarios select
    children, and the draw's parameters: needs `a_year`, mean `stay`."""

    children: Stream
    more: np.ndarray
    relevant: np.ndarray
    a_year: float
    stay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A change to every future.

    Attributes:
        arrivals: times as many children are referred, up to `MOST`. `stays`: times as long.
        relevant: the share of children whose order names relevant accommodation instead, an open therapeutic home with
            deprivation of liberty (2026 c. 21 s. 13), from day `relevant_from` on.
        late: times as much delay of move-on.
        home: gives the home of a number of places, where the scenario is of another home.
    """

    id: str
    title: str
    arrivals: float = 1.0
    stays: float = 1.0
    relevant: float = 0.0
    relevant_from: float = 0.0
    late: float = 1.0
    home: Callable[[int], Home] | None = None

    def of(self, future: Future) -> Stream:
        """The future's children under this scenario, who come to the secure home."""
        kept = future.more * MOST < self.arrivals
        kept &= ~self._elsewhere(future)
        chosen = future.children.only(kept)
        return replace(chosen, stay=chosen.stay * self.stays, delay=chosen.delay * self.late)

    def therapeutic(self, future: Future) -> Stream:
        """The children of the same future who go to relevant accommodation."""
        return future.children.only((future.more * MOST < self.arrivals) & self._elsewhere(future))

    def _elsewhere(self, future: Future) -> np.ndarray:
        return np.asarray((future.relevant < self.relevant) & (future.children.at >= self.relevant_from))


AS_REFERRED: Final = Scenario(id="as-referred", title="As referred now")
SCENARIOS: Final = (
    AS_REFERRED,
    Scenario(id="staffed-as-england", title="Staffed and mixed as England's homes are", home=like_england),
    Scenario(id="relevant", title="One in five goes to relevant accommodation", relevant=0.2),
)


def future(demand: Demand, which: int, assumptions: Assumptions, *, years: int = 10, seed: int = 0) -> Future:
    """Future number `which`: its own posterior draw and random numbers, reproducible for a seed.

    `ValueError` where shares of classes or delays lie outside 0 to 1.
    """
    at = which % len(demand.recorded)
    rng = np.random.Generator(np.random.Philox(key=np.array([seed, which], dtype=np.uint64)))
    a_year = float(demand.arrivals.a_year[at] / demand.recorded[at])
    bunching = float(demand.arrivals.bunching[at])
    months = 12 * years
    moved = rng.gamma(1 / bunching, bunching, months)
    counts = rng.poisson(a_year / 12 * MOST * (1 + assumptions.others) * moved)
    n = int(counts.sum())
    day = np.sort((np.repeat(np.arange(months), counts) + rng.uniform(size=n)) * YEAR / 12)
    cell = np.searchsorted(np.cumsum(demand.cells[at])[:-1], rng.uniform(size=n), side="right")
    mix = demand.stay.at(at)
    stay = mix.days(n, rng)
    late = rng.uniform(size=n) < assumptions.late
    steps = rng.uniform(size=n) < assumptions.step_down
    classes = np.searchsorted(np.cumsum(assumptions.classes)[:-1], rng.uniform(size=n), side="right")
    children = stream(
        day,
        stay,
        sex=cell % 2,
        risk=classes,
        borough=cell // 2,
        member=rng.uniform(size=n) * (1 + assumptions.others) < 1,
        patience=rng.exponential(assumptions.patience, n) if assumptions.patience else 0.0,
        delay=late * rng.exponential(assumptions.late_days, n),
        step_stay=steps * rng.exponential(assumptions.step_days, n),
        key=rng.integers(1, 2**63, n, dtype=np.uint64),
    )
    return Future(
        children=children, more=rng.uniform(size=n), relevant=rng.uniform(size=n), a_year=a_year,
        stay=float(mix.mean()[0]),
    )  # fmt: skip

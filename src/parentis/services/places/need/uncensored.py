"""Demand for places from a referral log that lost children: what was referred, not what was placed.

Places in use say how many places there were. Referrals say what was asked for, if those refused and lost are counted,
those that the log missed are added, and every child's need is given a stay. Children nobody referred are a matter of
judgement: they are kept apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from parentis.services.places.need.arrivals import Rate, parts, rate
from parentis.services.places.need.stays import Mixture, Stays, fit

DRAWS: Final = 4000
YEAR: Final = 365.25
LEVELS: Final = (0.80, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A referral log, counted.

    Attributes:
        months: needs referred by month, shape (months,), refused and lost ones too.
        cells: the same by cell (borough and sex), shape (cells,).
        stays: of the children placed.
        matched, placements: of so many placements known from the return on looked-after children, how many the log
            holds.
        placed_nights: nights of children placed within the log's months.
    """

    months: np.ndarray
    cells: np.ndarray
    stays: Stays
    matched: int
    placements: int
    placed_nights: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Elicited:
    """What people who know the work think of children never referred, a year: eight in ten lie between `low` and
    `high`."""

    low: float
    high: float
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Draws of what is not known, shape (draws,) unless said.

    Attributes:
        arrivals: the log's own rate and bunching.
        recorded: the share of needs that the log holds.
        stay: the mixture of stays.
        cells: how needs divide, shape (draws, cells).
        never_referred: children a year nobody referred, or None where nobody was asked. They are in nothing else here.
        placed_only: erlangs that the nights of placed children alone would give.
    """

    arrivals: Rate
    recorded: np.ndarray
    stay: Mixture
    cells: np.ndarray
    never_referred: np.ndarray | None
    placed_only: float

    def a_year(self) -> np.ndarray:
        """Needs referred a year, those that the log missed too."""
        return np.asarray(self.arrivals.a_year / self.recorded)

    def load(self) -> np.ndarray:
        """Offered load in erlangs: the places that would be full if nobody were refused."""
        return np.asarray(self.a_year() / YEAR * self.stay.mean())

    def load_never_referred(self) -> np.ndarray | None:
        """Erlangs more if those never referred were, with the same stays."""
        return None if self.never_referred is None else self.never_referred / YEAR * self.stay.mean()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate (the median of the draws) with a band for each of `LEVELS`."""

    estimate: float
    bands: tuple[tuple[float, float], ...]

    def holds(self, value: float, level: float = 0.95) -> bool:
        low, high = self.bands[LEVELS.index(level)]
        return low <= value <= high


def interval(draws: np.ndarray) -> Interval:
    """Equal tails of the draws."""
    tails: Sequence[float] = [q for level in LEVELS for q in ((1 - level) / 2, (1 + level) / 2)]
    cut = np.quantile(draws, tails)
    return Interval(
        estimate=float(np.median(draws)),
        bands=tuple((float(cut[2 * at]), float(cut[2 * at + 1])) for at in range(len(LEVELS))),
    )


def uncensor(
    log: Log, *, seed: int, draws: int = DRAWS, prior: np.ndarray | None = None, elicited: Elicited | None = None
) -> Demand:
    """What the log says of demand. `prior` is how needs are thought to divide over the cells, adding up to 1.

    The recorded share is a beta posterior of the placements found in the log (Jeffreys' prior): it takes for granted
    that a referral which ended in a placement is as likely to be in the log as one that did not.
    """
    if not 0 <= log.matched <= log.placements or log.placements < 1:
        raise ValueError(f"of {log.placements} placements {log.matched} cannot be in the log")
    rng = np.random.Generator(np.random.Philox(key=seed))
    arrivals = rate(log.months, draws, rng)
    recorded = rng.beta(log.matched + 0.5, log.placements - log.matched + 0.5, draws)
    stay = fit(log.stays, draws, rng)
    cells = parts(log.cells, draws, rng, prior)
    never = None
    if elicited is not None:
        if not 0 < elicited.low <= elicited.high:
            raise ValueError("children never referred: a low and a high number above 0, the high one not below")
        middle, spread = np.log(elicited.low * elicited.high) / 2, np.log(elicited.high / elicited.low) / 2 / 1.2816
        never = np.exp(middle + spread * rng.standard_normal(draws))
    return Demand(
        arrivals=arrivals, recorded=recorded, stay=stay, cells=cells, never_referred=never,
        placed_only=log.placed_nights / (len(log.months) / 12 * YEAR),
    )  # fmt: skip

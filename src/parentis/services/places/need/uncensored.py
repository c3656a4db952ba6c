"""Demand for places from an incomplete referral log: by referrals, not by placements.

Places in use measure supply. Referrals measure demand if refused and lost ones are counted, those missing from the
log are added, and every need is given a length of stay. Children never referred can only be judged by experts: they
are kept separate.
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
        stays: lengths of stay of the children placed.
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
    """Experts' judgement of the number of children never referred, a year: an 80 % interval from `low` to `high`."""

    low: float
    high: float
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Posterior draws, shape (draws,) unless stated.

    Attributes:
        arrivals: the log's own rate and bunching.
        recorded: the share of needs that the log holds.
        stay: the mixture of stays.
        cells: how needs divide, shape (draws, cells).
        never_referred: children a year never referred, or None where no expert was asked. No other attribute includes
            them.
        placed_only: erlangs that the nights of placed children alone would give.
    """

    arrivals: Rate
    recorded: np.ndarray
    stay: Mixture
    cells: np.ndarray
    never_referred: np.ndarray | None
    placed_only: float

    def a_year(self) -> np.ndarray:
        """Needs referred a year, including those missing from the log."""
        return np.asarray(self.arrivals.a_year / self.recorded)

    def load(self) -> np.ndarray:
        """Offered load in erlangs: mean number of places in use if nobody were refused."""
        return np.asarray(self.a_year() / YEAR * self.stay.mean())

    def load_never_referred(self) -> np.ndarray | None:
        """Additional erlangs if children never referred were referred, with the same stays."""
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
    """Estimate demand from the log. `prior` is the expected division of needs over the cells (sums to 1).

    The recorded share has a beta posterior from the placements found in the log (Jeffreys' prior). This assumes that
    a referral which ended in a placement is as likely to be in the log as one that did not.
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

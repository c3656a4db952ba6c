"""Simulated referral logs with known demand, to test the estimate."""

from dataclasses import dataclass

import numpy as np

from parentis.services.places.need.stays import HOURS_72, MONTHS_3, Stays
from parentis.services.places.need.uncensored import YEAR, Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Needs `a_year`; a month's rate varies with `bunching` (variance over squared mean); the log holds the share
    `recorded`; the share `placed` finds a place; stays end at 72 hours, at three months, or are lognormal (`mu`,
    `sigma`)."""

    a_year: float = 98.3
    bunching: float = 0.15
    recorded: float = 0.8
    placed: float = 0.54
    at_72_hours: float = 0.12
    at_3_months: float = 0.15
    mu: float = 4.0964
    sigma: float = 0.95
    years: int = 3

    def mean_stay(self) -> float:
        body = np.exp(self.mu + self.sigma**2 / 2)
        spikes = self.at_72_hours * HOURS_72 + self.at_3_months * np.mean(MONTHS_3)
        return float(spikes + (1 - self.at_72_hours - self.at_3_months) * body)

    def load(self) -> float:
        """Offered load in erlangs."""
        return self.a_year / YEAR * self.mean_stay()


def generate(truth: Truth, rng: np.random.Generator, cells: int = 66) -> Log:
    """A log drawn from `truth`: arrivals are bunched, some children are placed, and some placements are not in the
    log or have not ended."""
    months = 12 * truth.years
    moved = rng.gamma(1 / truth.bunching, truth.bunching, months) if truth.bunching else np.ones(months)
    month = np.repeat(np.arange(months), rng.poisson(truth.a_year / 12 * moved))
    n = len(month)
    began = np.floor((month + rng.uniform(size=n)) * YEAR / 12)
    placed, recorded = rng.uniform(size=n) < truth.placed, rng.uniform(size=n) < truth.recorded
    three_months = rng.choice(np.array(MONTHS_3), n, p=(0.03, 0.16, 0.25, 0.56))
    kind = rng.choice(3, n, p=(truth.at_72_hours, truth.at_3_months, 1 - truth.at_72_hours - truth.at_3_months))
    body = np.rint(rng.lognormal(truth.mu, truth.sigma, n))
    days = np.select([kind == 0, kind == 1], [np.full(n, HOURS_72), three_months], body)
    seen = np.floor(truth.years * YEAR) - began
    ended, so_far = days <= seen, np.minimum(days, seen)
    kept = placed & recorded
    return Log(
        months=np.bincount(month[recorded], minlength=months),
        cells=np.bincount(rng.integers(0, cells, n)[recorded], minlength=cells),
        stays=Stays(days=so_far[kept], ended=ended[kept]),
        matched=int(kept.sum()),
        placements=int(placed.sum()),
        placed_nights=float(so_far[placed].sum()),
    )

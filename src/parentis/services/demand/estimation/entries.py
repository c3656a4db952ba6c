"""Entries: how many children come into care each month, where, how old, and into which first placement."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl

from parentis.services.demand.estimation.bands import AGE_EDGES, N_AGES, N_UASC, YEAR
from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.estimation.intensity import Intensity, filtered
from parentis.services.demand.estimation.transition_probabilities import concentration

MONTH = YEAR / 12
"Days; exposure of months is counted in months of this length."

BEYOND = 20
"No future month has more entries than this many times (the busiest month observed + 1)."

_HALF_LIFE = 18.0
"Half-life, in months, of the weight of an entry when the make-up of entries is estimated."
_SHARE_MONTHS = 24
_DRIFT_PRIOR, _DRIFT_PRIOR_YEARS = 0.08, 4.0
"Prior of the yearly drift of an authority's share of the region's entries: spread (log scale), and weight in years."
_SEASON_SPREADS = np.array([0.0, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2])
_QUANTILES = 33


@dataclass(frozen=True, slots=True)
class Entries:
    """The estimated entry process, with its uncertainty.

    Attributes:
        intensity: of the region's months, in entries per month.
        season: factor of each month of the year, (12,).
        share_counts: recent entries of each authority plus a half, (authorities,).
        drift: standard deviation of an authority's log share's change in a year.
        makeup: Dirichlet parameters, (authorities, strata); a stratum is (state, age band, UASC).
        ages: quantiles of days of life at entry by age band, (age bands, quantiles).
        counts: entries by month of history, (authorities, months); `first_month` is months since 1970-01.
        exposure: share of the region seen × length of each month of history, (months,).
    """

    intensity: Intensity
    season: np.ndarray
    share_counts: np.ndarray
    drift: float
    makeup: np.ndarray
    ages: np.ndarray
    counts: np.ndarray
    first_month: int
    exposure: np.ndarray

    def draw(
        self, generator: np.random.Generator, months: int, lengths: np.ndarray, calendar: np.ndarray
    ) -> np.ndarray:
        """Draw expected entries in future months, (authorities, months).

        `lengths` are in days, `calendar` months of the year from 0; both (months,).
        """
        # With almost no entries observed, the upper tail is implausibly large, and simulating it would exhaust memory.
        most = BEYOND * (self.counts.sum(axis=0).max() + 1)
        region = np.minimum(self.intensity.draw(generator, months) * self.season[calendar] * lengths / MONTH, most)
        authorities = len(self.share_counts)
        if authorities == 1:
            return region[None, :]
        share = generator.standard_gamma(self.share_counts)
        walk = np.cumsum(generator.standard_normal((authorities, months)) * self.drift / np.sqrt(12), axis=1)
        shares = share[:, None] * np.exp(walk)
        return region * shares / shares.sum(axis=0)

    def draw_makeup(self, generator: np.random.Generator) -> np.ndarray:
        """Draw the cumulative shares of the strata, (authorities, strata)."""
        drawn = generator.standard_gamma(self.makeup) + 1e-12
        cumulative = np.cumsum(drawn, axis=1)
        return cumulative / cumulative[:, -1:]


def fit_entries(past: Histories) -> Entries:
    """Fit the entry process to the entries observed in the years held, up to the cut."""
    counts, seen, first_month = _by_month(past)
    makeup, share_counts = _makeup(past), _shares(counts, seen)
    share = share_counts / share_counts.sum()
    exposure = share @ seen
    total = counts.sum(axis=0)
    season = _season(total, exposure, first_month)
    calendar = (first_month + np.arange(len(total))) % 12
    return Entries(
        intensity=filtered(total, exposure * season[calendar]),
        season=season,
        share_counts=share_counts,
        drift=_drift(counts, seen),
        makeup=makeup,
        ages=_ages(past),
        counts=counts,
        first_month=first_month,
        exposure=exposure,
    )


def _month_of(days: np.ndarray) -> np.ndarray:
    return np.asarray(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _first_of(months: np.ndarray) -> np.ndarray:
    return np.asarray(months).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _by_month(past: Histories) -> tuple[np.ndarray, np.ndarray, int]:
    """Entries and exposure in months, both (authorities, months), from the first month any authority's return
    covers.
    """
    first_day = min(int(run[0, 0]) for run in past.runs if len(run))
    first = int(_month_of(np.array(first_day)))
    last = int(_month_of(np.array(past.next_day - 1)))
    months = np.arange(first, last + 1)
    begins, ends = _first_of(months), _first_of(months + 1)
    seen = np.zeros((len(past.authorities), len(months)))
    for number, runs in enumerate(past.runs):
        for start, end in runs:
            seen[number] += np.clip(np.minimum(ends, end) - np.maximum(begins, start), 0, None) / MONTH
    counts = np.zeros_like(seen)
    entered = _entered(past)
    np.add.at(counts, (past.authority[entered], _month_of(past.start[entered]) - first), 1)
    return counts, seen, first


def _entered(past: Histories) -> np.ndarray:
    """Indices of the spells with which children came into care while a return was held."""
    within = np.zeros(len(past.start), dtype=bool)
    for number, runs in enumerate(past.runs):
        for start, end in runs:
            within |= (past.authority == number) & (past.start >= start) & (past.start < end)
    return np.flatnonzero(within & past.first)


def _shares(counts: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Recent entries of each authority, scaled up for months without a return, plus a half."""
    recent, months = counts[:, -_SHARE_MONTHS:].sum(axis=1), seen[:, -_SHARE_MONTHS:].sum(axis=1)
    whole, all_months = counts.sum(axis=1), seen.sum(axis=1)
    per_month = np.where(months > 0, recent / np.maximum(months, 1e-9), whole / np.maximum(all_months, 1e-9))
    return per_month * max(months.max(), 1e-9) + 0.5


def _drift(counts: np.ndarray, seen: np.ndarray) -> float:
    """The yearly change in authorities' shares of entries beyond chance, as a standard deviation on the log scale."""
    if len(counts) == 1:
        return 0.0
    years = counts.shape[1] // 12
    prior = _DRIFT_PRIOR**2 * _DRIFT_PRIOR_YEARS
    if years < 2:
        return _DRIFT_PRIOR
    cut = counts.shape[1] - 12 * years
    yearly = counts[:, cut:].reshape(len(counts), years, 12).sum(axis=2)
    whole = seen[:, cut:].reshape(len(counts), years, 12).sum(axis=2) > 11
    change, chance, weight = [], [], []
    for year in range(1, years):
        both = whole[:, year] & whole[:, year - 1]
        before, after = yearly[both, year - 1] + 0.5, yearly[both, year] + 0.5
        log = np.log(after / before)
        own = log - np.log(after.sum() / before.sum()) if both.any() else log
        change.append(own**2)
        chance.append(1 / before + 1 / after)
        weight.append(1 / (_DRIFT_PRIOR**2 + 1 / before + 1 / after))
    weights = np.concatenate(weight) * _DRIFT_PRIOR**2
    excess = np.concatenate(change) - np.concatenate(chance)
    return float(np.sqrt(max(0.02**2, (prior + (weights * excess).sum()) / (_DRIFT_PRIOR_YEARS + weights.sum()))))


def _season(counts: np.ndarray, exposure: np.ndarray, first_month: int) -> np.ndarray:
    """Factors of the months of the year about a year's moving average, shrunk by the most likely amount."""
    months = len(counts)
    if months < 24:
        return np.ones(12)
    window = np.ones(13)
    window[[0, -1]] = 0.5
    smooth = np.convolve(counts, window, "same") / np.maximum(np.convolve(exposure, window, "same"), 1e-9)
    expected = smooth * exposure
    inner = np.arange(6, months - 6)
    of = (first_month + inner) % 12
    o, e = np.bincount(of, counts[inner], 12), np.bincount(of, expected[inner], 12)
    if (e <= 0).any():
        return np.ones(12)
    log, variance = np.log((o + 0.5) / (e + 0.5)), 1 / (o + 0.5)
    # Months vary beyond chance for other reasons too: only variation that repeats from year to year is seasonal.
    scatter = max(1.0, float(((counts[inner] - expected[inner]) ** 2 / np.maximum(expected[inner], 0.5)).mean()))
    variance = variance * scatter
    total = _SEASON_SPREADS[:, None] ** 2 + variance
    likelihood = -0.5 * (np.log(total) + log**2 / total).sum(axis=1)
    weight = np.exp(likelihood - likelihood.max())
    shrink = (weight[:, None] * _SEASON_SPREADS[:, None] ** 2 / total).sum(axis=0) / weight.sum()
    factor = np.exp(shrink * log)
    return factor / factor.mean()


def _makeup(past: Histories) -> np.ndarray:
    """State, age band and UASC of entries by authority, with more weight on recent ones; authorities are shrunk
    towards the region.
    """
    entered = _entered(past)
    states = past.states
    age = np.searchsorted(AGE_EDGES, past.start[entered] - past.birth[entered], side="right") - 1
    age = np.clip(age, 0, N_AGES - 1)
    stratum = (past.state[entered] * N_AGES + age) * N_UASC + past.uasc[entered]
    months_ago = (past.next_day - past.start[entered]) / MONTH
    own = np.zeros((len(past.authorities), states * N_AGES * N_UASC))
    np.add.at(own, (past.authority[entered], stratum), 0.5 ** (months_ago / _HALF_LIFE))
    region = own.sum(axis=0)
    # Every stratum of the age band gets some weight: one that was never observed is unlikely, not impossible.
    by_age = region.reshape(states, N_AGES, N_UASC)
    floor = by_age.sum(axis=(1, 2), keepdims=True) * by_age.sum(axis=0, keepdims=True) / max(region.sum(), 1e-9)
    prior = region + 0.5 * (floor.ravel() / max(region.sum(), 1e-9)) + 1e-6
    if len(own) == 1:
        return prior[None, :]
    share = prior / prior.sum()
    return own + concentration(own, np.broadcast_to(share, own.shape)) * share


def _ages(past: Histories) -> np.ndarray:
    """Quantiles of exact age at entry within each band; evenly spaced where fewer than ten children were observed."""
    entered = _entered(past)
    days = np.clip(past.start[entered] - past.birth[entered], 0, None).astype(float)
    edges = np.append(AGE_EDGES, 18 * YEAR)
    steps = np.linspace(0, 1, _QUANTILES)
    table = np.empty((N_AGES, _QUANTILES))
    for number, (low, high) in enumerate(pairwise(edges)):
        inside = days[(days >= low) & (days < high)]
        table[number] = np.quantile(inside, steps) if len(inside) >= 10 else low + steps * (high - low)
    return table


def history(past: Histories) -> pl.DataFrame:
    """`authority, month, entries` of the months that a return covers."""
    counts, seen, first = _by_month(past)
    at, month = np.nonzero(seen > 0)
    starts = [date(1970 + (first + m) // 12, (first + m) % 12 + 1, 1) for m in month.tolist()]
    return pl.DataFrame(
        {
            "authority": [past.authorities[a] for a in at.tolist()],
            "month": starts,
            "entries": counts[at, month].astype(np.int64),
        },
        schema={"authority": pl.String, "month": pl.Date, "entries": pl.Int64},
    )

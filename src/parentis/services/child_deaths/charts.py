"""Charts of rare deaths that keep their false alarms whatever the true rate is.

A rate is never known: it is estimated from a short past, and a chart set by the estimate signals far more or less
often than promised. Given how many deaths there were so far, though, those of the newest month are binomial with a
chance that is known: its share of all expected. Their rank in it is even between 0 and 1, and months are independent
(self-starting charts, Hawkins 1987; Poisson: the conditional test of two counts). `standard_counts` gives each
month's count on the scale of a standard month by that rank, so that the CUSUM's run length is exactly the designed
one.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from scipy.stats import binom, f, poisson

from parentis.errors import DeclarationError
from parentis.services.child_deaths.run_lengths import Chart
from parentis.services.demand.randomness import keyed, uniform

CERTAIN: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A chart's alarm at month `at`; `since`: the month from which its sum has been above zero."""

    since: int
    at: int


@dataclass(frozen=True, slots=True)
class Path:
    """The chart's value after each month, shape (months,), and where it signalled; after a signal it begins anew."""

    values: np.ndarray
    signals: tuple[Signal, ...]


def standard_counts(
    counts: np.ndarray, exposure: np.ndarray, baseline: int, standard: float, *, key: int
) -> np.ndarray:
    """Counts of the months from `baseline` on, on the scale of a month where `standard` are expected.

    `exposure`: what each month has of what deaths come from (children, season, share notified), shape (months,).
    Where a rank falls between two counts of the standard month, a number fixed by `key` and the month decides: the
    same data give the same chart."""
    counts, exposure = np.asarray(counts, dtype=np.int64), np.asarray(exposure, dtype=float)
    if counts.shape != exposure.shape or baseline < 1 or (exposure <= 0).any() or standard <= 0:
        raise DeclarationError("a chart needs a month or more before it begins, and some exposure in every month")
    so_far, had = np.cumsum(counts), np.cumsum(exposure)
    months = np.arange(baseline, len(counts))
    total, share = so_far[months], exposure[months] / had[months]
    above = binom.cdf(counts[months], total, share)
    below = np.where(counts[months] > 0, binom.cdf(counts[months] - 1, total, share), 0.0)
    drawn = luck(np.uint64(key), months)
    rank = np.clip(below + drawn * (above - below), CERTAIN, 1 - CERTAIN)
    standardised: np.ndarray = poisson.ppf(rank, standard).astype(np.int64)
    return standardised


@njit(cache=True, nogil=True)
def luck(key, months):  # type: ignore[no-untyped-def]
    """A number between 0 and 1 for each month, the same for the same key."""
    made = np.zeros(len(months))
    for number in range(len(months)):
        made[number] = uniform(keyed(key, np.uint64(months[number])))
    return made


def run(chart: Chart, counts: np.ndarray) -> Path:
    """The chart over counts of standard months, shape (months,)."""
    value, began = 0.0, 0
    reference, decision = float(chart.reference), float(chart.decision)
    values, signals = np.zeros(len(counts)), list[Signal]()
    for month, count in enumerate(counts):
        if value <= 1e-9:
            began = month
        value = max(0.0, value + float(count) - reference)
        values[month] = value
        if value >= decision - 1e-9:
            signals.append(Signal(since=began, at=month))
            value = 0.0
    return Path(values=values, signals=tuple(signals))


def t_chart(gaps: np.ndarray, *, baseline: int, chance: float) -> tuple[np.ndarray, np.ndarray]:
    """For each gap between deaths from `baseline` on: the probability of one as short, given the gaps before it, and
    whether it signals (probability no more than `chance`). Gaps are days of equal exposure; their ratio to the
    mean of n before is F with 2 and 2n degrees of freedom, whatever the rate."""
    gaps = np.asarray(gaps, dtype=float)
    if baseline < 1 or (gaps <= 0).any():
        raise DeclarationError("a t-chart needs a gap before it begins, and none of nothing")
    before = np.cumsum(gaps)[baseline - 1 : -1] / np.arange(baseline, len(gaps))
    as_short = f.cdf(gaps[baseline:] / before, 2, 2 * np.arange(baseline, len(gaps)))
    return as_short, as_short <= chance


def g_chart(between: np.ndarray, share: float, *, chance: float) -> tuple[np.ndarray, np.ndarray]:
    """Other deaths between two of a kind, where the kind is usually `share` of all: the probability of so few or
    fewer (geometric), and whether that signals."""
    if not 0 < share < 1:
        raise DeclarationError("a g-chart needs a share between 0 and 1")
    as_few = 1 - (1 - share) ** (np.asarray(between, dtype=float) + 1)
    return as_few, as_few <= chance

"""Charts of rare deaths whose false-alarm rate holds at any true rate.

The true rate is not known: it is estimated from a short past, and a chart designed for the estimate signals far more
or less often than promised. But given the total so far, the deaths of the newest month are binomial with a known
probability: its share of all expected deaths. Their rank in that distribution is uniform, and months are independent
(self-starting charts, Hawkins 1987; Poisson: the conditional test of two counts). `standard_counts` converts each
month's count by that rank to the scale of a standard month, so that the CUSUM's run length is exactly as designed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from scipy.special import bdtr, gammaln, pdtr
from scipy.stats import f, poisson

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

    `exposure`: each month's relative exposure (children, season, share notified), shape (months,). Where a rank falls
    between two counts of the standard month, a pseudo-random number fixed by `key` and the month decides, so that the
    same data give the same chart."""
    counts, exposure = np.asarray(counts, dtype=np.int64), np.asarray(exposure, dtype=float)
    if counts.shape != exposure.shape or baseline < 1 or (exposure <= 0).any() or standard <= 0:
        raise DeclarationError("a chart needs a month or more before it begins, and some exposure in every month")
    so_far, had = np.cumsum(counts), np.cumsum(exposure)
    months = np.arange(baseline, len(counts))
    count, share = counts[months], exposure[months] / had[months]
    return standard_of(
        ranks(lambda least: bdtr(least, so_far[months], share), count, luck(np.uint64(key), months)), standard
    )


def ranks(below: Callable[[np.ndarray], np.ndarray], count: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Ranks of counts in a distribution with cumulative function `below`; `drawn` decides within a count's
    probability."""
    above = below(count)
    under = np.where(count > 0, below(np.maximum(count - 1, 0)), 0.0)
    ranked: np.ndarray = np.clip(under + drawn * (above - under), CERTAIN, 1 - CERTAIN)
    return ranked


def standard_of(rank: np.ndarray, standard: float) -> np.ndarray:
    """The count of a standard month that has a rank."""
    most = int(poisson.isf(CERTAIN, standard)) + 2
    counts: np.ndarray = np.searchsorted(pdtr(np.arange(most), standard), rank)
    return counts


@njit(cache=True, nogil=True)
def luck(key, months):  # type: ignore[no-untyped-def]
    """A pseudo-random number between 0 and 1 for each month, fixed by the key."""
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


def standard_parts(part: np.ndarray, of: np.ndarray, baseline: int, standard: float, *, key: int) -> np.ndarray:
    """As `standard_counts`, of cases of a kind (`part`) among all of a month (`of`): given the number of the kind
    and of all cases so far, those of the newest month are hypergeometric at any true share."""
    part, of = np.asarray(part, dtype=np.int64), np.asarray(of, dtype=np.int64)
    if part.shape != of.shape or baseline < 1 or (part > of).any() or (part < 0).any() or standard <= 0:
        raise DeclarationError("a chart needs a month or more before it begins, and no more of a kind than there are")
    parts, cases = np.cumsum(part), np.cumsum(of)
    months = np.arange(baseline, len(part))
    return standard_of(
        ranks(
            lambda least: hypergeometric(least, cases[months], parts[months], of[months]), part[months],
            luck(np.uint64(key), months),
        ),
        standard,
    )  # fmt: skip


def hypergeometric(least: np.ndarray, cases: np.ndarray, parts: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The probability of at most `least` of a kind among `drawn` cases out of `cases`, of which `parts` are of the
    kind. All arrays have the same shape."""
    each = np.arange(int(least.max(initial=0)) + 1)[:, None]
    can = (each <= least) & (each <= parts) & (each <= drawn) & (drawn - each <= cases - parts)

    def ways(of: np.ndarray, some: np.ndarray) -> np.ndarray:
        logs: np.ndarray = gammaln(of + 1) - gammaln(some + 1) - gammaln(of - some + 1)
        return logs

    part, rest = np.where(can, each, 0), np.where(can, drawn - each, 0)
    logs = ways(parts, part) + ways(cases - parts, np.minimum(rest, cases - parts)) - ways(cases, drawn)
    found: np.ndarray = np.minimum(1.0, np.where(can, np.exp(logs), 0.0).sum(axis=0))
    return found


def chances(gaps: np.ndarray, *, baseline: int, a_year: float, year: float) -> np.ndarray:
    """Probability of a false alarm allowed at each look: `a_year` false alarms for the mean length of the gaps before
    it (`year` is a year in the gaps' unit). Looks occur at the rate at which gaps end, so the budget is kept at
    any rate: a gap shorter than x has probability about rate × x, and the squared mean of n gaps times n / (n +
    1) is an unbiased estimate of 1 / rate²."""
    gaps = np.asarray(gaps, dtype=float)
    number = np.arange(baseline, len(gaps))
    before = np.cumsum(gaps)[baseline - 1 : -1] / number
    allowed: np.ndarray = np.minimum(0.5, a_year * before / year * number / (number + 1))
    return allowed


def t_chart(gaps: np.ndarray, *, baseline: int, chance: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each gap between deaths from `baseline` on: the probability of one as short, given the gaps before it, and
    whether it signals (probability no more than `chance`, one or of each look). Gaps are days of equal exposure;
    their ratio to the mean of n before is F with 2 and 2n degrees of freedom, whatever the rate."""
    gaps = np.asarray(gaps, dtype=float)
    if baseline < 1 or (gaps <= 0).any():
        raise DeclarationError("a t-chart needs a gap before it begins, and none of nothing")
    before = np.cumsum(gaps)[baseline - 1 : -1] / np.arange(baseline, len(gaps))
    as_short = f.cdf(gaps[baseline:] / before, 2, 2 * np.arange(baseline, len(gaps)))
    return as_short, as_short <= chance


def g_chart(
    between: np.ndarray, *, baseline: int, chance: float | np.ndarray, key: int
) -> tuple[np.ndarray, np.ndarray]:
    """For each gap (number of other deaths between two of a kind) from the `baseline`-th on: the probability of so
    few, given the gaps before, and whether it signals. Gaps are geometric; given their sum so far, every division
    of it among them is equally likely at any true share of the kind. Ranks between two numbers are decided by
    `key` and the gap."""
    between = np.asarray(between, dtype=np.int64)
    if baseline < 1 or (between < 0).any():
        raise DeclarationError("a g-chart needs a gap before it begins")
    at = np.arange(baseline, len(between))
    total = np.cumsum(between)[at]

    def fewer(than: np.ndarray) -> np.ndarray:
        """The probability that the last of n + 1 gaps is less than `than`: 1 - C(total - than + n, n) / C(total + n,
        n)."""
        left = np.maximum(total - than, 0)
        at_least = gammaln(left + at + 1) - gammaln(left + 1) - gammaln(total + at + 1) + gammaln(total + 1)
        return np.where(than > total, 1.0, -np.expm1(at_least))

    below, above = fewer(between[baseline:]), fewer(between[baseline:] + 1)
    as_few = below + luck(np.uint64(key), at) * (above - below)
    return as_few, as_few <= chance

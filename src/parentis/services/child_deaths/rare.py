"""Charts of rare events: by days between deaths (t-chart), or by other deaths between two of a kind (g-chart)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from parentis.services.child_deaths.budget import Method, Share
from parentis.services.child_deaths.charts import chances, g_chart, luck, t_chart

YEAR: Final = 12.0
"A year in months of equal exposure."
SAME_DAY: Final = 64
"Most deaths of one day that are given different times."
FEWEST: Final = 3
"Deaths needed before a gap has another one to be compared with."


@dataclass(frozen=True, slots=True)
class Looks:
    """A look at each gap from `baseline` on: `sizes` of all gaps (days or deaths), `signals` of the gaps looked at."""

    baseline: int
    sizes: np.ndarray
    signals: np.ndarray


def looks(
    share: Share, days: np.ndarray, kind: np.ndarray, months: Sequence[date], exposure: np.ndarray, begin: int, key: int
) -> Looks | None:
    """The looks at a stream with budget `share`; None while it has too few deaths.

    Args:
        days: ordinals of deaths in order, all before the end of `months`; `kind`: which of them are the stream's.
        exposure: each month's relative exposure, 1 for a standard month; shape (months,).
        begin: number of months before the first possible signal.
    """
    mine = days[kind]
    if len(mine) < FEWEST:
        return None
    times = operational(mine, months, exposure, key)
    baseline = max(1, int(np.sum(times < exposure[:begin].sum())) - 1)
    gaps = np.diff(times)
    if baseline >= len(gaps):
        return None
    allowed = chances(gaps, baseline=baseline, a_year=share.given, year=YEAR)
    if share.stream.method is Method.T_CHART:
        return Looks(baseline, gaps * 365.25 / YEAR, t_chart(gaps, baseline=baseline, chance=allowed)[1])
    between = np.diff(np.flatnonzero(kind)) - 1
    return Looks(baseline, between + 1.0, g_chart(between, baseline=baseline, chance=allowed, key=key)[1])


def operational(days: np.ndarray, months: Sequence[date], exposure: np.ndarray, key: int) -> np.ndarray:
    """Days of death (ordinals, in order) in operational time, by expected deaths (a standard month is 1). Deaths of
    one day get different times, fixed by `key` and the day: gaps of zero days would otherwise be far too
    frequent."""
    last = months[-1]
    over = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    starts = np.array([*(month.toordinal() for month in months), over.toordinal()], dtype=float)
    same = np.arange(len(days)) - np.searchsorted(days, days)
    hours = luck(np.uint64(key), days * SAME_DAY + same % SAME_DAY)
    made: np.ndarray = np.interp(np.sort(days + hours), starts, np.concatenate([[0.0], np.cumsum(exposure)]))
    return made

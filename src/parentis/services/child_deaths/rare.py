"""Looks at a stream of few: by the days between two deaths (t-chart), or the others between two of a kind (g-chart)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from parentis.services.child_deaths.budget import Method, Share
from parentis.services.child_deaths.charts import chances, g_chart, luck, t_chart

YEAR: Final = 12.0
"Of months of equal exposure."
SAME_DAY: Final = 64
"Deaths of one day that are told apart, at most."
FEWEST: Final = 3
"Deaths before which there is no gap to compare another with."


@dataclass(frozen=True, slots=True)
class Looks:
    """One at each gap from `baseline` on: `sizes` of all gaps (days, or deaths), `signals` of those looked at."""

    baseline: int
    sizes: np.ndarray
    signals: np.ndarray


def looks(
    share: Share, days: np.ndarray, kind: np.ndarray, months: Sequence[date], exposure: np.ndarray, begin: int, key: int
) -> Looks | None:
    """Of a stream whose share of the budget is `share`; None while there are too few.

    Args:
        days: ordinals of deaths in order, all before the end of `months`; `kind`: which of them are the stream's.
        exposure: what each month has of what deaths come from, a standard month being 1; shape (months,).
        begin: months before which nothing signals.
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
    """Days of death (ordinals, in order) on a clock that runs by what is expected, a standard month being 1. Deaths of
    one day have an hour each that `key` and the day decide: a gap of no days would else be far likelier than chance."""
    last = months[-1]
    over = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    starts = np.array([*(month.toordinal() for month in months), over.toordinal()], dtype=float)
    same = np.arange(len(days)) - np.searchsorted(days, days)
    hours = luck(np.uint64(key), days * SAME_DAY + same % SAME_DAY)
    made: np.ndarray = np.interp(np.sort(days + hours), starts, np.concatenate([[0.0], np.cumsum(exposure)]))
    return made

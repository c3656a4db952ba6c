"""Worlds of known truth: deaths that come by chance alone, to see what the charts make of them.

`false_alarms` runs the charts month by month as the page does: each month's chart is of what was notified by then, with
the share that is estimated from that world's own delays. Nothing in these worlds changes, so every alarm is false.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
from scipy.stats import binom, poisson

from parentis.errors import DeclarationError
from parentis.services.child_deaths.budget import Budget, Method, Share, Stream, budget, method_for
from parentis.services.child_deaths.charts import CERTAIN, luck, t_chart
from parentis.services.child_deaths.nowcast import Delays, fit_delays, nowcast
from parentis.services.child_deaths.streams import BASELINE_MONTHS, SEASON

FIRST: Final = date(2001, 1, 1)
YEARLY: Final = 571.0
SHARES: Final[Mapping[str, tuple[float, ...]]] = {
    "footprint": (62, 79, 89, 99, 109, 133),
    "age": (43, 18, 13, 8, 8, 10),
    "cause": (3, 2, 6, 8, 7, 6, 25, 32, 6, 5),
}
"Of deaths: six footprints as expected, six ages, ten likely causes; drawn apart from one another."
OFFSETS: Final = 4
"Months after a month's entry in which what is known of it still grows; then it stands."
NEAR: Final = 1
"A month enters at the end of the next."


@dataclass(frozen=True, slots=True)
class World:
    """`died`, `told`: ordinals, shape (deaths,). `kind[name]`: which of a share's parts each death is, same shape."""

    died: np.ndarray
    told: np.ndarray
    kind: Mapping[str, np.ndarray]
    months: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """False alarms in so many years beside those promised a year, and of each stream."""

    years: int
    alarms: int
    promised: float
    by_stream: Mapping[str, tuple[int, float]]

    @property
    def rate(self) -> float:
        return self.alarms / self.years


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of how many nowcasts the interval held the truth; `day`: days after the span's last."""

    day: int
    held: int
    of: int
    width: float

    @property
    def share(self) -> float:
        return self.held / self.of


def world(seed: int, years: int, *, yearly: float = YEARLY, mean_delay: float = 5.0, spread: float = 0.03) -> World:
    """Deaths of so many years. `spread`: correlation between deaths of one week in being notified early."""
    random = np.random.Generator(np.random.Philox(key=np.array([seed, 77], dtype=np.uint64)))
    months, month = [], FIRST
    while month.year < FIRST.year + years:
        months.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    days = np.arange(FIRST.toordinal(), month.toordinal())
    season = np.array([SEASON[date.fromordinal(int(day)).month - 1] for day in days])
    died = np.repeat(days, random.poisson(yearly / 365.25 * season))
    week = died // 7
    times = 1 / spread - 1
    early = {each: random.beta(0.6 * times, 0.4 * times) for each in np.unique(week)}
    quick = random.random(len(died)) < np.array([early[each] for each in week])
    wait = np.where(quick, random.geometric(1 / 2.5, len(died)) - 1, random.geometric(1 / (2 * mean_delay), len(died)))
    told = died + wait
    # Three in four of what falls on a weekend waits for the Monday.
    weekend = (told - 1) % 7
    later = (weekend >= 5) & (random.random(len(died)) < 0.75)
    told = told + np.where(later, 7 - weekend, 0)
    kind = {
        name: random.choice(len(share), size=len(died), p=np.array(share) / sum(share))
        for name, share in SHARES.items()
    }
    return World(died=died, told=told, kind=kind, months=tuple(months))


def page(*, a_year: float = 1.0, yearly: float = YEARLY) -> Budget:
    """The page's budget over London, footprints, ages and likely causes, at what they truly expect."""
    streams = [Stream(id="london", title="London", monthly=yearly / 12)]
    for name, share in SHARES.items():
        for at, part in enumerate(share):
            monthly = yearly / 12 * part / sum(share)
            streams.append(Stream(id=f"{name}={at}", title=name, monthly=monthly, method=method_for(monthly)))
    return budget(streams, a_year=a_year)


def false_alarms(worlds: int, years: int, *, seed: int = 1, a_year: float = 1.0, yearly: float = YEARLY) -> Alarms:
    """Alarms in `worlds` worlds of `years` watched years each, after a baseline year."""
    shared = page(a_year=a_year, yearly=yearly)
    counted = {share.stream.id: 0 for share in shared.shares}
    for number in range(worlds):
        made = world(seed * 100_003 + number, years + BASELINE_MONTHS // 12 + 1, yearly=yearly)
        complete = _complete(made)
        for at, share in enumerate(shared.shares):
            mine = _members(made, share.stream.id)
            watched = years * 12
            if share.stream.method is Method.T_CHART:
                counted[share.stream.id] += _rare_alarms(made, mine, share, watched)
            else:
                key = (seed * 1_000_003 + number) * 64 + at
                counted[share.stream.id] += _alarms(_counts(made, mine), complete, share, made.months, watched, key)
    return Alarms(
        years=worlds * years, alarms=sum(counted.values()), promised=shared.promised,
        by_stream={share.stream.id: (counted[share.stream.id], share.promised) for share in shared.shares},
    )  # fmt: skip


def coverage(worlds: int, days: Sequence[int], *, seed: int = 1, span: int = 7, each: int = 6) -> tuple[Coverage, ...]:
    """How often the nowcast of a span's deaths holds the truth, so many days after it; `each` times a world."""
    held, width = dict.fromkeys(days, 0), dict.fromkeys(days, 0.0)
    for number in range(worlds):
        made = world(seed * 7919 + number, 3)
        for at in range(each):
            last = FIRST + timedelta(days=500 + 61 * at)
            first = last - timedelta(days=span - 1)
            truth = int(np.sum((made.died >= first.toordinal()) & (made.died <= last.toordinal())))
            for day in days:
                as_of = last + timedelta(days=day)
                known = (made.died <= as_of.toordinal()) & (made.told <= as_of.toordinal())
                delays = fit_delays(made.died[known], made.told[known], as_of.toordinal())
                found = nowcast(delays, made.died[known], made.told[known], (first, last), as_of, yearly=YEARLY,
                                seed=number * 100 + at)  # fmt: skip
                held[day] += found.low <= truth <= found.high
                width[day] += found.high - found.low
    of = worlds * each
    return tuple(Coverage(day=day, held=held[day], of=of, width=width[day] / of) for day in days)


def _members(made: World, stream: str) -> np.ndarray:
    name, _, part = stream.partition("=")
    return np.ones(len(made.died), dtype=bool) if name == "london" else made.kind[name] == int(part)


def _ends(months: Sequence[date]) -> np.ndarray:
    """Ordinals of the last day of each month, and of `OFFSETS` more."""
    starts = list(months)
    for _ in range(OFFSETS + 1):
        last = starts[-1]
        starts.append(date(last.year + last.month // 12, last.month % 12 + 1, 1))
    return np.array([day.toordinal() - 1 for day in starts[1:]])


def _counts(made: World, mine: np.ndarray) -> np.ndarray:
    """Deaths of each month as known at its entry, and one, two … months later; shape (OFFSETS, months)."""
    ends = _ends(made.months)
    died, told = made.died[mine], made.told[mine]
    month = np.searchsorted(ends, died)
    counts = np.zeros((OFFSETS, len(made.months)), dtype=np.int64)
    for offset in range(OFFSETS):
        known = told <= ends[month + NEAR + offset]
        counts[offset] = np.bincount(month[known], minlength=len(made.months))[: len(made.months)]
    return counts


def _complete(made: World) -> np.ndarray:
    """Shares notified, estimated from one year of the world's own delays; shape (OFFSETS, months)."""
    end = int(made.told.max())
    year = made.months[BASELINE_MONTHS * 2 - 1].toordinal()
    known = made.told <= year
    estimated = fit_delays(made.died[known], made.told[known], year)
    delays: Delays = replace(fit_delays(made.died, made.told, end), within=estimated.within)
    ends = _ends(made.months)
    return np.array([
        [
            float(delays.complete(np.arange(start.toordinal(), ends[at] + 1), int(ends[at + NEAR + offset])).mean())
            for at, start in enumerate(made.months)
        ]
        for offset in range(OFFSETS)
    ])  # fmt: skip


def _alarms(
    counts: np.ndarray, complete: np.ndarray, share: Share, months: Sequence[date], watched: int, key: int
) -> int:
    """Alarms at the newest month, charts of every month made anew from what was known then."""
    season = np.array([SEASON[month.month - 1] for month in months])
    last = BASELINE_MONTHS + watched
    standing, had = np.cumsum(counts[-1]), np.cumsum(season * complete[-1])
    scale = _Scale(share.stream.monthly, luck(np.uint64(key), np.arange(len(months))))
    # settled[m]: on the scale of a standard month, when it and all before it stand.
    settled = scale.of(counts[-1], standing, season * complete[-1] / had, np.arange(len(months)))
    if share.chart is None:
        raise DeclarationError(f"stream {share.stream.id} has no chart")
    reference, decision = float(share.chart.reference), float(share.chart.decision)
    values = np.zeros(len(months))  # after each settled month
    value = 0.0
    for month in range(BASELINE_MONTHS, last):
        value = max(0.0, value + settled[month] - reference)
        value = 0.0 if value >= decision - 1e-9 else value
        values[month] = value
    newest = np.arange(BASELINE_MONTHS, last)
    state = np.where(newest - OFFSETS >= BASELINE_MONTHS, values[np.maximum(newest - OFFSETS, 0)], 0.0)
    back = np.maximum(newest - OFFSETS, 0)
    total, gone = standing[back].astype(float), had[back]
    fired = np.zeros(len(newest), dtype=bool)
    for offset in range(OFFSETS - 1, -1, -1):
        at = newest - offset
        count, exposure = counts[offset][at], season[at] * complete[offset][at]
        total, gone = total + count, gone + exposure
        on = at >= BASELINE_MONTHS
        moved = np.maximum(0.0, state + scale.of(count, total, exposure / gone, at) - reference)
        fired = on & (moved >= decision - 1e-9)
        state = np.where(on, np.where(fired, 0.0, moved), 0.0)
    return int(fired.sum())


@dataclass(frozen=True, slots=True)
class _Scale:
    """Ranks of counts on a standard month, as `charts.standard_counts` has them."""

    standard: float
    luck: np.ndarray

    def of(self, count: np.ndarray, total: np.ndarray, share: np.ndarray, month: np.ndarray) -> np.ndarray:
        above = binom.cdf(count, total, share)
        below = np.where(count > 0, binom.cdf(count - 1, total, share), 0.0)
        rank = np.clip(below + self.luck[month] * (above - below), CERTAIN, 1 - CERTAIN)
        ranked: np.ndarray = poisson.ppf(rank, self.standard)
        return ranked


def _rare_alarms(made: World, mine: np.ndarray, share: Share, watched: int) -> int:
    died = np.sort(made.died[mine])
    begin = made.months[BASELINE_MONTHS].toordinal()
    end = made.months[min(BASELINE_MONTHS + watched, len(made.months) - 1)].toordinal()
    died = died[died < end]
    before = int(np.sum(died < begin)) - 1
    gaps = np.maximum(0.5, np.diff(died).astype(float))
    if before < 1 or len(gaps) <= before:
        return 0
    return int(t_chart(gaps, baseline=before, chance=share.chance)[1].sum())

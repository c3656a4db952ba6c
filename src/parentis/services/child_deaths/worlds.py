"""Simulated deaths at known rates, to measure how the charts behave.

`false_alarms` runs the charts month by month as the page does: each month's chart uses what was notified by then,
with the share notified estimated from that world's own delays. Rates in these worlds are constant, so every alarm is
false.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Final

import numpy as np
from scipy.special import bdtr

from parentis.errors import DeclarationError
from parentis.region import footprints, members, population_0_17
from parentis.services.child_deaths.budget import WORLDS, Budget, Method, Share, Stream, Watching, budget, method_for
from parentis.services.child_deaths.charts import hypergeometric, luck, ranks, standard_of
from parentis.services.child_deaths.clusters import STANDING, WINDOW, cluster_now
from parentis.services.child_deaths.expected import RATES, boroughs, by_rate
from parentis.services.child_deaths.nowcast import Delays, Nowcast, fit_delays, nowcast
from parentis.services.child_deaths.rare import looks
from parentis.services.child_deaths.scan import circles
from parentis.services.child_deaths.stream_list import LATE_FROM, LATE_TO
from parentis.services.child_deaths.streams import BASELINE_MONTHS, SCAN, SEASON

FIRST: Final = date(2001, 1, 1)
YEARLY: Final = 571.0
SHARES: Final[Mapping[str, tuple[float, ...]]] = {
    "age": (43, 18, 13, 8, 8, 10),
    "cause": (3, 2, 6, 8, 7, 6, 25, 32, 6, 5),
    "ethnicity": (24, 22, 10, 8, 32),
    "place": (26, 40, 6, 17, 4, 0.2, 6.8),
    "jar": (9, 6, 0.3, 3, 0.2, 81.5),
    "born": (14, 22, 64),
}
"Shares of deaths, drawn independently. No stream monitors the last of `jar` and of `born`."
WATCHED: Final[Mapping[str, int]] = {"jar": 5, "born": 2}
FLAGS: Final[Mapping[str, float]] = {"flag=0": 0.02, "flag=1": 0.03, "flag=2": 0.01}
GAPS: Final[Mapping[str, float]] = {"no-number": 0.02, "no-ethnicity": 0.05, "no-cause": 0.07}
"Shares of notifications in which something is missing, watched footprint by footprint."
OFFSETS: Final = 4
"Months after a month's entry in which its notifications still grow; then it is final."
NEAR: Final = 1
"A month enters at the end of the next."


@dataclass(frozen=True, slots=True)
class World:
    """`died`, `told`: ordinals, shape (deaths,), in order of death. `area`: index of the borough; `kind[name]`: which
    of a share's parts each death is; `flag[name]`: whether each death has the flag (a statement, or a missing field).
    Same shape."""

    died: np.ndarray
    told: np.ndarray
    area: np.ndarray
    kind: Mapping[str, np.ndarray]
    flag: Mapping[str, np.ndarray]
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
    """Share of nowcasts whose interval contained the truth; `day`: days after the span's last day. `promised`: mean
    stated probability of the intervals. `even`: share in which the randomised rank of the truth lies in the
    middle 95 %, which is 0.95 where predictions are right, even with few deaths. `ranks`: number of ranks in each
    tenth."""

    day: int
    held: int
    of: int
    width: float
    promised: float
    even: int
    ranks: tuple[int, ...]

    @property
    def share(self) -> float:
        return self.held / self.of


def world(
    seed: int, years: int, *, yearly: float = YEARLY, mean_delay: float = 5.0, spread: float = 0.03,
    winter: float = 1.0, rise: tuple[int, float] | None = None,
) -> World:  # fmt: skip
    """Simulate deaths over a number of years.

    Args:
        spread: correlation between deaths of one week in being notified early.
        winter: how much stronger the seasons are than the page assumes.
        rise: the month from which deaths rise, and the ratio by which they do.
    """
    random = np.random.Generator(np.random.Philox(key=np.array([seed, 77], dtype=np.uint64)))
    months, month = [], FIRST
    while month.year < FIRST.year + years:
        months.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    days = np.arange(FIRST.toordinal(), month.toordinal())
    season = np.array([1 + winter * (SEASON[date.fromordinal(int(day)).month - 1] - 1) for day in days])
    if rise:
        season[days >= months[rise[0]].toordinal()] *= rise[1]
    died = np.repeat(days, random.poisson(yearly / 365.25 * season))
    week = died // 7
    times = 1 / spread - 1
    early = {each: random.beta(0.6 * times, 0.4 * times) for each in np.unique(week)}
    quick = random.random(len(died)) < np.array([early[each] for each in week])
    wait = np.where(quick, random.geometric(1 / 2.5, len(died)) - 1, random.geometric(1 / (2 * mean_delay), len(died)))
    told = died + wait
    # Three in four notifications due at a weekend are made on the Monday.
    weekend = (told - 1) % 7
    later = (weekend >= 5) & (random.random(len(died)) < 0.75)
    told = told + np.where(later, 7 - weekend, 0)
    kind = {
        name: random.choice(len(share), size=len(died), p=np.array(share) / sum(share))
        for name, share in SHARES.items()
    }
    expects = np.array(list(_boroughs().values()))
    flag = {name: random.random(len(died)) < share for name, share in {**FLAGS, **GAPS}.items()}
    return World(
        died=died, told=told, area=random.choice(len(expects), size=len(died), p=expects / expects.sum()),
        kind=kind, flag=flag, months=tuple(months),
    )  # fmt: skip


@cache
def _boroughs() -> Mapping[str, float]:
    """Borough to deaths expected a year."""
    held = population_0_17().sort("year").unique("authority", keep="last")
    children = {row["authority"]: float(row["population"]) for row in held.iter_rows(named=True)}
    return by_rate({one.authority: children[one.authority] for one in boroughs()}, RATES["2024"])


@cache
def _footprint_of() -> np.ndarray:
    """The number of each borough's footprint."""
    homes = {code: one.id for one in footprints() if one.kind == "cdr" for code in members(one.id, date.max)}
    names = sorted(set(homes.values()))
    return np.array([names.index(homes[each]) for each in _boroughs()])


def page(*, a_year: float = 1.0, yearly: float = YEARLY) -> Budget:
    """The page's budget over all its streams (`stream_list`), at their true expectations, and the scan."""
    expects, home = np.array(list(_boroughs().values())), _footprint_of()
    sizes = np.bincount(home, weights=expects) / expects.sum() * yearly / 12
    asked: list[tuple[str, float, bool]] = [("london", yearly / 12, False)]
    asked += [(f"footprint={at}", float(size), False) for at, size in enumerate(sizes)]
    for name, share in SHARES.items():
        watched = share[: WATCHED.get(name, len(share))]
        asked += [(f"{name}={at}", yearly / 12 * part / sum(share), False) for at, part in enumerate(watched)]
    asked += [(name, yearly / 12 * share, False) for name, share in FLAGS.items()]
    missing = {"late": _late_share(), **GAPS}
    asked += [(f"{name}={at}", float(size) * share, True) for name, share in missing.items()
              for at, size in enumerate(sizes)]  # fmt: skip
    streams = [
        Stream(id=name, title=name, monthly=monthly, method=method_for(monthly, parts=parts),
               watching=Watching.COMPLETENESS if parts else Watching.DEATHS)
        for name, monthly, parts in asked
    ]  # fmt: skip
    return budget([*streams, SCAN], a_year=a_year)


@cache
def _late_share() -> float:
    made = world(0, 5)
    days = made.told - made.died
    return float(np.mean((days >= LATE_FROM) & (days <= LATE_TO)))


def false_alarms(
    worlds: int, years: int, *, seed: int = 1, a_year: float = 1.0, yearly: float = YEARLY, winter: float = 1.0
) -> Alarms:
    """Alarms in `worlds` worlds of `years` watched years each, after a baseline year."""
    shared = page(a_year=a_year, yearly=yearly)
    counted = {share.stream.id: 0 for share in shared.shares}
    for number in range(worlds):
        made = world(seed * 100_003 + number, years + BASELINE_MONTHS // 12 + 1, yearly=yearly, winter=winter)
        for each, fired in alarms_in(made, shared, years * 12, seed * 1_000_003 + number).items():
            counted[each] += int(fired.sum())
    return Alarms(
        years=worlds * years, alarms=sum(counted.values()), promised=shared.promised,
        by_stream={share.stream.id: (counted[share.stream.id], share.promised) for share in shared.shares},
    )  # fmt: skip


def alarms_in(made: World, shared: Budget, watched: int, key: int) -> Mapping[str, np.ndarray]:
    """Whether each stream signalled, by month from the end of the baseline on (rare streams: by look)."""
    known, found = _Known.of(made), {}
    for at, share in enumerate(shared.shares):
        mine, of = _members(made, share.stream)
        own = key * 128 + at
        if share.stream.method is Method.SCAN:
            found[share.stream.id] = _scan_alarms(made, known, share, watched, own)
        elif share.chart is None:
            found[share.stream.id] = _rare_alarms(made, mine, of, share, watched, own)
        else:
            parts = None if of is None else known.counts(of)
            found[share.stream.id] = _alarms(known.counts(mine), parts, known.complete, share, made.months, watched,
                                             own)  # fmt: skip
    return found


def coverage(
    worlds: int, days: Sequence[int], *, seed: int = 1, span: int = 7, each: int = 6, spread: float = 0.03
) -> tuple[Coverage, ...]:
    """How often the interval of a span's nowcast contains the truth, by days after the span; `each` nowcasts a
    world."""
    found: dict[int, list[Nowcast]] = {day: [] for day in days}
    truths = []
    for number in range(worlds):
        made = world(seed * 7919 + number, 3, spread=spread)
        for at in range(each):
            last = FIRST + timedelta(days=500 + 61 * at)
            first = last - timedelta(days=span - 1)
            truths.append(int(np.sum((made.died >= first.toordinal()) & (made.died <= last.toordinal()))))
            for day in days:
                as_of = last + timedelta(days=day)
                known = (made.died <= as_of.toordinal()) & (made.told <= as_of.toordinal())
                delays = fit_delays(made.died[known], made.told[known], as_of.toordinal())
                found[day].append(nowcast(delays, made.died[known], made.told[known], (first, last), as_of,
                                          yearly=YEARLY, seed=number * 100 + at))  # fmt: skip
    random = np.random.Generator(np.random.Philox(key=np.array([seed, 78], dtype=np.uint64)))
    return tuple(_covered(day, some, truths, random.random(len(truths))) for day, some in found.items())


def _covered(day: int, found: Sequence[Nowcast], truths: Sequence[int], luck: np.ndarray) -> Coverage:
    both = list(zip(found, truths, strict=True))
    ranks = np.array([one.rank(truth, float(part)) for (one, truth), part in zip(both, luck, strict=True)])
    return Coverage(
        day=day, held=sum(one.low <= truth <= one.high for one, truth in both), of=len(both),
        width=float(np.mean([one.high - one.low for one in found])),
        promised=float(np.mean([one.holds for one in found])),
        even=int(np.sum((ranks > 0.025) & (ranks < 0.975))),
        ranks=tuple(map(int, np.histogram(ranks, bins=10, range=(0.0, 1.0))[0])),
    )  # fmt: skip


def _members(made: World, stream: Stream) -> tuple[np.ndarray, np.ndarray | None]:
    """Which deaths are a stream's, and those of which it is a part (None where deaths themselves are monitored)."""
    name, _, part = stream.id.partition("=")
    if name in ("london", "scan"):
        return np.ones(len(made.died), dtype=bool), None
    if name in made.kind:
        return made.kind[name] == int(part), None
    if stream.id in made.flag:
        return made.flag[stream.id], None
    here = _footprint_of()[made.area] == int(part)
    if name == "footprint":
        return here, None
    if name != "late":
        return here & made.flag[name], here
    days = made.told - made.died
    return here & (days >= LATE_FROM) & (days <= LATE_TO), here & (days <= LATE_TO)


def _ends(months: Sequence[date]) -> np.ndarray:
    """Ordinals of the last day of each month, and of `OFFSETS` more."""
    starts = list(months)
    for _ in range(OFFSETS + 1):
        last = starts[-1]
        starts.append(date(last.year + last.month // 12, last.month % 12 + 1, 1))
    return np.array([day.toordinal() - 1 for day in starts[1:]])


@dataclass(frozen=True, slots=True)
class _Known:
    """A world's deaths as notified at each month's entry, and one, two … months later. `month`: of each death;
    `seen[offset]`: whether it is notified by then; `complete[offset]`: share notified, by month."""

    month: np.ndarray
    seen: np.ndarray
    complete: np.ndarray
    months: int

    @classmethod
    def of(cls, made: World) -> "_Known":
        ends = _ends(made.months)
        month = np.searchsorted(ends, made.died)
        seen = np.array([made.told <= ends[month + NEAR + offset] for offset in range(OFFSETS)])
        return cls(month=month, seen=seen, complete=_complete(made), months=len(made.months))

    def counts(self, mine: np.ndarray) -> np.ndarray:
        """Deaths of each month, shape (OFFSETS, months)."""
        return np.array([np.bincount(self.month[seen & mine], minlength=self.months) for seen in self.seen])


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
    counts: np.ndarray, of: np.ndarray | None, complete: np.ndarray, share: Share, months: Sequence[date],
    watched: int, key: int,
) -> np.ndarray:  # fmt: skip
    """Whether the newest month signals, with each month's chart computed anew from what was known then."""
    season = np.array([SEASON[month.month - 1] for month in months])
    exposure = season * complete if of is None else of
    last = BASELINE_MONTHS + watched
    standing, had = np.cumsum(counts[-1]), np.cumsum(exposure[-1])
    scale = _Scale(share.stream.monthly, luck(np.uint64(key), np.arange(len(months))), parts=of is not None)
    # settled[m]: on the scale of a standard month, once it and all earlier months are final.
    settled = scale.of(counts[-1], standing, exposure[-1], had, np.arange(len(months)))
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
    total, gone = standing[back], had[back].astype(float)
    fired = np.zeros(len(newest), dtype=bool)
    for offset in range(OFFSETS - 1, -1, -1):
        at = newest - offset
        count, exposed = counts[offset][at], exposure[offset][at]
        total, gone = total + count, gone + exposed
        on = at >= BASELINE_MONTHS
        moved = np.maximum(0.0, state + scale.of(count, total, exposed, gone, at) - reference)
        fired = on & (moved >= decision - 1e-9)
        state = np.where(on, np.where(fired, 0.0, moved), 0.0)
    return fired


@dataclass(frozen=True, slots=True)
class _Scale:
    """Counts converted to a standard month, as in `charts.standard_counts` or `standard_parts`."""

    standard: float
    luck: np.ndarray
    parts: bool

    def of(
        self, count: np.ndarray, total: np.ndarray, exposed: np.ndarray, gone: np.ndarray, month: np.ndarray
    ) -> np.ndarray:
        def below(least: np.ndarray) -> np.ndarray:
            if self.parts:
                return hypergeometric(least, gone, total, exposed)
            share: np.ndarray = bdtr(least, total, exposed / gone)
            return share

        return standard_of(ranks(below, count, self.luck[month]), self.standard)


def _rare_alarms(
    made: World, mine: np.ndarray, of: np.ndarray | None, share: Share, watched: int, key: int
) -> np.ndarray:
    months = made.months[: BASELINE_MONTHS + watched]
    before = made.died < _ends(months)[len(months) - 1] + 1
    among = before if of is None else before & of
    exposure = np.array([SEASON[month.month - 1] for month in months])
    found = looks(share, made.died[among], mine[among], months, exposure, BASELINE_MONTHS, key)
    return np.zeros(0, dtype=bool) if found is None else found.signals


def _scan_alarms(made: World, known: _Known, share: Share, watched: int, key: int) -> np.ndarray:
    """Whether each month's scan signalled, from what was known then."""
    places, ends = boroughs(), _ends(made.months)
    latitude, longitude = (np.array([getattr(one, name) for one in places]) for name in ("latitude", "longitude"))
    season = np.array([SEASON[month.month - 1] for month in made.months])
    fired = np.zeros(watched, dtype=bool)
    for number in range(watched):
        newest = BASELINE_MONTHS + number
        first = max(0, newest + 1 - STANDING - WINDOW)
        seen = (made.told <= ends[newest + NEAR]) & (known.month >= first) & (known.month <= newest)
        cases = np.zeros((len(places), newest + 1 - first), dtype=np.int32)
        np.add.at(cases, (made.area[seen], known.month[seen] - first), 1)
        offset = np.minimum(newest - np.arange(first, newest + 1), OFFSETS - 1)
        exposure = season[first : newest + 1] * known.complete[offset, np.arange(first, newest + 1)]
        windows = circles(latitude, longitude, cases.sum(axis=1) + 0.5)
        found = cluster_now(cases, exposure, windows, chance=share.chance, worlds=WORLDS, seed=key * 4096 + number,
                            shown=WORLDS)  # fmt: skip
        fired[number] = found is not None and found.signals
    return fired

"""The page's streams month by month, their charts and their alarms.

A month enters a chart once nine in ten of its deaths are expected to have been notified (with delays estimated for
each footprint) and its late notifications are known; its expectation is multiplied by the share notified.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from parentis.services.child_deaths.budget import (
    ALARMS_A_YEAR,
    WORLDS,
    Budget,
    Method,
    Share,
    Stream,
    Watching,
    budget,
    median_months,
    method_for,
)
from parentis.services.child_deaths.charts import (
    Path,
    Signal,
    run,
    standard_counts,
    standard_parts,
)
from parentis.services.child_deaths.clusters import STANDING, WINDOW, cluster_now
from parentis.services.child_deaths.expected import Borough, boroughs, interval
from parentis.services.child_deaths.nowcast import Delays, Nowcast, fit_delays, nowcast
from parentis.services.child_deaths.rare import looks
from parentis.services.child_deaths.records import Deaths
from parentis.services.child_deaths.run_lengths import smallest_visible_rise
from parentis.services.child_deaths.scan import Cluster, circles
from parentis.services.child_deaths.stream_list import LATE_TO, LONDON, Cut, cuts

ENOUGH: Final = 0.9
"Share of a month's deaths that must be expected to be notified before its count enters a chart."
BASELINE_MONTHS: Final = 12
"Months of baseline before a chart begins."
SEASON: Final = (1.10, 1.06, 1.04, 1.0, 0.97, 0.95, 0.94, 0.94, 0.96, 0.99, 1.02, 1.05)
"""Deaths of a month beside the year's mean, January first. An assumed small rise in winter: two years of one region
are too few to estimate seasons. Replace it with NCMD's own when available."""
FEWEST_SCANNED: Final = 10
SCAN: Final = Stream(id="scan", title="Clusters in space and time", monthly=0.0, method=Method.SCAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A stream with its months. `counts`: as notified so far, shape (months,); `complete`: share notified."""

    stream: Stream
    share: Share
    months: tuple[date, ...]
    counts: np.ndarray
    complete: np.ndarray
    path: Path | None
    alarms: tuple["Alarm", ...]
    smallest_visible: float
    "Least rise that the CUSUM detects within a year with probability 0.8; NaN for other charts."
    median: float
    "Median months from the start of a rise by half to its signal, without the data delay."
    of: np.ndarray
    "Deaths of which the counts are a part, shape (months,); equal to `counts` where deaths themselves are monitored."


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What an alarm card says. `ratio`: deaths since `since` to those expected, with its interval of 95 %."""

    stream: str
    title: str
    since: date
    at: date
    deaths: int
    expected: float
    ratio: float
    low: float
    high: float
    promised: float
    "False alarms a year of this stream."
    delay_months: int
    "Months from the end of a month until it enters the chart."
    ends: str
    "What would end the alarm."
    where: tuple[str, ...] = ()
    "Footprints that a cluster overlaps: a scan's circle is never shown."


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The whole Signals page: its budget, its streams, their alarms, the clusters, and how far behind the data are."""

    as_of: date
    budget: Budget
    streams: tuple[Watched, ...]
    clusters: tuple[Cluster, ...]
    delays: Mapping[str, Delays]
    last_month: date | None
    "The last month that is complete enough to be charted."
    nowcasts: tuple[Nowcast, ...]
    delay: int
    "Whole stored months that are not complete enough to be charted."

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        found = [alarm for one in self.streams for alarm in one.alarms]
        return tuple(sorted(found, key=lambda each: (each.at, each.stream), reverse=True))


def watch(of: Deaths, *, a_year: float = ALARMS_A_YEAR, seed: int = 1) -> Watch | None:
    """Everything on the Signals page; None while fewer months are stored than a chart's baseline."""
    if of.cases.is_empty():
        return None
    months = _months(of)
    delays = _delays(of)
    complete = {place: _complete(delays[place], months, of.as_of) for place in delays}
    charted = [at for at in range(len(months)) if _enters(at, months, complete, of.as_of)]
    last = charted[-1] + 1 if charted else 0
    if last <= BASELINE_MONTHS:
        return None
    listed = {one.id: one for one in cuts(sorted(of.cases["footprint"].drop_nulls().unique()))}
    counted = {each: _counted(of, one, months) for each, one in listed.items()}
    shared = budget([*(_stream(one, counted[each]) for each, one in listed.items()), SCAN], a_year=a_year)
    lag = len(months) - last
    watched = [
        _watched(share, listed[share.stream.id], months, counted[share.stream.id], complete, last, of, lag)
        for share in shared.shares
        if share.stream.method is not Method.SCAN
    ]
    clusters, found = _scanned(of, months, complete[LONDON], last, shared.share(SCAN.id), seed, lag)
    nothing = np.zeros(last, dtype=int)
    watched.append(
        Watched(stream=SCAN, share=shared.share(SCAN.id), months=tuple(months[:last]), counts=nothing, of=nothing,
                complete=complete[LONDON][:last], path=None, alarms=found, smallest_visible=float("nan"),
                median=float("nan"))
    )  # fmt: skip
    return Watch(
        as_of=of.as_of, budget=shared, streams=tuple(watched), clusters=clusters, delays=delays,
        last_month=months[last - 1], nowcasts=_nowcasts(of, delays[LONDON], months, seed),
        delay=lag,
    )  # fmt: skip


def _enters(at: int, months: Sequence[date], complete: Mapping[str, np.ndarray], as_of: date) -> bool:
    over = (as_of - _next(months[at])).days + 1
    return over >= LATE_TO and all(share[at] >= ENOUGH for share in complete.values())


def _months(of: Deaths) -> list[date]:
    """Whole months from the start of the first financial year stored to the last month that has ended."""
    first = of.cases["month"].min()
    if not isinstance(first, date):
        return []
    found, month = [], first
    while _next(month) <= of.as_of + timedelta(days=1):
        found.append(month)
        month = _next(month)
    return found


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _delays(of: Deaths) -> dict[str, Delays]:
    """By footprint, and of London; a footprint whose delays cannot be estimated has London's."""
    now = of.as_of.toordinal()

    def fitted(cases: pl.DataFrame) -> Delays:
        died, received = (np.array([day.toordinal() for day in cases[name]], dtype=np.int64)
                          for name in ("died", "received"))  # fmt: skip
        return fit_delays(died, received, now, quiet=_holidays(of))

    whole = fitted(of.cases)
    made = {LONDON: whole}
    for (place,), some in of.cases.filter(pl.col("footprint").is_not_null()).group_by("footprint"):
        recent = some.filter(pl.col("died") > of.as_of - timedelta(days=365))
        made[str(place)] = fitted(some) if recent.height >= FEWEST_SCANNED else whole
    return made


def _holidays(of: Deaths) -> frozenset[int]:
    from parentis.region import bank_holidays

    years = range(of.as_of.year - 2, of.as_of.year + 1)
    return frozenset(day.toordinal() for year in years for day in bank_holidays(year))


def _complete(delays: Delays, months: Sequence[date], as_of: date) -> np.ndarray:
    now = as_of.toordinal()
    return np.array([
        float(delays.complete(np.arange(month.toordinal(), _next(month).toordinal()), now).mean()) for month in months
    ])  # fmt: skip


def _counted(of: Deaths, cut: Cut, months: Sequence[date]) -> tuple[np.ndarray, np.ndarray]:
    """Deaths of a stream by month, and those that they are part of; each of shape (months,)."""
    counts = _by_month(of.cases.filter(cut.where.fill_null(value=False)), months)
    return counts, counts if cut.of is None else _by_month(of.cases.filter(cut.of.fill_null(value=False)), months)


def _by_month(cases: pl.DataFrame, months: Sequence[date]) -> np.ndarray:
    at = {month: number for number, month in enumerate(months)}
    counts = np.zeros(len(months), dtype=np.int64)
    for month, count in cases.group_by("month").len().iter_rows():
        if month in at:
            counts[at[month]] = count
    return counts


def _stream(cut: Cut, counted: tuple[np.ndarray, np.ndarray]) -> Stream:
    monthly = float(counted[0][:BASELINE_MONTHS].mean())
    parts = cut.watching is Watching.COMPLETENESS
    return Stream(
        id=cut.id, title=cut.title, monthly=monthly, method=method_for(monthly, parts=parts), watching=cut.watching
    )


def _watched(
    share: Share, cut: Cut, months: Sequence[date], counted: tuple[np.ndarray, np.ndarray],
    complete: Mapping[str, np.ndarray], last: int, of: Deaths, lag: int,
) -> Watched:  # fmt: skip
    counts, whole = (each[:last] for each in counted)
    notified = complete[cut.place][:last]
    exposure = np.array([SEASON[month.month - 1] for month in months[:last]]) * notified
    key = zlib.crc32(cut.id.encode())
    path, smallest = None, float("nan")
    if share.chart is None:
        alarms = _rare(share, cut, of, months[:last], exposure, key, lag)
    else:
        if cut.watching is Watching.DEATHS:
            standard = standard_counts(counts, exposure, BASELINE_MONTHS, share.stream.monthly, key=key)
        else:
            standard, exposure = (
                standard_parts(counts, whole, BASELINE_MONTHS, share.stream.monthly, key=key), whole.astype(float),
            )  # fmt: skip
        path = run(share.chart, standard)
        alarms = tuple(_alarm(share, one, months, counts, exposure, lag) for one in path.signals)
        smallest = smallest_visible_rise(share.chart)
    return Watched(stream=share.stream, share=share, months=tuple(months[:last]), counts=counts, of=whole,
                   complete=notified, path=path, alarms=alarms, smallest_visible=smallest,
                   median=median_months(share))  # fmt: skip


def _alarm(
    share: Share, signal: Signal, months: Sequence[date], counts: np.ndarray, exposure: np.ndarray, lag: int
) -> Alarm:
    first, at = signal.since + BASELINE_MONTHS, signal.at + BASELINE_MONTHS
    since = int(counts[first : at + 1].sum())
    expected = float(counts[:first].sum() / exposure[:first].sum() * exposure[first : at + 1].sum())
    low, high = interval(since)
    return Alarm(
        stream=share.stream.id, title=share.stream.title, since=months[first], at=months[at], deaths=since,
        expected=expected, ratio=since / expected, low=low / expected, high=high / expected, promised=share.promised,
        delay_months=lag, ends="Its chart began anew after it; as many deaths as expected keep it low.",
    )  # fmt: skip


def _rare(
    share: Share, cut: Cut, of: Deaths, months: Sequence[date], exposure: np.ndarray, key: int, lag: int
) -> tuple[Alarm, ...]:
    """Alarms of a rare stream. They give the month and not the day: a day of death would identify a child."""
    among = of.cases.filter(pl.col("died") < _next(months[-1]))
    among = among if cut.of is None else among.filter(cut.of.fill_null(value=False))
    kind = among.select(cut.where.fill_null(value=False)).to_series().to_numpy()
    days = np.array([day.toordinal() for day in among["died"]], dtype=np.int64)
    found = looks(share, days, kind, months, exposure, BASELINE_MONTHS, key)
    if found is None:
        return ()
    made, mine = [], days[kind]
    (low, high), unit = interval(1), "days" if share.stream.method is Method.T_CHART else "deaths"
    for number in np.flatnonzero(found.signals):
        at = found.baseline + number
        gap, usual = found.sizes[at], float(found.sizes[:at].mean())
        first, last = (date.fromordinal(int(each)).replace(day=1) for each in mine[at : at + 2])
        made.append(
            Alarm(stream=share.stream.id, title=share.stream.title, since=first, at=last, deaths=2,
                  expected=1 + gap / usual, ratio=usual / gap, low=low * usual / gap, high=high * usual / gap,
                  promised=share.promised, delay_months=lag, ends=f"A gap of the usual {usual:.0f} {unit}.")
        )  # fmt: skip
    return tuple(made)


def _scanned(
    of: Deaths, months: Sequence[date], complete: np.ndarray, last: int, share: Share, seed: int, lag: int
) -> tuple[tuple[Cluster, ...], tuple[Alarm, ...]]:
    """The strongest cluster that reaches to the last charted month, and its alarm if it signals."""
    places: Sequence[Borough] = boroughs()
    first = max(0, last - STANDING - WINDOW)
    at = {one.authority: number for number, one in enumerate(places)}
    month_at = {month: number for number, month in enumerate(months[first:last])}
    cases = np.zeros((len(places), last - first), dtype=np.int32)
    for authority, month, count in of.cases.group_by("authority", "month").len().iter_rows():
        if authority in at and month in month_at:
            cases[at[authority], month_at[month]] += count
    if cases.sum() < FEWEST_SCANNED:
        return (), ()
    season = np.array([SEASON[month.month - 1] for month in months[first:last]]) * complete[first:last]
    windows = circles(
        np.array([one.latitude for one in places]), np.array([one.longitude for one in places]),
        cases.sum(axis=1) + 0.5,
    )  # fmt: skip
    found = cluster_now(cases, season, windows, chance=share.chance, worlds=WORLDS, seed=seed)
    if found is None:
        return (), ()
    one = replace(found.cluster, first=found.cluster.first + first, last=found.cluster.last + first)
    if not found.signals:
        return (one,), ()
    low, high = interval(one.cases)
    homes = dict(of.cases.select("authority", "footprint").unique().iter_rows())
    where = tuple(sorted({homes[places[each].authority] for each in one.areas if places[each].authority in homes}))
    alarm = Alarm(
        stream=SCAN.id, title=SCAN.title, since=months[one.first], at=months[one.last], deaths=one.cases,
        expected=one.expected, ratio=one.cases / one.expected, low=low / one.expected, high=high / one.expected,
        promised=share.promised, delay_months=lag, ends="Months in which no circle about these boroughs stands out.",
        where=where,
    )  # fmt: skip
    return (one,), (alarm,)


def _nowcasts(of: Deaths, delays: Delays, months: Sequence[date], seed: int) -> tuple[Nowcast, ...]:
    """London's last six whole months: as notified, and how many there are likely to be."""
    died, received = (np.array([day.toordinal() for day in of.cases[name]], dtype=np.int64)
                      for name in ("died", "received"))  # fmt: skip
    yearly = len(died) / max(1.0, (of.as_of.toordinal() - int(died.min())) / 365.25)
    return tuple(
        nowcast(delays, died, received, (month, _next(month) - timedelta(days=1)), of.as_of, yearly=yearly, seed=seed)
        for month in months[-6:]
    )

"""The page's streams: what is watched, what each had month by month, and what its chart said.

Causes belong to London, completeness to footprints, families to boroughs: so London's deaths are watched whole, by age
and by likely cause, and each footprint's whole. Months enter a chart once nine deaths in ten of them are expected to be
notified, by delays estimated footprint by footprint; each is read with the share that is.
"""

import itertools
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from parentis.returns.child_deaths import labels
from parentis.services.child_deaths.budget import (
    ALARMS_A_YEAR,
    Budget,
    Method,
    Share,
    Stream,
    budget,
    method_for,
)
from parentis.services.child_deaths.charts import Path, Signal, run, standard_counts, t_chart
from parentis.services.child_deaths.expected import Borough, boroughs, interval
from parentis.services.child_deaths.nowcast import Delays, Nowcast, fit_delays, nowcast
from parentis.services.child_deaths.records import Deaths
from parentis.services.child_deaths.run_lengths import smallest_visible_rise
from parentis.services.child_deaths.scan import Cluster, circles, scan

ENOUGH: Final = 0.9
"Share of a month's deaths that must be expected to be notified before its count enters a chart."
BASELINE_MONTHS: Final = 12
"Months that a chart stands on before it begins."
LONDON: Final = "london"
SEASON: Final = (1.10, 1.06, 1.04, 1.0, 0.97, 0.95, 0.94, 0.94, 0.96, 0.99, 1.02, 1.05)
"""Deaths of a month beside the year's mean, January first. A gentle winter's rise, taken as given: two years of one
region cannot tell a season from chance. Replace it by NCMD's own when it is to be had."""
FEWEST_SCANNED: Final = 10


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
    "Least rise that it sees within a year with probability 0.8; not a number for other charts."


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
    "From the end of a month to its entering the chart."
    ends: str
    "What would end it."
    where: tuple[str, ...] = ()
    "Footprints that a cluster touches: a scan's circle is never shown."


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

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        found = [alarm for one in self.streams for alarm in one.alarms]
        return tuple(sorted(found, key=lambda each: (each.at, each.stream), reverse=True))


def watch(of: Deaths, *, a_year: float = ALARMS_A_YEAR, seed: int = 1, replicates: int = 999) -> Watch | None:
    """Everything on the Signals page; None while fewer months are held than a chart stands on."""
    if of.cases.is_empty():
        return None
    months = _months(of)
    delays = _delays(of)
    complete = {place: _complete(delays[place], months, of.as_of) for place in delays}
    charted = [at for at in range(len(months)) if all(share[at] >= ENOUGH for share in complete.values())]
    last = charted[-1] + 1 if charted else 0
    if last <= BASELINE_MONTHS:
        return None
    counted = _counted(of, months)
    streams = [one for one in _streams(counted, months) if one.monthly > 0]
    shared = budget([*streams, Stream(id="scan", title="Clusters in space and time", monthly=0.0, method=Method.SCAN)],
                    a_year=a_year)  # fmt: skip
    lag = len(months) - last
    watched = []
    for share in shared.shares:
        if share.stream.method is Method.SCAN:
            continue
        counts = counted[share.stream.id]
        place = share.stream.id if share.stream.id in complete else LONDON
        watched.append(_watched(share, months, counts, complete[place], last, of, lag))
    clusters, found = _scanned(of, months, complete[LONDON], last, shared.share("scan"), seed, replicates, lag)
    watched.append(
        Watched(stream=shared.share("scan").stream, share=shared.share("scan"), months=tuple(months[:last]),
                counts=np.zeros(last, dtype=int), complete=complete[LONDON][:last], path=None, alarms=found,
                smallest_visible=float("nan"))
    )  # fmt: skip
    return Watch(
        as_of=of.as_of, budget=shared, streams=tuple(watched), clusters=clusters, delays=delays,
        last_month=months[last - 1], nowcasts=_nowcasts(of, delays[LONDON], months, seed),
    )  # fmt: skip


def _months(of: Deaths) -> list[date]:
    """Whole months from the first of the first financial year held to the last that is over."""
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
    """By footprint, and of London; a footprint whose delays cannot be told has London's."""
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


def _counted(of: Deaths, months: Sequence[date]) -> dict[str, np.ndarray]:
    """Stream → deaths by month."""
    cuts = {
        LONDON: pl.lit(value=True),
        **{str(place): pl.col("footprint") == place for place in sorted(of.cases["footprint"].drop_nulls().unique())},
        **{f"age={each}": pl.col("AGE") == each for each in labels("age")},
        **{f"cause={each}": pl.col("LIKELY") == each for each in labels("category")},
    }
    at = {month: number for number, month in enumerate(months)}
    made = {}
    for stream, where in cuts.items():
        counts = np.zeros(len(months), dtype=np.int64)
        for month, count in of.cases.filter(where.fill_null(value=False)).group_by("month").len().iter_rows():
            if month in at:
                counts[at[month]] = count
        made[stream] = counts
    return made


def _streams(counted: Mapping[str, np.ndarray], months: Sequence[date]) -> list[Stream]:
    from parentis.region import footprint

    words = {LONDON: "London, all deaths"}
    words |= {f"age={each}": f"London, {label[0].lower()}{label[1:]}" for each, label in labels("age").items()}
    words |= {f"cause={each}": f"London, {label[0].lower()}{label[1:]}" for each, label in labels("category").items()}
    made = []
    for stream, counts in counted.items():
        monthly = float(counts[:BASELINE_MONTHS].mean())
        title = words.get(stream) or footprint(stream).name
        made.append(Stream(id=stream, title=title, monthly=monthly, method=method_for(monthly)))
    return made


def _watched(
    share: Share, months: Sequence[date], counts: np.ndarray, complete: np.ndarray, last: int, of: Deaths, lag: int
) -> Watched:
    exposure = np.array([SEASON[month.month - 1] for month in months[:last]]) * complete[:last]
    key = zlib.crc32(share.stream.id.encode())
    path, alarms, smallest = None, tuple[Alarm, ...](), float("nan")
    if share.chart is not None:
        standard = standard_counts(counts[:last], exposure, BASELINE_MONTHS, share.stream.monthly, key=key)
        path = run(share.chart, standard)
        alarms = tuple(_alarm(share, one, months, counts, exposure, lag) for one in path.signals)
        smallest = smallest_visible_rise(share.chart)
    else:
        alarms = _rare(share, of, months, last, lag)
    return Watched(stream=share.stream, share=share, months=tuple(months[:last]), counts=counts[:last],
                   complete=complete[:last], path=path, alarms=alarms, smallest_visible=smallest)  # fmt: skip


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


def _rare(share: Share, of: Deaths, months: Sequence[date], last: int, lag: int) -> tuple[Alarm, ...]:
    kind, _, value = share.stream.id.partition("=")
    column = {"age": "AGE", "cause": "LIKELY"}.get(kind)
    if column is None:
        return ()
    end = _next(months[last - 1])
    days = sorted(of.cases.filter(pl.col(column) == value, pl.col("died") < end)["died"].to_list())
    gaps = np.array([max(0.5, (b - a).days) for a, b in itertools.pairwise(days)], dtype=float)
    before = sum(day < _after(months[0], BASELINE_MONTHS) for day in days) - 1
    if before < 1 or len(gaps) <= before:
        return ()
    _chances, signals = t_chart(gaps, baseline=before, chance=share.chance)
    made = []
    for number in np.flatnonzero(signals):
        gap, usual = gaps[before + number], float(gaps[: before + number].mean())
        low, high = interval(1)
        made.append(
            Alarm(stream=share.stream.id, title=share.stream.title, since=days[before + number],
                  at=days[before + number + 1], deaths=2, expected=gap / usual, ratio=usual / gap,
                  low=low * usual / gap, high=high * usual / gap, promised=share.promised, delay_months=lag,
                  ends=f"A gap of the usual {usual:.0f} days.")
        )  # fmt: skip
    return tuple(made)


def _after(month: date, months: int) -> date:
    for _ in range(months):
        month = _next(month)
    return month


def _scanned(
    of: Deaths, months: Sequence[date], complete: np.ndarray, last: int, share: Share, seed: int, replicates: int,
    lag: int,
) -> tuple[tuple[Cluster, ...], tuple[Alarm, ...]]:  # fmt: skip
    """Clusters that reach to the last charted month: shares of the boroughs are those of the months before the spans
    that are looked at, so that a cluster is no part of what it is compared with."""
    places: Sequence[Borough] = boroughs()
    at = {one.authority: number for number, one in enumerate(places)}
    month_at = {month: number for number, month in enumerate(months[:last])}
    cases = np.zeros((len(places), last), dtype=np.int32)
    for authority, month, count in of.cases.group_by("authority", "month").len().iter_rows():
        if authority in at and month in month_at:
            cases[at[authority], month_at[month]] += count
    window = min(6, last // 2)
    if cases.sum() < FEWEST_SCANNED:
        return (), ()
    base = cases[:, : last - window].sum(axis=1) + 0.5
    season = np.array([SEASON[month.month - 1] for month in months[:last]]) * complete[:last]
    expected = base[:, None] * season[None, :]
    windows = circles(np.array([one.latitude for one in places]), np.array([one.longitude for one in places]), base)
    clusters = scan(cases, expected, windows, longest=window, replicates=replicates, seed=seed)
    homes = dict(of.cases.select("authority", "footprint").unique().iter_rows())
    alarms = []
    for one in clusters[:1]:
        if one.p > share.chance:
            continue
        low, high = interval(one.cases)
        where = tuple(sorted({homes[places[each].authority] for each in one.areas if places[each].authority in homes}))
        alarms.append(
            Alarm(stream="scan", title=share.stream.title, since=months[one.first], at=months[one.last],
                  deaths=one.cases, expected=one.expected, ratio=one.cases / one.expected, low=low / one.expected,
                  high=high / one.expected, promised=share.promised, delay_months=lag,
                  ends="Months in which no circle about these boroughs stands out.", where=where)
        )  # fmt: skip
    return clusters, tuple(alarms)


def _nowcasts(of: Deaths, delays: Delays, months: Sequence[date], seed: int) -> tuple[Nowcast, ...]:
    """London's last six whole months: as notified, and how many there are likely to be."""
    died, received = (np.array([day.toordinal() for day in of.cases[name]], dtype=np.int64)
                      for name in ("died", "received"))  # fmt: skip
    yearly = len(died) / max(1.0, (of.as_of.toordinal() - int(died.min())) / 365.25)
    return tuple(
        nowcast(delays, died, received, (month, _next(month) - timedelta(days=1)), of.as_of, yearly=yearly, seed=seed)
        for month in months[-6:]
    )

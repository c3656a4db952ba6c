"""One budget of false alarms for the whole page, shared among its streams, and whether it was kept.

A page with many charts gives as many false alarms as all of them together: seventy streams at one in ten years each
would give one every 1.7 months. The page has a total rate ("one a year"); each chart is designed for its stream's
share.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from parentis.errors import DeclarationError
from parentis.services.child_deaths.expected import interval
from parentis.services.child_deaths.run_lengths import Chart, design, median_to_signal

ALARMS_A_YEAR: Final = 1.0
"The page's budget, unless a named person has raised it with a reason."
RISE: Final = 1.5
RARE: Final = 0.25
"Expected events a month below which a chart uses the gaps between events (days, or other deaths), not monthly counts."
WORLDS: Final = 10
"Simulated worlds that may exceed the observed cluster while it still signals; more give a finer false-alarm rate."
MEDIAN: Final = 0.5


class Watching(StrEnum):
    """The subject of a stream: the number of deaths, or how complete their notifications are."""

    DEATHS = "deaths"
    COMPLETENESS = "completeness"


class Method(StrEnum):
    CUSUM = "cusum"
    T_CHART = "t-chart"
    G_CHART = "g-chart"
    SCAN = "scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A monitored series: `monthly` is the expected number a month of deaths, or of incomplete notifications."""

    id: str
    title: str
    monthly: float
    method: Method = Method.CUSUM
    watching: Watching = Watching.DEATHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A stream's part of the budget: `promised` false alarms a year, never above `given`. `chance`: the
    probability of a false alarm at one look of a scan. A look of a g- or t-chart uses the part of the budget for the
    time since the look before (`charts.chances`)."""

    stream: Stream
    given: float
    promised: float
    chart: Chart | None
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    a_year: float
    shares: tuple[Share, ...]

    @property
    def promised(self) -> float:
        """False alarms a year of the whole page, as its charts are designed."""
        return sum(one.promised for one in self.shares)

    def share(self, stream_id: str) -> Share:
        for one in self.shares:
            if one.stream.id == stream_id:
                return one
        raise DeclarationError(f"{stream_id!r} is no stream of this page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Realised false alarms beside the promise: 95 % interval of the rate a year; `kept`: the promise lies in it."""

    years: float
    alarms: int
    rate: float
    low: float
    high: float
    promised: float
    kept: bool


def method_for(monthly: float, *, parts: bool = False) -> Method:
    """`parts`: the stream is a part of the cases (a share), not the number of cases."""
    return Method.CUSUM if monthly >= RARE else Method.G_CHART if parts else Method.T_CHART


def budget(
    streams: Sequence[Stream], *, a_year: float = ALARMS_A_YEAR, weights: Mapping[str, float] | None = None
) -> Budget:
    """The budget shared equally, or by `weights` (stream id → weight, 1 where it has none)."""
    if not streams or a_year <= 0:
        raise DeclarationError("a budget needs streams, and a rate above zero")
    if len({one.id for one in streams}) != len(streams):
        raise DeclarationError("a stream is there twice")
    weight = {one.id: (weights or {}).get(one.id, 1.0) for one in streams}
    total = sum(weight.values())
    return Budget(a_year=a_year, shares=tuple(_share(one, a_year * weight[one.id] / total) for one in streams))


def _share(stream: Stream, given: float) -> Share:
    if stream.method is Method.CUSUM:
        chart = design(stream.monthly, RISE, 12 / given)
        return Share(stream=stream, given=given, promised=12 / chart.run_length, chart=chart, chance=0.0)
    if stream.method is not Method.SCAN:
        return Share(stream=stream, given=given, promised=given, chart=None, chance=0.0)
    chance = min(0.5, WORLDS / math.ceil(WORLDS / (given / 12)))
    return Share(stream=stream, given=given, promised=chance * 12, chart=None, chance=chance)


def median_months(share: Share, *, ratio: float = RISE) -> float:
    """Months from the start of a rise until half of such charts signal; NaN for a scan, which looks for local
    clusters and not for a general rise."""
    if share.chart is not None:
        return float(median_to_signal(share.chart, ratio))
    if share.stream.method is Method.SCAN or share.stream.monthly <= 0:
        return math.nan
    # A gap signals where one as short has the look's probability. At `ratio` times the rate, a gap as short has the
    # probability of the shortest of that many gaps.
    chance = min(0.5, share.given / (12 * share.stream.monthly))
    each_month = ratio * share.stream.monthly * (1 - (1 - chance) ** ratio)
    return math.log(1 / MEDIAN) / each_month


def kept(alarms: int, years: float, promised: float) -> Kept:
    """False alarms in so many years beside those promised a year."""
    low, high = interval(alarms)
    return Kept(
        years=years, alarms=alarms, rate=alarms / years, low=low / years, high=high / years, promised=promised,
        kept=low / years <= promised <= high / years,
    )  # fmt: skip


def months_between_alarms(streams: int, run_length: float) -> float:
    """Months between false alarms of a page of so many streams, each with so many months between its own."""
    return run_length / streams

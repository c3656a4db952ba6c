"""Sections: what a service puts into packs and pages, as data. `evidence` and the site draw them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Markdown (paragraphs, lists, emphasis). `{measure.id}` or `{measure.id|geography|period|breakdown}`
    becomes the released figure, formatted by its measure and linked to its provenance; an absent figure becomes
    “not available” with the reason. Parts may be left out or empty: no geography is the pack's own footprint, no
    period (or `latest`) the last one held for that measure and place, no breakdown the whole."""

    text: str
    only_with: str = ""
    "A measure's id: while the pack's footprint and its authorities have no figure of it, the block is left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence that stands only where it is true: all its figures exist, the conditions hold, each for the pack's own
    place and the last period, and the figures whose period is not named are of one period, which `{period}` in the text
    says. Otherwise `text` is as `Prose.text`."""

    text: str
    largest: str = ""
    "A measure's id: its figure is above zero, and above each of those of `of`."
    of: tuple[str, ...] = ()
    above_zero: tuple[str, ...] = ()
    below_zero: tuple[str, ...] = ()
    several_periods: bool = False
    "Whether its figures may be of different periods: a month and a year, a stock and a flow."

    @property
    def measures(self) -> tuple[str, ...]:
        """Those of its conditions."""
        return tuple(one for one in (self.largest, *self.of, *self.above_zero, *self.below_zero) if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A few large figures in a row."""

    measures: tuple[str, ...]
    only_with: str = ""
    "As for `Prose`."


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTable:
    """Measures in columns, and in rows, by `rows`: `authority`, `footprint`, `region` (England's, whatever place the
    pack is for), `period`, `breakdown` of the last period, or `breakdown-period`: each breakdown in each period."""

    title: str
    measures: tuple[str, ...]
    rows: str = "authority"
    headings: tuple[str, ...] = ()
    "Short column headings, one a measure, where the table's title says the rest; the measures' titles if empty."
    footprint_kinds: tuple[str, ...] = ()
    "Where rows are footprints: these kinds only (`region`, `sub-region`, `icb` …); every kind if empty."
    labels: Mapping[str, str] = field(default_factory=dict)
    "Words for the values of breakdowns: `foster_agency` → `Fostering, independent agencies`."
    note: str = ""
    sort_by: str | None = None
    "A measure's id, largest first; authorities whose figures are not comparable stand at the end, and that is said."
    only_with: str = ""
    "As for `Prose`."


class ChartKind(StrEnum):
    BAR = "bar"  # one measure by authority, sorted
    TREND = "trend"  # measures over periods, one line each, with interval where there is one
    TILE_MAP = "tile-map"  # one measure over the region's tile grid
    SCATTER = "scatter"  # two measures by authority
    WATERFALL = "waterfall"  # parts that sum to a change
    STACK = "stack"  # breakdowns stacked over periods
    FAN = "fan"  # history, then a forecast with its intervals
    TORNADO = "tornado"  # breakdowns of one measure, each from its low to its high, the widest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of measures. Its data table and its CSV are always shown with it."""

    kind: ChartKind
    title: str
    measures: tuple[str, ...]
    description: str
    "What the picture shows, in words, for people who cannot see it."
    headings: tuple[str, ...] = ()
    "As for `FigureTable`: they name lines, bars and axes."
    labels: Mapping[str, str] = field(default_factory=dict)
    "As for `FigureTable`."
    only_with: str = ""
    "As for `Prose`."
    findings: tuple[Finding, ...] = ()
    "What the chart shows: the first that is true is its title. If none is, one is made from what stands out in it."


Block: TypeAlias = Prose | Headline | FigureTable | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled run of blocks. `packs` says which packs carry it and where: pack id → position."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    packs: Mapping[str, int] = field(default_factory=dict)
    annex: bool = False
    "Whether it stands behind the argument: method, sources, checks."
    otherwise: str = ""
    """Shown while none of the blocks that need figures (`only_with`) can be shown: what would have to be
    submitted. Without this text, such a section is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A pack's first page. Of each part the first finding that is true is shown, then every table that has figures; a
    part of which nothing can be said is named as missing."""

    claim: tuple[Finding, ...]
    number: tuple[Finding, ...] = ()
    cause: tuple[Finding, ...] = ()
    ask: tuple[Finding | FigureTable, ...] = ()
    buys: tuple[Finding | FigureTable, ...] = ()
    refusing: tuple[Finding | FigureTable, ...] = ()
    outcomes: tuple[str, ...] = ()
    "Measures of what children get, shown beside the pounds, with their first period and their last."

    def parts(self) -> tuple[tuple[str, tuple[Finding | FigureTable, ...]], ...]:
        """Title and content of each part after the claim."""
        return (
            ("The number", self.number),
            ("The cause", self.cause),
            ("The ask", self.ask),
            ("What it buys", self.buys),
            ("What refusing costs", self.refusing),
        )

"""Everything that the service's pages show, computed once for each state of the lake."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from parentis.services.child_deaths.budget import ALARMS_A_YEAR, Kept, kept
from parentis.services.child_deaths.detection import median_wait
from parentis.services.child_deaths.level import Visible, level_table
from parentis.services.child_deaths.outside import Released, quarter_end, quarterly
from parentis.services.child_deaths.records import (
    FACTORS,
    NOTIFICATIONS,
    REVIEWS,
    Deaths,
    as_told,
    deaths,
    factors,
    reviews,
)
from parentis.services.child_deaths.streams import BASELINE_MONTHS, Alarm, Watch, watch
from parentis.services.child_deaths.themes import Themes, themes

ALONE: Final = 120.0
"Months between false signals of a stream considered alone: ten years."
SPECIFIED: Final = 70
"Number of streams assumed while none is charted."
MOST_ALARMS: Final = 60
ROUND: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`inside`: for the enclave, as of today; `outside`: for the board, as of the end of the last quarter. `kept[n]`:
    whether the promised rate is kept if n alarms turn out false. `waits`: stream → median months until its present
    chart detects a rise by half; only where requested."""

    as_of: date
    quarter_ends: date
    "The last day covered by `outside`."
    silent_then: tuple[str, ...]
    "Footprints without notifications then."
    left_out: Mapping[str, int]
    silent: tuple[str, ...]
    inside: Watch | None
    outside: tuple[Released, ...]
    themes: Themes | None
    level: tuple[Visible, ...]
    alarms: tuple[Alarm, ...]
    promised: float
    kept: tuple[Kept, ...]
    waits: Mapping[str, float]
    delay: int
    "Whole stored months that are not complete enough to be charted."


def picture_of(
    tables: Mapping[str, pl.DataFrame], *, a_year: float = ALARMS_A_YEAR, seed: int = 1, waits: bool = False
) -> Picture | None:
    """None while no death is stored."""
    found = deaths(tables[NOTIFICATIONS])
    if found.cases.is_empty():
        return None
    inside = watch(found, a_year=a_year, seed=seed)
    then = quarter_end(found.as_of)
    past = deaths(as_told(tables[NOTIFICATIONS], then), as_of=then) if then < found.as_of else found
    outside = watch(past, a_year=a_year, seed=seed) if then < found.as_of else inside
    reviewed = reviews(tables[REVIEWS], found)
    made = themes(reviewed, factors(tables[FACTORS], reviewed)) if reviewed.height else None
    rows = [*_yearly(past), *((f"One cause, {each} a year", float(each)) for each in (24, 12, 6))]
    streams = len(inside.streams) if inside else SPECIFIED
    return Picture(
        as_of=found.as_of, quarter_ends=then, silent_then=past.silent, left_out=found.left_out, silent=found.silent,
        inside=inside, outside=quarterly(outside) if outside else (), themes=made,
        level=level_table(rows, run_lengths=(ALONE, 12 * streams / a_year)),
        alarms=inside.alarms if inside else (), promised=inside.budget.promised if inside else 0.0,
        kept=_kept(inside) if inside else (), waits=_waits(inside) if inside and waits else {},
        delay=inside.delay if inside else 0,
    )  # fmt: skip


def _yearly(past: Deaths) -> list[tuple[str, float]]:
    """Deaths a year of London and of each footprint, to the nearest ten, so that one more death rarely changes them."""
    if past.cases.is_empty():
        return []
    years = max(1.0, (past.as_of - min(past.cases["died"])).days / 365.25)
    counts = [("London, all", past.cases.height)]
    counts += sorted(past.cases.filter(pl.col("footprint").is_not_null()).group_by("footprint").len().iter_rows())
    rounded = [(str(place), ROUND * round(count / years / ROUND)) for place, count in counts]
    return [(place, float(yearly)) for place, yearly in rounded if yearly >= ROUND]


def _kept(inside: Watch) -> tuple[Kept, ...]:
    """For every possible number of false alarms, over the months charted so far."""
    years = (len(inside.streams[0].months) - BASELINE_MONTHS) / 12
    return tuple(kept(alarms, years, inside.budget.promised) for alarms in range(MOST_ALARMS + 1))


def _waits(inside: Watch) -> dict[str, float]:
    """For streams with a CUSUM, by simulation; for rare ones, at the rate of looks so far."""
    return {
        one.stream.id: median_wait(one.share, len(one.months), baseline=BASELINE_MONTHS) if one.path else one.median
        for one in inside.streams
    }

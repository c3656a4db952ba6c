"""All that the service's pages show, worked out once for a state of the lake."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from parentis.services.child_deaths.budget import ALARMS_A_YEAR
from parentis.services.child_deaths.level import Visible, level_table
from parentis.services.child_deaths.outside import Released, quarter_end, quarterly
from parentis.services.child_deaths.records import (
    FACTORS,
    NOTIFICATIONS,
    REVIEWS,
    deaths,
    factors,
    reviews,
)
from parentis.services.child_deaths.streams import Watch, watch
from parentis.services.child_deaths.themes import Themes, themes


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`inside`: for the enclave, as of today; `outside`: for the board, as of the end of the last quarter."""

    as_of: date
    left_out: Mapping[str, int]
    silent: tuple[str, ...]
    inside: Watch | None
    outside: tuple[Released, ...]
    themes: Themes | None
    level: tuple[Visible, ...]


def picture_of(tables: Mapping[str, pl.DataFrame], *, a_year: float = ALARMS_A_YEAR, seed: int = 1) -> Picture | None:
    """None while no death is held."""
    found = deaths(tables[NOTIFICATIONS])
    if found.cases.is_empty():
        return None
    inside = watch(found, a_year=a_year, seed=seed)
    then = quarter_end(found.as_of)
    before = tables[NOTIFICATIONS].filter(pl.col("RECEIVED") <= then)
    outside = watch(deaths(before), a_year=a_year, seed=seed) if then < found.as_of else inside
    reviewed = reviews(tables[REVIEWS], found)
    made = themes(reviewed, factors(tables[FACTORS], reviewed)) if reviewed.height else None
    years = max(1.0, (found.as_of - min(found.cases["died"])).days / 365.25)
    yearly = {"London, all": found.cases.height / years}
    for place, count in sorted(found.cases.filter(pl.col("footprint").is_not_null()).group_by("footprint").len()
                               .iter_rows()):  # fmt: skip
        yearly[str(place)] = count / years
    rows = [(title, each) for title, each in yearly.items() if each > 1]
    rows += [(f"One cause, {each} a year", float(each)) for each in (24, 12, 6)]
    return Picture(
        as_of=found.as_of, left_out=found.left_out, silent=found.silent, inside=inside,
        outside=quarterly(outside) if outside else (), themes=made, level=level_table(rows),
    )  # fmt: skip

"""Ofsted's judgements, shown beside the measures and not used in any score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from parentis import region
from parentis.services.improvement.inspections import JUDGED, WORDS, counted, judgements
from parentis.web.improvement.benchmarks import REGION, frames

SHORT: Final[Mapping[str, str]] = {"OUTSTANDING": "O", "GOOD": "G", "REQUIRES": "RI", "INADEQUATE": "I"}
TITLES: Final[Mapping[str, str]] = {
    "overall": "Overall", "leaders": "Leaders", "help": "Help and protection", "care": "Children in care",
    "leavers": "Care leavers",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inspection:
    """An authority's last inspection. `judged` are titles and words; care leavers are judged apart from 2023 on."""

    inspected: date
    overall: str
    short: str
    judged: tuple[tuple[str, str], ...]


def _last(today: date) -> pl.DataFrame | None:
    held = frames("inspections")
    return judgements(held, today) if held is not None and held.height else None


def grades(today: date) -> dict[str, Inspection]:
    """The last inspection of each authority; empty while none are held."""
    last = _last(today)
    return {} if last is None else {row["geography"]: _inspection(row) for row in last.iter_rows(named=True)}


def inspection_of(place: str, today: date) -> Inspection | None:
    return grades(today).get(place)


def tally(today: date) -> list[tuple[str, int, int]]:
    """Each overall judgement: words, how many of the region's authorities, how many of England's."""
    last = _last(today)
    if last is None:
        return []
    own = counted(last.filter(pl.col("geography").is_in(list(region.members(REGION, today)))))
    return [(WORDS[grade], own[grade], many) for grade, many in counted(last).items()]


def _inspection(row: Mapping[str, Any]) -> Inspection:
    judged = tuple((TITLES[name], WORDS.get(row[name], row[name])) for name in JUDGED if row[name])
    return Inspection(
        row["inspected"], WORDS.get(row["overall"], row["overall"]), SHORT.get(row["overall"], ""), judged
    )

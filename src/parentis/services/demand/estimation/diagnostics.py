"""Diagnostics: estimates for which there are too few data, with the numbers of events and child-years."""

import numpy as np
import polars as pl

from parentis.services.demand.estimation.bands import AGES, YEAR, coordinates
from parentis.services.demand.estimation.exposure import EXIT, MOVE, Exposure
from parentis.services.demand.estimation.histories import CENSORED, Histories

FEW_EVENTS = 10
"Below this many events, a rate depends mostly on other groups: its own 95 % interval would span a factor of four."
FEW_CHILDREN = 20

_SCHEMA = {"part": pl.String, "where": pl.String, "events": pl.Int64, "child_years": pl.Float64, "says": pl.String}


def thin(past: Histories, seen: Exposure) -> pl.DataFrame:
    """`part, where, events, child_years, says`, one row for each rate or authority whose estimate depends mostly on
    others.
    """
    state, age, *_ = coordinates(past.states)
    rows: list[dict[str, object]] = []
    for kind, part, does in ((EXIT, "exits", "leave care"), (MOVE, "moves", "move")):
        events, days = seen.events[kind].sum(axis=0), seen.days.sum(axis=0)
        for number, group in enumerate(past.groups.names):
            own = state == number
            rows += _few(part, group, events[own].sum(), days[own].sum(), f"how often children {does}")
            for band, label in enumerate(AGES):
                both = own & (age == band)
                if events[own].sum() >= FEW_EVENTS and days[both].sum() >= YEAR:
                    where = f"{group}, age {label}"
                    rows += _few(part, where, events[both].sum(), days[both].sum(), f"how often children {does}")
    here = past.authority[(past.ends_in == CENSORED) & (past.end == past.next_day)]
    children = np.bincount(here, minlength=len(past.authorities))
    for number, name in enumerate(past.authorities):
        if children[number] < FEW_CHILDREN:
            rows.append(
                {
                    "part": "authority",
                    "where": name,
                    "events": int(seen.events[:, number].sum()),
                    "child_years": round(float(seen.days[number].sum()) / YEAR, 1),
                    "says": f"{children[number]} children looked after at the cut: its rates are the region's, and "
                    "its forecast is mostly chance.",
                }
            )
    return pl.DataFrame(rows, schema=_SCHEMA)


def _few(part: str, where: str, events: float, days: float, about: str) -> list[dict[str, object]]:
    if events >= FEW_EVENTS:
        return []
    says = (
        f"nobody was ever there: {about} is a guess from the other groups."
        if days <= 0
        else f"{int(events)} events in {days / YEAR:.1f} child-years: {about} is mostly borrowed from other cells."
    )
    return [{"part": part, "where": where, "events": int(events), "child_years": round(days / YEAR, 1), "says": says}]

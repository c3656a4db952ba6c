"""The activity that payments depend on, line by line, and where its sources disagree.

A line is one child and one countable event: a decision, a placement order, a placement, an adoption order. Three
sources may report it: the borough's list of children, the borough's looked-after children return (SSDA903, of
decisions), and the agency's quarterly collection. A line is *agreed* where the sources that report it give the same
date, *disputed* where they differ or a source that should report the event does not, and *one source* where only one
can report it. The system never picks a source by itself: the two sides settle a dispute on its case.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from parentis.region import match_authorities, parse_period
from parentis.services.adoption.lists import children
from parentis.services.adoption.needs import AD1, COLLECTED, PLACED_ADOPTION

EVENTS: Final = {"decisions": "decision", "orders": "placement_order", "placed": "placed", "adopted": "adopted"}
"Activity to the list's date that it is counted by (in capitals: the collection's)."
AGREED, DISPUTED, ONE_SOURCE = "agreed", "disputed", "one source"
DAYS_APART: Final = 7
"Two dates no further apart than this are taken as the same event, recorded by two people."
SOURCES: Final = ("day", "returned_day", "agency_day")
"By the list, by the looked-after children return, by the agency."
_KEY: Final = ("authority", "child", "activity")
_EVENT: Final = {"authority": pl.String, "child": pl.String, "activity": pl.String, "day": pl.Date}


def lines(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`authority, child, activity, day, returned_day, agency_day, state`, a row a line; days by `SOURCES`."""
    listed, returned, collected = _listed(tables), _returned(tables), _collected(tables)
    every = listed.join(returned.rename({"day": "returned_day"}), on=_KEY, how="full", coalesce=True)
    every = every.join(collected.rename({"day": "agency_day"}), on=_KEY, how="full", coalesce=True)
    covered = returned.select("authority", "activity").unique().with_columns(returns=pl.lit(value=True))
    every = every.join(covered, on=["authority", "activity"], how="left").join(
        _quarters(tables), on="authority", how="left"
    )
    first = pl.coalesce(SOURCES)
    silent = (
        pl.col("day").is_null()
        | (pl.col("returned_day").is_null() & pl.col("returns").fill_null(value=False))
        | (pl.col("agency_day").is_null() & first.is_between("opened", "closed").fill_null(value=False))
    )
    spread = (pl.max_horizontal(SOURCES) - pl.min_horizontal(SOURCES)).dt.total_days()
    said = pl.sum_horizontal([pl.col(name).is_not_null().cast(pl.Int64) for name in SOURCES])
    return (
        every.with_columns(
            state=pl.when(silent | (spread > DAYS_APART))
            .then(pl.lit(DISPUTED))
            .when(said == 1)
            .then(pl.lit(ONE_SOURCE))
            .otherwise(pl.lit(AGREED))
        )
        .select(*_KEY, *SOURCES, "state")
        .sort("authority", "activity", "child")
    )


def _listed(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    known = children(tables)
    return pl.concat(
        [
            known.filter(pl.col(column).is_not_null()).select(
                "authority", "child", activity=pl.lit(activity), day=pl.col(column)
            )
            for activity, column in EVENTS.items()
        ]
    )


def _returned(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Decisions in the looked-after children return: each child's earliest date, from the latest return."""
    found = [pl.DataFrame(schema=_EVENT)]
    for name, column in ((PLACED_ADOPTION, "DATE_PLACED"), (AD1, "DATE_INT")):
        held = tables[name].filter(pl.col("CHILD").is_not_null() & pl.col(column).is_not_null())
        latest = held.sort("period", "sequence").unique(["authority", "CHILD"], keep="last", maintain_order=True)
        found.append(latest.select("authority", child="CHILD", activity=pl.lit("decisions"), day=pl.col(column)))
    return pl.concat(found).unique(_KEY, keep="first", maintain_order=True)


def _collected(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Events in the agencies' quarterly collections; if several have the event, the last one's."""
    held = tables[COLLECTED].drop("authority", strict=False)
    if held.is_empty():
        return pl.DataFrame(schema=_EVENT)
    named = match_authorities(held, "BOROUGH").filter(pl.col("authority").is_not_null() & pl.col("CHILD").is_not_null())
    latest = named.sort("period", "sequence").unique(["authority", "CHILD"], keep="last", maintain_order=True)
    opened = _quarters(tables).select("authority", "opened")
    events = [
        latest.filter(pl.col(column.upper()).is_not_null()).select(
            "authority", child="CHILD", activity=pl.lit(activity), day=pl.col(column.upper())
        )
        for activity, column in EVENTS.items()
    ]
    since = pl.concat(events).join(opened, on="authority").filter(pl.col("day") >= pl.col("opened"))
    return since.drop("opened")


def _quarters(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`authority, opened, closed`: first and last day of the quarters in which an agency reports on a borough."""
    held = tables[COLLECTED].drop("authority", strict=False)
    named = match_authorities(held, "BOROUGH").filter(pl.col("authority").is_not_null()) if held.height else held
    spans = {label: parse_period(label) for label in named["period"].unique().to_list()}
    if not spans:
        return pl.DataFrame(schema={"authority": pl.String, "opened": pl.Date, "closed": pl.Date})
    starts = pl.col("period").replace_strict({k: one.start for k, one in spans.items()}, return_dtype=pl.Date)
    ends = pl.col("period").replace_strict({k: one.end for k, one in spans.items()}, return_dtype=pl.Date)
    return named.group_by("authority").agg(opened=starts.min(), closed=ends.max())


def activity(found: pl.DataFrame, *, starts: date, years: int) -> pl.DataFrame:
    """`authority, activity, year, count, disputed`: lines by financial year from the one that begins on `starts`; a
    disputed line is counted by the list's day where there is one, and `disputed` counts it."""
    day = pl.coalesce(SOURCES)
    year = day.dt.year() - (day.dt.month() < 4).cast(pl.Int32)
    return (
        found.with_columns(year=year)
        .filter(pl.col("year").is_between(starts.year, starts.year + years - 1))
        .group_by("authority", "activity", "year")
        .agg(count=pl.len().cast(pl.Int64), disputed=(pl.col("state") == DISPUTED).sum().cast(pl.Int64))
        .sort("authority", "activity", "year")
    )

"""The last day a return covers: the end of its year, or, if it was extracted during the year, the end of the last
month with events.

Councils extract the return monthly or quarterly. Such a file has no data on later months: read as a whole year's
return it would mean that nobody entered or left care in them.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

FEWEST = 10
"The fewest children with a start or an end in the year for which months without events are unlikely to be chance."
SILENCE = 10.0
"The expected events in months without any that show these were not returned: the chance otherwise is one in 20,000."
SHORTEST = 21
"Days; a shorter time without events is ignored."
NEARLY = 3
"An extract whose last event is at most this many days before the end of a month covers the month."


def known_until(episodes: pl.DataFrame) -> pl.DataFrame:
    """`authority, period, until`: for each return, the day after the last that it covers.

    A return extracted during its year is valid to the end of the last month that it covers.
    """
    days = pl.concat(
        [
            episodes.select("authority", "period", "CHILD", day=pl.col(name))
            for name in ("DECOM", "DEC")
            if name in episodes.columns
        ]
        or [pl.DataFrame(schema={"authority": pl.String, "period": pl.String, "CHILD": pl.String, "day": pl.Date})]
    )
    first = pl.date(pl.col("period").str.slice(0, 4).cast(pl.Int32), 4, 1)
    after = pl.date(pl.col("period").str.slice(0, 4).cast(pl.Int32) + 1, 4, 1)
    events = (
        days.filter(pl.col("day").is_between(first, after, closed="left"))
        .group_by("authority", "period")
        .agg(
            count=pl.len(),
            last=pl.col("day").max(),
            months=pl.col("day").dt.month().n_unique(),
            children=pl.col("CHILD").n_unique(),
        )
        .filter(pl.col("children") >= FEWEST)
        .drop("children")
    )
    returns = episodes.select("authority", "period").unique().join(events, on=["authority", "period"], how="left")
    told = [
        (authority, period, _until(int(period[:4]), count or 0, last, months or 0))
        for authority, period, count, last, months in returns.sort("authority", "period").iter_rows()
    ]
    return pl.DataFrame(told, schema={"authority": pl.String, "period": pl.String, "until": pl.Date}, orient="row")


def known_to(tables: Mapping[str, pl.DataFrame], period: str) -> date | None:
    """The last day that typed tables cover, if they were extracted during the year; None where it is the last day of
    the year.

    For several authorities, the latest of their days.
    """
    if "Episodes" not in tables:
        return None
    episodes = tables["Episodes"]
    whose = pl.col("authority") if "authority" in episodes.columns else pl.lit("")
    told = known_until(episodes.with_columns(whose.alias("authority"), period=pl.lit(period)))
    latest = max(told["until"].to_list(), default=None)
    return None if latest is None or (latest.month, latest.day) == (4, 1) else latest - timedelta(days=1)


def _until(year: int, count: int, last: date | None, months: int) -> date:
    first, after = date(year, 4, 1), date(year + 1, 4, 1)
    # where earlier months also have no events, such months are not unusual there
    if last is None or months < (last.month - 4) % 12 + 1:
        return after
    silent = (after - last).days - 1
    if silent < SHORTEST or count / ((last - first).days + 1) * silent < SILENCE:
        return after
    next_month = (last.replace(day=1) + timedelta(days=32)).replace(day=1)
    if (next_month - last).days - 1 <= NEARLY:
        return next_month
    begun = last.replace(day=1)
    return begun if begun > first else last + timedelta(days=1)  # in the year's first weeks: to the last event

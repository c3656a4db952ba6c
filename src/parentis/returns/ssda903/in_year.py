"""How far a return tells: to its year's end, or, extracted within the year, to the last month in which things happen.

Councils extract the return monthly or quarterly. Such a file says nothing of the months to come: taken for a whole
year's it would say that nobody came or left in them.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

FEWEST = 10
"Children with a beginning or an end in the year, from which it can be told that a silence is none of chance."
SILENCE = 10.0
"Events that should have been in the silent months for them not to have been returned: chance is one in 20,000."
SHORTEST = 21
"Days; a shorter silence is not looked at."
NEARLY = 3
"An extract whose last event is so few days before the end of a month tells of the month."


def known_until(episodes: pl.DataFrame) -> pl.DataFrame:
    """`authority, period, until`: for each return, the day after the last that it tells of.

    A return that was extracted within its year tells to the end of the last month that it covers.
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
    """The last day that typed tables tell of, where they were extracted within the year; None where it is the last.

    Of several authorities' tables, the latest of any.
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
    # where months before the last are silent too, silence is nothing unusual there
    if last is None or months < (last.month - 4) % 12 + 1:
        return after
    silent = (after - last).days - 1
    if silent < SHORTEST or count / ((last - first).days + 1) * silent < SILENCE:
        return after
    next_month = (last.replace(day=1) + timedelta(days=32)).replace(day=1)
    if (next_month - last).days - 1 <= NEARLY:
        return next_month
    begun = last.replace(day=1)
    return begun if begun > first else last + timedelta(days=1)  # of the year's first weeks: to its last event

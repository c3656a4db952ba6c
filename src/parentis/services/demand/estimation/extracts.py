"""Split extracts (one case system export with many years' episodes) into yearly returns."""

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl

from parentis.services.demand.tables import EPISODES, HEADER, UASC

_CHILD = ("authority", "CHILD")

_LEAST_SHARE = 0.04
"Fewest episode ends in a collection year, as a share of all ends: fewer are late or mistyped rows, not a return."


_LEAST_EVENTS = 2
_AS_DENSE = 0.3
"Fewest events a day in a year's first months, as a share of the rate in the year before."


def as_yearly(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables, with each "return" whose episodes end in several years split into one return a year.

    A yearly return holds the episodes that begin before its end and do not end before its start. The first year is the
    first one with a sufficient share of the ends.
    """
    episodes = tables[EPISODES]
    if episodes.is_empty():
        return dict(tables)
    parts, years = [], []
    returned = set(episodes.select("authority", "period").unique().rows())
    for (authority, _), own in episodes.group_by("authority", "period", maintain_order=True):
        spread = _spread(own, {str(period) for whose, period in returned if whose == authority})
        parts.append(spread)
        # A row that an extract holds once for a child is repeated in the return of each year that includes the child.
        named = pl.concat([spread.select(*_CHILD, "period"), own.select(*_CHILD, "period")]).unique()
        years.append(named.with_columns(said=pl.lit(own["period"][0])))
    said = pl.concat(years)
    others = {name: _repeated(tables[name], said) for name in (HEADER, UASC)}
    return {**tables, EPISODES: pl.concat(parts), **others}


def _repeated(rows: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """`rows`, repeated for each yearly return that includes the child; rows of a child without episodes are
    unchanged.
    """
    found = rows.rename({"period": "said"}).join(said, on=[*_CHILD, "said"], how="left", maintain_order="left")
    return found.with_columns(pl.col("period").fill_null(pl.col("said"))).select(rows.columns)


def _spread(episodes: pl.DataFrame, returned: Collection[str]) -> pl.DataFrame:
    year = pl.col("DEC").dt.offset_by("-3mo").dt.year()
    ends = episodes.select(year.alias("year")).drop_nulls().group_by("year").len().sort("year")
    fair = ends.filter(pl.col("len") >= max(2.0, _LEAST_SHARE * float(ends["len"].sum())))["year"].to_list()
    if not fair:
        return episodes
    # where the next year has a return of its own, later events are in it; here they would only be planned ones
    alone = f"{fair[-1] + 1}-{(fair[-1] + 2) % 100:02}" not in returned
    last = fair[-1] + (alone and _goes_on(episodes, fair[-1]))
    if last == fair[0]:
        return episodes
    return pl.concat([_in_year(episodes, one) for one in range(fair[0], last + 1)])


def _goes_on(episodes: pl.DataFrame, year: int) -> bool:
    """True if the extract was made during the year after `year`: events in its first months are as frequent as before.

    A few late or mistyped rows are less frequent than that."""
    days = pl.concat([episodes["DECOM"].rename("day"), episodes["DEC"].rename("day")]).drop_nulls()
    begins, ends = date(year + 1, 4, 1), date(year + 2, 4, 1)
    before = int(days.is_between(date(year, 4, 1), begins, closed="left").sum())
    after = days.filter(days.is_between(begins, ends, closed="left"))
    if after.len() < _LEAST_EVENTS:
        return False
    latest = after.max()
    if not isinstance(latest, date):
        raise TypeError("a column of days holds days")
    span = (latest - begins).days + 1
    return after.len() / span >= _AS_DENSE * before / (begins - date(year, 4, 1)).days


def _in_year(episodes: pl.DataFrame, year: int) -> pl.DataFrame:
    begins, ends = pl.date(year, 4, 1), pl.date(year + 1, 4, 1)
    later = (pl.col("DEC") >= ends).fill_null(value=False)
    return episodes.filter(
        (pl.col("DECOM") < ends) & (pl.col("DEC").is_null() | (pl.col("DEC") >= begins))
    ).with_columns(
        period=pl.lit(f"{year}-{(year + 1) % 100:02}"),
        **{
            name: pl.when(~later).then(name)
            for name in ("DEC", "REC", "REASON_PLACE_CHANGE")
            if name in episodes.columns
        },
    )

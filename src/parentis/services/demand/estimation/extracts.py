"""Extracts: one file of many years' episodes, as case systems export them, taken apart into yearly returns."""

from collections.abc import Mapping

import polars as pl

from parentis.services.demand.tables import EPISODES, HEADER, UASC

_CHILD = ("authority", "CHILD")

_LEAST_SHARE = 0.04
"Of all ends: a collection year with fewer is a few late or mistyped rows, not a year that was returned."


def as_yearly(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables with each "return" whose episodes end in several years told as one return a year.

    A yearly return holds the episodes that begin before its end and do not end before its start. Years count from
    the first in which a fair share of the ends lie.
    """
    episodes = tables[EPISODES]
    if episodes.is_empty():
        return dict(tables)
    parts, years = [], []
    for _, own in episodes.group_by("authority", "period", maintain_order=True):
        spread = _spread(own)
        parts.append(spread)
        # What an extract says of a child once is said in the return of every year that the child is in.
        named = pl.concat([spread.select(*_CHILD, "period"), own.select(*_CHILD, "period")]).unique()
        years.append(named.with_columns(said=pl.lit(own["period"][0])))
    said = pl.concat(years)
    others = {name: _repeated(tables[name], said) for name in (HEADER, UASC)}
    return {**tables, EPISODES: pl.concat(parts), **others}


def _repeated(rows: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """`rows` once for each year's return that their child is now in; of a child without episodes, as they are."""
    found = rows.rename({"period": "said"}).join(said, on=[*_CHILD, "said"], how="left", maintain_order="left")
    return found.with_columns(pl.col("period").fill_null(pl.col("said"))).select(rows.columns)


def _spread(episodes: pl.DataFrame) -> pl.DataFrame:
    year = pl.col("DEC").dt.offset_by("-3mo").dt.year()
    ends = episodes.select(year.alias("year")).drop_nulls().group_by("year").len().sort("year")
    fair = ends.filter(pl.col("len") >= max(2.0, _LEAST_SHARE * float(ends["len"].sum())))["year"].to_list()
    if len(fair) < 2:
        return episodes
    begun = episodes["DECOM"].dt.offset_by("-3mo").dt.year().drop_nulls().to_list()
    years = range(fair[0], max(fair[-1], *(one for one in begun if one <= fair[-1] + 1)) + 1)
    return pl.concat([_in_year(episodes, one) for one in years])


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

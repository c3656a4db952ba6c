"""What was known at the cut: returns with everything that happened later taken out.

A return filed later is used only for what it says of time up to the cut: that an episode had begun, and had not
ended by then. How it went on, where it ended and why, and what a later header says of the child, are not used.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.services.demand.tables import EPISODES, HEADER, UASC

_CHILD = ("authority", "CHILD")


def at_cut(tables: Mapping[str, pl.DataFrame], cut: date) -> dict[str, pl.DataFrame]:
    """`tables` (episodes, header, UASC, as the lake holds them) as they would have been at the end of `cut`."""
    year = cut.year if cut.month >= 4 else cut.year - 1
    last = f"{year}-{(year + 1) % 100:02}"
    return {
        EPISODES: _episodes(tables[EPISODES], cut, last),
        HEADER: _first_known(tables[HEADER], last),
        UASC: _first_known(tables[UASC], last),
    }


def _current(rows: pl.DataFrame) -> pl.DataFrame:
    """Without what a later submission of the same return replaces."""
    return rows.filter(pl.col("sequence") == pl.col("sequence").max().over("authority", "period"))


def _episodes(episodes: pl.DataFrame, cut: date, last: str) -> pl.DataFrame:
    later = pl.col("DEC") > cut
    rows = (
        _current(episodes)
        .filter(pl.col("DECOM").is_null() | (pl.col("DECOM") <= cut))
        .with_columns(
            known=pl.col("period") <= last,
            DEC=pl.when(~later.fill_null(value=False)).then("DEC"),
            REC=pl.when(~later.fill_null(value=False)).then("REC"),
            **{
                name: pl.when(~later.fill_null(value=False)).then(name)
                for name in ("REASON_PLACE_CHANGE",)
                if name in episodes.columns
            },
        )
    )
    known, late = rows.filter("known"), rows.filter(~pl.col("known"))
    held = known.group_by("authority").agg(latest=pl.col("period").max())
    key = [*_CHILD, "DECOM"]
    seen_later = late.select(key).unique().with_columns(lives=pl.lit(value=True))
    # An episode still open in the last return that shows it, and shown again after the cut, went on in between.
    known = (
        known.join(held, on="authority", how="left")
        .join(seen_later, on=key, how="left")
        .with_columns(
            newest=pl.col("period").max().over(key),
            lives=pl.col("lives").fill_null(value=False) & pl.col("DEC").is_null(),
        )
        .with_columns(
            period=pl.when(pl.col("lives") & (pl.col("period") == pl.col("newest"))).then("latest").otherwise("period")
        )
    )
    unheard = (
        late.join(known.select(key).unique(), on=key, how="anti")
        .join(held, on="authority", how="inner")
        .sort("period")
        .unique(key, keep="first", maintain_order=True)
        .with_columns(period="latest")
    )
    columns = episodes.columns
    return pl.concat([known.select(columns), unheard.select(columns)]).with_columns(
        sequence=pl.lit(0, dtype=episodes.schema["sequence"])
    )


def _first_known(rows: pl.DataFrame, last: str) -> pl.DataFrame:
    """Rows of the returns up to the cut; of children who are in none of them, the first later return's."""
    current = _current(rows)
    known = current.filter(pl.col("period") <= last)
    late = current.filter(pl.col("period") > last).join(known.select(_CHILD).unique(), on=_CHILD, how="anti")
    first = late.filter(pl.col("period") == pl.col("period").min().over(*_CHILD))
    return pl.concat([known, first])

"""Complete returns that leave out children whose placement did not change all year, from earlier returns.

Some case systems export only the episodes that began or ended in the year. Such a return has many episodes that began
before its year, but none that runs through the whole of it. If a child's episode was open in the previous return and
the child is missing from such a return, the child was still in that placement, so the episode is put back. Only
earlier returns are used for this, never a later one.
"""

from collections.abc import Mapping

import polars as pl

from parentis.services.demand.estimation.bands import ADULT
from parentis.services.demand.tables import EPISODES, HEADER

FEWEST = 10
"Fewest episodes begun before the year, and fewest missing children, to conclude that a return omits such episodes."

_CHILD = ("authority", "CHILD")


def completed(tables: Mapping[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], tuple[str, ...]]:
    """`tables` with the omitted episodes put back, and a sentence for each return that was completed.

    An episode is put back for a year if it was open at the end of the year before, its child is in no row of the
    year's return, and the child was not yet 18 at the year's end: the return must report an end for a child who turns
    18.
    """
    episodes = _current(tables[EPISODES])
    births = (
        tables[HEADER]
        .drop_nulls("DOB")
        .sort("period", "sequence", "row")
        .group_by(_CHILD)
        .agg(DOB=pl.col("DOB").last())
    )
    added: list[pl.DataFrame] = []
    notes: list[str] = []
    for authority in sorted(episodes["authority"].unique()):
        own = episodes.filter(authority=authority)
        before: pl.DataFrame | None = None
        for period in sorted(own["period"].unique()):
            here = own.filter(period=period)
            habit = _leaves_out(here, period)
            if before is not None and int(before["period"][0][:4]) + 1 != int(period[:4]):
                before = None
            if habit and before is None:
                notes.append(f"{_habit(authority, period)} those who did are not known until a later return.")
            elif habit and before is not None:
                absent = _absent(before, here, births, period)
                if absent.height >= FEWEST:
                    added.append(absent)
                    here = pl.concat([here, absent])
                    notes.append(
                        f"{_habit(authority, period)} {absent.height} children of the return before, who are not in "
                        "it, are taken to have done so."
                    )
            before = here
    return {**tables, EPISODES: pl.concat([tables[EPISODES], *added])}, tuple(notes)


def _habit(authority: str, period: str) -> str:
    return (
        f"{authority}: the return of {period} seems to leave out children who stayed in one placement all year "
        "(no episode runs through it);"
    )


def _current(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that no later submission of the same return has replaced."""
    return rows.filter(pl.col("sequence") == pl.col("sequence").max().over("authority", "period"))


def _first_day(period: str) -> pl.Expr:
    return pl.date(int(period[:4]), 4, 1)


def _leaves_out(rows: pl.DataFrame, period: str) -> bool:
    old = rows.filter(pl.col("DECOM") < _first_day(period))
    return old.height >= FEWEST and old["DEC"].null_count() == 0


def _absent(before: pl.DataFrame, here: pl.DataFrame, births: pl.DataFrame, period: str) -> pl.DataFrame:
    """The last open episode of each child in the previous return who is missing from this one, as a row of this one."""
    young = pl.col("DOB").is_null() | (
        pl.date(int(period[:4]) + 1, 4, 1) - pl.col("DOB") < pl.duration(days=int(ADULT))
    )
    return (
        before.filter(pl.col("DEC").is_null() & (pl.col("DECOM") < _first_day(period)))
        .join(here.select(_CHILD), on=_CHILD, how="anti")
        .sort("DECOM", "row")
        .unique(_CHILD, keep="last", maintain_order=True)
        .join(births, on=_CHILD, how="left")
        .filter(young)
        .drop("DOB")
        .with_columns(
            period=pl.lit(period),
            sequence=pl.lit(here["sequence"].max(), dtype=before.schema["sequence"]),
        )
    )

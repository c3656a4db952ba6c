"""Entries to care by authority and month, counted from the returns on looked-after children: what promises are checked
by. Unaccompanied asylum-seeking children and short breaks are left out: no programme here acts on them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from parentis.region import parse_period
from parentis.services.careers import spells
from parentis.services.prevention.promises import Counts

EPISODES, HEADER, UASC = "ssda903/Episodes", "ssda903/Header", "ssda903/UASC"
NEEDS: Final = (EPISODES, HEADER, UASC)
ENTRIES: Final = {"authority": pl.String, "month": pl.Date, "entries": pl.Int64}
BEFORE_YEARS: Final = 3
"Years before the start that tell a borough's underlying rate."


def entries(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`authority, month` (its first day)`, entries`: every month that an authority's returns cover, also with none."""
    if tables[EPISODES].is_empty():
        return pl.DataFrame(schema=ENTRIES)
    careers = spells(tables[EPISODES], tables[HEADER], tables[UASC])
    begun = (
        careers.spells.filter(~pl.col("respite"), ~pl.col("uasc"), pl.col("placement") == 1, pl.col("reason_in") == "S")
        .group_by("authority", month=pl.col("care_start").dt.truncate("1mo"))
        .agg(entries=pl.len().cast(pl.Int64))
    )  # fmt: skip
    seen = _months(careers.known)
    return seen.join(begun, on=["authority", "month"], how="left").select(
        "authority", "month", pl.col("entries").fill_null(0)
    ).sort("authority", "month")  # fmt: skip


def _months(known: pl.DataFrame) -> pl.DataFrame:
    """Whole months that an authority's returns cover."""
    rows = []
    for authority, period, until in known.select("authority", "period", "until").iter_rows():
        month = parse_period(period).start
        while _next(month) <= until:
            rows.append((authority, month))
            month = _next(month)
    return pl.DataFrame(rows, {"authority": pl.String, "month": pl.Date}, orient="row").unique()


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def later(start: date, months: int) -> date:
    """The first day of the month so many months after the month of `start`."""
    number = start.year * 12 + start.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def counts(
    held: pl.DataFrame, children: Mapping[str, float], start: date, months: int, places: Sequence[str] = ()
) -> Counts:
    """What a check needs: entries by place up to three years before `start`, and from it to so many months after.

    A place that does not cover every month is left out of the side that it does not cover; `places` limits them."""
    first = start.replace(day=1)
    kept = held.filter(pl.col("authority").is_in(list(children)))
    if places:
        kept = kept.filter(pl.col("authority").is_in(list(places)))
    years = _years_before(kept, first)
    before = _whole(kept, later(first, -12 * years), first, 12 * years) if years else {}
    after = _whole(kept, first, later(first, months), months)
    return Counts(
        before=before, after=after, children={place: float(children[place]) for place in before},
        before_years=float(years or 1), after_years=months / 12,
    )  # fmt: skip


def _years_before(held: pl.DataFrame, start: date) -> int:
    """Whole years before the start that at least half of the places cover."""
    places = held["authority"].n_unique()
    for years in range(BEFORE_YEARS, 0, -1):
        if places and 2 * len(_whole(held, later(start, -12 * years), start, 12 * years)) >= places:
            return years
    return 0


def _whole(held: pl.DataFrame, since: date, until: date, months: int) -> dict[str, float]:
    """Entries by place, of those that cover every month."""
    found = (
        held.filter(pl.col("month") >= since, pl.col("month") < until)
        .group_by("authority").agg(pl.col("entries").sum(), months=pl.col("month").n_unique())
        .filter(pl.col("months") == months).sort("authority")
    )  # fmt: skip
    return {place: float(value) for place, value in found.select("authority", "entries").iter_rows()}

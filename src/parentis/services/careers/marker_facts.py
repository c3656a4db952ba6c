"""What markers look at: the children looked after on given days, and what the returns of their time said of them.

For a day only returns of collection years that had begun count, and of them only what is dated up to the day: a later
return, and a later row of the same one, change no answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from parentis.region import financial_year_of
from parentis.returns.ssda903 import known_until
from parentis.services.careers.markers import EPISODES, HEADER, UASC
from parentis.services.careers.spell_assembly import spells

WIDTH: Final = 1 << 18
"Greater than any day number, so that a (child, day) pair is one sortable number."
WHO: Final = ("authority", "child")
NEEDED: Final = (
    "authority", "period", "load_id", "row", "sequence", "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE",
    "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN",
)  # fmt: skip
Days = np.ndarray


@dataclass(frozen=True, slots=True)
class Facts:
    """`rows`: a row a child and day, with `who` (index of the child) and `at` (index in `episodes`). `spells` and
    `episodes` are of those children, sorted by `who` and start; `tables` are cut to the years begun; `years` are the
    `authority` and `year` of the returns that have a table."""

    rows: pl.DataFrame
    children: pl.DataFrame
    spells: pl.DataFrame
    episodes: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    years: Mapping[str, pl.DataFrame]

    def events(self, frame: pl.DataFrame, day: str) -> np.ndarray:
        """Sorted keys (child and day) of a frame's rows with `who`; rows without a day are left out."""
        dated = frame.filter(pl.col(day).is_not_null())
        return np.sort(key(dated["who"], day_numbers(dated[day])))

    def count(self, keys: np.ndarray, after: int, upto: int = 0) -> np.ndarray:
        """For each row, the events later than `after` days before its day, up to `upto` days before it."""
        who, day = self.rows["who"].to_numpy().astype(np.int64) * WIDTH, self.days
        return np.searchsorted(keys, who + day - upto, side="right") - np.searchsorted(
            keys, who + day - after, side="right"
        )

    @property
    def days(self) -> Days:
        return day_numbers(self.rows["day"])

    def latest(self, frame: pl.DataFrame, day: str) -> np.ndarray:
        """For each row the index in `frame` (sorted by `who`, `day`) of the child's last row up to the day, or -1."""
        keys = key(frame["who"], day_numbers(frame[day]))
        who = self.rows["who"].to_numpy().astype(np.int64)
        at = np.searchsorted(keys, who * WIDTH + self.days, side="right") - 1
        found = (
            np.where(at >= 0, keys[np.maximum(at, 0)] // WIDTH == who, False) if len(keys) else np.zeros(len(at), bool)
        )
        return np.where(found, at, -1)

    def of_children(self, frame: pl.DataFrame, child: str = "CHILD", authority: str = "authority") -> pl.DataFrame:
        """The rows of a frame about these children, with `who`."""
        named = self.children.rename({"child": child, "authority": authority})
        return frame.join(named, on=[authority, child], how="inner")

    def held(self, table: str, window: int) -> np.ndarray:
        """For each row, whether the authority's table is held in every year that the window touches."""
        pairs = self.years.get(table)
        if pairs is None:
            return np.zeros(self.rows.height, bool)
        names = self.rows["authority"].unique().to_list()
        codes = {name: at for at, name in enumerate(names)}
        known = np.zeros((len(codes), 200), bool)
        for authority, year in pairs.iter_rows():
            if authority in codes and 1950 <= year < 2150:
                known[codes[authority], year - 1950] = True
        of = self.rows["authority"].replace_strict(codes, return_dtype=pl.Int64).to_numpy()
        last = years_of(self.rows["day"])
        first = years_of((self.rows["day"].cast(pl.Int32) - (window - 1)).cast(pl.Date))
        answer = np.ones(self.rows.height, bool)
        for back in range(int((last - first).max(initial=0)) + 1):
            touched = last - back >= first
            answer &= np.where(touched, known[of, np.clip(last - back - 1950, 0, 199)], True)
        return answer


def key(who: pl.Series, day: Days) -> np.ndarray:
    return who.to_numpy().astype(np.int64) * WIDTH + day


def day_numbers(series: pl.Series) -> Days:
    """Days since 1970-01-01, int64."""
    return series.to_physical().cast(pl.Int64).to_numpy()


def years_of(days: pl.Series) -> np.ndarray:
    """The calendar year in which each day's collection year begins."""
    return (days.dt.year() - (days.dt.month() < 4).cast(pl.Int32)).cast(pl.Int64).to_numpy()


def facts(tables: Mapping[str, pl.DataFrame], days: Sequence[date], ages: tuple[int, int]) -> Iterator[Facts]:
    """The facts of each collection year that has any of the days, in order. Days that no return covers have no rows."""
    told = tables.get(EPISODES)
    if told is None or told.is_empty():
        return
    known, years = known_until(told), _years(tables)
    by_year: dict[str, list[date]] = {}
    for day in sorted(set(days)):
        by_year.setdefault(financial_year_of(day).label, []).append(day)
    for year, own in by_year.items():
        found = _of_year(tables, known, years, year, own, ages)
        if found is not None:
            yield found


def _of_year(
    tables: Mapping[str, pl.DataFrame], known: pl.DataFrame, years: Mapping[str, pl.DataFrame], year: str,
    days: Sequence[date], ages: tuple[int, int],
) -> Facts | None:  # fmt: skip
    cut = {name: table.filter(pl.col("period") <= year) for name, table in tables.items() if table.height}
    episodes = cut.get(EPISODES)
    if episodes is None or episodes.is_empty():
        return None
    old_enough = _children_of(cut, year, days, ages)
    if old_enough.is_empty():
        return None
    kept = [name for name in NEEDED if name in episodes.columns]
    own = episodes.select(kept).join(old_enough, on=["authority", "CHILD"], how="semi")
    header, uasc = (_only(cut[name], old_enough) if name in cut else None for name in (HEADER, UASC))
    made = spells(own, header, uasc, known=known.filter(pl.col("period") <= year), notes=False)
    children = made.spells.select(WHO).unique().sort(WHO).with_row_index("who")
    care = made.spells.join(children, on=list(WHO)).sort("who", "start")
    used = (
        made.trace.filter(pl.col("use") == "used")
        .select("authority", "period", "load_id", "row", "sequence")
        .join(own, on=["authority", "period", "load_id", "row", "sequence"], how="inner")
        .join(children, left_on=["authority", "CHILD"], right_on=list(WHO))
        .sort("who", "DECOM")
    )
    rows = _looked_after(care, days, ages)
    if rows.is_empty():
        return None
    return Facts(rows=rows, children=children, spells=care, episodes=used, tables=cut, years=years)


def _children_of(
    cut: Mapping[str, pl.DataFrame], year: str, days: Sequence[date], ages: tuple[int, int]
) -> pl.DataFrame:
    """Children with an episode in the year's return whose age may be within `ages` on one of the days."""
    seen = cut[EPISODES].filter(pl.col("period") == year).select("authority", "CHILD").unique().drop_nulls()
    if HEADER not in cut:
        return seen.clear()
    low, high = ages
    told = cut[HEADER].select("authority", "CHILD", "DOB", "period", "sequence", "row")
    born = _only(told, seen).filter(pl.col("DOB").is_not_null()).sort("period", "sequence", "row")
    born = born.group_by("authority", "CHILD").agg(pl.col("DOB").last())
    first, last = pl.lit(min(days)), pl.lit(max(days))
    able = (pl.col("DOB") > first.dt.offset_by(f"-{high + 1}y")) & (pl.col("DOB") <= last.dt.offset_by(f"-{low}y"))
    return seen.join(born.filter(able), on=["authority", "CHILD"]).select("authority", "CHILD")


def _years(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """`authority` and `year` of each table's returns: a window ends with its day, so later years are never asked
    for."""
    year = pl.col("period").str.slice(0, 4).cast(pl.Int32).alias("year")
    return {
        name: table.select("authority", "period").unique().select("authority", year)
        for name, table in tables.items()
        if table.height and {"authority", "period"} <= set(table.columns)
    }


def _only(frame: pl.DataFrame, children: pl.DataFrame) -> pl.DataFrame:
    return frame.join(children, on=["authority", "CHILD"], how="semi")


def _looked_after(care: pl.DataFrame, days: Sequence[date], ages: tuple[int, int]) -> pl.DataFrame:
    """Children in care on the night of each day and within the ages, each once."""
    nights = np.array([day.toordinal() for day in days]) - date(1970, 1, 1).toordinal()
    first = np.searchsorted(nights, day_numbers(care["start"]))
    times = np.searchsorted(nights, day_numbers(care["end"])) - first
    row = np.repeat(np.arange(care.height), times)
    nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    on = pl.Series(nights[first[row] + nth], dtype=pl.Int32).cast(pl.Date)
    found = care[row].select(
        "authority", "child", "sex", "ethnicity", "care_start", "dob", "who",
        uasc=pl.col("uasc") & (pl.col("uasc_until").is_null() | (pl.col("uasc_until") > on)),
    ).with_columns(on.alias("day"))  # fmt: skip
    birthday = _in_year("day") >= _in_year("dob")
    age = pl.col("day").dt.year() - pl.col("dob").dt.year() - (~birthday).cast(pl.Int32)
    return found.with_columns(age=age.cast(pl.Int32)).filter(pl.col("age").is_between(*ages)).sort("day", "who")


def _in_year(day: str) -> pl.Expr:
    return pl.col(day).dt.month().cast(pl.Int32) * 100 + pl.col(day).dt.day()

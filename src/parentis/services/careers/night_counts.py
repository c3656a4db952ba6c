"""Count nights: cut spells at birthdays, years, months and dated boundaries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from parentis.errors import DeclarationError

Boundaries = Mapping[str, Mapping[date, str]]
'For each name, the value in force from each date on: `{"rate": {date(2019, 4, 1): "£114"}}`. Null before the first.'

Days = np.ndarray
"int64 days since 1970-01-01, one per spell or per piece."

APRIL = 3
"Months from January to the start of the financial year."


@dataclass(frozen=True, slots=True)
class _Clock:
    """A dated dimension: the cell of a night, and the first day of a cell. Cells are integers that never decrease
    over time within a spell."""

    cell: Callable[[Days, np.ndarray], np.ndarray]
    "(days, spell indices) → cells"
    begins: Callable[[np.ndarray, np.ndarray], Days]
    "(cells, spell indices) → first days"
    label: Callable[[np.ndarray, np.ndarray], pl.Series]
    "(cells, spell indices) → what is shown"


def nights(
    spells: pl.DataFrame,
    *,
    by: Sequence[str] = ("authority", "financial_year", "age", "place"),
    boundaries: Boundaries | None = None,
    held: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Nights in the spells, counted `by` any of their columns and by dated dimensions; column `nights` last.

    Dated dimensions: `financial_year` ('2020-21'), `month` (its first day), `age` (in whole years on the night, null
    without a date of birth; a child born on 29 February turns a year older on 1 March), `on_uasc` (status not yet
    ceased), and each name in `boundaries`. A night belongs to the date on which it begins. With `held` (a
    `Careers.coverage`), only nights in collection years whose return is held are counted: for other years, later
    returns mention only some of the nights.
    """
    found = pieces(spells, by=by, boundaries=boundaries, held=held)
    if not by:
        return found.select(pl.col("nights").sum())
    return found.group_by(by).agg(pl.col("nights").sum()).sort(by)


def pieces(
    spells: pl.DataFrame,
    *,
    by: Sequence[str],
    boundaries: Boundaries | None = None,
    held: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The spells cut so that every piece lies in one cell of each dated dimension of `by` (see `nights`): the
    columns `by`, then `starts`, exclusive `ends` and `nights`; in the order of the spells and of time."""
    needed = () if held is None else ("authority", "financial_year")
    dated = (*by, *(name for name in needed if name not in by))
    cut = _cut(spells, dated, boundaries or {})
    if held is not None:
        kept = held.filter("held").select("authority", financial_year="period")
        cut = cut.join(kept, on=["authority", "financial_year"], how="semi", maintain_order="left")
    return cut.select(*by, "starts", "ends", "nights")


def stock(spells: pl.DataFrame, dates: Sequence[date], *, by: Sequence[str] = ("authority",)) -> pl.DataFrame:
    """Count children looked after on the nights of `dates`, by columns of the spells: `date`, `by` …, `children`.

    A child who left on a day is not counted on it. Groups without children have no row.
    """
    days = np.unique(np.array(dates, dtype="datetime64[D]")).astype(np.int64)
    first = np.searchsorted(days, _days(spells["start"]))
    times = np.searchsorted(days, _days(spells["end"])) - first
    row = np.repeat(np.arange(spells.height), times)
    on = days[np.repeat(first, times) + _within(times)]
    found = pl.DataFrame([_dates(on).alias("date"), *(spells[name].gather(row) for name in by)])
    return found.group_by("date", *by).agg(children=pl.len().cast(pl.Int64)).sort("date", *by)


def _cut(spells: pl.DataFrame, by: Sequence[str], boundaries: Boundaries) -> pl.DataFrame:
    """Pieces of spells that lie in one cell of every dated dimension: the columns `by`, `starts`, `ends`, `nights`."""
    clocks = {name: _clock(name, spells, boundaries) for name in by if name in DATED or name in boundaries}
    if unknown := [name for name in by if name not in clocks and name not in spells.columns]:
        raise DeclarationError(f"nights by {unknown}: neither a column of spells nor a dated dimension")
    start, end = _days(spells["start"]), _days(spells["end"])
    spell = np.arange(spells.height)
    # A cut is one number made of spell and day, so that a single sort finds and orders the distinct cuts.
    origin = int(start.min()) if len(start) else 0
    width = int(end.max()) - origin + 1 if len(end) else 1
    cuts = [spell * width + (start - origin)]
    for clock in clocks.values():
        first = clock.cell(start, spell)
        times = clock.cell(end - 1, spell) - first
        of = np.repeat(spell, times)
        cuts.append(of * width + clock.begins(np.repeat(first, times) + _within(times) + 1, of) - origin)
    cut = np.unique(np.concatenate(cuts))
    of, begins = cut // width, cut % width + origin
    ends = np.append(begins[1:], 0)
    ends = np.where(np.append(of[1:], -1) == of, ends, end[of])
    plain = [name for name in by if name not in clocks]
    return pl.DataFrame(
        [
            *(spells[name].gather(of) for name in plain),
            *(clock.label(clock.cell(begins, of), of).alias(name) for name, clock in clocks.items()),
            _dates(begins).alias("starts"),
            _dates(ends).alias("ends"),
            pl.Series("nights", ends - begins, dtype=pl.Int64),
        ]
    )


def _within(times: np.ndarray) -> np.ndarray:
    """0, 1, … within each repeat: `[2, 3]` → `[0, 1, 0, 1, 2]`."""
    return np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)


def _days(series: pl.Series) -> Days:
    return series.to_physical().cast(pl.Int64).to_numpy()


def _dates(days: Days) -> pl.Series:
    return pl.Series(days, dtype=pl.Int32).cast(pl.Date)


def _month_of(days: Days) -> np.ndarray:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _first_of(months: np.ndarray) -> Days:
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _financial_year(spells: pl.DataFrame) -> _Clock:
    def label(cells: np.ndarray, _: np.ndarray) -> pl.Series:
        known = np.unique(cells)
        labels = [f"{1970 + y}-{(1971 + y) % 100:02}" for y in known.tolist()]
        # Without spells no value is replaced, and the column would keep its type.
        return pl.Series(cells).replace_strict(known, labels, return_dtype=pl.String).cast(pl.String)

    return _Clock(
        cell=lambda days, _: (_month_of(days) - APRIL) // 12,
        begins=lambda cells, _: _first_of(cells * 12 + APRIL),
        label=label,
    )


def _month(spells: pl.DataFrame) -> _Clock:
    return _Clock(
        cell=lambda days, _: _month_of(days),
        begins=lambda cells, _: _first_of(cells),
        label=lambda cells, _: _dates(_first_of(cells)),
    )


def _age(spells: pl.DataFrame) -> _Clock:
    unknown = spells["dob"].is_null().to_numpy()
    # Without a date of birth, every night is in cell 0: spells are not cut, and the age is null.
    born = _days(spells["dob"].fill_null(date(1970, 1, 1)))
    month = _month_of(born)
    past_first = born - _first_of(month)

    def birthday(ages: np.ndarray, of: np.ndarray) -> Days:
        return _first_of(month[of] + 12 * ages) + past_first[of]

    def cell(days: Days, of: np.ndarray) -> np.ndarray:
        years = (_month_of(days) - month[of]) // 12
        ages = np.where(birthday(years, of) > days, years - 1, years)
        return np.where(unknown[of], 0, ages)

    def label(cells: np.ndarray, of: np.ndarray) -> pl.Series:
        return pl.select(pl.when(pl.Series(~unknown[of])).then(pl.Series(cells, dtype=pl.Int64))).to_series()

    return _Clock(cell=cell, begins=birthday, label=label)


def _on_uasc(spells: pl.DataFrame) -> _Clock:
    never, ever = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    until = _days(spells["uasc_until"].fill_null(date(1970, 1, 1)))
    until = np.where(spells["uasc_until"].is_null().to_numpy(), ever, until)
    until = np.where(spells["uasc"].to_numpy(), until, never)
    return _Clock(
        cell=lambda days, of: (days >= until[of]).astype(np.int64),
        begins=lambda _, of: until[of],
        label=lambda cells, _: pl.Series(cells == 0),
    )


def _dated(values: Mapping[date, str]) -> _Clock:
    starts = sorted(values)
    days = np.array(starts, dtype="datetime64[D]").astype(np.int64)
    shown = pl.Series([None, *(values[start] for start in starts)], dtype=pl.String)
    return _Clock(
        cell=lambda at, _: np.searchsorted(days, at, side="right"),
        begins=lambda cells, _: days[cells - 1],
        label=lambda cells, _: shown.gather(cells),
    )


DATED: Mapping[str, Callable[[pl.DataFrame], _Clock]] = {
    "financial_year": _financial_year,
    "month": _month,
    "age": _age,
    "on_uasc": _on_uasc,
}


def _clock(name: str, spells: pl.DataFrame, boundaries: Boundaries) -> _Clock:
    return _dated(boundaries[name]) if name in boundaries else DATED[name](spells)

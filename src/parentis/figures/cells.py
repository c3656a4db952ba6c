"""Cells: the counts of people behind figures, each held once for all figures that show it, and the sums of cells."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, NamedTuple

import polars as pl

from parentis.errors import DeclarationError
from parentis.figures.breakdowns import breakdown, parts
from parentis.figures.measures import Catalogue
from parentis.figures.populations import Audience, Counts, NoPeople
from parentis.region import authorities, footprints, members, parse_period

VALUE, N, TOLD, PART = "value", "n", "told", "part"
"How a figure shows a cell: as its value, as its `n`, by implication, or as its percentage of `n`."
TABLE: Final = ("population", "scenario")
"Cells of one table add up with one another, and with no others."
SHOWINGS: Final = {
    "row": pl.UInt32(), "population": pl.String(), "scenario": pl.String(), "geography": pl.String(),
    "breakdown": pl.String(), "period": pl.String(), "start": pl.Date(), "end": pl.Date(), "how": pl.String(),
    "x": pl.Float64(), "open": pl.Boolean(), "settled": pl.Boolean(), "threshold": pl.Float64(), "rest": pl.Float64(),
}  # fmt: skip


class Cell(NamedTuple):
    """A count's place, breakdown and period, within its table."""

    geography: str
    breakdown: str
    period: str


@dataclass(frozen=True, slots=True)
class Sum:
    """`total` is the sum of `cells`, which may include unpublished ones (where an authority sent nothing)."""

    total: Cell
    cells: tuple[Cell, ...]


@cache
def is_authority(geography: str) -> bool:
    return geography in {one.gss for one in authorities()}


@cache
def authorities_in(geography: str, on: date) -> tuple[str, ...]:
    """The member authorities of a footprint on a day; none for an authority or a geography without members."""
    if geography not in {one.id for one in footprints()}:
        return ()
    return members(geography, on)


def showings(figures: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Every cell that a figure shows, as `SHOWINGS`: `row` is the figure's row number in `figures`; `x` the count, null
    where the figure only implies it; `open`: readers outside its authority see it; `settled`: already suppressed;
    `rest`: the part of `n` outside the percentage. Raises DeclarationError for a measure that does not declare whom it
    counts."""
    held = figures.with_row_index("row").with_columns(
        single=pl.col("geography").replace_strict(
            {place: is_authority(place) for place in figures["geography"].unique()}, return_dtype=pl.Boolean
        )
    )
    found = [pl.DataFrame(schema=SHOWINGS)]
    for (measure,), rows in held.partition_by("measure", as_dict=True, maintain_order=True).items():
        people = catalogue[str(measure)].people
        if people is None:
            raise DeclarationError(f"measure {measure} does not say which people it counts: declare its `people`")
        if not isinstance(people, NoPeople):
            found += [frame for counts in people for frame in _shown(rows, counts)]
    return pl.concat(found)


def _shown(rows: pl.DataFrame, counts: Counts) -> Iterator[pl.DataFrame]:
    of = counts.of
    sees = ~pl.col("single") | (pl.col("audience").cast(pl.String) != str(Audience.OWN))
    sees_n = sees & (~pl.col("single") | (of.audience != Audience.OWN))
    if counts.value:
        yield _as(rows, counts, VALUE, x=pl.col("value") * each(counts), sees=sees)
    if counts.n:
        yield _as(rows, counts, N, x=pl.col("n") * counts.n, sees=sees_n)
    if counts.told:
        yield _as(rows, counts, TOLD, x=pl.lit(None), sees=sees)
    if counts.part:
        part = (pl.col("n") * counts.n * pl.col("value") / 100).round(6)
        rest = pl.col("n") * counts.n - part
        yield _as(rows, counts, PART, x=part, sees=sees_n, where=counts.part, rest=rest)


def _as(
    rows: pl.DataFrame,
    counts: Counts,
    how: str,
    *,
    x: pl.Expr,
    sees: pl.Expr,
    where: str = "",
    rest: pl.Expr | None = None,
) -> pl.DataFrame:
    of = counts.of
    told = {text: _joined(text, counts.where, where) for text in rows["breakdown"].unique()}
    spans = [
        (one["period"], one["period_start"], one["period_end"])
        for one in rows.select("period", "period_start", "period_end").unique().to_dicts()
    ]
    when = {label: _before(label) if counts.before else (label, start, end) for label, start, end in spans}
    at = pl.col("period")
    return rows.select(
        "row",
        pl.lit(of.id).alias("population"),
        "scenario",
        "geography",
        pl.col("breakdown").replace_strict(told, return_dtype=pl.String),
        at.replace_strict({label: new[0] for label, new in when.items()}, return_dtype=pl.String),
        at.replace_strict({label: new[1] for label, new in when.items()}, return_dtype=pl.Date).alias("start"),
        at.replace_strict({label: new[2] for label, new in when.items()}, return_dtype=pl.Date).alias("end"),
        pl.lit(how).alias("how"),
        x.cast(pl.Float64).alias("x"),
        sees.alias("open"),
        (pl.col("suppressed").is_in(["c", "k"]) & pl.lit(how != TOLD)).fill_null(value=False).alias("settled"),
        pl.lit(of.threshold, dtype=pl.Float64).alias("threshold"),
        (pl.lit(None) if rest is None else rest).cast(pl.Float64).alias("rest"),
    )


def each(counts: Counts) -> pl.Expr:
    """How many of the population make one unit of a figure's value."""
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    return (days if counts.days else pl.lit(1)) * counts.value


def _joined(*texts: str) -> str:
    return breakdown({key: value for text in texts for key, value in parts(text).items()})


def _before(label: str) -> tuple[str, date, date]:
    earlier = parse_period(label).previous
    return earlier.label, earlier.start, earlier.end


def sums(spans: Mapping[str, tuple[date, date]], cells: Collection[Cell]) -> Iterator[Sum]:
    """The sums that link `cells`: footprints and their authorities, totals and their breakdowns, long periods and
    their shorter ones. `spans` gives the periods' dates."""
    yield from geographic_sums(spans, cells)
    yield from breakdown_sums(cells)
    yield from period_sums(spans, cells)


def geographic_sums(spans: Mapping[str, tuple[date, date]], cells: Iterable[Cell]) -> Iterator[Sum]:
    """Each footprint's cell is the sum of its authorities' cells."""
    for cell in sorted(set(cells)):
        inside = authorities_in(cell.geography, spans[cell.period][1])
        if inside:
            yield Sum(cell, tuple(cell._replace(geography=gss) for gss in inside))


def breakdown_sums(cells: Iterable[Cell]) -> Iterator[Sum]:
    """Each cell is the sum of the cells that break it down by one more dimension."""
    every = set(cells)
    split: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    wholes = {text: _wholes(text) for text in {cell.breakdown for cell in every}}
    for cell in sorted(every):
        for dimension, whole in wholes[cell.breakdown]:
            total = cell._replace(breakdown=whole)
            if total in every:
                split[total, dimension].append(cell)
    for (total, _), inside in split.items():
        yield Sum(total, tuple(inside))


def _wholes(text: str) -> list[tuple[str, str]]:
    pairs = parts(text)
    return [(name, breakdown({key: value for key, value in pairs.items() if key != name})) for name in pairs]


def period_sums(spans: Mapping[str, tuple[date, date]], cells: Iterable[Cell]) -> Iterator[Sum]:
    """Each period is the sum of consecutive shorter ones that cover it from its first day to its last."""
    tiled = _tilings(spans)
    every = set(cells)
    for cell in sorted(every):
        for labels in tiled.get(cell.period, ()):
            inside = tuple(cell._replace(period=label) for label in labels)
            if every.issuperset(inside):
                yield Sum(cell, inside)


def _tilings(spans: Mapping[str, tuple[date, date]]) -> dict[str, list[tuple[str, ...]]]:
    """For each period, the runs of shorter periods of one kind (weeks, months, quarters) that fill it."""
    starting: dict[date, list[str]] = defaultdict(list)
    for label, (start, _) in spans.items():
        starting[start].append(label)
    found: dict[str, list[tuple[str, ...]]] = {}
    for label, (start, end) in spans.items():
        for first in starting[start]:
            run, size = [first], (spans[first][1] - spans[first][0]).days
            if first == label or spans[first][1] >= end:
                continue
            while run and spans[run[-1]][1] < end:
                following = date.fromordinal(spans[run[-1]][1].toordinal() + 1)
                # Take the next of similar length: months have 28 to 31 days.
                nxt = [one for one in starting[following] if abs((spans[one][1] - spans[one][0]).days - size) <= 4]
                run = [*run, nxt[0]] if nxt else []
            if run and spans[run[-1]][1] == end:
                found.setdefault(label, []).append(tuple(run))
    return found

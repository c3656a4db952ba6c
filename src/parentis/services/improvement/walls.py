"""The region's wall: every borough's rank in every measure, and which series have changed beyond chance."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from parentis.figures import Measure, Polarity
from parentis.figures.benchmarks import ROWS, Benchmark, benchmark, discoveries, series_ends
from parentis.services.statistics.breaks import breaks_of

WALL: Final = pl.Schema({"measure": pl.String(), "topic": pl.String(), **ROWS, "moved": pl.Boolean()})
"Rows of benchmarks with their measure; `moved`: its last point is among the wall's discoveries."
SERIES: Final = pl.Schema(
    {"measure": pl.String(), "geography": pl.String(), "period": pl.String(), "period_end": pl.Date(),
     "value": pl.Float64()}
)  # fmt: skip
"Data of the wall's series: only to compute them again, not for display."

ENDS: Final = ("direction", "slope", "years", "chance")


def benchmarks(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    places: Sequence[str],
    neighbours: Mapping[str, Sequence[str]],
    alike: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Benchmark]:
    """Benchmarks by measure, from values with `measure`, `geography`, `period`, `period_end`, `value`, counts and
    `rebased`."""
    found = {}
    for (measure,), rows in values.sort("measure").partition_by("measure", as_dict=True, maintain_order=True).items():
        known = measures.get(str(measure))
        if known is None or known.polarity is Polarity.NEUTRAL:
            continue
        figures = rows.with_columns(breakdown=pl.lit(""), scenario=pl.lit(""), n=pl.lit(None, pl.Int64))
        broken = tuple(one.day for one in breaks_of(known.id))
        begun = {place: tuple(sorted({*days, *broken})) for place, days in rebased(rows).items()}
        anew = {**dict.fromkeys(places, broken), **begun} if broken else begun
        at = benchmark(figures, known, places=places, neighbours=neighbours, alike=alike, rebased=anew)
        if at is not None:
            found[known.id] = at
    return found


def rebased(rows: pl.DataFrame) -> dict[str, tuple[date, ...]]:
    """For each place, the last days of the periods from which it counts differently."""
    marked = rows.filter(pl.col("rebased").fill_null(value=False)).sort("period_end")
    parts = marked.partition_by("geography", as_dict=True)
    return {str(key[0]): tuple(part["period_end"]) for key, part in parts.items()}


def wall(found: Mapping[str, Benchmark], topics: Mapping[str, str]) -> pl.DataFrame:
    """`WALL`: series are flagged as moved at the false-discovery rate of the whole wall."""
    if not found:
        return WALL.to_frame()
    rows = pl.concat(
        one.rows.with_columns(measure=pl.lit(name), topic=pl.lit(topics.get(name, ""))) for name, one in found.items()
    )
    return flagged(rows).select(pl.col(name).cast(kind) for name, kind in WALL.items())


def flagged(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the whole wall with `moved`: the discoveries among their `chance`."""
    chances = rows["chance"].fill_null(1.0).to_numpy()
    told = np.flatnonzero(chances < 1.0)
    moved = np.zeros(len(chances), dtype=bool)
    moved[told] = discoveries(chances[told]) if len(told) else False
    return rows.with_columns(moved=pl.Series(moved))


def series(found: Mapping[str, Benchmark]) -> pl.DataFrame:
    """`SERIES` of the wall's measures."""
    parts = [
        one.history.select(pl.lit(name).alias("measure"), *(name_ for name_ in SERIES if name_ != "measure"))
        for name, one in found.items()
    ]
    return pl.concat(parts) if parts else SERIES.to_frame()


def begun_anew(
    rows: pl.DataFrame,
    held: pl.DataFrame,
    measures: Mapping[str, Measure],
    starts: Mapping[str, Mapping[str, Sequence[date]]],
) -> pl.DataFrame:
    """`WALL` with the trend and chance of some series computed from the values since their last start, and the whole
    wall flagged again. `held` is `SERIES`; `starts` are days by measure and place."""
    told = [
        series_ends(part, measures[measure], by_place).with_columns(measure=pl.lit(measure))
        for measure, by_place in starts.items()
        if measure in measures
        and (part := held.filter(pl.col("measure") == measure, pl.col("geography").is_in(list(by_place)))).height
    ]
    if not told:
        return rows
    keys = ["measure", "geography"]
    later = pl.concat(told).rename({name: f"{name}_later" for name in ENDS}).with_columns(found=pl.lit(value=True))
    joined = rows.join(later, on=keys, how="left", maintain_order="left")
    return flagged(
        joined.with_columns(
            pl.when(pl.col("found").fill_null(value=False)).then(f"{name}_later").otherwise(name).alias(name)
            for name in ENDS
        )
    ).select(rows.columns)

"""One measure's benchmark from its figures: ranks with their uncertainty, gaps to neighbours, and trends."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from parentis.figures.benchmarks.bands import plain_ranks, quartile_bands
from parentis.figures.benchmarks.comparison import COLUMNS, compared
from parentis.figures.benchmarks.funnels import Family, Funnel, funnel
from parentis.figures.benchmarks.neighbours import gaps
from parentis.figures.benchmarks.noise import Noise, noise
from parentis.figures.benchmarks.series import chance_of_last
from parentis.figures.benchmarks.trends import trend
from parentis.figures.measures import Measure, Polarity
from parentis.figures.schema import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PERCENT: Final = "%"
AMOUNTS: Final = frozenset({"£", "count", "FTE"})
"Units of totals: larger places have larger totals, so these are not ranked."
FEWEST: Final = 5
"The minimum number of places with a value for a comparison."
ROWS: Final = pl.Schema(
    {
        **COLUMNS,
        **dict.fromkeys(("period", "band", "direction"), pl.String()),
        **dict.fromkeys(("neighbours_mean", "gap", "p_worse", "slope", "chance"), pl.Float64()),
        **dict.fromkeys(("alike_mean", "gap_alike", "p_worse_alike"), pl.Float64()),
        **dict.fromkeys(("neighbours", "wide_rank", "years"), pl.Int64()),
    }
)
"""Rows of a benchmark, one per place: `COLUMNS` within the group; band and `wide_rank` as LAIT prints them, over every
place; the neighbours' mean, `gap` (above zero is worse), P(worse than the neighbours), and the same against computed
neighbours (`alike`); the trend; `chance` of the last point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A measure at its latest period. `history` has every place and period: `geography`, `period`, `period_end`,
    `value`, `numerator`, `denominator`."""

    measure: Measure
    period: str
    rows: pl.DataFrame
    history: pl.DataFrame
    funnel: Funnel | None
    noise: Noise | None
    percent: bool
    scale: float


def benchmark(
    figures: pl.DataFrame,
    measure: Measure,
    *,
    places: Collection[str],
    neighbours: Mapping[str, Sequence[str]] | None = None,
    alike: Mapping[str, Sequence[str]] | None = None,
    rebased: Mapping[str, Sequence[date]] | None = None,
    period: str | None = None,
    told: pl.DataFrame | None = None,
) -> Benchmark | None:
    """Compare `places` on a measure, in `period` or else the latest period in which most of them have a value. Uses
    the authorities' figures without breakdown. None where too few places have a value.

    `rebased` gives, by place, the last days of the periods from which it counts differently: its series restarts
    there. `neighbours` (a publisher's) and `alike` (computed) may lie outside `places`. `told` are rows computed
    earlier: they are used as they are, and only the quick parts are computed."""
    history = _history(figures, measure)
    mine = history.filter(pl.col("geography").is_in(list(places)))
    at = period or _latest(mine)
    if at is None:
        return None
    now, wide = (rows.filter(pl.col("period") == at) for rows in (mine, history))
    if told is None and now["value"].drop_nulls().len() < FEWEST:
        return None
    years = history.select(pl.col("period_end").unique().sort()).to_series()
    moved = noise(_panel(history, years))
    percent, scale = measure.unit == PERCENT, _scale(wide, measure)
    if told is None:
        told = _rows(now, wide, measure, scale, moved, neighbours=neighbours, alike=alike, places=places).join(
            series_ends(mine, measure, rebased or {}), on="geography", how="left", maintain_order="left"
        ).with_columns(period=pl.lit(at)).select(pl.col(name).cast(kind) for name, kind in ROWS.items())  # fmt: skip
    return Benchmark(
        measure=measure, period=at, rows=told, history=mine, funnel=_funnel(now, percent=percent), noise=moved,
        percent=percent, scale=scale,
    )  # fmt: skip


def _rows(
    now: pl.DataFrame,
    wide: pl.DataFrame,
    measure: Measure,
    scale: float,
    moved: Noise | None,
    *,
    neighbours: Mapping[str, Sequence[str]] | None,
    alike: Mapping[str, Sequence[str]] | None,
    places: Collection[str],
) -> pl.DataFrame:
    """Ranks, bands and gaps of `now` (within the group) and `wide` (every place)."""
    how = {"percent": measure.unit == PERCENT, "scale": scale, "error": moved.error if moved else None}
    polarity = Polarity.NEUTRAL if measure.unit in AMOUNTS else measure.polarity
    group = compared(now, polarity, **how)  # type: ignore[arg-type]
    far = (neighbours or alike) and wide.height > now.height
    widest = compared(wide, polarity, **how) if far else group  # type: ignore[arg-type]
    near = _beside(widest, neighbours, places, measure, ("neighbours", "neighbours_mean", "gap", "p_worse"))
    near_alike = _beside(widest, alike, places, measure, ("", "alike_mean", "gap_alike", "p_worse_alike"))
    return (
        group.join(_bands(wide, measure), on="geography", how="left", maintain_order="left")
        .join(near, on="geography", how="left", maintain_order="left")
        .join(near_alike, on="geography", how="left", maintain_order="left")
    )


def _beside(
    widest: pl.DataFrame,
    neighbours: Mapping[str, Sequence[str]] | None,
    places: Collection[str],
    measure: Measure,
    names: tuple[str, str, str, str],
) -> pl.DataFrame:
    """Gaps of `places` to these neighbours, under `names`: how many, their mean, the gap, P(worse)."""
    found = gaps(
        widest, {place: near for place, near in (neighbours or {}).items() if place in places}, measure.polarity
    )
    rows = [
        {"geography": place, **dict(zip(names, (one.neighbours, one.mean, one.gap, one.p_worse), strict=True))}
        for place, one in found.items()
    ]
    return _frame([{key: one for key, one in row.items() if key} for row in rows], tuple(filter(None, names)))


def _history(figures: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """Values with their counts: as given, or derived from a percentage and its `n`."""
    held = counted(figures).filter(pl.col("breakdown") == "", pl.col("scenario") == pl.col("scenario").min())
    given = pl.coalesce("denominator", pl.col("n").cast(pl.Float64))
    # where `n` does not count people (but returns or replicates), it is not the percentage's denominator
    of_people = isinstance(measure.people, tuple) and any(one.n > 0 for one in measure.people)
    size = given if measure.unit == PERCENT and of_people else pl.col("denominator")
    return held.select(
        "geography", "period", "period_end", "value",
        numerator=pl.when(pl.col("denominator").is_not_null()).then("numerator").otherwise(
            (pl.col("value") / 100 * size).round()
        ),
        denominator=size,
    ).sort("period_end", "geography")  # fmt: skip


def _latest(rows: pl.DataFrame) -> str | None:
    known = rows.filter(pl.col("value").is_not_null()).group_by("period", "period_end").len()
    most = known.filter(pl.col("len") >= pl.max_horizontal(pl.lit(FEWEST), pl.col("len").max() // 2))
    return str(most.sort("period_end")["period"][-1]) if most.height else None


def _panel(history: pl.DataFrame, ends: pl.Series) -> "Array":
    wide = history.unique(["geography", "period_end"], keep="first").pivot(
        on="period_end", index="geography", values="value"
    )
    return np.asarray(wide.select(str(one) for one in ends).to_numpy(), dtype=float)


def _scale(rows: pl.DataFrame, measure: Measure) -> float:
    """The factor that turns a share or rate of counts into the measure's value: 100, 10,000 or 1."""
    if measure.unit == PERCENT:
        return 100.0
    ratio = rows.filter(pl.col("numerator") > 0, pl.col("value") != 0).select(
        (pl.col("value") * pl.col("denominator") / pl.col("numerator")).median()
    )
    found = ratio.item() if ratio.height else None
    return float(10 ** np.round(np.log10(abs(found)))) if found else 1.0


def _bands(wide: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    return wide.select("geography").with_columns(
        quartile_bands(wide["value"], measure.polarity).alias("band"),
        plain_ranks(wide["value"], measure.polarity).alias("wide_rank"),
    )


def series_ends(mine: pl.DataFrame, measure: Measure, rebased: Mapping[str, Sequence[date]]) -> pl.DataFrame:
    """The trend of each place's series since its last restart: `geography`, `direction`, `slope`, `years`, `chance`."""
    told = []
    for (place,), rows in mine.partition_by("geography", as_dict=True).items():
        year = rows["period_end"].dt.year() + (rows["period_end"].dt.month() - 3) / 12
        values = rows["value"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        breaks = tuple(_year(day) for day in rebased.get(str(place), ()))
        found = trend(year.to_numpy(), values, measure.polarity, breaks=breaks)
        since = values[(year.to_numpy() >= max(breaks, default=0)) & ~np.isnan(values)]
        told.append({"geography": place, "direction": str(found.direction), "slope": found.slope,
                     "years": found.years, "chance": chance_of_last(since)})  # fmt: skip
    return _frame(told, ("direction", "slope", "years", "chance"))


def _year(day: date) -> float:
    return day.year + (day.month - 3) / 12


def _funnel(now: pl.DataFrame, *, percent: bool) -> Funnel | None:
    held = now.filter(pl.col("denominator") > 0, pl.col("numerator") >= 0)
    if held.height < FEWEST or held["numerator"].sum() == 0:
        return None
    if percent and (held.filter(pl.col("numerator") > pl.col("denominator")).height or
                    held["numerator"].sum() == held["denominator"].sum()):  # fmt: skip
        return None
    numerator, denominator = held["numerator"].to_numpy(), held["denominator"].to_numpy()
    return funnel(numerator, denominator, Family.BINOMIAL if percent else Family.POISSON)


def _frame(rows: Sequence[Mapping[str, object]], names: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"geography": pl.String(), **{name: ROWS[name] for name in names}})

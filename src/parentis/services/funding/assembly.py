"""Turn values into figures with labels and provenance, in the same way for every source of values."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from parentis.figures import WHOLE, Figures, Measure, Traced, attach, trace

_KEY = ("needs", "geography", "period")


def assemble(
    values: Iterable[pl.DataFrame],
    used: pl.DataFrame,
    measures: Iterable[Measure],
    parameters: Mapping[str, Any],
) -> tuple[pl.DataFrame, Traced]:
    """`Figures`, and what `figures.trace` made of the rows in `used` (as `evaluate.USED`).

    Each frame of `values` has `measure`, `geography`, `period`, `period_start`, `period_end`, `value`, `n`,
    `provisional`, `authority_set`, `method` and `needs`; it may have `breakdown`, `low`, `high`,
    `level`, and an `audience` other than its measure's.
    """
    whole = pl.concat(values, how="diagonal_relaxed")
    missing = {
        "audience": pl.String,
        "breakdown": pl.String,
        "low": pl.Float64,
        "high": pl.Float64,
        "level": pl.Float64,
    }
    whole = whole.with_columns(
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in missing.items() if name not in whole.columns
    )
    traced = trace(used, _KEY, service="funding", parameters=parameters)
    labelled = whole.join(_labels(measures), on="measure").with_columns(
        pl.col("breakdown").fill_null(WHOLE),
        audience=pl.coalesce("audience", "measure_audience"),
        suppressed=pl.lit(None, dtype=pl.String),
        scenario=pl.lit(""),
    )
    figures = attach(labelled, traced).select(Figures.column_names())
    return Figures.validate(figures.sort("measure", "period", "geography", "breakdown"), cast=True), traced


def _labels(measures: Iterable[Measure]) -> pl.DataFrame:
    columns = ("unit", "gross_net", "cumulative", "netted")
    return pl.DataFrame(
        [
            {
                "measure": one.id,
                "measure_audience": one.audience.value,
                **{name: getattr(one, name) for name in columns},
            }
            for one in measures
        ]
    )

"""Figures of the collection: indicators by quarter, and counts from the wall by borough."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from parentis.figures import COUNTS, Audience, CountedFigures, Figures, Traced, attach, trace
from parentis.figures.benchmarks import NEVER_RANKED, Verdict
from parentis.services.improvement.collected import INDICATORS, REGION
from parentis.services.improvement.measures import FLAGGED, MEASURES, RESPONSES, SURE, UNSURE

_KEY: Final = ("measure", "geography", "period")
_DAYS: Final = ("period_start", "period_end")
_EMPTY: Final = {"breakdown": "", "scenario": "", "gross_net": "", "cumulative": "", "netted": ""}


def figures_of(
    quarters: pl.DataFrame, wall: pl.DataFrame, parameters: Mapping[str, Any]
) -> tuple[pl.DataFrame, Traced]:
    """`CountedFigures` of collected values, of numbers submitted, and of the counts from `wall`, with their
    provenance."""
    values = pl.concat([quarters, _responses(quarters), _counts(wall, quarters)], how="diagonal")
    traced = trace(_behind(values, quarters), _KEY, service="improvement", parameters=dict(parameters), seed=None)
    units = {one.id: one.unit for one in MEASURES}
    region = pl.col("geography") == REGION
    answered = pl.format("{} authorities of the region", pl.col("answered").fill_null(0))
    labelled = values.with_columns(
        *(pl.lit(text).alias(name) for name, text in _EMPTY.items()),
        *(pl.lit(None, pl.Float64).alias(name) for name in ("low", "high", "level")),
        unit=pl.col("measure").replace_strict(units, default=None, return_dtype=pl.String),
        audience=pl.lit(str(Audience.MEMBERS)),
        suppressed=pl.lit(None, pl.String),
        n=pl.col("denominator").round().cast(pl.Int64),
        authority_set=pl.when(region).then(answered).otherwise(pl.lit("the authority")),
        method=pl.lit("as collected by quarter, docs/methods/improvement.md"),
        provisional=pl.col("provisional").fill_null(value=False),
    )
    figures = attach(labelled, traced).select(*Figures.column_names(), *COUNTS)
    return CountedFigures.validate(figures.sort("measure", "period", "geography"), cast=True), traced


def _responses(quarters: pl.DataFrame) -> pl.DataFrame:
    own = quarters.filter(pl.col("geography") != REGION)
    return own.group_by("geography", "period", *_DAYS).agg(
        value=pl.len().cast(pl.Float64), provisional=pl.col("provisional").any()
    ).with_columns(measure=pl.lit(RESPONSES.id))  # fmt: skip


def _counts(wall: pl.DataFrame, quarters: pl.DataFrame) -> pl.DataFrame:
    ranked = wall.filter(~pl.col("geography").is_in(list(NEVER_RANKED)))
    counts = ranked.group_by("geography", "period").agg(
        (pl.col("fifth") == "worst").sum().cast(pl.Float64).alias(FLAGGED.id),
        (pl.col("verdict") == str(Verdict.WORST)).sum().cast(pl.Float64).alias(SURE.id),
        (pl.col("verdict") == str(Verdict.CANNOT_TELL)).sum().cast(pl.Float64).alias(UNSURE.id),
    )
    long = counts.unpivot(index=["geography", "period"], variable_name="measure", value_name="value")
    handed_in = quarters.select("geography", "period", *_DAYS).unique()
    return long.join(handed_in, on=["geography", "period"])


def _behind(values: pl.DataFrame, quarters: pl.DataFrame) -> pl.DataFrame:
    """The loads behind each figure: an authority's own quarter; for the region, those of all that answered."""
    own = (
        quarters.filter(pl.col("geography") != REGION)
        .group_by("geography", "period", "load_id")
        .agg(count=pl.len().cast(pl.Int64))
    )
    region = own.group_by("period", "load_id").agg(pl.col("count").sum(), geography=pl.lit(REGION).first())
    loads = pl.concat([own, region.select(own.columns)])
    return values.select(*_KEY).join(loads, on=["geography", "period"]).with_columns(
        table=pl.lit(INDICATORS), row=pl.lit(None, dtype=pl.UInt32)
    )  # fmt: skip

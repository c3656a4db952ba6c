"""Turn values into figures with labels, periods and the rows behind each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from parentis.figures import Figures, Traced, attach, trace
from parentis.region import parse_period
from parentis.services.uasc.measures import MEASURES
from parentis.services.uasc.national import SPANS

_KEY = ("basis", "geography", "period")
_LINE = ("load_id", "table", "row", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Values with the same kind of rows behind them. `used` has `geography, period`, `load_id, table, count` and
    `provisional`; a null geography or period means all of them."""

    basis: str
    values: pl.DataFrame
    used: pl.DataFrame
    scenario: str = ""


def rows_of(tables: Mapping[str, pl.DataFrame], names: tuple[str, ...], where: pl.Expr | None = None) -> pl.DataFrame:
    """The rows of these tables by authority and load: `authority, load_id, table, count, provisional`."""
    parts = [
        (tables[name] if where is None else tables[name].filter(where))
        .group_by("authority", "load_id")
        .agg(count=pl.len().cast(pl.Int64), provisional=pl.col("provisional").any())
        .with_columns(table=pl.lit(name))
        .select("authority", "load_id", "table", "count", "provisional")
        for name in names
    ]
    return pl.concat(parts)


def assemble(parts: list[Part], parameters: Mapping[str, Any], seed: int) -> tuple[pl.DataFrame, Traced]:
    """Figures and their provenance."""
    values = pl.concat([_dated(part) for part in parts])
    used = pl.concat([_lines(part) for part in parts])
    traced = trace(used, _KEY, service="uasc", parameters=parameters, seed=seed)
    unsure = used.group_by(_KEY).agg(provisional=pl.col("provisional").any())
    columns = ("unit", "gross_net", "cumulative", "netted")
    labels = pl.DataFrame(
        [
            {"measure": one.id, "audience": one.audience.value, **{name: getattr(one, name) for name in columns}}
            for one in MEASURES
        ]
    )
    labelled = (
        values.join(labels, on="measure")
        .join(unsure, on=_KEY, how="left")
        .with_columns(pl.col("provisional").fill_null(value=False), suppressed=pl.lit(None, dtype=pl.String))
    )
    figures = attach(labelled, traced).select(Figures.column_names())
    return Figures.validate(figures.sort("measure", "period", "geography", "breakdown"), cast=True), traced


def _dated(part: Part) -> pl.DataFrame:
    values = part.values
    if "period_start" not in values.columns:
        spans = {label: parse_period(label) for label in values["period"].unique().to_list()}
        values = values.with_columns(
            period_start=pl.col("period").replace_strict(
                {label: span.start for label, span in spans.items()}, default=None, return_dtype=pl.Date
            ),
            period_end=pl.col("period").replace_strict(
                {label: span.end for label, span in spans.items()}, default=None, return_dtype=pl.Date
            ),
        )
    return values.select(*SPANS).with_columns(basis=pl.lit(part.basis), scenario=pl.lit(part.scenario))


def _lines(part: Part) -> pl.DataFrame:
    """What `trace` takes, for every place and period that has values."""
    about = part.values.select("geography", "period").unique()
    whole = part.used["geography"].is_null().any() if part.used.height else False
    joined = (
        about.join(part.used.drop("geography", "period"), how="cross")
        if whole
        else about.join(part.used, on=["geography", "period"])
    )
    return joined.select(
        pl.lit(part.basis).alias("basis"),
        "geography",
        "period",
        "load_id",
        "table",
        pl.lit(None, dtype=pl.UInt32).alias("row"),
        "count",
        "provisional",
    )

"""The quarterly collection as values: numerator, denominator and their quotient."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from parentis.region import members, parse_period
from parentis.returns.improvement import slots
from parentis.services.improvement.measures import measure_of

INDICATORS: Final = "improvement.collection/indicators"
REGION: Final = "london"


def collected(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row an indicator, authority and quarter, and the region's sums: `measure`, `geography`, `period`, its days,
    `value`, `numerator`, `denominator`, `rebased`, `load_id`, `provisional`. Rows without a denominator have no
    value."""
    lines = tables[INDICATORS]
    known = {one.id: one for one in slots()}
    whole = lines.filter(
        pl.col("INDICATOR").is_in(list(known)), pl.col("DENOMINATOR") > 0, pl.col("NUMERATOR") >= 0
    ).with_columns(
        measure=pl.col("INDICATOR").replace_strict({one.id: measure_of(one) for one in known.values()}, default=None,
                                                   return_dtype=pl.String),
        scale=pl.col("INDICATOR").replace_strict({one.id: float(one.scale) for one in known.values()}, default=None,
                                                 return_dtype=pl.Float64),
    )  # fmt: skip
    right = whole.filter((pl.col("scale") != 100) | (pl.col("NUMERATOR") <= pl.col("DENOMINATOR")))
    spans = {label: parse_period(label) for label in right["period"].unique()}
    dated = right.select(
        "measure", "period", "scale", "load_id", "provisional",
        geography="authority", numerator=pl.col("NUMERATOR").cast(pl.Float64),
        denominator=pl.col("DENOMINATOR").cast(pl.Float64), rebased=pl.col("REBASED") == "1",
    ).with_columns(
        pl.col("period").replace_strict({label: getattr(span, day) for label, span in spans.items()}, default=None,
                                        return_dtype=pl.Date).alias(f"period_{day}")
        for day in ("start", "end")
    )  # fmt: skip
    summed = pl.concat([dated, _region(dated)], how="diagonal")
    return summed.with_columns(value=pl.col("numerator") / pl.col("denominator") * pl.col("scale"))


def _region(dated: pl.DataFrame) -> pl.DataFrame:
    """The region's sums over the authorities that answered, with the same ones in numerator and denominator."""
    days = dated["period_end"].to_list()
    of = list(members(REGION, max(days))) if days else []
    keys = ("measure", "period", "period_start", "period_end", "scale")
    return dated.filter(pl.col("geography").is_in(of)).group_by(keys).agg(
        pl.col("numerator", "denominator").sum(), geography=pl.lit(REGION).first(),
        provisional=pl.col("provisional").any(), answered=pl.len(), loads=pl.col("load_id"),
    )  # fmt: skip

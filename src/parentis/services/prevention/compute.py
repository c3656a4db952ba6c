"""The service's run: entries to care by authority and month for the checks of promises, and the region's figures."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from parentis.figures import WHOLE, Figures, Provenance, ProvenanceInputs, attach, empty_figures, trace
from parentis.region import financial_year_of, members, parse_period
from parentis.services.prevention.entry_counts import EPISODES, NEEDS, entries
from parentis.services.prevention.measures import MEASURES
from parentis.services.service import Result

LONDON: Final = "london"
METHOD: Final = "counted from the periods of care that begin; docs/methods/prevention.md"


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Entries of London by financial year; the frame `entries` has them by authority and month."""
    held = entries(tables)
    yearly = _yearly(held)
    if yearly.is_empty():
        return Result(
            figures=empty_figures(), provenance=Provenance.create_empty(), inputs=ProvenanceInputs.create_empty(),
            frames={"entries": held},
        )  # fmt: skip
    places = held["authority"].unique().to_list()
    used = pl.concat(
        [
            tables[need].filter(pl.col("authority").is_in(places)).select(
                geography=pl.lit(LONDON), load_id="load_id", table=pl.lit(need), row=pl.lit(None, dtype=pl.UInt32)
            )
            for need in NEEDS
        ]
    )  # fmt: skip
    traced = trace(used, ("geography",), service="prevention", parameters=dict(parameters))
    known = pl.DataFrame(
        [{"measure": one.id, "unit": one.unit, "audience": one.audience.value, "gross_net": one.gross_net}
         for one in MEASURES]
    )  # fmt: skip
    figures = attach(
        yearly.join(known, on="measure").with_columns(
            geography=pl.lit(LONDON), breakdown=pl.lit(WHOLE), low=pl.lit(None, dtype=pl.Float64),
            high=pl.lit(None, dtype=pl.Float64), level=pl.lit(None, dtype=pl.Float64), n=pl.lit(None, dtype=pl.Int64),
            suppressed=pl.lit(None, dtype=pl.String), scenario=pl.lit(""),
            authority_set=pl.lit(f"{len(places)} London authorities"), cumulative=pl.lit(""), netted=pl.lit(""),
            method=pl.lit(METHOD), provisional=pl.lit(bool(tables[EPISODES]["provisional"].any())),
        ),
        traced,
    )  # fmt: skip
    kept = Figures.validate(figures.select(Figures.column_names()), cast=True)
    return Result(figures=kept, provenance=traced.provenance, inputs=traced.inputs, frames={"entries": held})


def _yearly(held: pl.DataFrame) -> pl.DataFrame:
    """Financial years that every authority with any return covers whole, so that years can be compared."""
    if held.is_empty():
        return pl.DataFrame()
    last = held["month"].max()
    own = held.filter(pl.col("authority").is_in(members(LONDON, last)))  # type: ignore[arg-type]
    of = {month: financial_year_of(month).label for month in own["month"].unique().to_list()}
    years = (
        own.with_columns(period=pl.col("month").replace_strict(of, return_dtype=pl.String))
        .group_by("period").agg(value=pl.col("entries").sum().cast(pl.Float64), months=pl.len())
        .filter(pl.col("months") == 12 * own["authority"].n_unique()).sort("period")
    )  # fmt: skip
    spans = {one: parse_period(one) for one in years["period"].to_list()}
    return years.select(
        "period", "value", measure=pl.lit("prevention.entries"),
        period_start=pl.col("period").replace_strict({k: v.start for k, v in spans.items()}, return_dtype=pl.Date),
        period_end=pl.col("period").replace_strict({k: v.end for k, v in spans.items()}, return_dtype=pl.Date),
    )  # fmt: skip

"""From lines of visits to figures of authorities and footprints."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl
from parentis.services.hubs.measures import FAMILIES

from parentis.figures import WHOLE, Figures, Provenance, ProvenanceInputs, attach, empty_figures, trace
from parentis.region import places
from parentis.services.service import Result

TABLE: Final = "hubs.visits/visits"
KEY: Final = ("geography", "period")


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Families of each authority, and of each footprint of which every authority handed in."""
    lines = latest(tables[TABLE])
    if lines.is_empty():
        return Result(
            figures=empty_figures(), provenance=Provenance.create_empty(), inputs=ProvenanceInputs.create_empty()
        )
    held = places(lines["period"]).join(lines, on=["authority", "period"])
    whole = held.filter(pl.col("authority").n_unique().over(KEY) == pl.col("members"))
    traced = trace(
        whole.select(*KEY, "load_id", "row", table=pl.lit(TABLE)), KEY, service="hubs", parameters=dict(parameters)
    )
    values = whole.group_by(*KEY, "period_start", "period_end", "members").agg(
        value=pl.col("FAMILIES").sum().cast(pl.Float64),
        n=pl.len().cast(pl.Int64),
        provisional=pl.col("provisional").any(),
    )
    figures = attach(values.with_columns(**_described()), traced)
    return Result(
        figures=Figures.validate(figures.select(Figures.column_names()).sort(KEY), cast=True),
        provenance=traced.provenance,
        inputs=traced.inputs,
    )


def latest(lines: pl.DataFrame) -> pl.DataFrame:
    """Each hub's year once, as last accepted; a hub without a count is left out."""
    known = lines.filter(pl.col("FAMILIES").is_not_null())
    return known.sort("sequence").unique(["authority", "period", "HUB"], keep="last", maintain_order=True)


def _described() -> dict[str, pl.Expr]:
    nothing = dict.fromkeys(("low", "high", "level"), pl.lit(None, dtype=pl.Float64))
    words = dict.fromkeys(("scenario", "gross_net", "cumulative", "netted"), pl.lit(""))
    return {
        "measure": pl.lit(FAMILIES.id),
        "breakdown": pl.lit(WHOLE),
        "unit": pl.lit(FAMILIES.unit),
        "audience": pl.lit(FAMILIES.audience.value),
        "suppressed": pl.lit(None, dtype=pl.String),
        "authority_set": pl.format("{} of {} authorities", "members", "members"),
        "method": pl.lit("as handed in"),
        **nothing,
        **words,
    }

"""The service's run: entries to care by authority and month for the checks of promises, and the region's figures: those
entries by year, and what the family group conference is worth as the law is read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import polars as pl

from parentis.figures import WHOLE, Figures, Provenance, ProvenanceInputs, attach, empty_figures, trace
from parentis.region import financial_year_of, members, parse_period
from parentis.services.demand.money.projections import OUTLOOK_DEFAULTS, outlook
from parentis.services.demand.tables import OUTLOOK_NEEDS
from parentis.services.prevention.entry_counts import EPISODES, NEEDS, UASC, entries
from parentis.services.prevention.measures import MEASURES
from parentis.services.prevention.proceedings import routes
from parentis.services.prevention.readings_of_the_law import readings
from parentis.services.service import Result

LONDON: Final = "london"
FIGURED: Final = (
    "period", "value", "low", "high", "measure", "breakdown", "period_start", "period_end", "kind", "method",
)  # fmt: skip
READ: Final = {
    "reading": pl.String, "year": pl.String, "what": pl.String, "mean": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "says": pl.String,
}  # fmt: skip
DEFAULTS: Final = {**OUTLOOK_DEFAULTS, "readings": 40}
SIMULATED: Final = "run through the demand model, with and without; docs/methods/prevention.md"
METHOD: Final = "counted from the periods of care that begin; docs/methods/prevention.md"


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Figures of London; the frame `entries` has entries by authority and month, `readings` the conference under each
    reading of the law.

    Parameters: those of `demand`'s outlook, whose run a build shares, and `readings`, draws of each reading (40)."""
    chosen = {**DEFAULTS, **parameters}
    held = entries(tables)
    read = _readings(tables, chosen)
    values = pl.concat([one for one in (_yearly(held), _read_figures(read)) if not one.is_empty()] or [_yearly(held)])
    frames = {"entries": held, "readings": read}
    if values.is_empty():
        return Result(
            figures=empty_figures(), provenance=Provenance.create_empty(), inputs=ProvenanceInputs.create_empty(),
            frames=frames,
        )  # fmt: skip
    places = held["authority"].unique().to_list()
    used = pl.concat([_used(tables, needs, kind) for needs, kind in ((NEEDS, "counted"), (OUTLOOK_NEEDS, "simulated"))])
    traced = trace(used, ("kind",), service="prevention", parameters=chosen, seed=chosen["seed"])
    known = pl.DataFrame(
        [{"measure": one.id, "unit": one.unit, "audience": one.audience.value, "gross_net": one.gross_net}
         for one in MEASURES]
    )  # fmt: skip
    figures = attach(
        values.join(known, on="measure").with_columns(
            geography=pl.lit(LONDON), n=pl.lit(None, dtype=pl.Int64),
            level=pl.when(pl.col("low").is_not_null()).then(0.95), suppressed=pl.lit(None, dtype=pl.String),
            scenario=pl.lit(""), authority_set=pl.lit(f"{len(places)} London authorities"), cumulative=pl.lit(""),
            netted=pl.lit(""), provisional=pl.lit(bool(tables[EPISODES]["provisional"].any())),
        ),
        traced,
    )  # fmt: skip
    kept = Figures.validate(figures.select(Figures.column_names()), cast=True)
    return Result(figures=kept, provenance=traced.provenance, inputs=traced.inputs, frames=frames)


def _used(tables: Mapping[str, pl.DataFrame], needs: tuple[str, ...], kind: str) -> pl.DataFrame:
    """Every row of the tables, by load, under the kind of figure that it was used for."""
    return pl.concat(
        [
            tables[need].group_by("load_id").agg(count=pl.len()).select(
                kind=pl.lit(kind), load_id="load_id", table=pl.lit(need), row=pl.lit(None, dtype=pl.UInt32),
                count="count",
            )
            for need in needs if need in tables
        ]
    )  # fmt: skip


def _readings(tables: Mapping[str, pl.DataFrame], chosen: Mapping[str, Any]) -> pl.DataFrame:
    """The conference in London under each reading of the law, from the day after the last return; nothing where no
    return is held, or nobody came into care under an order."""
    ahead = outlook(tables, chosen)
    if ahead is None:
        return pl.DataFrame(schema=READ)
    found = routes(tables[EPISODES], tables[UASC])
    if not found.entries or not found.under_order:
        return pl.DataFrame(schema=READ)
    names = [one for one in ahead.basis.model.authorities if one in members(LONDON, ahead.basis.model.cut)]
    if not names:
        return pl.DataFrame(schema=READ)
    basis = replace(ahead.basis, model=ahead.basis.model.only(*names))
    start = ahead.basis.model.cut + timedelta(days=1)
    # The duty began after the returns end: from then on the readings part.
    return readings(
        basis, found, start=start, price_year=basis.prices.period, replicates=int(chosen["readings"])
    ).select(list(READ))


def _read_figures(read: pl.DataFrame) -> pl.DataFrame:
    named = {f"{what}": f"prevention.conference_{what}" for what in ("children", "nights", "pounds")}
    spans = {one: parse_period(one) for one in read["year"].unique().to_list()}
    return read.select(
        period="year", value="mean", low="low", high="high",
        measure=pl.col("what").replace_strict(named, return_dtype=pl.String, default=None),
        breakdown=pl.format("law={}", pl.col("reading").str.replace_all(" ", "-")),
        period_start=pl.col("year").replace_strict({k: v.start for k, v in spans.items()}, return_dtype=pl.Date),
        period_end=pl.col("year").replace_strict({k: v.end for k, v in spans.items()}, return_dtype=pl.Date),
        kind=pl.lit("simulated"), method=pl.lit(SIMULATED),
    ).select(FIGURED)  # fmt: skip


def _yearly(held: pl.DataFrame) -> pl.DataFrame:
    """Financial years that every authority with any return covers whole, so that years can be compared."""
    if held.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(FIGURED, pl.String))
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
        "period", "value", measure=pl.lit("prevention.entries"), breakdown=pl.lit(WHOLE),
        low=pl.lit(None, dtype=pl.Float64), high=pl.lit(None, dtype=pl.Float64), kind=pl.lit("counted"),
        method=pl.lit(METHOD),
        period_start=pl.col("period").replace_strict({k: v.start for k, v in spans.items()}, return_dtype=pl.Date),
        period_end=pl.col("period").replace_strict({k: v.end for k, v in spans.items()}, return_dtype=pl.Date),
    ).select(FIGURED)  # fmt: skip

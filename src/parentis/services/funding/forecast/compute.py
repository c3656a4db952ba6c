"""The forecast's run: tables in, figures with provenance and the assumptions out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl

from parentis.figures import (
    Figures,
    Provenance,
    ProvenanceInputs,
    attach,
    empty_figures,
    in_prices,
    trace,
)
from parentis.region import authorities, deflator_factor, edition_words, financial_year, footprints, members
from parentis.services.demand import OUTLOOK_DEFAULTS, OUTLOOK_NEEDS, PLAN_SETTINGS, Outlook, outlook
from parentis.services.funding.forecast.agreements import Agreements
from parentis.services.funding.forecast.backtest import Trial, record, trials
from parentis.services.funding.forecast.bridges import bridges
from parentis.services.funding.forecast.futures import Futures
from parentis.services.funding.forecast.measures import FORECAST_MEASURES, REAL
from parentis.services.funding.forecast.options import Option, option_values, options
from parentis.services.funding.forecast.places import Place
from parentis.services.funding.forecast.projection import Projection, project
from parentis.services.funding.forecast.regimes import ENTERED, JUDGED, REGIMES, STABILITY_GRANT_SOURCE, Policy
from parentis.services.funding.forecast.sensitivities import Rerun, reruns, sensitivity
from parentis.services.funding.forecast.starting_position import QUANTITIES, Start, said_basis
from parentis.services.funding.forecast.values import values_of
from parentis.services.service import Result

FORECAST_NEEDS: tuple[str, ...] = tuple(dict.fromkeys((*OUTLOOK_NEEDS, *(one.table for one in QUANTITIES))))


def compute_forecast(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Figures `funding.forecast.*` of every authority and footprint for future years.

    Parameters: those of `demand.outlook` and `Policy`; `reruns` (True): whether to make sensitivities, options and the
    record of past forecasts. Without a looked-after children return, or without a budget and an outturn for its last
    year, no figures are made, and `frames["forecast_notes"]` says which was missing.
    """
    for need in FORECAST_NEEDS:
        if need not in tables:
            return _nothing(f"{need} was not asked for.")
    ahead = outlook(tables, {name: parameters[name] for name in OUTLOOK_DEFAULTS if name in parameters})
    if ahead is None:
        return _nothing("The forecast needs the looked-after children returns (ssda903).")
    base = project(tables, ahead, Policy.of(parameters))
    if base is None:
        return _nothing(f"The forecast needs a budget and an outturn of {ahead.year_before}: monitoring, or RA and RS.")
    again = tuple(reruns(tables, base)) if parameters.get("reruns", True) else ()
    past = trials(tables, base) if parameters.get("reruns", True) else ()
    tried = tuple(options(tables, base)) if parameters.get("reruns", True) else ()
    return _result(tables, base, again, past, tried, str(parameters.get("price_year") or base.start.year))


def _result(
    tables: Mapping[str, pl.DataFrame],
    base: Projection,
    again: Sequence[Rerun],
    past: Sequence[Trial],
    tried: Sequence[Option],
    price_year: str,
) -> Result:
    ahead, start, found, policy, agreed = base.ahead, base.start, base.found, base.policy, base.agreed
    places = list(_places(found, ahead))
    worth = deflator_factor(start.year, price_year)
    # Sensitivities and the record are of authorities and regions; other footprints' would be most of all figures.
    narrow = {one.id for one in footprints() if one.kind != "region"}
    values = pl.concat(
        part
        for place in places
        for part in (
            values_of(found, place, start.year, worth),
            bridges(found, start, ahead, place),
            *(
                ()
                if place.id in narrow
                else (
                    sensitivity(base, again, place),
                    record(past, place, start.authorities),
                    option_values(base, tried, place),
                )
            ),
        )
    )
    seed, behind = ahead.basis.seed, ahead.used(tables)
    told = {
        **asdict(policy),
        "replicates": ahead.basis.replicates,
        "seed": seed,
        "scenario": "",
        "price_year": price_year,
    }
    traced = trace(
        pl.concat(_used(behind, start, agreed, place) for place in places), ("geography",), service="funding",
        parameters=told, seed=seed,
    )  # fmt: skip
    labels = pl.DataFrame(
        [
            {
                "measure": one.id,
                "unit": one.unit,
                "gross_net": one.gross_net,
                "cumulative": one.cumulative,
                "netted": one.netted,
            }
            for one in FORECAST_MEASURES
        ]
    )
    deflators = edition_words("gdp_deflator")
    of_place = {place.id: said_basis(start, place.own) for place in places}
    basis = (
        f"; budgets grow {policy.settlement_growth:.1%} and high-needs "
        f"funding {policy.dsg_growth:.1%} a year; high needs by {'plans' if found.hn_by_plans else 'its own trend'}; "
        f"{agreed.said}; of other authorities the grant with a chance of {policy.grant_chance:.0%} ({JUDGED}); "
        f"reserves of {start.reserves_period or 'no year held'}; general prices by {deflators}"
    )
    figures = values.join(labels, on="measure").with_columns(
        scenario=pl.lit(""), suppressed=pl.lit(None, dtype=pl.String),
        method=pl.concat_str(
            pl.format("simulation from {} ({})", pl.lit(start.year), pl.col("geography").replace_strict(of_place)),
            pl.lit(basis),
            pl.when(pl.col("measure").str.ends_with(REAL)).then(pl.lit(f"; {in_prices(price_year, deflators)}"))
            .otherwise(pl.lit("")),
        ),
        provisional=pl.col("geography").is_in([place.id for place in places if _unsigned(start, place)]),
    )  # fmt: skip
    return Result(
        figures=Figures.validate(attach(figures, traced).select(Figures.column_names()), cast=True),
        provenance=traced.provenance,
        inputs=traced.inputs,
        frames={
            "forecast_notes": _notes(ahead, start, found),
            "forecast_regimes": _regimes(),
            "forecast_assumptions": _assumptions(policy, ahead, agreed),
        },
    )


def _unsigned(start: Start, place: Place) -> bool:
    """Whether any return behind the starting position of the place is unsigned."""
    own = [start.authorities[at] for at in place.own]
    return bool(start.used.filter(pl.col("authority").is_in(own))["provisional"].any())


def _places(found: Futures, ahead: Outlook) -> Iterator[Place]:
    index = {name: at for at, name in enumerate(found.authorities)}
    names = {one.gss: one.name for one in authorities()}
    for name, at in index.items():
        yield Place(name, (at,), 1, names.get(name, name), footprint=False)
    ends = [financial_year(year).end for year in found.years]
    for one in footprints():
        belong = members(one.id, ahead.basis.model.cut)
        if any(members(one.id, end) != belong for end in ends):
            continue  # a footprint that changes in these years has no one total; and a sum of the years would be of two
        here = tuple(index[gss] for gss in belong if gss in index)
        if here:
            yield Place(one.id, here, len(belong), one.name, footprint=True)


def _used(behind: pl.DataFrame, start: Start, agreed: Agreements, place: Place) -> pl.DataFrame:
    own = [start.authorities[at] for at in place.own]
    key = {"geography": pl.lit(place.id)}
    return pl.concat(
        [
            start.used.filter(pl.col("authority").is_in(own)).select(
                **key, load_id="load_id", table="table", row="row", count=pl.lit(1, dtype=pl.Int64)
            ),
            agreed.used.filter(pl.col("authority").is_in(own)).select(
                **key, load_id="load_id", table="table", row="row", count=pl.lit(1, dtype=pl.Int64)
            ),
            behind.filter(pl.col("authority").is_in(own) | pl.col("authority").is_null()).select(
                **key, load_id="load_id", table="table", row=pl.lit(None, dtype=pl.UInt32),
                count=pl.col("count").cast(pl.Int64),
            ),
        ]
    )  # fmt: skip


def _notes(ahead: Outlook, start: Start, found: Futures) -> pl.DataFrame:
    said = list(ahead.notes)
    over = [name for name, share in zip(found.authorities, found.share_simulated, strict=True) if share >= 1]
    if over:
        said.append(
            f"{len(over)} authorities' placements cost more at the model's prices than their whole outturn: their rest "
            "of spend is taken as nothing, and their figures are of little use."
        )
    partly = int((~np.isfinite(found.shortfall).all(axis=(0, 2))).sum())
    if 0 < partly < len(found.authorities):
        said.append(
            f"{partly} authorities have no budget and outturn, or no high-needs funding and spend: they are in no "
            "figure of the forecast, so that every total is of the same authorities."
        )
    if not np.isfinite(start.reserves).any():
        said.append("No reserves are held (RS or RA): the chance of exhausting them is not available.")
    if not np.isfinite(start.hn_balance).any():
        said.append("No high-needs funding, spend and balance are held in monitoring: high needs is not available.")
    if ahead.before.costs.unpriced_share > 0:
        said.append(
            f"{ahead.before.costs.unpriced_share:.1%} of nights have no price; their cost is in the rest of spend."
        )
    return pl.DataFrame({"note": said}, schema={"note": pl.String})


def _regimes() -> pl.DataFrame:
    rows = [{"first": one.first, "last": one.last, "what": one.what, "source": one.source} for one in REGIMES]
    return pl.DataFrame(
        [
            *rows,
            {
                "first": "2026-27",
                "last": "2026-27",
                "what": "High Needs Stability Grant",
                "source": STABILITY_GRANT_SOURCE,
            },
        ]
    )


def _assumptions(policy: Policy, ahead: Outlook, agreed: Agreements) -> pl.DataFrame:
    """`assumption, value, source`: the policy's, and what a plan costs by setting."""
    rows = [*policy.told(), ("Agreements with single authorities", agreed.said, ENTERED)]
    if ahead.plan_costs and ahead.plan_model:
        middle = [None if one is None else float(np.exp(one.median()).mean()) for one in ahead.plan_costs.posterior]
        for setting, pounds, source in zip(PLAN_SETTINGS, middle, ahead.plan_costs.source, strict=True):
            said = "no cost of its own" if pounds is None else f"£{pounds:,.0f} in {ahead.plan_costs.period}"
            rows.append((f"Cost of a plan a year, {setting}", said, source))
    return pl.DataFrame(rows, schema=dict.fromkeys(("assumption", "value", "source"), pl.String), orient="row")


def _nothing(why: str) -> Result:
    return Result(
        figures=empty_figures(),
        provenance=Provenance.create_empty(),
        inputs=ProvenanceInputs.create_empty(),
        frames={"forecast_notes": pl.DataFrame({"note": [why]})},
    )

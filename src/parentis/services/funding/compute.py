"""The service's one run: tables in, figures with their provenance out. Pure; nothing is stored or fetched."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from parentis.figures import Catalogue, in_prices, per_resident
from parentis.region import edition, edition_words, places
from parentis.services.funding.assembly import assemble
from parentis.services.funding.catalogue import formulas, measures
from parentis.services.funding.context import context
from parentis.services.funding.drivers import activity_facts, decompose, decomposed_from
from parentis.services.funding.evaluation import evaluate, evaluated_from, with_references
from parentis.services.funding.facts import gather
from parentis.services.funding.flags import raised_flags, with_tests
from parentis.services.funding.forecast.compute import compute_forecast
from parentis.services.funding.formulas import PRICES, RESIDENTS
from parentis.services.funding.observations import observe, price_year
from parentis.services.funding.quantities import QUANTITIES
from parentis.services.funding.reconciliation import reconcile, reconciled_figures
from parentis.services.funding.straight_line import project, projected_from
from parentis.services.funding.treasury import TREASURY
from parentis.services.service import Result


def compute(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Result:
    """Every figure of the service. Parameter `price_year`: the year in whose prices real terms are given, by default
    the last year with data. `forecast.compute` has its own parameters."""
    facts = gather(tables, (*QUANTITIES, *TREASURY))
    activity = activity_facts(tables)
    periods = {*facts["period"], *activity["period"]}
    around = context(tables)
    if not periods:
        return around
    year = parameters.get("price_year") or price_year(periods)
    where = places(periods)
    observations = with_tests(observe(facts, year))
    prices, residents = in_prices(year, edition_words("gdp_deflator")), per_resident(edition_words("population_0_17"))
    values = evaluate(observations, where, formulas()).with_columns(
        pl.col("method").str.replace(PRICES, prices, literal=True).str.replace(RESIDENTS, residents, literal=True)
    )
    line = project(values, prices)
    table = reconcile(values, Catalogue(measures()))
    changes = decompose(activity, where)
    used = pl.concat([evaluated_from(values, observations, where, facts), decomposed_from(activity, where)])
    used = with_references(pl.concat([used, projected_from(line, used)]))
    deflators, people = edition("gdp_deflator").said(), edition("population_0_17").said()
    told = {"price_year": year, "deflators": deflators, "residents": people}
    figures, traced = assemble([values, changes, line, reconciled_figures(table, values)], used, measures(), told)
    ahead = compute_forecast(tables, {**parameters, "price_year": year})
    return Result(
        figures=pl.concat([figures, ahead.figures, around.figures]),
        provenance=pl.concat([traced.provenance, ahead.provenance, around.provenance]),
        inputs=pl.concat([traced.inputs, ahead.inputs, around.inputs]),
        frames={"reconciliation": table, "flags": raised_flags(observations), **ahead.frames},
    )

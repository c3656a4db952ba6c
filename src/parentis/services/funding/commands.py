"""The service's own commands: each a question answered as one frame."""

from collections.abc import Mapping

import polars as pl

from parentis.figures import Catalogue
from parentis.region import places
from parentis.services.funding import drivers as driving
from parentis.services.funding import reconciliation
from parentis.services.funding.catalogue import formulas, measures
from parentis.services.funding.evaluation import evaluate
from parentis.services.funding.facts import gather
from parentis.services.funding.flags import raised_flags, with_tests
from parentis.services.funding.observations import observe, price_year
from parentis.services.funding.quantities import QUANTITIES

Tables = Mapping[str, pl.DataFrame]


def reconcile(tables: Tables, *, period: str = "") -> pl.DataFrame:
    """Every comparison with a published figure, of one period or of all; `ours` is null where nothing is held."""
    observations = _observations(tables)
    values = evaluate(observations, places(observations["period"]), formulas())
    table = reconciliation.reconcile(values, Catalogue(measures()))
    return table.filter(pl.col("period") == period) if period else table


def drivers(tables: Tables, *, geography: str = "london", period: str = "") -> pl.DataFrame:
    """`period`, `earlier`, `measure`, `breakdown`, `value`, `n`: volume, mix and price of one place."""
    facts = driving.activity_facts(tables)
    found = driving.decompose(facts, places(facts["period"])).filter(pl.col("geography") == geography)
    return (
        (found.filter(pl.col("period") == period) if period else found)
        .select("geography", "period", "measure", "breakdown", "value", "authority_set", "method")
        .sort("period", "measure", "breakdown")
    )


def comparability(tables: Tables, *, period: str = "") -> pl.DataFrame:
    """`authority`, `period`, `flag`, `test`, `reason` of every flag raised."""
    raised = raised_flags(_observations(tables))
    return raised.filter(pl.col("period") == period) if period else raised


def _observations(tables: Tables) -> pl.DataFrame:
    facts = gather(tables, QUANTITIES)
    return with_tests(observe(facts, price_year(facts["period"])))

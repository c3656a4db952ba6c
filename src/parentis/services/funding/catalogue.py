"""Every formula and every measure of the service, from the tables that declare them."""

from functools import cache

from parentis.figures import Catalogue, Measure
from parentis.services.funding.against_adults import against_adults_formulas
from parentis.services.funding.amounts import amount_formulas
from parentis.services.funding.comparisons import comparison_formulas
from parentis.services.funding.context import context_measures
from parentis.services.funding.drivers import MEASURES as DRIVER_MEASURES
from parentis.services.funding.flags import flag_formulas
from parentis.services.funding.forecast import FORECAST_MEASURES
from parentis.services.funding.formulas import Formula
from parentis.services.funding.lines import line_formulas
from parentis.services.funding.reconciliation import MEASURES as RECONCILIATION_MEASURES
from parentis.services.funding.response import response_formulas
from parentis.services.funding.straight_line import trend_measures
from parentis.services.funding.treasury import TREASURY_AMOUNTS


@cache
def formulas() -> tuple[Formula, ...]:
    return (
        *comparison_formulas(),
        *against_adults_formulas(),
        *amount_formulas(),
        *amount_formulas(TREASURY_AMOUNTS),
        *line_formulas(),
        *flag_formulas(),
        *response_formulas(),
    )


@cache
def measures() -> tuple[Measure, ...]:
    """Every measure the service makes; a repeated id is a `DeclarationError`."""
    evaluated = (formula.measure for formula in formulas())
    others = (
        *DRIVER_MEASURES,
        *trend_measures(),
        *RECONCILIATION_MEASURES,
        *FORECAST_MEASURES,
        *context_measures(),
    )
    return tuple(Catalogue((*evaluated, *others)))


MEASURES: tuple[Measure, ...] = measures()
"What the service announces."

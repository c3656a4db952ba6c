"""A formula: a measure, the quantities it needs, and how it is calculated over the authorities of a place.

Formulas are declared in tables (`comparisons`, `lines`, `high_needs`), never coded one by one; `evaluate` calculates
any of them for an authority and for every footprint with the same call.
"""

from dataclasses import dataclass, replace

import polars as pl

from parentis.figures import Measure

POPULATION = "population"
"Residents aged 0–17, ONS mid-year estimate for the June inside the financial year."
TO_REAL = "to_real"
"Pounds of the price year with the same value as one pound of the period (GDP deflator)."
PRICES, RESIDENTS = "{prices}", "{residents}"
"Placeholders in a method, filled in on evaluation: price year and edition of the deflators; edition of the population."


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """`value` is an expression over the rows of a place's authorities, one row each, in a period: those that have every
    quantity in `needs`. Their number is the figure's `n`."""

    measure: Measure
    needs: tuple[str, ...]
    value: pl.Expr
    method: str
    "May contain `PRICES` and `RESIDENTS`, which are filled in on evaluation."
    footprints_only: bool = False
    "True for counts of authorities, which have no meaning for a single authority."


def per_child(formula: Formula) -> Formula:
    """The same amount over the 0–17 residents of the authorities that are in it."""
    measure = formula.measure
    return replace(
        formula,
        measure=replace(
            measure,
            id=f"{measure.id}.per_child",
            title=f"{measure.title}, per resident aged 0–17",
            unit="£ per child",
            definition=f"{measure.definition} Divided by residents aged 0–17.",
            source=f"{measure.source}; ONS mid-year population estimates",
        ),
        needs=(*formula.needs, POPULATION),
        value=formula.value / pl.col(POPULATION).sum(),
        method=f"{formula.method}; {RESIDENTS}",
    )


def real(formula: Formula) -> Formula:
    """The same amount in the pounds of the price year; every row of a period has the same factor."""
    measure = formula.measure
    return replace(
        formula,
        measure=replace(
            measure,
            id=f"{measure.id}.real",
            title=f"{measure.title}, in real terms",
            definition=f"{measure.definition} In the prices of the year that the method names.",
            source=f"{measure.source}; HM Treasury GDP deflators",
        ),
        needs=(*formula.needs, TO_REAL),
        value=formula.value * pl.col(TO_REAL).first(),
        method=f"{formula.method}; {PRICES}",
    )

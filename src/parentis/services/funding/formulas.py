"""A formula: a measure, the quantities it needs, and how it is worked out over the authorities of a place.

Formulas are declared in tables (`comparisons`, `lines`, `high_needs`), never coded one by one; `evaluate`
works out any of them for an authority and for every footprint with the same call.
"""

from dataclasses import dataclass, replace

import polars as pl

from parentis.figures import Measure

POPULATION = "population"
"Residents aged 0–17, ONS mid-year estimate for the June inside the financial year."
TO_REAL = "to_real"
"Pounds of the price year that one pound of the period buys as much as (GDP deflator)."
PRICES, RESIDENTS = "{prices}", "{residents}"
"Stand in a method until it is worked out: price year and edition of the deflators; edition of the residents."


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """`value` is an expression over the rows of a place's authorities, one row each, in a period: those
    that have every quantity in `needs`. How many they are is the figure's `n`."""

    measure: Measure
    needs: tuple[str, ...]
    value: pl.Expr
    method: str
    "May hold `PRICES` and `RESIDENTS`, which are known when it is worked out."
    footprints_only: bool = False
    "True for counts of authorities, which say nothing of one."


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

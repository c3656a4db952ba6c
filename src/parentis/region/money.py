"""Money: prices of one year in another's, by HM Treasury's GDP deflator."""

from functools import cache
from typing import TYPE_CHECKING

from parentis.errors import PeriodError
from parentis.region.reference import rows

if TYPE_CHECKING:
    import polars as pl

DEFLATOR_SOURCE = "HM Treasury, GDP deflators at market prices, December 2023"


def gdp_deflator() -> "pl.DataFrame":
    """`period` (financial year), `index` (2022-23 = 100), `basis` (`outturn`, or `forecast` where the index is
    carried on by the OBR's forecast growth), `source`."""
    import polars as pl

    basis = {row["period"]: row["basis"] for row in rows("gdp_deflator")}
    indices = _indices()
    return pl.DataFrame(
        {"period": list(indices), "index": list(indices.values()), "basis": [basis[p] for p in indices]}
    ).with_columns(source=pl.lit(DEFLATOR_SOURCE))


def deflator_factor(from_period: str, to_period: str) -> float:
    """What a pound of `from_period` is in pounds of `to_period`. Raises PeriodError outside the table."""
    return _index(to_period) / _index(from_period)


def to_real(frame: "pl.DataFrame", to_period: str, *, value: str = "value", period: str = "period") -> "pl.DataFrame":
    """`frame` with `value` (pounds of each row's financial year in `period`) in pounds of `to_period`, as floats.

    Raises PeriodError where a year lies outside the table."""
    import polars as pl

    factors = {label: deflator_factor(label, to_period) for label in frame.get_column(period).unique().to_list()}
    factor = pl.col(period).replace_strict(factors, return_dtype=pl.Float64)
    return frame.with_columns((pl.col(value).cast(pl.Float64) * factor).alias(value))


def _index(period: str) -> float:
    try:
        return _indices()[period]
    except KeyError:
        known = list(_indices())
        raise PeriodError(
            expected=f"a financial year from {known[0]} to {known[-1]}",
            found=repr(period),
            where="GDP deflator",
            do="Ask for cash terms, or add the year to region/tables/gdp_deflator.csv.",
        ) from None


@cache
def _indices() -> dict[str, float]:
    """Index by year: published where there is one, else last year's carried on by published growth."""
    indices: dict[str, float] = {}
    index = float("nan")
    for row in rows("gdp_deflator"):
        index = float(row["index"]) if row["index"] else index * (1 + float(row["growth_percent"]) / 100)
        indices[row["period"]] = index
    return indices

"""Money: conversion of one year's prices to another's by HM Treasury's GDP deflator."""

from functools import cache
from typing import TYPE_CHECKING

from parentis.errors import PeriodError
from parentis.region.periods import financial_year
from parentis.region.reference import rows
from parentis.region.references import edition, submitted

if TYPE_CHECKING:
    import polars as pl


def gdp_deflator() -> "pl.DataFrame":
    """`period` (financial year), `index` (one year = 100), `basis` (`outturn`, or `forecast` where the index is carried
    on by forecast growth), from the edition in force (`references.edition`). A growth forecast published after the
    deflators replaces the deflators' own forecast."""
    import polars as pl

    table = submitted("gdp_deflator")
    if table is None:
        indices = _packaged()
        basis = {row["period"]: row["basis"] for row in rows("gdp_deflator")}
        table = pl.DataFrame(
            {"period": list(indices), "index": list(indices.values()), "basis": [basis[period] for period in indices]}
        )
    growth = _newer_forecast()
    return table if growth is None else _forecast_anew(table, growth)


def deflator_factor(from_period: str, to_period: str) -> float:
    """The value of a pound of `from_period` in pounds of `to_period`. Raises PeriodError outside the table."""
    indices = _indices()
    return _index(indices, to_period) / _index(indices, from_period)


AFTERWARDS = 0.02
"Growth of prices a year after the last one that is forecast: the Bank of England's target."


def price_growth(from_period: str, to_period: str) -> float:
    """The rise in prices from one financial year to another, as a share. After the last year of the deflators in force
    it is `AFTERWARDS` a year; before their first year it is unknown (raises PeriodError)."""
    indices = _indices()
    last = list(indices)[-1]
    beyond = max(int(to_period[:4]) - int(last[:4]), 0) - max(int(from_period[:4]) - int(last[:4]), 0)
    worth = _index(indices, min(to_period, last)) / _index(indices, min(from_period, last))
    return float(worth * (1 + AFTERWARDS) ** beyond - 1)


def to_real(frame: "pl.DataFrame", to_period: str, *, value: str = "value", period: str = "period") -> "pl.DataFrame":
    """`frame` with `value` (pounds of each row's financial year in `period`) in pounds of `to_period`, as floats.

    Raises PeriodError where a year lies outside the table."""
    import polars as pl

    factors = {label: deflator_factor(label, to_period) for label in frame.get_column(period).unique().to_list()}
    factor = pl.col(period).replace_strict(factors, return_dtype=pl.Float64)
    return frame.with_columns((pl.col(value).cast(pl.Float64) * factor).alias(value))


def _index(indices: dict[str, float], period: str) -> float:
    try:
        return indices[period]
    except KeyError:
        known = list(indices)
        raise PeriodError(
            expected=f"a financial year from {known[0]} to {known[-1]}",
            found=repr(period),
            where="GDP deflator",
            do="Ask for cash terms, or submit HM Treasury's deflators (finance.gdp_deflators) that reach the year.",
        ) from None


def _indices() -> dict[str, float]:
    if submitted("gdp_deflator") is None and _newer_forecast() is None:
        return _packaged()
    return dict(gdp_deflator().select("period", "index").iter_rows())


def _newer_forecast() -> "pl.DataFrame | None":
    """The growth forecast that was submitted, unless the deflators were published after it."""
    forecast, deflators = edition("inflation").released, edition("gdp_deflator").released
    older = forecast is not None and deflators is not None and forecast < deflators
    return None if older else submitted("inflation")


@cache
def _packaged() -> dict[str, float]:
    """Index by year: the published one, or else the previous year's increased by published growth."""
    indices: dict[str, float] = {}
    index = float("nan")
    for row in rows("gdp_deflator"):
        index = float(row["index"]) if row["index"] else index * (1 + float(row["growth_percent"]) / 100)
        indices[row["period"]] = index
    return indices


def _forecast_anew(table: "pl.DataFrame", growth: "pl.DataFrame") -> "pl.DataFrame":
    """The deflators' outturn, extended year by year by `growth` (`period`, `growth_percent`), or by the deflators' own
    forecast for years that `growth` lacks. It ends where neither has the next year."""
    import polars as pl

    own = {row["period"]: row for row in table.to_dicts()}
    anew = dict(growth.select("period", "growth_percent").iter_rows())
    kept = [row for row in own.values() if row["basis"] == "outturn"]
    period, index = kept[-1]["period"], kept[-1]["index"]
    while True:
        after = financial_year(period).next.label
        if after in anew:
            index *= 1 + anew[after] / 100
        elif after in own:
            index *= own[after]["index"] / own[period]["index"]
        else:
            return pl.DataFrame(kept, schema=table.schema)
        period = after
        kept.append({"period": period, "index": index, "basis": "forecast"})

"""The submitted reference tables: deflators, inflation forecasts, populations, the Home Office's rates.

Code that uses them runs inside `with region.with_references(references(home))`: builds, commands, claims.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime

import polars as pl

from parentis import lake, region
from parentis.archive import Home
from parentis.region import Edition, References, Submitted

CHILDREN_OF_ALL_AGES = "population_0_17"
"The data set of DfE's with ONS's estimates of residents aged 0 to 17: its part begins so (`returns.identity`)."


def references(home: Home, *, as_of: int | None = None) -> References:
    """The visible reference tables, each in its latest published edition; ages are stated as of today."""
    found = {name: read(home, as_of) for name, read in _READ.items()}
    tables = {name: one for name, one in found.items() if one is not None}
    return References(tables=tables, on=datetime.now(UTC).date())  # type: ignore[arg-type]


@contextmanager
def submitted_references(home: Home, *, as_of: int | None = None) -> Iterator[None]:
    """Within the block, the reference tables submitted to `home` are in force."""
    with region.with_references(references(home, as_of=as_of)):
        yield


def _deflators(home: Home, as_of: int | None) -> Submitted | None:
    rows = _latest(lake.read(home, "finance.gdp_deflators/index", as_of=as_of))
    table = rows.filter(pl.col("INDEX").is_not_null()).select(
        period="FINANCIAL_YEAR", index="INDEX", basis=pl.col("BASIS").cast(pl.String)
    )
    return _submitted("HM Treasury, GDP deflators at market prices", "finance.gdp_deflators/index", rows, table)


def _inflation(home: Home, as_of: int | None) -> Submitted | None:
    every = lake.read(home, "finance.inflation/growth", as_of=as_of)
    rows = _latest(every.filter((pl.col("SERIES") == "gdp_deflator") & pl.col("GROWTH_PERCENT").is_not_null()))
    table = rows.select(period="FINANCIAL_YEAR", growth_percent="GROWTH_PERCENT")
    return _submitted("OBR, forecast growth of the GDP deflator", "finance.inflation/growth", rows, table)


def _population(home: Home, as_of: int | None) -> Submitted | None:
    name = "open_statistics.dfe/values"
    chosen = lake.read(home, name, as_of=as_of).filter(
        pl.col("part").str.contains(f"^{CHILDREN_OF_ALL_AGES}(-|$)")
        & (pl.col("INDICATOR") == "population_estimate")
        & pl.col("authority").is_not_null()
        & pl.col("VALUE").is_not_null()
    )
    rows = (
        chosen.collect().sort("sequence", "row").unique(["authority", "TIME_PERIOD"], keep="last", maintain_order=True)
    )
    table = rows.select(
        "authority",
        year=pl.col("TIME_PERIOD").cast(pl.Int32, strict=False),
        population=pl.col("VALUE").round().cast(pl.Int64),
    ).drop_nulls("year")
    last = max(table["year"].to_list(), default=0)
    return _submitted(f"ONS, mid-year population estimates to mid-{last}, as DfE published them", name, rows, table)


def _rates(home: Home, as_of: int | None) -> Submitted | None:
    rows = _each_year(lake.read(home, "uasc.rates/rates", as_of=as_of))
    table = rows.select(
        valid_from="VALID_FROM",
        valid_to="VALID_TO",
        group="GROUP",
        band="BAND",
        cohort="COHORT",
        age_from=pl.col("AGE_FROM").cast(pl.Int32),
        age_to=pl.col("AGE_TO").cast(pl.Int32),
        rate=pl.col("RATE").cast(pl.Float64),
        unit="UNIT",
        certainty=pl.col("CERTAINTY").fill_null("certain"),
        source=pl.col("SOURCE").fill_null("as submitted"),
    )
    return _submitted("Home Office funding instructions: rates", "uasc.rates/rates", rows, table)


def _instructions(home: Home, as_of: int | None) -> Submitted | None:
    rows = _each_year(lake.read(home, "uasc.rates/instructions", as_of=as_of))
    table = rows.select(
        period="FINANCIAL_YEAR",
        title="TITLE",
        source="SOURCE",
        cited=pl.col("READ_WHOLE").eq("yes").fill_null(value=False),
    )
    return _submitted("Home Office funding instructions", "uasc.rates/instructions", rows, table)


_READ: Mapping[str, Callable[[Home, int | None], Submitted | None]] = {
    "gdp_deflator": _deflators,
    "inflation": _inflation,
    "population_0_17": _population,
    "uasc_rates": _rates,
    "uasc_instructions": _instructions,
}


def _latest(rows: pl.LazyFrame) -> pl.DataFrame:
    """The rows of the latest published edition; of editions without a date, those of the last accepted."""
    held = rows.collect().sort("RELEASED", "sequence", "row", nulls_last=False)
    return held.filter(pl.col("load_id") == held["load_id"][-1]) if held.height else held


def _each_year(rows: pl.LazyFrame) -> pl.DataFrame:
    """For each year, the rows of its last accepted edition."""
    held = rows.collect().sort("sequence", "row")
    return held.filter(pl.col("sequence") == pl.col("sequence").max().over("period"))


def _submitted(title: str, name: str, rows: pl.DataFrame, table: pl.DataFrame) -> Submitted | None:
    if table.is_empty():
        return None
    released = rows["RELEASED"].max() if "RELEASED" in rows.columns else None
    edition = Edition(
        title=title,
        released=released if isinstance(released, date) else None,
        load_ids=tuple(rows["load_id"].unique().sort()),
        table=name,
    )
    return Submitted(edition=edition, rows=table)

"""The older wide layout of DfE's statistical first release (SFR): a row per place, a column per count."""

import re

import polars as pl

from parentis.returns.open_statistics.cells import tidy, value_and_marker

REQUIRED = frozenset({"new_geog_code", "geog_l", "geog_c", "geog_n"})
_PLACE_COLUMNS = REQUIRED | {"la_order"}
_LEVELS = {"NATIONAL": "National", "REGION": "Regional", "LA": "Local authority"}
_HALVES = {"INNER LONDON": "E13000001", "OUTER LONDON": "E13000002"}
"The files give both halves the code of London as a whole."


def is_sfr(headings: list[str]) -> bool:
    """Whether these headings are of the layout; one of them must say the year (`CLA_Mar2017`)."""
    return {heading.strip().casefold() for heading in headings} >= REQUIRED and year_of(headings) is not None


def year_of(headings: list[str]) -> str | None:
    """The year in the headings, `CLA_Mar2017` → `2017`; None where they have none or several."""
    years = {match for heading in headings for match in re.findall(r"(20\d{2})\s*$", heading)}
    return years.pop() if len(years) == 1 else None


def lengthen_sfr(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of the `values` table (all text) from a table whose columns carry its headings.

    An indicator is its heading in lower case without the year: `CLA_Mar2017` → `cla_mar`.
    """
    year = year_of(frame.columns)
    lower = tidy(frame.rename({name: name.strip().casefold() for name in frame.columns}))
    counts = [name for name in lower.columns if name not in _PLACE_COLUMNS]
    base = lower.select(
        pl.col("geog_n").str.to_uppercase().replace_strict(_HALVES, default=pl.col("new_geog_code")).alias("GEOGRAPHY"),
        pl.col("geog_l").str.to_uppercase().replace(_LEVELS).alias("LEVEL"),
        pl.col("geog_n").alias("PLACE"),
        pl.lit(year).alias("TIME_PERIOD"),
        pl.lit("Reporting year").alias("TIME_IDENTIFIER"),
        pl.lit("").alias("BREAKDOWN"),
        *(
            pl.col(name).alias(re.sub(r"_?20\d{2}$", "", name) + ("_year" if name == f"cla_{year}" else ""))
            for name in counts
        ),
    )
    index = ["GEOGRAPHY", "LEVEL", "PLACE", "TIME_PERIOD", "TIME_IDENTIFIER", "BREAKDOWN"]
    long = base.unpivot(index=index, variable_name="INDICATOR", value_name="CELL")
    return long.with_columns(*value_and_marker("CELL")).drop("CELL")

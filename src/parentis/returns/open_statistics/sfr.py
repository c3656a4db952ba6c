"""The older wide layouts of DfE's statistical first release (SFR): a row per place, a column per count.

Each year has several tables: children looked after, those who started and ceased, care leavers, missing
children, health. Two layouts: `New_geog_code, geog_l, geog_c, geog_n` (2011 to 2017) and `country_code, gor_name,
la_code, la_name, la_9digit` (outcomes of 2012 to 2016).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

from parentis.returns.open_statistics.cells import tidy, value_and_marker
from parentis.returns.open_statistics.places import code_and_name

REQUIRED = frozenset({"new_geog_code", "geog_l", "geog_c", "geog_n"})
REQUIRED_OUTCOMES = frozenset({"la_code", "la_name", "gor_name"})
_PLACE_COLUMNS = REQUIRED | REQUIRED_OUTCOMES | {
    "la_order", "country_code", "country_name", "gor_code", "la_9digit", "la_9_digit", "new_la_code", "region_code",
}  # fmt: skip
_LEVELS = {"NATIONAL": "National", "REGION": "Regional", "LA": "Local authority"}
_HALVES = {"INNER LONDON": "E13000001", "OUTER LONDON": "E13000002"}
"The files give Inner and Outer London the code of London as a whole."
_YEAR = re.compile(r"(?<!\d)(20[012]\d)(?!\d)")
_LAST_YEAR = re.compile(r"(20[012]\d)(?!\d)")
LOOKED_AFTER = "cla_sfr"
"The name of the table of children looked after, whose measures are declared."


def is_sfr(headings: Sequence[str]) -> bool:
    """Whether these headings are of one of the layouts."""
    plain = {heading.strip().casefold() for heading in headings}
    return plain >= REQUIRED or (plain >= REQUIRED_OUTCOMES and "time_period" not in plain)


def year_of(texts: Iterable[str]) -> str | None:
    """The year in most of the headings, `CLA_Mar2017` → `2017`; of equally frequent years the latest; None where
    there is none."""
    years = Counter(match for text in texts for match in _YEAR.findall(text))
    return max(years, key=lambda year: (years[year], year)) if years else None


def year_in_name(name: str) -> str | None:
    """The last year in a file's name: `SFR50_OC22017.csv` → `2017`."""
    found = _LAST_YEAR.findall(name)
    return found[-1] if found else None


def name_of(headings: Sequence[str]) -> str:
    """The name of the table, from its first count: `cla_sfr` for children looked after, `sfr_<count>` for others."""
    counts = counts_in(headings)
    if any(count.startswith("cla_mar") for count in counts):
        return LOOKED_AFTER
    return f"sfr_{_plain(counts[0])}" if counts else "sfr"


def counts_in(headings: Sequence[str]) -> list[str]:
    lower = [heading.strip().casefold() for heading in headings]
    return [name for name in lower if name and name not in _PLACE_COLUMNS]


def _plain(count: str) -> str:
    """A count's heading without its year: `cla_mar2017` → `cla_mar`; `cla_2017` alone is for the whole year."""
    if re.fullmatch(r"cla_20\d{2}", count):
        return "cla_year"
    return re.sub(r"_?20\d{2}", "", count)


def lengthen_sfr(frame: pl.DataFrame, year: str | None) -> tuple[pl.DataFrame, int]:
    """Columns of the `values` table (all text) with `row`, from a table whose columns carry its headings, and how many
    rows the table has. GEOGRAPHY is null in rows about an unknown place."""
    lower = tidy(frame.rename({name: name.strip().casefold() for name in frame.columns})).with_row_index("row")
    lower = lower.remove(pl.all_horizontal(pl.exclude("row").is_null()))
    counts = counts_in(lower.drop("row").columns)
    placed = _first_layout(lower) if set(lower.columns) >= REQUIRED else _outcomes(lower)
    base = placed.select(
        "row",
        "GEOGRAPHY",
        "LEVEL",
        "PLACE",
        pl.lit(year).alias("TIME_PERIOD"),
        pl.lit("Reporting year").alias("TIME_IDENTIFIER"),
        pl.lit("").alias("BREAKDOWN"),
        *(pl.col(name).alias(new) for name, new in _once(counts)),
    )
    index = ["row", "GEOGRAPHY", "LEVEL", "PLACE", "TIME_PERIOD", "TIME_IDENTIFIER", "BREAKDOWN"]
    long = base.unpivot(index=index, variable_name="INDICATOR", value_name="CELL")
    unit = pl.when(pl.col("INDICATOR").str.contains(r"(?:^|_)(?:pc|pct|percent|per_?cent)(?:_|$)")).then(pl.lit("%"))
    return long.with_columns(unit.alias("UNIT"), *value_and_marker("CELL")).drop("CELL"), lower.height


def _once(counts: Sequence[str]) -> list[tuple[str, str]]:
    """Each count → its plain name; where two would be equal, each keeps its year."""
    shared = Counter(map(_plain, counts))
    return [(name, _plain(name) if shared[_plain(name)] == 1 else name) for name in counts]


def _first_layout(frame: pl.DataFrame) -> pl.DataFrame:
    name = pl.col("geog_n")
    level = pl.col("geog_l").str.to_uppercase()
    code = name.str.to_uppercase().replace_strict(_HALVES, default=pl.col("new_geog_code"), return_dtype=pl.String)
    known = level.replace_strict(_LEVELS, default=pl.col("geog_l"), return_dtype=pl.String)
    whole = frame.with_columns(geographic_level=known, _given=code, _named=name)
    national, regional = pl.col("geographic_level") == "National", pl.col("geographic_level") == "Regional"
    shaped = whole.with_columns(
        country_code=pl.when(national).then("_given"), country_name=pl.when(national).then("_named"),
        region_code=pl.when(regional).then("_given"), region_name=pl.when(regional).then("_named"),
        new_la_code=pl.col("_given"), old_la_code=pl.col("geog_c"), la_name=pl.col("_named"),
    )  # fmt: skip
    return code_and_name(shaped).with_columns(LEVEL=pl.col("geographic_level"))


def _outcomes(frame: pl.DataFrame) -> pl.DataFrame:
    """A row with an authority's number or name is about the authority, one with a region's name about the region,
    others about England."""
    level = (
        pl.when(pl.col("la_code").is_not_null() | pl.col("la_name").is_not_null())
        .then(pl.lit("Local authority"))
        .when(pl.col("gor_name").is_not_null())
        .then(pl.lit("Regional"))
        .otherwise(pl.lit("National"))
    )
    codes = [name for name in ("la_9digit", "la_9_digit", "new_la_code") if name in frame.columns]
    shaped = frame.with_columns(
        geographic_level=level,
        new_la_code=pl.coalesce(*codes, pl.lit(None, pl.String)),
        old_la_code=pl.col("la_code"),
        region_name=pl.col("gor_name"),
        region_code=pl.lit(None, pl.String),
        country_code=pl.lit(None, pl.String),
        country_name=pl.lit("England"),
    )
    return code_and_name(shaped).with_columns(LEVEL=pl.col("geographic_level"))

"""DfE's long-format data sets as figures: declared measures where there are any, else measures named after the
headings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from parentis.figures import Measure, breakdown, parts
from parentis.services.statistics.declared_measures import (
    AS_PUBLISHED,
    PART_UNITS,
    REPEATED,
    Published,
    published,
    usual_basis,
)
from parentis.services.statistics.excluded_rows import EXCLUDED_ROWS, excluded_rows
from parentis.services.statistics.places import geographies
from parentis.services.statistics.shape import RESOLVED
from parentis.services.statistics.slugs import alike, slug, unit_of
from parentis.services.statistics.years import Basis, ees_period

VALUES = "open_statistics.dfe/values"
TOTALS = frozenset({"Total", "Total children", "Total new placements", "Total placements changing", "All children"})
_GROUP, _MEMBER = "cla_group", "characteristic"
"Where a data set has both, the first names the dimension of the second."


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The meaning of the rows of one part, indicator and set of filters. Rows without a measure only repeat others."""

    measure: Measure | None
    breakdown: str
    basis: Basis | None


def named(values: pl.DataFrame) -> pl.DataFrame:
    """The table with the name of the data set as `part`, after which measures of undeclared data sets are named; the
    lake's part identifies the content of a file. Rows loaded before the name was stored have it as their part."""
    if "DATA_SET" not in values.columns:
        return values
    return values.with_columns(part=pl.coalesce("DATA_SET", "part"))


def meanings(values: pl.DataFrame) -> dict[tuple[str, str, str], Meaning]:
    """Meaning of every `(part, INDICATOR, BREAKDOWN)` in the table, whose parts are names (`named`)."""
    keys = values.select("part", "INDICATOR", pl.col("BREAKDOWN").fill_null("")).unique().drop_nulls()
    units = _units(values)
    return {
        (part, indicator, filters): _meaning(part, indicator, filters, units.get((part, indicator)))
        for part, indicator, filters in sorted(keys.iter_rows())
    }


def _units(values: pl.DataFrame) -> dict[tuple[str, ...], str]:
    """The unit given in the cells of a part's indicator."""
    if "UNIT" not in values.columns:
        return {}
    told = values.select("part", "INDICATOR", "UNIT").drop_nulls().unique(["part", "INDICATOR"])
    return {(part, indicator): unit for part, indicator, unit in told.iter_rows()}


def dfe_measures(values: pl.DataFrame) -> Iterator[Measure]:
    """The measures of the table's rows, each once."""
    found = {meaning.measure.id: meaning.measure for meaning in meanings(named(values)).values() if meaning.measure}
    yield from found.values()


def _meaning(part: str, indicator: str, filters_text: str, unit: str | None) -> Meaning:
    filters = parts(filters_text)
    if (part, indicator) in REPEATED:
        return Meaning(measure=None, breakdown="", basis=None)
    for one in published().get((part, indicator), ()):
        if all(alike(filters.get(name, "")) == alike(value) for name, value in one.where.items()):
            rest = {name: value for name, value in filters.items() if name not in one.where}
            dims = {**_dimensions(rest, one), **one.breakdown}
            return Meaning(measure=one.measure, breakdown=breakdown(dims), basis=one.basis)
    dims = {name: value for name, value in filters.items() if value != "Total"}
    measure = _by_its_words(part, indicator, unit)
    return Meaning(measure=measure, breakdown=breakdown(dims), basis=usual_basis().get(part))


def _dimensions(filters: Mapping[str, str], one: Published) -> dict[str, str]:
    named = dict(filters)
    if _GROUP in named and _MEMBER in named:
        group, member = named.pop(_GROUP), named.pop(_MEMBER)
        named[slug(group)] = member
    return {one.rename.get(name, name): value for name, value in named.items() if value not in TOTALS}


def _by_its_words(part: str, indicator: str, unit: str | None) -> Measure:
    words = indicator.replace("_", " ")
    title = f"{part.replace('_', ' ')}: {words}"
    unit = unit or PART_UNITS.get(part) or unit_of(indicator)
    return Measure(
        id=f"statistics.{slug(part)}.{slug(indicator)}",
        title=title[0].upper() + title[1:],
        unit=unit,
        definition=f"Indicator {indicator} of the data set {part}, as its publisher defines it",
        source="DfE, Explore education statistics",
        people=AS_PUBLISHED,
        decimals=0 if unit == "count" else 1,
    )


def dfe_rows(values: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows resolved to measure, geography, period and breakdown, and a count of those left out, by reason."""
    if values.is_empty():
        return RESOLVED.to_frame(), EXCLUDED_ROWS.to_frame()
    values = named(values)
    known = meanings(values)
    numbered = list(known)
    meaning = pl.DataFrame(
        [
            (number, *key, one.measure.id if one.measure else None, one.breakdown)
            for number, key in enumerate(numbered)
            for one in (known[key],)
        ],
        schema={
            "meaning": pl.Int64,
            **dict.fromkeys(("part", "INDICATOR", "BREAKDOWN", "measure", "breakdown"), pl.String),
        },
        orient="row",
    )
    joined = (
        values.select(
            *("part", "GEOGRAPHY", "TIME_PERIOD", "TIME_IDENTIFIER", "INDICATOR", "VALUE", "MARKER"),
            pl.col("BREAKDOWN").fill_null(""),
            pl.col("period").alias("vintage"),
            *("load_id", "sequence", "provisional"),
        )
        .with_columns(pl.coalesce("TIME_PERIOD", "vintage").alias("TIME_PERIOD"), disagrees=_disagrees())
        .join(meaning, on=["part", "INDICATOR", "BREAKDOWN"], how="left")
        .pipe(
            lambda rows: rows.join(_periods(rows, [known[key].basis for key in numbered]), on=_PERIOD_KEY, how="left")
        )
        .join(geographies(values.get_column("GEOGRAPHY")), left_on="GEOGRAPHY", right_on="code", how="left")
    )
    lost = excluded_rows(
        joined,
        VALUES,
        {
            "the indicator repeats another data set's": pl.col("measure").is_null(),
            "no period can be read": pl.col("period").is_null(),
            "the place is no authority or footprint": pl.col("geography").is_null(),
            DISAGREES: pl.col("disagrees"),
        },
    )
    whole = joined.filter(
        pl.all_horizontal(pl.col("measure", "period", "geography").is_not_null()) & ~pl.col("disagrees")
    )
    return (
        whole.select(
            "measure",
            "geography",
            "breakdown",
            "period",
            "period_start",
            "period_end",
            pl.col("VALUE").alias("value"),
            pl.col("MARKER").alias("marker"),
            "authority_set",
            (
                pl.lit("as published by DfE, data set ") + pl.col("part") + pl.lit(", data to ") + pl.col("vintage")
            ).alias("method"),
            "load_id",
            pl.col("sequence").cast(pl.Int64),
            "provisional",
            pl.lit(VALUES).alias("table"),
        ),
        lost,
    )


DISAGREES = "the same key stands several times in the file, with different numbers"


def _disagrees() -> pl.Expr:
    """Rows of one file with conflicting values for one place, period, breakdown and indicator; it is unclear which is
    right.
    """
    key = ("load_id", "part", "GEOGRAPHY", "TIME_PERIOD", "TIME_IDENTIFIER", "BREAKDOWN", "INDICATOR")
    return pl.struct("VALUE", "MARKER").n_unique().over(key) > 1


_PERIOD_KEY = ["meaning", "TIME_PERIOD", "TIME_IDENTIFIER"]


def _periods(rows: pl.DataFrame, bases: list[Basis | None]) -> pl.DataFrame:
    found = []
    for number, text, identifier in rows.select(_PERIOD_KEY).unique().drop_nulls().iter_rows():
        period = ees_period(text, identifier, bases[number])
        found.append(
            (
                number,
                text,
                identifier,
                *((period.label, period.start, period.end) if period else (None, None, None)),
            )
        )
    names = {"meaning": pl.Int64, "TIME_PERIOD": pl.String, "TIME_IDENTIFIER": pl.String, "period": pl.String}
    return pl.DataFrame(found, schema={**names, "period_start": pl.Date, "period_end": pl.Date}, orient="row")

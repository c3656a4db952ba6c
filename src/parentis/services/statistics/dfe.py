"""DfE's long-format data sets as figures: declared measures where there are any, else by their own words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from parentis.figures import Measure, breakdown, parts
from parentis.services.statistics.declared_measures import PART_UNITS, REPEATED, Published, published, usual_basis
from parentis.services.statistics.excluded_rows import EXCLUDED_ROWS, excluded_rows
from parentis.services.statistics.naming import slug, unit_of
from parentis.services.statistics.places import geographies
from parentis.services.statistics.shape import RESOLVED
from parentis.services.statistics.years import Basis, ees_period

VALUES = "open_statistics.dfe/values"
TOTALS = frozenset({"Total", "Total children", "Total new placements", "Total placements changing", "All children"})
_GROUP, _MEMBER = "cla_group", "characteristic"
"Where a data set has both, the first names the dimension of the second."


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the rows of one part, indicator and set of filters are. No measure: they only repeat others."""

    measure: Measure | None
    breakdown: str
    basis: Basis | None


def meanings(values: pl.DataFrame) -> dict[tuple[str, str, str], Meaning]:
    """Meaning of every `(part, INDICATOR, BREAKDOWN)` in the table."""
    keys = values.select("part", "INDICATOR", pl.col("BREAKDOWN").fill_null("")).unique().drop_nulls()
    return {key: _meaning(*key) for key in sorted(keys.iter_rows())}


def dfe_measures(values: pl.DataFrame) -> Iterator[Measure]:
    """The measures of the table's rows, each once."""
    found = {meaning.measure.id: meaning.measure for meaning in meanings(values).values() if meaning.measure}
    yield from found.values()


def _meaning(part: str, indicator: str, filters_text: str) -> Meaning:
    filters = parts(filters_text)
    if (part, indicator) in REPEATED:
        return Meaning(measure=None, breakdown="", basis=None)
    for one in published().get((part, indicator), ()):
        if one.where.items() <= filters.items():
            rest = {name: value for name, value in filters.items() if name not in one.where}
            dims = {**_dimensions(rest, one), **one.breakdown}
            return Meaning(measure=one.measure, breakdown=breakdown(dims), basis=one.basis)
    dims = {name: value for name, value in filters.items() if value != "Total"}
    return Meaning(measure=_by_its_words(part, indicator), breakdown=breakdown(dims), basis=usual_basis().get(part))


def _dimensions(filters: Mapping[str, str], one: Published) -> dict[str, str]:
    named = dict(filters)
    if _GROUP in named and _MEMBER in named:
        group, member = named.pop(_GROUP), named.pop(_MEMBER)
        named[slug(group)] = member
    return {one.rename.get(name, name): value for name, value in named.items() if value not in TOTALS}


def _by_its_words(part: str, indicator: str) -> Measure:
    words = indicator.replace("_", " ")
    title = f"{part.replace('_', ' ')}: {words}"
    unit = PART_UNITS.get(part) or unit_of(indicator)
    return Measure(
        id=f"statistics.{slug(part)}.{slug(indicator)}",
        title=title[0].upper() + title[1:],
        unit=unit,
        definition=f"Indicator {indicator} of the data set {part}, as its publisher defines it",
        source="DfE, Explore education statistics",
        decimals=0 if unit == "count" else 1,
    )


def dfe_rows(values: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows resolved to measure, geography, period and breakdown, and a count of those left out, by reason."""
    if values.is_empty():
        return RESOLVED.to_frame(), EXCLUDED_ROWS.to_frame()
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
        },
    )
    whole = joined.filter(pl.all_horizontal(pl.col("measure", "period", "geography").is_not_null()))
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

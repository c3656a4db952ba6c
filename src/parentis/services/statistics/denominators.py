"""Denominators of LAIT's rates and percentages (`tables/denominators.csv`), and the counts derived from them.

LAIT usually gives a percentage without its denominator. If another measure is that denominator, or close to it, the
numerator can be calculated within rounding. `fit` is `exact`, or `near` for a similar but different population.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import polars as pl

from parentis.region import population_0_17

POPULATION: Final = "population_0_17"
"In the table: ONS children aged 0 to 17, at the middle of the year before the one that ends."
COUNTED: Final = pl.Schema(
    {**dict.fromkeys(("numerator", "denominator", "numerator_low", "numerator_high"), pl.Float64()), "fit": pl.String()}
)
"Columns that `with_counts` adds; `numerator_low` to `_high` is the range allowed by rounding of the published value."


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One measure's counts: short names of measures, several of which are added up."""

    measure: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    "If empty, calculated from numerator and value."
    scale: float
    fit: str
    note: str


@cache
def declared_denominators() -> Mapping[str, Counted]:
    """Declared denominators by LAIT's short name of the measure."""
    text = files(__package__).joinpath("tables", "denominators.csv").read_text(encoding="utf-8")
    return {
        row["measure"]: Counted(
            measure=row["measure"],
            numerator=_names(row["numerator"]),
            denominator=_names(row["denominator"]),
            scale=float(row["scale"]),
            fit=row["fit"],
            note=row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    }


def with_counts(values: pl.DataFrame, of: Mapping[str, str]) -> pl.DataFrame:
    """`values` (`measure`, `geography`, `period_end`, `value`) with `COUNTED`, null where they are not known.

    `of` maps short names to the measure ids of the values. Rows keep their order."""
    held = values.with_row_index("at").with_columns(year=pl.col("period_end").dt.year())
    by_measure = {str(key[0]): rows for key, rows in held.partition_by("measure", as_dict=True).items()}
    found = [
        counted
        for one in declared_denominators().values()
        if of.get(one.measure) in by_measure
        and (counted := _counted(one, by_measure[of[one.measure]], by_measure, of)) is not None
    ]
    if not found:
        return values.with_columns(pl.lit(None, kind).alias(name) for name, kind in COUNTED.items())
    return held.join(pl.concat(found), on="at", how="left", maintain_order="left").drop("at", "year")


def _counted(
    one: Counted, rows: pl.DataFrame, by_measure: Mapping[str, pl.DataFrame], of: Mapping[str, str]
) -> pl.DataFrame | None:
    numerator = _total(one.numerator, by_measure, of).rename({"total": "published"}) if one.numerator else None
    denominator = _total(one.denominator, by_measure, of) if one.denominator else None
    place = ["geography", "year"]
    known = rows.select("at", "value", *place).filter(pl.col("value").is_not_null())
    known = known.join(numerator, on=place, how="left") if numerator is not None else known.with_columns(
        published=pl.lit(None, pl.Float64)
    )  # fmt: skip
    if denominator is None:
        # the denominator from a count and its published share; not possible if either is 0
        total = pl.when((pl.col("value") > 0) & (pl.col("published") > 0)).then(
            (pl.col("published") * one.scale / pl.col("value")).round()
        )
        known = known.with_columns(total=total)
    else:
        known = known.join(denominator, on=place, how="left")
    half = 0.5 if known.filter(pl.col("value") != pl.col("value").round()).is_empty() else 0.05
    size = pl.col("total") / one.scale
    rebuilt = (pl.col("value") * size).round().clip(0)
    low, high = ((pl.col("value") + way * half) * size for way in (-1, 1))
    most = pl.col("total") if one.scale == 100 else pl.lit(float("inf"))
    use = (pl.col("total") > 0) & pl.col("published").fill_null(0).le(most)
    kept = known.filter(use).with_columns(numerator=pl.min_horizontal(pl.coalesce("published", rebuilt), most))
    return kept.select(
        "at",
        "numerator",
        pl.col("total").alias("denominator"),
        pl.when(pl.col("published").is_null()).then(low.clip(0)).otherwise("numerator").alias("numerator_low"),
        pl.when(pl.col("published").is_null()).then(pl.min_horizontal(high, most)).otherwise("numerator")
        .alias("numerator_high"),
        pl.lit(one.fit).alias("fit"),
    )  # fmt: skip


def _total(names: tuple[str, ...], by_measure: Mapping[str, pl.DataFrame], of: Mapping[str, str]) -> pl.DataFrame:
    """`geography`, `year`, `total`: the sum of several counts, if all of them are present."""
    if names == (POPULATION,):
        return population_0_17().select(
            geography="authority",
            year=(pl.col("year") + 1).cast(pl.Int32),
            total=pl.col("population").cast(pl.Float64),
        )
    empty = pl.DataFrame(schema={"geography": pl.String, "year": pl.Int32, "value": pl.Float64})
    parts = [by_measure.get(of.get(name, ""), empty).select("geography", "year", "value") for name in names]
    once = [part.drop_nulls().unique(["geography", "year"], keep="first") for part in parts]
    return (
        pl.concat(once).group_by("geography", "year").agg(total=pl.col("value").sum(), parts=pl.len())
        .filter(pl.col("parts") == len(names)).drop("parts")
    )  # fmt: skip


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split("+")) if text else ()

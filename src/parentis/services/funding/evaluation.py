"""The evaluator of all formulas, for single authorities and for footprints, with the same call.

Missing values are left out, never filled in: `n` is the number of authorities in the value, and `authority_set` gives
the number that there should be.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

import polars as pl

from parentis.region import edition
from parentis.services.funding.flags import quantities_behind
from parentis.services.funding.formulas import POPULATION, TO_REAL, Formula

_PLACE = ("geography", "period")
VALUES: dict[str, pl.DataType] = {
    "geography": pl.String(),
    "period": pl.String(),
    "is_footprint": pl.Boolean(),
    "members": pl.UInt32(),
    "name": pl.String(),
    "period_start": pl.Date(),
    "period_end": pl.Date(),
    "n": pl.Int64(),
    "provisional": pl.Boolean(),
    "measure": pl.String(),
    "value": pl.Float64(),
    "needs": pl.String(),
    "method": pl.String(),
    "authority_set": pl.String(),
}
"Columns of the result of `evaluate`: a row per measure, place and period."


USED: dict[str, pl.DataType] = {
    "needs": pl.String(),
    "geography": pl.String(),
    "period": pl.String(),
    "load_id": pl.String(),
    "table": pl.String(),
    "row": pl.UInt32(),
}
"The rows behind values: figures with the same needs, place and period share them."


def evaluate(observations: pl.DataFrame, places: pl.DataFrame, formulas: Iterable[Formula]) -> pl.DataFrame:
    """`VALUES` of every formula in every place and period where at least one authority has all its needs.

    `observations` has one row per authority and period and a column per quantity; `places` comes from
    `places.places`. A formula that needs a quantity which no authority has submitted gives no rows.
    """
    held = set(observations.columns)
    usable = sorted((one for one in formulas if held.issuperset(one.needs)), key=lambda one: one.needs)
    parts: list[pl.DataFrame] = [
        _evaluate(observations, places, needs, tuple(group))
        for needs, group in groupby(usable, key=lambda one: one.needs)
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema=VALUES)


def counted(observations: pl.DataFrame, places: pl.DataFrame, needs: Sequence[str]) -> pl.DataFrame:
    """The rows of `observations` that have all needs, repeated for each place that they belong to."""
    whole = observations.filter(pl.all_horizontal(pl.col(list(needs)).is_not_null())) if needs else observations
    return places.join(whole, on=["authority", "period"], how="inner")


def authority_set() -> pl.Expr:
    """`33 of 33 London authorities`; for a single authority, the authority itself."""
    return pl.when("is_footprint").then(pl.format("{} of {} {} authorities", "n", "members", "name")).otherwise("name")


def _evaluate(
    observations: pl.DataFrame, places: pl.DataFrame, needs: tuple[str, ...], formulas: tuple[Formula, ...]
) -> pl.DataFrame:
    behind = [name for need in needs for name in quantities_behind(need) or (need,)]
    unsigned = pl.col("unsigned").list.eval(pl.element().is_in(behind)).list.any()
    rows = counted(observations.with_columns(provisional=unsigned), places, needs)
    about = ["is_footprint", "members", "name", "period_start", "period_end"]
    values = rows.group_by(_PLACE).agg(
        *(pl.col(column).first() for column in about),
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("provisional").any(),
        *(one.value.cast(pl.Float64).alias(one.measure.id) for one in formulas),
    )
    of_footprints = [one.measure.id for one in formulas if one.footprints_only]
    return (
        values.unpivot(
            index=[*_PLACE, *about, "n", "provisional"],
            on=[one.measure.id for one in formulas],
            variable_name="measure",
            value_name="value",
        )
        .filter(pl.col("value").is_not_null() & pl.col("value").is_finite())
        .filter(pl.col("is_footprint") | ~pl.col("measure").is_in(of_footprints))
        .with_columns(
            needs=pl.lit(" ".join(needs)),
            method=pl.col("measure").replace_strict(
                {one.measure.id: one.method for one in formulas}, return_dtype=pl.String
            ),
            authority_set=authority_set(),
        )
    )


def evaluated_from(
    values: pl.DataFrame, observations: pl.DataFrame, places: pl.DataFrame, facts: pl.DataFrame
) -> pl.DataFrame:
    """The rows behind `values`: `needs`, `geography`, `period`, `load_id`, `table`, `row`."""
    rows = [pl.DataFrame(schema=USED)]
    for label in values["needs"].unique().sort():
        needs = str(label).split()
        quantities = [name for need in needs for name in quantities_behind(need) or (need,)]
        members = counted(observations, places, needs).select(*_PLACE, "authority")
        sources = facts.filter(pl.col("quantity").is_in(quantities))
        rows.append(
            members.join(sources, on=["authority", "period"]).select(
                pl.lit(label).alias("needs"), *_PLACE, "load_id", "table", "row"
            )
        )
    return pl.concat(rows)


def with_references(used: pl.DataFrame) -> pl.DataFrame:
    """`used` with the loads of deflators and populations added for the formulas that need them, if they were
    submitted.
    """
    behind = [used]
    for need, table in ((TO_REAL, "gdp_deflator"), (POPULATION, "population_0_17")):
        reckoned = used.filter(pl.col("needs").str.split(" ").list.contains(need)).select("needs", *_PLACE).unique()
        of = edition(table)  # type: ignore[arg-type]
        behind += [
            reckoned.with_columns(load_id=pl.lit(load), table=pl.lit(of.table), row=pl.lit(None, dtype=pl.UInt32))
            for load in of.load_ids
        ]
    return pl.concat(behind)

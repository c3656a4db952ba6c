"""How many children are in the cohort, and the rate per 10,000 residents aged 10 to 17, by place and day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from scipy.stats import chi2

from parentis.region import footprints, members
from parentis.region.reference import rows
from parentis.services.cohort.definition_files import Definition
from parentis.services.cohort.membership import MEMBER
from parentis.services.cohort.small_counts import rounded

PER: Final = 10_000
LEVEL: Final = 0.95
COUNTS: Final = {
    "day": pl.Date, "geography": pl.String, "authorities": pl.Int64, "children": pl.Int64, "not_known": pl.Int64,
    "looked_after": pl.Int64, "population": pl.Int64, "rate": pl.Float64, "low": pl.Float64, "high": pl.Float64,
}  # fmt: skip


def residents_10_17() -> dict[str, int]:
    """Residents aged 10 to 17 by authority: ONS, mid-2023 (`region/tables/boroughs.csv`); London's authorities."""
    return {row["authority"]: int(row["aged_10_17"]) for row in rows("boroughs")}


def places(told: Iterable[str], on: date) -> dict[str, list[str]]:
    """Each authority, and each region with any of them: id → its authorities among those."""
    own = sorted(set(told))
    found = {one: [one] for one in own}
    for footprint in footprints():
        if footprint.kind == "region" and (here := [one for one in members(footprint.id, on) if one in found]):
            found[footprint.id] = here
    return found


def counts(answers: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """`COUNTS`, from members' answers and the authorities that are `told` of (`day`, `authority`), which may have
    nobody: children in the cohort, those not known, and all looked after in the ages. A region's counts are rounded
    (`small_counts`), and its rate and interval are those of the rounded count."""
    own = answers.group_by("day", "authority").agg(
        children=pl.col(MEMBER).fill_null(value=False).sum().cast(pl.Int64),
        not_known=pl.col(MEMBER).is_null().sum().cast(pl.Int64),
        looked_after=pl.len().cast(pl.Int64),
    )
    grid = told.join(own, on=["day", "authority"], how="left").with_columns(
        pl.col("children", "not_known", "looked_after").fill_null(0)
    )
    people = residents_10_17()
    residents = pl.col("authority").replace_strict(people, default=None, return_dtype=pl.Int64)
    grid = grid.with_columns(population=residents.fill_null(0), no_population=residents.is_null().cast(pl.Int64))
    whole = by_place(grid, ["children", "not_known", "looked_after", "population", "no_population"])
    counted = whole.with_columns(
        *(
            pl.when("region").then(rounded(name)).otherwise(name).alias(name)
            for name in ("children", "not_known", "looked_after")
        ),
        population=pl.when(pl.col("no_population") == 0).then("population"),
        authorities="members",
    )
    rate, low, high = poisson_rate(counted["children"], counted["population"])
    return counted.with_columns(rate=rate, low=low, high=high).select(
        pl.col(name).cast(dtype) for name, dtype in COUNTS.items()
    ).sort("day", "geography")  # fmt: skip


def by_place(frame: pl.DataFrame, summed: Sequence[str], by: Sequence[str] = ()) -> pl.DataFrame:
    """Sums over each authority and region: `day`, `geography`, `region` (bool), `members` (authorities), `by`, sums."""
    mapped: list[tuple[date, str, str, int]] = []
    for (day,), own in frame.select("day", "authority").unique().group_by("day"):
        if isinstance(day, date):
            found = places(own["authority"], day)
            mapped += [(day, place, one, len(here)) for place, here in found.items() for one in here]
    shape = {"day": pl.Date, "geography": pl.String, "authority": pl.String, "members": pl.Int64}
    return (
        frame.join(pl.DataFrame(mapped, shape, orient="row"), on=["day", "authority"])
        .group_by("day", "geography", *by)
        .agg(pl.col(summed).sum(), pl.col("members").first())
        .with_columns(region=~pl.col("geography").str.starts_with("E"))
        .select("day", "geography", "region", "members", *by, *summed)
    )


def poisson_rate(children: pl.Series, population: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """The rate per 10,000 with Garwood's exact Poisson interval; null where the count or the population is."""
    count = children.cast(pl.Float64).to_numpy()
    of = population.cast(pl.Float64).to_numpy()
    tail = (1 - LEVEL) / 2
    low = np.where(count > 0, chi2.ppf(tail, 2 * count) / 2, 0.0)
    high = chi2.isf(tail, 2 * (count + 1)) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        made = [
            pl.Series(PER * value / of).fill_nan(None)
            for value in (count, np.where(np.isnan(count), np.nan, low), high)
        ]
    return made[0], made[1], made[2]


def rule_counts(answers: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """`day, geography, name, yes, no, not_known`: what each rule says of the children looked after in the ages; a
    region's rounded."""
    long = answers.unpivot(
        on=[rule.name for rule in definition.rules], index=["day", "authority"], variable_name="name"
    )
    told = long.group_by("day", "authority", "name").agg(
        yes=pl.col("value").fill_null(value=False).sum().cast(pl.Int64),
        no=(~pl.col("value")).fill_null(value=False).sum().cast(pl.Int64),
        not_known=pl.col("value").is_null().sum().cast(pl.Int64),
    )
    answered = ("yes", "no", "not_known")
    return (
        by_place(told, answered, ["name"])
        .with_columns(pl.when("region").then(rounded(name)).otherwise(name).alias(name) for name in answered)
        .select("day", "geography", "name", *answered)
        .sort("day", "geography", "name")
    )


def doubts(answers: pl.DataFrame, definition: Definition) -> list[str]:
    """Sentences on a definition that tells nobody from anybody, and on rules that nothing is known for."""
    if answers.is_empty():
        return [f"{definition.name}: no children aged {definition.ages[0]} to {definition.ages[1]} were looked after."]
    said = []
    latest = answers.filter(pl.col("day") == pl.col("day").max())
    yes, null = int(latest[MEMBER].fill_null(value=False).sum()), latest[MEMBER].null_count()
    if yes == 0 and null == 0:
        said.append(
            f"{definition.name} selects nobody: its thresholds are above what any child has. Look at its rules' counts."
        )
    elif yes == 0:
        said.append(f"{definition.name} selects nobody for certain: a table that it asks for is not held.")
    elif yes == latest.height:
        said.append(f"{definition.name} selects every child looked after in its ages: it tells nobody apart.")
    said += [
        f"{definition.name}: nothing is known of {rule.name} on {latest['day'][0]:%d/%m/%Y}, because its table is "
        f"not held. "
        "Who is not in by the other signs is not known, where that one could bring them in."
        for rule in definition.rules
        if latest[rule.name].null_count() == latest.height
    ]
    return said

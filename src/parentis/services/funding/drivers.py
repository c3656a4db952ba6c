"""Drivers: how much of the change in placement spend between two years is volume, mix and price.

Calculated from the activity in authorities' budget monitoring. A place is compared like for like: only authorities
with complete data for both years are counted in either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.figures import FEWEST, WHOLE, Audience, Counts, Measure, People, Polarity, Population, breakdown
from parentis.figures import WEEKS as A_YEAR
from parentis.region import edition_words, gdp_deflator, parse_period
from parentis.services.funding.comparisons import MONITORING_SOURCE
from parentis.services.funding.evaluation import USED, VALUES, authority_set
from parentis.services.funding.facts import by_authority, gather
from parentis.services.funding.quantities import (
    ACTIVITIES,
    ACTIVITY,
    PLACEMENT_GROUPS,
    SPEND,
    WEEKS,
    activity,
)
from parentis.services.methods.price_volume_mix import Floats, sequential, shapley

QUARTERS_IN_A_YEAR = 4
BASIS = "monitoring, activity of all four quarters of both years"
_SEQUENTIAL = "volume first at the old mix and prices, then mix at the old prices, then price"
_SHAPLEY = "the average over every order in which volume, mix and price could have changed (Shapley)"


IN_PLACEMENT = Population(id="weeks in placement", threshold=FEWEST * A_YEAR)
TOLD: tuple[Counts, ...] = (Counts(of=IN_PLACEMENT, told=True),)
BOTH_YEARS: People = (*TOLD, Counts(of=IN_PLACEMENT, told=True, before=True))
"A change and its parts also reveal the weeks and the price of the earlier year."


def _measure(
    name: str, title: str, definition: str, unit: str = "£", decimals: int = 0, people: People = BOTH_YEARS
) -> Measure:
    return Measure(
        id=f"funding.drivers.{name}",
        title=title,
        unit=unit,
        definition=definition,
        source=MONITORING_SOURCE,
        polarity=Polarity.NEUTRAL,
        audience=Audience.OWN,
        gross_net="gross" if unit.startswith("£") else "",
        cumulative="in-year",
        decimals=decimals,
        people=people,
    )


MEASURES: tuple[Measure, ...] = (
    _measure("change", "Placement spend: change on the year before", "Σ spend − Σ spend of the year before."),
    _measure("volume", "Of the change: volume", f"What more or fewer child-weeks cost: {_SEQUENTIAL}."),
    _measure("mix", "Of the change: mix", f"What dearer or cheaper kinds of placement cost: {_SEQUENTIAL}."),
    _measure("price", "Of the change: price", f"What higher or lower prices a week cost: {_SEQUENTIAL}."),
    _measure(
        "price_inflation",
        "Of price: general inflation",
        "What prices would have added had they moved with the GDP deflator, at the later year's volume and mix.",
    ),
    _measure("price_beyond_inflation", "Of price: beyond general inflation", "Price less general inflation."),
    _measure("volume.shapley", "Of the change: volume, average order", f"Volume: {_SHAPLEY}."),
    _measure("mix.shapley", "Of the change: mix, average order", f"Mix: {_SHAPLEY}."),
    _measure("price.shapley", "Of the change: price, average order", f"Price: {_SHAPLEY}."),
    _measure(
        "weeks",
        "Child-weeks of placement",
        "Nights of care ÷ 7, all four quarters.",
        "weeks",
        people=(Counts(of=IN_PLACEMENT, value=1),),
    ),
    _measure(
        "unit_cost",
        "Cost of a child-week",
        "Σ spend ÷ Σ child-weeks, all four quarters.",
        "£ per child-week",
        people=TOLD,
    ),
)


_PLACE = ("geography", "period")
_GROUPS = tuple(PLACEMENT_GROUPS)
_LABELS = tuple(breakdown({"placement": group}) for group in _GROUPS)
_KEY = ("authority", "period")
_PARTS = ("volume", "mix", "price")
_NEEDS = "activity"


@dataclass(frozen=True, slots=True)
class _Cases:
    """`keys` has one row per place and later year; `weeks` and `spend` have shape (cases, 2, placement groups)."""

    keys: pl.DataFrame
    weeks: Floats
    spend: Floats
    inflation: Floats
    "The value of a pound of the earlier year in pounds of the later; shape (cases, 1); NaN where no deflator is held."


def activity_facts(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Facts of activity, for authorities and years with all four quarters and with weeks for all spend."""
    facts = gather(tables, ACTIVITIES)
    if facts.is_empty():
        return facts
    key = ["authority", "period"]
    quarters = tables[ACTIVITY].group_by(key).agg(pl.col("QUARTER").n_unique())
    whole = quarters.filter(pl.col("QUARTER") == QUARTERS_IN_A_YEAR)
    amounts = by_authority(facts)
    weeks, spend = (_columns(amounts, kind) for kind in (WEEKS, SPEND))
    priced = amounts.filter(~pl.any_horizontal((w <= 0) & (s != 0) for w, s in zip(weeks, spend, strict=True)))
    return facts.join(whole, on=key, how="semi").join(priced, on=key, how="semi")


def decompose(facts: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Values in the form of `evaluate`, with a `breakdown` by placement, for every place and pair of years.

    `facts` come from `activity_facts`, `places` from `places.places`.
    """
    if facts.is_empty():
        return pl.DataFrame(schema={**VALUES, "breakdown": pl.String})
    cases = _cases(_pairs(facts, places))
    weeks, spend = _with_whole(cases.weeks[:, 1]), _with_whole(cases.spend[:, 1])
    in_order, averaged = sequential(cases.weeks, cases.spend), shapley(cases.weeks, cases.spend)
    inflation = _inflation(cases)
    by_placement: dict[str, Floats] = {
        "change": _with_whole(cases.spend[:, 1] - cases.spend[:, 0]),
        **{part: _with_whole(getattr(in_order, part)) for part in _PARTS},
        "weeks": weeks,
        "unit_cost": np.divide(spend, weeks, out=np.full_like(spend, np.nan), where=weeks > 0),
    }
    whole_only: dict[str, Floats] = {
        "price_inflation": inflation.sum(axis=-1, keepdims=True),
        "price_beyond_inflation": (in_order.price - inflation).sum(axis=-1, keepdims=True),
        **{f"{part}.shapley": getattr(averaged, part).sum(axis=-1, keepdims=True) for part in _PARTS},
    }
    return pl.concat(
        _long(cases.keys, f"funding.drivers.{name}", each, labels)
        for values, labels in ((by_placement, (*_LABELS, WHOLE)), (whole_only, (WHOLE,)))
        for name, each in values.items()
    ).with_columns(
        needs=pl.lit(_NEEDS),
        method=pl.when(pl.col("measure").str.contains("inflation"))
        .then(pl.lit(f"{BASIS}; general inflation by {edition_words('gdp_deflator')}"))
        .otherwise(pl.lit(BASIS)),
        authority_set=authority_set(),
    )


def decomposed_from(facts: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """The rows behind the values of `decompose`: both years' activity of the authorities that have both."""
    if facts.is_empty():
        return pl.DataFrame(schema=USED)
    both = places.join(_both_years(by_authority(facts)), on=["authority", "period"])
    sources = facts.select("authority", "load_id", "table", "row", pl.col("period").alias("of"))
    return pl.concat(
        both.join(sources, left_on=["authority", year], right_on=["authority", "of"]).select(
            pl.lit(_NEEDS).alias("needs"), *_PLACE, "load_id", "table", "row"
        )
        for year in ("period", "earlier")
    )


def _pairs(facts: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Places in each year that also have the year before: their descriptive columns, `n` authorities with both years,
    and the amounts of the two years as `0 quantity` and `1 quantity`."""
    both = _both_years(by_authority(facts))
    quantities = [name for name in both.columns if name.split()[-1].startswith("activity.")]
    return (
        places.join(both, on=["authority", "period"])
        .group_by(_PLACE)
        .agg(
            pl.col("name", "is_footprint", "members", "period_start", "period_end", "earlier").first(),
            pl.len().cast(pl.Int64).alias("n"),
            (pl.col("0 provisional") | pl.col("1 provisional")).any().alias("provisional"),
            pl.col(quantities).sum(),
        )
        .sort(_PLACE)
    )


def _both_years(amounts: pl.DataFrame) -> pl.DataFrame:
    """Amounts of each authority in a year (`1 …`) and in the year before (`0 …`), where both are held."""
    before = {label: parse_period(label).previous.label for label in amounts["period"].unique()}

    def marked(year: int) -> pl.DataFrame:
        return amounts.rename(lambda name: name if name in _KEY else f"{year} {name}")

    later = marked(1).with_columns(earlier=pl.col("period").replace_strict(before, return_dtype=pl.String))
    return later.join(marked(0).rename({"period": "earlier"}), on=["authority", "earlier"])


def _cases(two_years: pl.DataFrame) -> _Cases:
    """Arrays for `decompose`. If a group has no row in a complete year, none of it was bought."""
    index = gdp_deflator().select("period", "index")
    worth = (
        two_years.select("period", "earlier")
        .join(index, on="period", how="left", maintain_order="left")
        .join(index, left_on="earlier", right_on="period", how="left", suffix="_earlier", maintain_order="left")
        .select(pl.col("index") / pl.col("index_earlier"))
    )

    def amounts(kind: str) -> Floats:
        years = [
            two_years.select(_columns(two_years, kind, f"{year} ")).to_numpy().astype(np.float64) for year in (0, 1)
        ]
        return np.stack(years, axis=1)

    return _Cases(
        keys=two_years.select(
            *_PLACE, "name", "is_footprint", "members", "period_start", "period_end", "earlier", "n", "provisional"
        ),
        weeks=amounts(WEEKS),
        spend=amounts(SPEND),
        inflation=worth.to_numpy().astype(np.float64),
    )


def _columns(frame: pl.DataFrame, kind: str, prefix: str = "") -> list[pl.Expr]:
    """The groups' columns of one kind, nil where a group has none."""
    names = {group: f"{prefix}{activity(group, kind)}" for group in _GROUPS}
    return [
        (pl.col(name).fill_null(0.0) if name in frame.columns else pl.lit(0.0)).alias(group)
        for group, name in names.items()
    ]


def _inflation(cases: _Cases) -> Floats:
    """The part of the price effect due to general inflation, for groups bought in both years, at the later year's
    weeks.
    """
    both = (cases.weeks > 0).all(axis=1)
    old_price = np.divide(cases.spend[:, 0], cases.weeks[:, 0], out=np.zeros_like(cases.spend[:, 0]), where=both)
    return cases.weeks[:, 1] * old_price * (cases.inflation - 1)


def _with_whole(by_group: Floats) -> Floats:
    """Shape (cases, groups) → (cases, groups + 1): the last is all groups."""
    return np.concatenate([by_group, by_group.sum(axis=-1, keepdims=True)], axis=-1)


def _long(keys: pl.DataFrame, measure: str, values: Floats, labels: Sequence[str]) -> pl.DataFrame:
    """`values` has shape (cases, labels)."""
    return pl.concat(
        keys.with_columns(
            measure=pl.lit(measure),
            breakdown=pl.lit(label),
            value=pl.Series(values[:, at], nan_to_null=True, dtype=pl.Float64),
        )
        for at, label in enumerate(labels)
    ).filter(pl.col("value").is_not_null())

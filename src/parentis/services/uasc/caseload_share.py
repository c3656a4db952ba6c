"""The caseload of each place in the ledger: children, nights and grant, and how it compares with a fair share."""

from collections.abc import Mapping

import polars as pl

from parentis.figures import WHOLE, at_rates
from parentis.region import edition_words, footprints, population_0_17
from parentis.services.uasc.records import CHILD, LEAVER, YEAR_NIGHTS
from parentis.services.uasc.survey_costs import VALUES

METHOD = "child-night ledger: nights split at birthdays, years and changes of rate; income by lookup"
FAIR_METHOD = "nights of the ledger beside residents aged 0 to 17 at mid-{} ({})"
COUNTS = ("children", "leavers", "nights", "weeks")
_NAMES: Mapping[str, str] = {CHILD: "children", LEAVER: "leavers"}


def carry(carried: pl.DataFrame, people: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """`VALUES` of every place and period. `carried` and `people` come from `survey_costs`, `places` from
    `region.places`. A person who was in two authorities of a place counts once."""
    wide = _wide(carried)
    rows = places.join(wide, on=["authority", "period"])
    sums = (
        rows.group_by("geography", "name", "is_footprint", "members", "period")
        .agg(pl.col("nights", "weeks", "income.children", "income.leavers").sum(), authorities=pl.len())
        .join(_different(people, places), on=["geography", "period"], how="left")
        .with_columns(pl.col("children", "leavers").fill_null(0))
    )
    made = sums.with_columns(
        child_years=pl.col("nights") / YEAR_NIGHTS,
        both=pl.col("income.children") + pl.col("income.leavers"),
        people=pl.col("children") + pl.col("leavers"),
        said=pl.when("is_footprint")
        .then(pl.format("{} of {} {} authorities", "authorities", "members", "name"))
        .otherwise("name"),
    ).rename({"both": "income.both"})
    counted = {
        "nights": "children", "child_years": "children", "children": "children", "income.children": "children",
        "weeks": "leavers", "leavers": "leavers", "income.leavers": "leavers", "income.both": "people",
    }  # fmt: skip
    # Regions only: counts of people over many overlapping footprints could be subtracted from one another.
    regions = [one.id for one in footprints() if one.kind == "region"]
    rates = at_rates(edition_words("uasc_rates"))
    shown = {name: ~pl.col("is_footprint") | pl.col("geography").is_in(regions) for name in COUNTS}
    parts = [
        made.filter((pl.col(n) > 0) & shown.get(name, pl.lit(value=True))).select(
            "geography",
            "period",
            measure=pl.lit(f"uasc.{name}"),
            value=pl.col(name).cast(pl.Float64),
            n=pl.col(n).cast(pl.Int64) if n != "people" else pl.lit(None, dtype=pl.Int64),
            authority_set="said",
            method=pl.lit(f"{METHOD}; {rates}" if name.startswith("income") else METHOD),
        )
        for name, n in counted.items()
    ]
    return _values(parts)


def _different(people: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """`geography, period, children, leavers`: distinct people over the authorities of each place."""
    return (
        places.select("geography", "authority", "period")
        .join(people, on=["authority", "period"])
        .group_by("geography", "period")
        .agg(
            pl.col("person").filter(pl.col("group") == group).n_unique().cast(pl.Int64).alias(name)
            for group, name in _NAMES.items()
        )
    )


def fair(carried: pl.DataFrame, places: pl.DataFrame, gap_per_year: Mapping[tuple[str, str], float]) -> pl.DataFrame:
    """`VALUES` of every authority compared with its region. `gap_per_year` of a child by (region, period), where
    surveyed.
    """
    regions = [one.id for one in footprints() if one.kind == "region"]
    own = (
        _wide(carried)
        .filter(pl.col("nights") > 0)
        .join(
            places.filter(pl.col("geography").is_in(regions)).select("authority", "period", "geography", "members"),
            on=["authority", "period"],
        )
        .join(_people(carried), on=["authority", "period"])
    )
    gaps = pl.DataFrame(
        [(place, period, gap) for (place, period), gap in gap_per_year.items()],
        schema={"geography": pl.String, "period": pl.String, "gap": pl.Float64},
        orient="row",
    )
    within = ["geography", "period"]
    share = pl.col("population") / pl.col("population").sum().over(within)
    found = (
        own.filter(pl.len().over(within) > 1)
        .with_columns(
            share=share,
            all_nights=pl.col("nights").sum().over(within),
        )
        .join(gaps, on=within, how="left")
        .with_columns(above=((pl.col("nights") - pl.col("share") * pl.col("all_nights")) / YEAR_NIGHTS).round())
        .with_columns(
            **{
                "fair.nights": 100 * pl.col("nights") / pl.col("all_nights"),
                "fair.share": 100 * pl.col("share"),
                "fair.above": pl.col("above"),
                "fair.pounds": pl.col("above") * pl.col("gap"),
            }
        )
    )
    parts = [
        found.filter(pl.col(name).is_not_null()).select(
            "period",
            geography="authority",
            measure=pl.lit(f"uasc.{name}"),
            value=name,
            n=pl.lit(None, dtype=pl.Int64) if name == "fair.share" else pl.col("children").cast(pl.Int64),
            authority_set=pl.lit("the authority"),
            method=pl.format(FAIR_METHOD, "year", pl.lit(edition_words("population_0_17"))),
        )
        for name in ("fair.nights", "fair.share", "fair.above", "fair.pounds")
    ]
    return _values(parts)


def _wide(carried: pl.DataFrame) -> pl.DataFrame:
    """One row an authority and period: nights, weeks, people and income of both groups; nil where there is none."""
    found = carried.select("authority", "period").unique()
    for group, name in _NAMES.items():
        own = carried.filter(group=group).select(
            "authority",
            "period",
            pl.col("volume").alias("nights" if group == CHILD else "weeks"),
            pl.col("people").cast(pl.Int64).alias(name),
            pl.col("income").alias(f"income.{name}"),
        )
        found = found.join(own, on=["authority", "period"], how="left")
    return found.with_columns(
        pl.col("nights", "weeks", "children", "leavers", "income.children", "income.leavers").fill_null(0)
    )


def _people(carried: pl.DataFrame) -> pl.DataFrame:
    """`authority, period, population` aged 0 to 17 at the mid-year in the period, or the last held."""
    held = population_0_17()
    last = int(str(held["year"].max()))
    return (
        carried.select("authority", "period")
        .unique()
        .with_columns(year=pl.min_horizontal(pl.col("period").str.head(4).cast(pl.Int32), pl.lit(last, pl.Int32)))
        .join(held, on=["authority", "year"])
        .select("authority", "period", "population", "year")
    )


def _values(parts: list[pl.DataFrame]) -> pl.DataFrame:
    nothing = {name: pl.lit(None, dtype=VALUES[name]).alias(name) for name in ("low", "high", "level")}
    return pl.concat(parts).with_columns(breakdown=pl.lit(WHOLE), **nothing).select(*VALUES)

"""The national context: transfers of children out and in, and which places look after more than a fair share.

All of it is published: transfers by the Home Office, children on 31 March by DfE, children of all kinds by ONS. A fair
share is a place's share of England's residents aged 0 to 17.
"""

from collections.abc import Mapping

import polars as pl

from parentis.figures import WHOLE
from parentis.region import LAIT_NUMBERS, edition_words, footprints, match_authorities, members, population_0_17
from parentis.services.uasc.survey_costs import VALUES

UASC_31_MARCH = "Unacc_Asylmn_Seek_Childn"
"Short name of LAIT's measure: unaccompanied asylum-seeking children looked after on 31 March."
ENGLAND = "england"
COUNTS: Mapping[str, str] = {
    "uasc.nts.out": "Transfers out of Local Authority",
    "uasc.nts.in": "Transfers into Local Authority",
    "uasc.nts.port": "Transfers into LA from port/intake unit",
}
SHARED = ("uasc.nts.out", "uasc.nts.in")
NATIONS = ("Scotland", "Wales", "Northern Ireland")
_AUTHORITY = "Local Authority or HSCT (NI)"
SPANS: dict[str, pl.DataType] = {**VALUES, "period_start": pl.Date(), "period_end": pl.Date()}


def regions() -> Mapping[str, str]:
    """ONS code of England and of each region, and the id of its footprint."""
    return {one.gss: one.id for one in footprints() if one.gss and one.kind in ("country", "region")}


def transfers(table: pl.DataFrame) -> pl.DataFrame:
    """`SPANS` of transfers by calendar year: each English authority that had any, each region, and England.

    For a quarter in several releases, the latest release is used. A region is the sum of its authorities, even where
    the publisher also gives a total.
    """
    english = ~pl.col("Region").str.starts_with("*") & ~pl.col("Region").is_in(NATIONS)
    latest = (
        table.filter(english & pl.col("Date").is_not_null())
        .sort("sequence", "row")
        .unique(["Date", "Region", _AUTHORITY], keep="last", maintain_order=True)
        .with_columns(pl.col(list(COUNTS.values())).fill_null(0))
    )
    named = {one.name: one.id for one in footprints() if one.id in regions().values()}
    of_region = latest.with_columns(
        geography=pl.col("Region").replace_strict(named, default=None, return_dtype=pl.String)
    )
    known = latest.join(
        match_authorities(latest.select(_AUTHORITY).unique(), _AUTHORITY).rename({"authority": "geography"}),
        on=_AUTHORITY,
    )
    every = pl.concat([of_region, of_region.with_columns(geography=pl.lit(ENGLAND)), known], how="diagonal")
    sums = (
        every.filter(pl.col("geography").is_not_null())
        .group_by("geography", period=pl.col("Date").dt.year().cast(pl.String))
        .agg(
            *(pl.col(column).sum().cast(pl.Float64).alias(measure) for measure, column in COUNTS.items()),
            quarters=pl.col("Date").n_unique(),
            period_start=pl.col("Date").min().dt.offset_by("-2mo").dt.month_start(),
            period_end=pl.col("Date").max(),
        )
    )
    whole = sums.filter(geography=ENGLAND).select("period", *(pl.col(one).alias(f"all.{one}") for one in SHARED))
    shares = [(100 * pl.col(one) / pl.col(f"all.{one}")).alias(f"{one}_share") for one in SHARED]
    wide = sums.join(whole, on="period").with_columns(shares)
    made = [*COUNTS, *(f"{one}_share" for one in SHARED)]
    return _long(wide, made).with_columns(
        authority_set=_as_published(),
        method=pl.format("as published by the Home Office, {} of 4 quarters", "quarters"),
    ).select(*SPANS)  # fmt: skip


def fair_shares(lines: pl.DataFrame) -> pl.DataFrame:
    """`SPANS` on each 31 March, of England, its regions and authorities: share of England's unaccompanied children,
    share of its children, heads above the fair share, and unaccompanied children as a share of all children."""
    heads = _heads(lines)
    people = _people(heads["period_end"].unique().to_list())
    both = heads.join(people, on=["geography", "period_end"])
    whole = both.filter(geography=ENGLAND).select("period_end", every="heads", all_people="people")
    share = pl.col("people") / pl.col("all_people")
    wide = both.join(whole, on="period_end").select(
        "geography",
        "period_end",
        "vintage",
        (100 * pl.col("heads") / pl.col("every")).alias("uasc.national.share"),
        (100 * share).alias("uasc.national.fair_share"),
        (pl.col("heads") - share * pl.col("every")).alias("uasc.national.above"),
        (100 * pl.col("heads") / pl.col("people")).alias("uasc.national.of_children"),
        period=pl.col("period_end").cast(pl.String),
        period_start="period_end",
    )
    made = [name for name in wide.columns if name.startswith("uasc.")]
    return _long(wide, made).with_columns(
        authority_set=_as_published(),
        method=pl.format(
            "children on 31 March as published by DfE; population of mid-{} ({})",
            "vintage",
            pl.lit(edition_words("population_0_17")),
        ),
    ).select(*SPANS)  # fmt: skip


def _heads(lines: pl.DataFrame) -> pl.DataFrame:
    """`geography, period_end, heads` as published; hidden counts are left out."""
    places = {code: regions()[gss] for code, gss in LAIT_NUMBERS.items() if gss in regions()}
    number = pl.col("LA_NUMBER").str.strip_suffix(".0")
    return (
        lines.filter((pl.col("SHORT_DESC") == UASC_31_MARCH) & pl.col("VALUE").is_not_null())
        .with_columns(
            geography=pl.coalesce(number.replace_strict(places, default=None, return_dtype=pl.String), "authority"),
            period_end=pl.date(pl.col("YEARS").str.extract(r"^(\d{4})$", 1).cast(pl.Int32, strict=False), 3, 31),
        )
        .filter(pl.col("geography").is_not_null() & pl.col("period_end").is_not_null())
        .sort("sequence", "row")
        .unique(["geography", "period_end"], keep="last", maintain_order=True)
        .select("geography", "period_end", heads=pl.col("VALUE").cast(pl.Float64))
    )


def _people(days: list[object]) -> pl.DataFrame:
    """`geography, period_end, people, vintage`: residents aged 0 to 17 at the mid-year before, or the nearest held."""
    held = population_0_17()
    last = int(str(held["year"].max()))
    vintage = pl.DataFrame({"period_end": days}, schema={"period_end": pl.Date}).with_columns(
        vintage=pl.min_horizontal(pl.col("period_end").dt.year() - 1, pl.lit(last)).cast(pl.Int32)
    )
    own = vintage.join(held, left_on="vintage", right_on="year")
    inside = pl.concat(
        [
            pl.DataFrame({"authority": members(footprint, day), "geography": footprint, "period_end": day})
            for day in vintage["period_end"].to_list()
            for footprint in regions().values()
        ]
        or [pl.DataFrame(schema={"authority": pl.String, "geography": pl.String, "period_end": pl.Date})]
    )
    summed = own.join(inside, on=["authority", "period_end"]).group_by("geography", "period_end", "vintage")
    return pl.concat(
        [
            summed.agg(people=pl.col("population").sum()),
            own.select(pl.col("authority").alias("geography"), "period_end", "vintage", people="population"),
        ]
    )


def _long(wide: pl.DataFrame, measures: list[str]) -> pl.DataFrame:
    kept = [name for name in wide.columns if name not in measures]
    empty = {name: pl.lit(None, dtype=VALUES[name]).alias(name) for name in ("low", "high", "level", "n")}
    return (
        wide.unpivot(measures, index=kept, variable_name="measure", value_name="value")
        .filter(pl.col("value").is_finite())
        .with_columns(breakdown=pl.lit(WHOLE), **empty)
    )


def _as_published() -> pl.Expr:
    names = {one.id: f"{one.name}, as the publisher counts it" for one in footprints() if one.id in regions().values()}
    return pl.col("geography").replace_strict(names, default="the authority", return_dtype=pl.String)

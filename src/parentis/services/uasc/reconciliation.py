"""Compare our count of unaccompanied children on 31 March with the published one, by authority and in total."""

import polars as pl

from parentis.region import LAIT_NUMBERS, financial_year, footprints, match_authorities, places
from parentis.services.uasc.bands import heads
from parentis.services.uasc.national import UASC_31_MARCH
from parentis.services.uasc.records import CHILD, Ledger

SLACK_HEADS, SLACK_SHARE = 5.0, 0.05
"Heads, or share of the published count, within which two counts agree: regions are published to the nearest ten."

AGREES = "agrees"
DIFFERS = "differs"
SUPPRESSED = "the published count is suppressed"
PART = "not every authority's return is held"


def published(lines: pl.DataFrame) -> pl.DataFrame:
    """`geography` (an authority's ONS code or a footprint's id), `period` (the financial year that ends on the 31
    March) and `published` (null where suppressed), from LAIT's lines in the lake; the latest vintage counts."""
    ids = {one.gss: one.id for one in footprints() if one.gss}
    ons = pl.col("LA_NUMBER").replace(LAIT_NUMBERS).replace_strict(ids, default=None, return_dtype=pl.String)
    ends = pl.col("YEARS").str.head(4).cast(pl.Int32, strict=False)
    counted = lines.filter(pl.col("SHORT_DESC") == UASC_31_MARCH).sort("sequence", "row")
    return (
        match_authorities(counted, "LA_NUMBER")
        .select(
            geography=pl.coalesce(ons, "authority"),
            period=pl.format("{}-{}", ends - 1, (ends % 100).cast(pl.String).str.zfill(2)),
            published="VALUE",
        )
        .drop_nulls("geography")
        .group_by("geography", "period", maintain_order=True)
        .last()
    )


def counts(made: Ledger) -> pl.DataFrame:
    """Children on the status on 31 March of every year held, at every place: `geography, name, is_footprint, period,
    ours, held` (authorities whose return is held) and `members`."""
    years = made.held.filter(pl.col("group") == CHILD).select("authority", period="financial_year").unique()
    labels = sorted(years["period"].unique().to_list())
    ends = {label: financial_year(label).end for label in labels}
    own = (
        years.with_columns(date=pl.col("period").replace_strict(ends, default=None, return_dtype=pl.Date))
        .join(heads(made.nights, ends.values()), on=["authority", "date"], how="left")
        .with_columns(pl.col("heads").fill_null(0).cast(pl.Int64))
    )
    return (
        places(labels)
        .join(own, on=["authority", "period"])
        .group_by("geography", "name", "is_footprint", "period", "members")
        .agg(ours=pl.col("heads").sum(), held=pl.len().cast(pl.Int64))
        .sort("geography", "period")
    )


def reconcile(made: Ledger, lines: pl.DataFrame) -> pl.DataFrame:
    """`counts` with the published ones: `published`, `difference` and `outcome`, in words. Places without a published
    count are left out."""
    gap = pl.col("ours") - pl.col("published")
    slack = pl.max_horizontal(pl.lit(SLACK_HEADS), SLACK_SHARE * pl.col("published"))
    outcome = (
        pl.when(pl.col("held") < pl.col("members")).then(pl.lit(PART))
        .when(pl.col("published").is_null()).then(pl.lit(SUPPRESSED))
        .when(gap.abs() <= slack).then(pl.lit(AGREES))
        .otherwise(pl.lit(DIFFERS))
    )  # fmt: skip
    return (
        counts(made)
        .join(published(lines), on=["geography", "period"], maintain_order="left")
        .with_columns(difference=gap, outcome=outcome)
    )

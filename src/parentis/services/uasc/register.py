"""The claim register as the ledger uses it: the latest row of each child, and care leavers' periods."""

import polars as pl

from parentis.region import NATIONAL_FROM, financial_year

KEY = ("authority", "child")


def children(table: pl.DataFrame) -> pl.DataFrame:
    """The latest year's row of each child: `authority, child, reference, born, arrived, transfer_in, transfer_from,
    transfer_out, transfer_to, eligibility, ceased, cohort, nts`.

    A later register also applies to earlier years: a decision may be taken late, and it then covers all of them.
    """
    national = (pl.col("arrived") >= NATIONAL_FROM) | pl.col("transfer_in").is_not_null()
    return (
        _latest(table)
        .select(
            "authority",
            child="CHILD",
            reference="HO_REF",
            born="DOB",
            arrived="ARRIVED",
            transfer_in="TRANSFER_IN",
            transfer_from="TRANSFER_FROM",
            transfer_out="TRANSFER_OUT",
            transfer_to="TRANSFER_TO",
            eligibility="ELIGIBILITY",
            ceased="CEASED",
        )
        .group_by(KEY, maintain_order=True)
        .last()
        .with_columns(
            cohort=pl.when(national.fill_null(value=True)).then(pl.lit("national")).otherwise(pl.lit("legacy")),
            nts=pl.when(pl.col("transfer_in").is_not_null())
            .then(pl.lit("in"))
            .when(pl.col("transfer_out").is_not_null())
            .then(pl.lit("out"))
            .otherwise(pl.lit("local")),
        )
    )


def leaver_periods(table: pl.DataFrame) -> pl.DataFrame:
    """Every period of a care leaver, each as its latest register has it: `authority, child, start`, exclusive `end`,
    `education`, `overlaps` (true if it ends only because the next one starts).

    A register is used only up to the end of its year, because it cannot contain later events. Periods that end on or
    before their start are kept with the given `end`.
    """
    years = {label: financial_year(label).next.start for label in table["period"].unique().to_list()}
    year_end = pl.col("period").replace_strict(years, default=None, return_dtype=pl.Date)
    following = pl.col("start").shift(-1).over(KEY, order_by="start")
    return (
        _latest(table)
        .filter(pl.col("LEAVER_FROM").is_not_null())
        .with_columns(end=pl.min_horizontal("LEAVER_TO", year_end))
        .select("authority", "end", child="CHILD", start="LEAVER_FROM", education=(pl.col("IN_EDUCATION") == "1"))
        .group_by(*KEY, "start", maintain_order=True)
        .last()
        .with_columns(overlaps=(following < pl.col("end")).fill_null(value=False))
        .with_columns(
            pl.when("overlaps").then(following).otherwise("end").alias("end"),
            pl.col("education").fill_null(value=False),
        )
        .sort(*KEY, "start")
    )


def _latest(table: pl.DataFrame) -> pl.DataFrame:
    """Rows of the last submission of each year, in order of year; without rows that have no child."""
    newest = pl.col("sequence") == pl.col("sequence").max().over("authority", "period")
    return table.filter(newest & pl.col("CHILD").is_not_null()).sort("period", "row")

"""Facts: every amount that the service uses, in one long frame, each with its source row.

A quantity is declared once (`Quantity`): the table, its rows, and the column of the amount. If several rows of one load
belong to one quantity, they are added up (as when one service line covers several published lines). A missing amount
stays missing and is never nil. If there are two submissions for an authority and period, the later accepted one counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from parentis.region import match_authorities


class Facts(dy.Schema):
    """One row per amount used."""

    quantity = dy.String(nullable=False)
    authority = dy.String(nullable=False)
    "ONS code of an authority in `region`; a past code is replaced by the current one."
    period = dy.String(nullable=False)
    "A financial year: `2017-18`."
    amount = dy.Float64(nullable=False)
    "Pounds; per cent or weeks for quantities in those units."
    provisional = dy.Bool(nullable=False)
    load_id = dy.String(nullable=False)
    table = dy.String(nullable=False)
    row = dy.UInt32(nullable=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """`id`, by which formulas refer to it, and its location in the tables."""

    id: str
    table: str
    where: pl.Expr
    amount: pl.Expr
    latest: str = ""
    "A column of which only the last value of each authority and period counts: the last quarter's view."
    each: str = ""
    "A column in which each value is a separate amount, so that values are added up: quarters of activity."


def gather(tables: Mapping[str, pl.DataFrame], quantities: Iterable[Quantity]) -> pl.DataFrame:
    """`Facts` of every quantity in `tables`; an absent or empty table has no rows in the result."""
    ready: dict[str, pl.LazyFrame] = {}
    found: list[pl.LazyFrame] = []
    for quantity in quantities:
        frame = tables.get(quantity.table)
        if frame is None or frame.is_empty():
            continue
        if quantity.table not in ready:
            ready[quantity.table] = _ready(frame, quantity.table).lazy()
        found.append(_facts(ready[quantity.table], quantity))
    if not found:
        return Facts.create_empty()
    return Facts.validate(pl.concat(pl.collect_all(found)), cast=True)


def by_authority(facts: pl.DataFrame) -> pl.DataFrame:
    """One row per authority and period, a column per quantity (null where missing), `provisional` (whether any is),
    and `unsigned`, the provisional quantities: a figure from published returns must not be provisional because
    monitoring is."""
    index = ["authority", "period"]
    # Add up before the pivot: a pivot with sums turns missing values into nil.
    amounts = facts.group_by(*index, "quantity").agg(pl.col("amount").sum())
    wide = amounts.pivot("quantity", index=index, values="amount")
    unsigned = pl.col("quantity").filter("provisional").unique().sort()
    return wide.join(facts.group_by(index).agg(pl.col("provisional").any(), unsigned=unsigned), on=index)


def _ready(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Rows with their authority: by the printed code in publishers' files, and the submitter in authorities' returns.
    Rows about anything other than an authority (regions, England) are dropped."""
    column = "ONS_CODE" if "ONS_CODE" in frame.columns else "authority"
    if "FINANCIAL_YEAR" in frame.columns:  # one file of several years
        frame = frame.with_columns(pl.col("FINANCIAL_YEAR").alias("period"))
    return (
        match_authorities(frame, column)
        .filter(pl.col("authority").is_not_null())
        .with_columns(pl.lit(table).alias("table"))
    )


def _facts(frame: pl.LazyFrame, quantity: Quantity) -> pl.LazyFrame:
    whole = ["authority", "period"]
    chosen = frame.filter(quantity.where).with_columns(amount=quantity.amount.cast(pl.Float64))
    accepted = [*whole, quantity.each] if quantity.each else whole
    chosen = chosen.filter(pl.col("sequence") == pl.col("sequence").max().over(accepted))
    if quantity.latest:
        chosen = chosen.filter(pl.col(quantity.latest) == pl.col(quantity.latest).max().over(whole))
    if "FORM" in frame.collect_schema():  # RS and RSX of one year both print the service totals
        chosen = chosen.filter(pl.col("FORM").eq_missing(pl.col("FORM").min().over(whole)))
    return chosen.filter(pl.col("amount").is_not_null().all().over(whole)).select(
        pl.lit(quantity.id).alias("quantity"), *Facts.column_names()[1:]
    )

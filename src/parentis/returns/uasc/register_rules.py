"""Rules on a claim register: the dates of a child are consistent and meet the conditions of a claim."""

from typing import Any

import polars as pl

from parentis.region import financial_year
from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

ADULT, EDUCATION_ONLY = "18y", "21y"
"Support for care leavers is paid from the 18th birthday, and after the 21st only in education (instructions 2023-24)."

RULE_SET = RuleSet("uasc.register")


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


def _blank(name: str) -> pl.Expr:
    return pl.col(name).is_null()


@RULE_SET.rule("REG-ARRIVED-BORN", "Arrived before birth.", fields="DOB ARRIVED", tables="children")
def _arrived_before_birth(_: Any) -> Marks:
    return _yes(pl.col("ARRIVED") < pl.col("DOB"))


@RULE_SET.rule(
    "REG-ARRIVED-ADULT",
    "Arrived on or after the 18th birthday: no child when applying for asylum.",
    fields="DOB ARRIVED",
    tables="children",
)
def _arrived_an_adult(_: Any) -> Marks:
    return _yes(pl.col("ARRIVED") >= pl.col("DOB").dt.offset_by(ADULT))


@RULE_SET.rule(
    "REG-CEASED-ARRIVED",
    "The status ceased before the child arrived.",
    fields="ARRIVED CEASED",
    tables="children",
)
def _ceased_before_arrival(_: Any) -> Marks:
    return _yes(pl.col("CEASED") < pl.col("ARRIVED"))


@RULE_SET.rule(
    "REG-TRANSFER",
    "Transferred in before arriving, or out before arriving or being transferred in.",
    fields="ARRIVED TRANSFER_IN TRANSFER_OUT",
    tables="children",
)
def _transferred_too_early(_: Any) -> Marks:
    earliest = pl.max_horizontal("ARRIVED", "TRANSFER_IN")
    return _yes(pl.col("TRANSFER_IN") < pl.col("ARRIVED")) | _yes(pl.col("TRANSFER_OUT") < earliest)


@RULE_SET.rule(
    "REG-REASON",
    "Not eligible without a reason, or a reason for a child who is.",
    fields="ELIGIBILITY REASON",
    tables="children",
)
def _reason(_: Any) -> Marks:
    no = _yes(pl.col("ELIGIBILITY") == "NO")
    return (no & _blank("REASON")) | (_yes(pl.col("ELIGIBILITY") == "YES") & ~_blank("REASON"))


@RULE_SET.rule(
    "REG-REFERENCE",
    "Claimed for without the Home Office's reference.",
    fields="HO_REF ELIGIBILITY",
    tables="children",
)
def _no_reference(_: Any) -> Marks:
    return _yes(pl.col("ELIGIBILITY") == "YES") & _blank("HO_REF")


@RULE_SET.rule(
    "REG-REFERENCE-TWICE",
    "The Home Office's reference stands at several children.",
    fields="HO_REF",
    tables="children",
)
def _reference_twice(_: Any) -> Marks:
    return ~_blank("HO_REF") & pl.col("HO_REF").is_duplicated()


@RULE_SET.rule(
    "REG-LEAVER-UNKNOWN",
    "The care leaver is not in the table of children.",
    fields="CHILD",
    tables="leavers",
)
def _unknown_leaver(_: Any) -> Marks:
    return ~pl.col("known")


@RULE_SET.rule(
    "REG-LEAVER-ORDER",
    "The period ends before it begins.",
    fields="LEAVER_FROM LEAVER_TO",
    tables="leavers",
)
def _ends_first(_: Any) -> Marks:
    return _yes(pl.col("LEAVER_TO") < pl.col("LEAVER_FROM"))


@RULE_SET.rule(
    "REG-LEAVER-OVERLAP",
    "The period begins before the same care leaver's period before it has ended.",
    fields="LEAVER_FROM LEAVER_TO",
    tables="leavers",
)
def _overlap(_: Any) -> Marks:
    before = pl.col("LEAVER_FROM").shift(1).over("CHILD", order_by="LEAVER_FROM")
    ended = pl.col("LEAVER_TO").shift(1).over("CHILD", order_by="LEAVER_FROM")
    return before.is_not_null() & ~_yes(ended <= pl.col("LEAVER_FROM"))


@RULE_SET.rule(
    "REG-LEAVER-18",
    "A period of leaving care support before the 18th birthday.",
    fields="LEAVER_FROM",
    tables="leavers",
)
def _too_young(_: Any) -> Marks:
    return _yes(pl.col("LEAVER_FROM") < pl.col("born").dt.offset_by(ADULT))


@RULE_SET.rule(
    "REG-LEAVER-21",
    "Support past the 21st birthday, and not in education or training: it is not funded.",
    fields="LEAVER_FROM LEAVER_TO IN_EDUCATION",
    tables="leavers",
    severity="query",
    note="A period that goes on is taken to the end of the financial year.",
)
def _past_21(year_end: Any) -> Marks:
    lasts = pl.col("LEAVER_TO").fill_null(year_end) > pl.col("born").dt.offset_by(EDUCATION_ONLY)
    return _yes(lasts) & ~_yes(pl.col("IN_EDUCATION") == "1")


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check one authority's register by `RULE_SET`."""
    tables = dict(typed.tables)
    if "children" in tables and "leavers" in tables:
        children = tables["children"].filter(pl.col("CHILD").is_not_null()).unique("CHILD", keep="first")
        known = children.select("CHILD", known=pl.lit(value=True), born="DOB")
        tables["leavers"] = (
            tables["leavers"]
            .join(known, on="CHILD", how="left", maintain_order="left")
            .with_columns(pl.col("known").fill_null(value=False))
        )
    prepared = Prepared(
        period=spec.period,
        tables=tables,
        facts=financial_year(spec.period).next.start,
        shown=lambda _table, field_name: field_name + RAW,
    )
    return run(RULE_SET, prepared)

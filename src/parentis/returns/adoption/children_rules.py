"""Rules on the list of children: the dates of each child are in the order of the adoption process."""

from typing import Any

import polars as pl

from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

RULE_SET = RuleSet("adoption.children")


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


def _before(first: str, second: str) -> pl.Expr:
    return _yes(pl.col(first) < pl.col(second))


@RULE_SET.rule(
    "ADC-ORDER-DECISION",
    "The placement order was made before the decision that the child should be placed.",
    fields="PLACEMENT_ORDER DECISION",
    tables="children",
)
def _order_before_decision(_: Any) -> Marks:
    return _before("PLACEMENT_ORDER", "DECISION")


@RULE_SET.rule("ADC-MATCH-ORDER", "Matched before the placement order: counts as 0 days of waiting.",
               fields="MATCHED PLACEMENT_ORDER", tables="children")  # fmt: skip
def _match_before_order(_: Any) -> Marks:
    return _before("MATCHED", "PLACEMENT_ORDER")


@RULE_SET.rule(
    "ADC-PLACED-ORDER",
    "Placed before the placement order: not counted among those who waited for a family.",
    fields="PLACED PLACEMENT_ORDER",
    tables="children",
)
def _placed_before_order(_: Any) -> Marks:
    return _before("PLACED", "PLACEMENT_ORDER")


@RULE_SET.rule("ADC-PLACED-MATCH", "Placed without a match, or before it.", fields="PLACED MATCHED",
               tables="children")  # fmt: skip
def _placed_without_match(_: Any) -> Marks:
    return _yes(pl.col("PLACED").is_not_null() & pl.col("MATCHED").is_null()) | _before("PLACED", "MATCHED")


@RULE_SET.rule("ADC-ADOPTED-PLACED", "Adopted without having been placed, or before it.", fields="ADOPTED PLACED",
               tables="children")  # fmt: skip
def _adopted_without_placement(_: Any) -> Marks:
    return _yes(pl.col("ADOPTED").is_not_null() & pl.col("PLACED").is_null()) | _before("ADOPTED", "PLACED")


@RULE_SET.rule("ADC-REVERSED-ADOPTED", "The plan was reversed and the child adopted: one of the two dates is wrong.",
               fields="REVERSED ADOPTED", tables="children")  # fmt: skip
def _reversed_after_order(_: Any) -> Marks:
    return _yes(pl.col("REVERSED").is_not_null() & pl.col("ADOPTED").is_not_null())


@RULE_SET.rule("ADC-REASON", "The plan was reversed without a reason, or there is a reason and no date.",
               fields="REVERSED REASON", tables="children")  # fmt: skip
def _reason(_: Any) -> Marks:
    return pl.col("REVERSED").is_not_null() != pl.col("REASON").is_not_null()


@RULE_SET.rule("ADC-BORN", "Something happened before the child was born.", fields="DOB ENTERED_CARE DECISION",
               tables="children")  # fmt: skip
def _before_birth(_: Any) -> Marks:
    return _before("ENTERED_CARE", "DOB") | _before("DECISION", "DOB")


@RULE_SET.rule("ADC-FOSTERED", "Fostered by those who adopt after having been placed with them.",
               fields="FOSTERED PLACED", tables="children")  # fmt: skip
def _fostered_after_placed(_: Any) -> Marks:
    return _before("PLACED", "FOSTERED")


@RULE_SET.rule("ADC-SIBLINGS", "Brothers and sisters of one family identifier were matched on different days.",
               fields="FAMILY MATCHED", tables="children")  # fmt: skip
def _siblings_apart(_: Any) -> Marks:
    return _yes(pl.col("FAMILY").is_not_null() & (pl.col("MATCHED").n_unique().over("FAMILY") > 1))


@RULE_SET.rule("ADC-FAMILY", "Matched, and no number of the adoptive family.", fields="MATCHED ADOPTIVE_FAMILY",
               tables="children")  # fmt: skip
def _no_family(_: Any) -> Marks:
    return pl.col("MATCHED").is_not_null() & pl.col("ADOPTIVE_FAMILY").is_null()


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check the list by `RULE_SET`."""
    prepared = Prepared(period=spec.period, tables=typed.tables, facts=None, shown=lambda _table, name: name + RAW)
    return run(RULE_SET, prepared)

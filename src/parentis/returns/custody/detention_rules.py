"""Rules on detention rows: the values of each row are consistent."""

from typing import Any

import polars as pl

from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

RULE_SET = RuleSet("custody.detentions")

_LENGTHS = (
    "MINUTES_TO_ACKNOWLEDGE",
    "HOURS_HELD",
    "HOURS_AFTER_CHARGE",
    "MINUTES_TO_ANSWER",
    "MINUTES_TO_ADULT",
    "HOURS_TO_MERLIN",
)


def _yes(column: str) -> pl.Expr:
    return (pl.col(column) == "Y").fill_null(value=False)


def _asked() -> pl.Expr:
    return (pl.col("REQUEST") != "none").fill_null(value=False)


@RULE_SET.rule(
    "CUS-WEEK",
    "The week does not begin on a Monday, or the month on its first.",
    fields="WEEK MONTH",
    tables="detentions",
)
def _dates(_: Any) -> Marks:
    return ((pl.col("WEEK").dt.weekday() != 1) | (pl.col("MONTH").dt.day() != 1)).fill_null(value=False)


@RULE_SET.rule("CUS-LENGTH", "A length of time is below zero.", fields=" ".join(_LENGTHS), tables="detentions")
def _lengths(_: Any) -> Marks:
    return pl.any_horizontal((pl.col(name) < 0).fill_null(value=False) for name in _LENGTHS)


@RULE_SET.rule("CUS-AGE", "The age is not that of a child of 10 to 17.", fields="AGE", tables="detentions")
def _ages(_: Any) -> Marks:
    return (~pl.col("AGE").is_between(10, 17)).fill_null(value=False)


@RULE_SET.rule("CUS-BAIL", "Bail refused without a charge.", fields="CHARGED BAIL_REFUSED", tables="detentions")
def _bail(_: Any) -> Marks:
    return _yes("BAIL_REFUSED") & ~_yes("CHARGED")


@RULE_SET.rule(
    "CUS-REQUEST",
    "A request, an answer or a transfer without what must come before it.",
    fields="BAIL_REFUSED REQUEST ANSWER TRANSFERRED",
    tables="detentions",
)
def _order(_: Any) -> Marks:
    answered = (pl.col("ANSWER").is_not_null()) & (pl.col("ANSWER") != "none")
    return (_asked() & ~_yes("BAIL_REFUSED")) | ((answered | _yes("TRANSFERRED")) & ~_asked())


@RULE_SET.rule(
    "CUS-REFUSAL",
    "A request that was not for secure accommodation has no such answer: it is a failure to accommodate (s.21).",
    fields="REQUEST ANSWER",
    tables="detentions",
)
def _no_lawful_refusal(_: Any) -> Marks:
    return ((pl.col("REQUEST") == "non-secure") & (pl.col("ANSWER") == "no-secure-place")).fill_null(value=False)


@RULE_SET.rule(
    "CUS-CERTIFICATE",
    "Bail was refused and the child not moved, so that there is a certificate or it is missing; else none is needed.",
    fields="BAIL_REFUSED TRANSFERRED CERTIFICATE",
    tables="detentions",
)
def _certificates(_: Any) -> Marks:
    kept = _yes("BAIL_REFUSED") & ~_yes("TRANSFERRED")
    return ((pl.col("CERTIFICATE") != "none") != kept).fill_null(value=False)


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check the desk's rows by `RULE_SET`."""
    tables = {name: frame.with_columns(pl.lit(None, pl.String).alias("CHILD")) for name, frame in typed.tables.items()}
    return run(
        RULE_SET,
        Prepared(period=spec.period, tables=tables, facts=None, shown=lambda _table, field_name: field_name + RAW),
    )

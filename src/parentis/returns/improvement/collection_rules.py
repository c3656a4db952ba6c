"""Rules on a quarter's indicators: numerators and denominators are consistent."""

from typing import Any

import polars as pl

from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.improvement.collection import NOTE_LENGTH
from parentis.returns.improvement.slots import slots, slots_on
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

COUNTS = ("NUMERATOR", "DENOMINATOR")
SIGNS = ("c", "k", "x", "z", "-", "*", "~")
RULE_SET = RuleSet("improvement.collection")


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


def _share() -> pl.Expr:
    return pl.col("INDICATOR").is_in([one.id for one in slots() if one.scale == 100]).fill_null(value=False)


@RULE_SET.rule(
    "IMP-BOTH",
    "An indicator without its numerator or its denominator: a percentage alone is not taken. Give both counts.",
    fields="INDICATOR NUMERATOR DENOMINATOR",
    tables="indicators",
)
def _both(_: Any) -> Marks:
    return pl.any_horizontal(pl.col(name).is_null() for name in COUNTS) & ~_signed()


@RULE_SET.rule(
    "IMP-SIGN",
    "A sign (c, k, x, -) instead of a count. Give the count itself: who may see it is decided here.",
    fields="INDICATOR NUMERATOR DENOMINATOR",
    tables="indicators",
)
def _sign(_: Any) -> Marks:
    return _signed()


def _signed() -> pl.Expr:
    written = (pl.col(name + RAW).str.strip_chars().str.to_lowercase().is_in(SIGNS) for name in COUNTS)
    return _yes(pl.any_horizontal(written))


@RULE_SET.rule(
    "IMP-LARGER",
    "The numerator is larger than the denominator. Check that the two are not exchanged.",
    fields="INDICATOR NUMERATOR DENOMINATOR",
    tables="indicators",
)
def _larger(_: Any) -> Marks:
    return _yes(pl.col("NUMERATOR") > pl.col("DENOMINATOR")) & _share()


@RULE_SET.rule(
    "IMP-FRACTION",
    "A numerator or denominator that is no whole number: it looks like a percentage or a fraction. Give the counts.",
    fields="INDICATOR NUMERATOR DENOMINATOR",
    tables="indicators",
)
def _fraction(_: Any) -> Marks:
    return _yes(pl.any_horizontal(pl.col(name) != pl.col(name).round() for name in COUNTS))


@RULE_SET.rule(
    "IMP-PERCENT",
    "The denominator is exactly 100: it looks like a percentage. Give the counts.",
    fields="INDICATOR NUMERATOR DENOMINATOR",
    tables="indicators",
    severity="query",
)
def _percent(_: Any) -> Marks:
    return _yes(pl.col("DENOMINATOR") == 100) & _share()


@RULE_SET.rule("IMP-NEGATIVE", "A count below zero.", fields="INDICATOR NUMERATOR DENOMINATOR", tables="indicators")
def _negative(_: Any) -> Marks:
    return _yes(pl.any_horizontal(pl.col(name) < 0 for name in COUNTS))


@RULE_SET.rule(
    "IMP-NOBODY",
    "The denominator is zero: nothing can be said of the quarter. Nothing is lost, and no figure is made.",
    fields="INDICATOR DENOMINATOR",
    tables="indicators",
    severity="note",
)
def _nobody(_: Any) -> Marks:
    return _yes(pl.col("DENOMINATOR") == 0)


@RULE_SET.rule("IMP-SLOT", "The indicator is not collected for this quarter.", fields="INDICATOR", tables="indicators")
def _not_collected(wanted: frozenset[str]) -> Marks:
    known = pl.col("INDICATOR").is_in([one.id for one in slots()])
    return _yes(known & ~pl.col("INDICATOR").is_in(sorted(wanted)))


@RULE_SET.rule("IMP-NOTE", f"A note of more than {NOTE_LENGTH} characters.", fields="NOTE", tables="indicators")
def _long_note(_: Any) -> Marks:
    return _yes(pl.col("NOTE").str.len_chars() > NOTE_LENGTH)


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check one authority's quarter by `RULE_SET`."""
    from parentis.region import parse_period

    tables = {name: frame.with_columns(CHILD=pl.lit(None, pl.String)) for name, frame in typed.tables.items()}
    wanted = frozenset(one.id for one in slots_on(parse_period(spec.period).end))
    prepared = Prepared(period=spec.period, tables=tables, facts=wanted, shown=lambda _table, name: name + RAW)
    return run(RULE_SET, prepared)

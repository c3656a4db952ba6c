"""Rules on budget monitoring: lines sum to totals, original budgets do not change, signs and units are plausible."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from parentis.returns.cells import RAW, Typed
from parentis.returns.finance.monitoring import MONITORED, SETTINGS
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

SLACK = 1_000
"Pounds by which parts and their total may differ: returns are often rounded to £ thousand."

REVISION = 0.25
"A budget revised by more than this share of the original is queried."

SURPLUS = 0.10
"A surplus above this share of the allocation is queried: the largest published for London is 7 % (2021-22)."

SMALLEST_TOTAL = 1_000_000
"Pounds. Every council's children's social care costs more; a lower figure is probably in £ thousand."

WEEKLY = (50, 30_000)
"Pounds per week of placement: the range of plausible unit costs."

_AMOUNTS = ("ORIGINAL_BUDGET", "REVISED_BUDGET", "FORECAST_OUTTURN", "OUTTURN")
_CODES = tuple(line.code for line in MONITORED)
_OF_TOTAL = tuple(code for code in _CODES if code.count(".") == 1 and code != "csc.agency")
_OF_LOOKED_AFTER = tuple(code for code in _CODES if code.startswith("csc.looked_after."))

RULE_SET = RuleSet("finance.monitoring")


def _pounds(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Float64)


def _differs_from_parts(total: str, parts: Iterable[str]) -> pl.Expr:
    """Total rows for which the quarter gives all the parts, and the parts sum to a different amount."""
    wanted = list(parts)
    is_part = pl.col("SERVICE_LINE").is_in(wanted)
    return (pl.col("SERVICE_LINE") == total) & pl.any_horizontal(
        (pl.when(is_part).then(_pounds(amount)).count().over("QUARTER") == len(wanted))
        & ((pl.when(is_part).then(_pounds(amount)).sum().over("QUARTER") - _pounds(amount)).abs() > SLACK)
        for amount in _AMOUNTS
    ).fill_null(False)


def _changes_within_year(column: str, *by: str) -> pl.Expr:
    key = by or (pl.lit(1),)
    return (pl.col(column).max().over(*key) != pl.col(column).min().over(*key)).fill_null(False)


def _after_a_gap(*by: str) -> pl.Expr:
    """Rows of a quarter for which the previous quarter is absent."""
    number = pl.col("QUARTER").str.tail(1).cast(pl.Int8, strict=False)
    key = by or (pl.lit(1),)
    before = number.sort().shift(1).over(*key, order_by=number, mapping_strategy="group_to_rows")
    return (number - before.fill_null(0) > 1).fill_null(False)


@RULE_SET.rule(
    "MON-SUM",
    "Children's social care is not the sum of its lines.",
    fields="QUARTER SERVICE_LINE " + " ".join(_AMOUNTS),
    tables="lines",
    note="Only for a quarter and amount that give the total and every line under it.",
)
def _total(_: Any) -> Marks:
    return _differs_from_parts("csc", _OF_TOTAL)


@RULE_SET.rule(
    "MON-SUM-CLA",
    "Children looked after is not the sum of residential, fostering, asylum-seeking and other.",
    fields="QUARTER SERVICE_LINE " + " ".join(_AMOUNTS),
    tables="lines",
)
def _looked_after(_: Any) -> Marks:
    return _differs_from_parts("csc.looked_after", _OF_LOOKED_AFTER)


@RULE_SET.rule(
    "MON-TOTAL",
    "The quarter has no line for children's social care in total.",
    fields="QUARTER SERVICE_LINE",
    tables="lines",
)
def _no_total(_: Any) -> Marks:
    first = pl.int_range(pl.len()).over("QUARTER") == 0
    return first & ~(pl.col("SERVICE_LINE") == "csc").fill_null(False).any().over("QUARTER")


@RULE_SET.rule(
    "MON-UNIT",
    "Children's social care costs less than £1 million: amounts are wanted in pounds, not thousands.",
    fields="QUARTER SERVICE_LINE ORIGINAL_BUDGET",
    tables="lines",
    severity="query",
)
def _in_thousands(_: Any) -> Marks:
    small = _pounds("ORIGINAL_BUDGET").is_between(0, SMALLEST_TOTAL, closed="none")
    return ((pl.col("SERVICE_LINE") == "csc") & small).fill_null(False)


@RULE_SET.rule(
    "MON-NO-BUDGET",
    "A forecast or an outturn without a budget to compare it with.",
    fields="QUARTER SERVICE_LINE ORIGINAL_BUDGET REVISED_BUDGET FORECAST_OUTTURN OUTTURN",
    tables="lines",
)
def _no_budget(_: Any) -> Marks:
    spent = pl.col("FORECAST_OUTTURN").is_not_null() | pl.col("OUTTURN").is_not_null()
    return spent & pl.col("ORIGINAL_BUDGET").is_null() & pl.col("REVISED_BUDGET").is_null()


@RULE_SET.rule(
    "MON-NO-FORECAST",
    "A budget without a forecast or an outturn.",
    fields="QUARTER SERVICE_LINE FORECAST_OUTTURN OUTTURN",
    tables="lines",
    severity="query",
)
def _no_forecast(_: Any) -> Marks:
    return pl.col("FORECAST_OUTTURN").is_null() & pl.col("OUTTURN").is_null()


@RULE_SET.rule(
    "MON-EARLY",
    "An outturn before the end of the year: until then it is a forecast.",
    fields="QUARTER SERVICE_LINE OUTTURN",
    tables="lines",
)
def _early(_: Any) -> Marks:
    return ((pl.col("QUARTER") != "Q4") & pl.col("OUTTURN").is_not_null()).fill_null(False)


@RULE_SET.rule(
    "MON-REVISED",
    "The revised budget is more than 25 % away from the original.",
    fields="QUARTER SERVICE_LINE ORIGINAL_BUDGET REVISED_BUDGET",
    tables="lines",
    severity="query",
)
def _revised(_: Any) -> Marks:
    moved = (_pounds("REVISED_BUDGET") - _pounds("ORIGINAL_BUDGET")).abs()
    return (moved > REVISION * _pounds("ORIGINAL_BUDGET").abs()).fill_null(False)


@RULE_SET.rule(
    "MON-ORIGINAL",
    "The original budget changes between quarters; what changes is the revised budget.",
    fields="QUARTER SERVICE_LINE ORIGINAL_BUDGET",
    tables="lines",
)
def _original_moved(_: Any) -> Marks:
    return _changes_within_year("ORIGINAL_BUDGET", "SERVICE_LINE")


@RULE_SET.rule(
    "MON-GAP",
    "The quarter before is not there.",
    fields="QUARTER SERVICE_LINE",
    tables="lines",
    severity="query",
)
def _gap(_: Any) -> Marks:
    return _after_a_gap("SERVICE_LINE")


@RULE_SET.rule(
    "MON-HN-SUM",
    "High needs spend is not the sum of its settings.",
    fields="QUARTER SPEND " + " ".join(f"SPEND_{setting.code}" for setting in SETTINGS),
    tables="high_needs",
)
def _settings(_: Any) -> Marks:
    parts = [_pounds(f"SPEND_{setting.code}") for setting in SETTINGS]
    gap = (pl.sum_horizontal(parts, ignore_nulls=False) - _pounds("SPEND")).abs()
    return (gap > SLACK).fill_null(False)


@RULE_SET.rule(
    "MON-HN-SIGN",
    "A surplus brought forward of more than a tenth of the allocation: a deficit is negative.",
    fields="QUARTER ALLOCATION_AFTER_DEDUCTIONS BROUGHT_FORWARD",
    tables="high_needs",
    severity="query",
)
def _sign(_: Any) -> Marks:
    return (_pounds("BROUGHT_FORWARD") > SURPLUS * _pounds("ALLOCATION_AFTER_DEDUCTIONS")).fill_null(False)


@RULE_SET.rule(
    "MON-HN-BF",
    "The balance brought forward changes between quarters; it is that of 1 April.",
    fields="QUARTER BROUGHT_FORWARD",
    tables="high_needs",
)
def _brought_forward(_: Any) -> Marks:
    return _changes_within_year("BROUGHT_FORWARD")


@RULE_SET.rule(
    "MON-HN-PARTS",
    "High needs without its allocation, its spend or its balance brought forward.",
    fields="QUARTER ALLOCATION_AFTER_DEDUCTIONS SPEND BROUGHT_FORWARD",
    tables="high_needs",
)
def _high_needs_parts(_: Any) -> Marks:
    return pl.any_horizontal(
        pl.col(name).is_null() for name in ("ALLOCATION_AFTER_DEDUCTIONS", "SPEND", "BROUGHT_FORWARD")
    )


@RULE_SET.rule(
    "MON-HN-GAP", "The quarter before is not there.", fields="QUARTER", tables="high_needs", severity="query"
)
def _high_needs_gap(_: Any) -> Marks:
    return _after_a_gap()


@RULE_SET.rule(
    "MON-WEEKLY",
    "A week of placement costs less than £50 or more than £30,000.",
    fields="QUARTER PLACEMENT_GROUP CHILD_WEEKS SPEND",
    tables="activity",
    severity="query",
)
def _weekly(_: Any) -> Marks:
    cost = _pounds("SPEND") / _pounds("CHILD_WEEKS")
    return (~cost.is_between(*WEEKLY)).fill_null(False)


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check one authority's monitoring by `RULE_SET`."""
    tables = {name: frame.with_columns(pl.lit(None, pl.String).alias("CHILD")) for name, frame in typed.tables.items()}
    prepared = Prepared(
        period=spec.period, tables=tables, facts=None, shown=lambda _table, field_name: field_name + RAW
    )
    return run(RULE_SET, prepared)

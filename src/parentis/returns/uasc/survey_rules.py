"""Rules on the survey's answers: costs have quantities, and parts sum to the whole."""

from typing import Any

import polars as pl

from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec
from parentis.returns.uasc.survey import NOTE_LENGTH

SLACK = 1
"Tolerance in nights between the parts and the whole."
MOST_NIGHTS = 366
"The most nights of one child in a year."
COUNTED_BY = {"CHILD": "CHILD_NIGHTS", "LEAVER": "LEAVER_WEEKS"}
"The quantity by which each group's costs are divided."

RULE_SET = RuleSet("uasc.survey")


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


def _is(column: str, code: str) -> pl.Expr:
    return _yes(pl.col(column) == code)


def _amount() -> pl.Expr:
    return pl.col("AMOUNT").cast(pl.Float64)


def _value_of(measure: str) -> pl.Expr:
    return pl.when(_is("MEASURE", measure)).then("VALUE").max()


@RULE_SET.rule("SUR-NEGATIVE", "A cost below zero: income is not asked for.", fields="HEADING AMOUNT", tables="costs")
def _negative(_: Any) -> Marks:
    return _yes(_amount() < 0)


@RULE_SET.rule(
    "SUR-UNANSWERED",
    "The heading has no amount: taken as not known, never as zero.",
    fields="HEADING GROUP AMOUNT",
    tables="costs",
    severity="note",
)
def _unanswered(_: Any) -> Marks:
    return _amount().is_null() & ~_is("METHOD", "TIME_USE")


@RULE_SET.rule("SUR-UNIT", "An amount without its unit.", fields="HEADING AMOUNT UNIT", tables="costs")
def _no_unit(_: Any) -> Marks:
    return _amount().is_not_null() & pl.col("UNIT").is_null()


@RULE_SET.rule(
    "SUR-DENOMINATOR",
    "A price without how many of it there were in the year.",
    fields="HEADING AMOUNT UNIT DENOMINATOR",
    tables="costs",
)
def _no_denominator(_: Any) -> Marks:
    priced = pl.col("UNIT").is_not_null() & ~_is("UNIT", "TOTAL")
    return _yes(_amount() > 0) & priced & ~_yes(pl.col("DENOMINATOR") > 0)


@RULE_SET.rule(
    "SUR-COUNTED",
    "Costs of a group without its nights (children) or weeks (care leavers).",
    fields="HEADING GROUP AMOUNT",
    tables="costs",
)
def _nothing_counted(_: Any) -> Marks:
    return _yes(_amount() > 0) & ~pl.col("counted")


@RULE_SET.rule(
    "SUR-TIME",
    "The heading is answered with a sample of time, and the sample is not there or lacks a number.",
    fields="HEADING GROUP METHOD",
    tables="costs",
)
def _no_sample(_: Any) -> Marks:
    return _is("METHOD", "TIME_USE") & ~pl.col("sampled")


@RULE_SET.rule(
    "SUR-TWICE",
    "The heading has an amount and a sample of time: one of them only would be counted.",
    fields="HEADING GROUP AMOUNT METHOD",
    tables="costs",
)
def _counted_twice(_: Any) -> Marks:
    return _amount().is_not_null() & pl.col("sampled")


@RULE_SET.rule(
    "SUR-ALL-ZERO",
    "Every amount of the group is zero: leave empty what is not known.",
    fields="HEADING GROUP AMOUNT",
    tables="costs",
    severity="query",
)
def _all_zero(_: Any) -> Marks:
    return _yes(_amount() == 0) & _yes((_amount().max() == 0).over("GROUP")) & ~pl.col("sampled").any().over("GROUP")


@RULE_SET.rule("SUR-NOTE", f"A note of more than {NOTE_LENGTH} characters.", fields="NOTE", tables="costs")
def _long_note(_: Any) -> Marks:
    return _yes(pl.col("NOTE").str.len_chars() > NOTE_LENGTH)


@RULE_SET.rule(
    "SUR-VALUE", "A number of nights, weeks or people below zero.", fields="MEASURE VALUE", tables="denominators"
)
def _below_zero(_: Any) -> Marks:
    return _yes(pl.col("VALUE") < 0)


@RULE_SET.rule(
    "SUR-AGES",
    "Nights under 16 and nights at 16 and 17 do not sum to the nights of all children.",
    fields="MEASURE VALUE",
    tables="denominators",
    note="Only where all three are given.",
)
def _ages(_: Any) -> Marks:
    parts = _value_of("NIGHTS_UNDER_16") + _value_of("NIGHTS_16_17")
    return _is("MEASURE", "CHILD_NIGHTS") & _yes((parts - _value_of("CHILD_NIGHTS")).abs() > SLACK)


@RULE_SET.rule(
    "SUR-NIGHTS",
    "More nights than that many children can have in a year, or children without a night.",
    fields="MEASURE VALUE",
    tables="denominators",
)
def _more_than_a_year(_: Any) -> Marks:
    nights, heads = _value_of("CHILD_NIGHTS"), _value_of("CHILDREN")
    return _is("MEASURE", "CHILD_NIGHTS") & _yes((nights > MOST_NIGHTS * heads) | (nights < heads))


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check one authority's answers by `RULE_SET`."""
    tables = {name: frame.with_columns(CHILD=pl.lit(None, pl.String)) for name, frame in typed.tables.items()}
    if "costs" in tables:
        tables["costs"] = _beside(tables["costs"], tables.get("denominators"), tables.get("staff_time"))
    prepared = Prepared(
        period=spec.period, tables=tables, facts=None, shown=lambda _table, field_name: field_name + RAW
    )
    return run(RULE_SET, prepared)


def _beside(costs: pl.DataFrame, counts: pl.DataFrame | None, time: pl.DataFrame | None) -> pl.DataFrame:
    """The costs with `counted` (their group's nights or weeks are given) and `sampled` (a whole sample of time is)."""
    known = set() if counts is None else set(counts.filter(pl.col("VALUE") > 0)["MEASURE"])
    groups = [group for group, measure in COUNTED_BY.items() if measure in known]
    costs = costs.with_columns(counted=pl.col("GROUP").is_in(groups).fill_null(value=False))
    if time is None:
        return costs.with_columns(sampled=pl.lit(value=False))
    numbers = ("HOURS", "PEOPLE", "HOURLY_COST")
    whole = (
        time.group_by("HEADING", "GROUP")
        .agg(sampled=pl.all_horizontal(pl.col(name).is_not_null().all() for name in numbers))
    )  # fmt: skip
    return costs.join(whole, on=["HEADING", "GROUP"], how="left", maintain_order="left").with_columns(
        pl.col("sampled").fill_null(value=False)
    )

"""Rules on the quarterly collection: its figures agree with each other and fall in its quarter."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from parentis.region import match_authorities, parse_period
from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

RULE_SET = RuleSet("adoption.collection")
DATES = ("DECISION", "PLACEMENT_ORDER", "MATCHED", "PLACED", "ADOPTED")


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of known boroughs, and the last day of the quarter."""

    boroughs: tuple[str, ...]
    ends: date


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


@RULE_SET.rule(
    "ADQ-BOROUGH",
    "Not an authority of England: give the borough's name or code, so that the line finds its ledger.",
    fields="BOROUGH",
    tables="collected_children",
)
def _borough(facts: Facts) -> Marks:
    return ~_yes(pl.col("BOROUGH").is_in(facts.boroughs))


@RULE_SET.rule(
    "ADQ-AFTER",
    "A date after the quarter's last day: the collection tells what had happened by then.",
    fields="DECISION PLACEMENT_ORDER MATCHED PLACED ADOPTED",
    tables="collected_children",
)
def _after(facts: Facts) -> Marks:
    return _yes(pl.any_horizontal([pl.col(name) > facts.ends for name in DATES]))


@RULE_SET.rule(
    "ADQ-FOUND",
    "Matched, and a family is still looked for: one of the two is not up to date.",
    fields="MATCHED FAMILY_FINDING",
    tables="collected_children",
)
def _found(_: Any) -> Marks:
    return _yes(pl.col("MATCHED").is_not_null() & pl.col("FAMILY_FINDING").is_in(["FINDING", "APPEALED"]))


@RULE_SET.rule("ADQ-ORDER", "Placed for adoption before the match, or adopted before being placed.",
               fields="MATCHED PLACED ADOPTED", tables="collected_children")  # fmt: skip
def _order(_: Any) -> Marks:
    return _yes(pl.col("PLACED") < pl.col("MATCHED")) | _yes(pl.col("ADOPTED") < pl.col("PLACED"))


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check the collection by `RULE_SET`."""
    written = typed.tables["collected_children"].select(pl.col("BOROUGH").unique())
    known = match_authorities(written, "BOROUGH").filter(pl.col("authority").is_not_null())["BOROUGH"].to_list()
    facts = Facts(boroughs=tuple(known), ends=parse_period(spec.period).end)
    prepared = Prepared(period=spec.period, tables=typed.tables, facts=facts, shown=lambda _table, name: name + RAW)
    return run(RULE_SET, prepared)

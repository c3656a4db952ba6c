"""Rules on the list of adopters: stages are in order, and the rows of one family agree."""

from itertools import pairwise
from typing import Any

import polars as pl

from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

RULE_SET = RuleSet("adoption.adopters")
STAGES = ("ENQUIRED", "STAGE_1_START", "STAGE_1_END", "STAGE_2_START", "STAGE_2_END", "APPROVED", "MATCHED", "PLACED",
          "ADOPTED")  # fmt: skip


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


@RULE_SET.rule("ADA-ORDER", "A later stage stands before an earlier one.", fields=" ".join(STAGES), tables="adopters")
def _order(_: Any) -> Marks:
    return pl.any_horizontal([_yes(pl.col(later) < pl.col(earlier)) for earlier, later in pairwise(STAGES)])


@RULE_SET.rule("ADA-APPROVED", "Matched without having been approved.", fields="MATCHED APPROVED", tables="adopters")
def _matched_without_approval(_: Any) -> Marks:
    return pl.col("MATCHED").is_not_null() & pl.col("APPROVED").is_null()


@RULE_SET.rule("ADA-TWO", "Two people of one family were approved on different days.", fields="FAMILY APPROVED",
               tables="adopters")  # fmt: skip
def _two_stories(_: Any) -> Marks:
    return _yes(pl.col("FAMILY").is_not_null() & (pl.col("APPROVED").n_unique().over("FAMILY") > 1))


@RULE_SET.rule("ADA-MANY", "More than two people of one family.", fields="FAMILY", tables="adopters")
def _many(_: Any) -> Marks:
    return _yes(pl.col("FAMILY").is_not_null() & (pl.len().over("FAMILY") > 2))


@RULE_SET.rule("ADA-REASON", "Left without a reason, or there is a reason and no date.", fields="LEFT REASON",
               tables="adopters")  # fmt: skip
def _reason(_: Any) -> Marks:
    return pl.col("LEFT").is_not_null() != pl.col("REASON").is_not_null()


@RULE_SET.rule("ADA-LEFT", "Left before the last thing that is recorded of them.", fields="LEFT PLACED ADOPTED",
               tables="adopters")  # fmt: skip
def _left_before(_: Any) -> Marks:
    return _yes(pl.col("LEFT") < pl.max_horizontal("PLACED", "ADOPTED"))


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check the list by `RULE_SET`."""
    tables = {name: frame.with_columns(pl.lit(None, pl.String).alias("CHILD")) for name, frame in typed.tables.items()}
    prepared = Prepared(period=spec.period, tables=tables, facts=None, shown=lambda _table, name: name + RAW)
    return run(RULE_SET, prepared)

"""Rules on an agency's finances: signs are right, members are known authorities, and fees are above zero."""

from typing import Any

import polars as pl

from parentis.region import match_authorities
from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

RULE_SET = RuleSet("adoption.money")
INCOME = ("FEES_RECEIVED", "GRANT")


def _yes(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


@RULE_SET.rule("ADM-SIGN", "Income above 0 or spending below it.", fields="LINE BUDGET", tables="costs")
def _sign(_: Any) -> Marks:
    income = pl.col("LINE").is_in(INCOME)
    return _yes(income & (pl.col("BUDGET") > 0)) | _yes(~income & (pl.col("BUDGET") < 0))


@RULE_SET.rule("ADM-MEMBER", "No authority that is known by this name or code.", fields="MEMBER",
               tables="contributions")  # fmt: skip
def _unknown_member(_: Any) -> Marks:
    return ~pl.col("known")


@RULE_SET.rule("ADM-FEE", "A fee of nothing or less.", fields="FEE", tables="fees")
def _no_fee(_: Any) -> Marks:
    return _yes(pl.col("FEE") <= 0)


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check the agency's money by `RULE_SET`."""
    tables = {
        name: frame if "CHILD" in frame.columns else frame.with_columns(pl.lit(None, pl.String).alias("CHILD"))
        for name, frame in typed.tables.items()
    }
    if "contributions" in tables:
        known = match_authorities(tables["contributions"].select("MEMBER"), "MEMBER")["authority"].is_not_null()
        tables["contributions"] = tables["contributions"].with_columns(known=known)
    prepared = Prepared(period=spec.period, tables=tables, facts=None, shown=lambda _table, name: name + RAW)
    return run(RULE_SET, prepared)

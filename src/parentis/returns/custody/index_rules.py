"""Rules on the index: every child has a reason to be listed, and all rows have one extraction time."""

from datetime import datetime
from typing import Any

import polars as pl

from parentis.returns.cells import RAW, Typed
from parentis.returns.custody.index import AS_OF, STANDINGS
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

RULE_SET = RuleSet("custody.index")


@RULE_SET.rule(
    "IDX-WHY",
    "Nothing says why the child is on the index: not looked after, nor a care leaver, nor an open case, nor an order.",
    fields=f"PERSON_REF {' '.join(STANDINGS)}",
    tables="people",
)
def _no_standing(_: Any) -> Marks:
    return ~pl.any_horizontal((pl.col(name) == "Y").fill_null(False) for name in STANDINGS)


@RULE_SET.rule(
    "IDX-WHEN",
    "When the index was drawn is not a time with its zone, such as 2026-11-02T02:00:00+00:00.",
    fields=f"PERSON_REF {AS_OF}",
    tables="people",
)
def _no_instant(_: Any) -> Marks:
    return ~pl.col(AS_OF).map_elements(_is_instant, pl.Boolean, skip_nulls=False).fill_null(False)


@RULE_SET.rule(
    "IDX-ONE",
    "The index was drawn at several times: it must be of one.",
    fields=f"PERSON_REF {AS_OF}",
    tables="people",
)
def _several_instants(_: Any) -> Marks:
    return pl.col(AS_OF) != pl.col(AS_OF).first()


def _is_instant(text: str | None) -> bool:
    try:
        return datetime.fromisoformat(text or "").tzinfo is not None
    except ValueError:
        return False


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check one authority's index by `RULE_SET`. Findings identify the row, never the child."""
    tables = {name: frame.with_columns(pl.lit(None, pl.String).alias("CHILD")) for name, frame in typed.tables.items()}
    shown = Prepared(period=spec.period, tables=tables, facts=None, shown=lambda _table, field_name: field_name + RAW)
    return run(RULE_SET, shown)

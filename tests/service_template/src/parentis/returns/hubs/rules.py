"""What a line of visits must agree with: itself."""

from typing import Any

import polars as pl

from parentis.returns.cells import RAW, Typed
from parentis.returns.findings import Checked
from parentis.returns.models import Reading
from parentis.returns.rules import Marks, Prepared, RuleSet, run
from parentis.returns.spec import YearSpec

BOOK = RuleSet("hubs.visits")


@BOOK.rule(
    "HUB-FIVES",
    "More families with a child under five than families.",
    fields="FAMILIES UNDER_FIVES",
    tables="visits",
)
def _under_fives(_: Any) -> Marks:
    return (pl.col("UNDER_FIVES") > pl.col("FAMILIES")).fill_null(value=False)


def check(reading: Reading, typed: Typed, spec: YearSpec) -> Checked:
    """Check the lines by `BOOK`."""
    tables = {name: frame.with_columns(pl.lit(None, pl.String).alias("CHILD")) for name, frame in typed.tables.items()}
    prepared = Prepared(period=spec.period, tables=tables, facts=None, shown=lambda _table, name: name + RAW)
    return run(BOOK, prepared)

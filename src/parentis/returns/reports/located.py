"""Location of the row of a finding: the file, and the line in it."""

from collections.abc import Sequence

import polars as pl

from parentis.returns.problems import Recognised

FIRST_LINE = 2
"Line of the first row of a table with its headings in the first line."


def located(findings: pl.DataFrame, taken: Sequence[Recognised]) -> pl.DataFrame:
    """The findings with `file` and `line` (Int64), in their order. A table can be in several files, or below a title.
    For a form without lines (XML) the line is that of the same table in a spreadsheet, and the file is null."""
    places = pl.DataFrame(
        [(one.table, one.file, one.first_row, one.first_line) for one in taken if one.table and one.rows is not None],
        schema={"table": pl.String, "file": pl.String, "first_row": pl.Int64, "first_line": pl.Int64},
        orient="row",
    ).sort("first_row")
    numbered = findings.with_row_index("number").with_columns(at=pl.col("row").cast(pl.Int64).fill_null(0)).sort("at")
    found = numbered.join_asof(
        places, left_on="at", right_on="first_row", by="table", strategy="backward", check_sortedness=False
    )
    line = pl.col("row").cast(pl.Int64) - pl.col("first_row").fill_null(0) + pl.col("first_line").fill_null(FIRST_LINE)
    return found.sort("number").select(*findings.columns, "file", line.alias("line"))

"""Keeps amounts that a later edition of a publisher's table no longer prints, from the last edition that did."""

import polars as pl

from parentis.returns import Table


def keep_amounts(stands: pl.DataFrame, earlier: pl.DataFrame, table: Table) -> pl.DataFrame:
    """`stands` with each row that has no amount replaced by the row of the latest earlier edition that has one.

    Both have the columns of a table as read. Rows of `earlier` come from loads superseded by those in `stands`, and
    carry the sequence of the current load. A kept row still names its original load, so that it can be traced to the
    file that printed it. Rows that `table.same` does not distinguish are left unchanged.
    """
    key = [*table.same, "submitter", "part", "period"]
    named = pl.all_horizontal(pl.col(list(table.same)).is_not_null())
    lacking = stands.filter(named & pl.col(table.amount).is_null()).select(key).unique()
    held = (
        earlier.filter(named & pl.col(table.amount).is_not_null())
        .join(lacking, on=key, how="semi", nulls_equal=True)
        .filter(pl.col("order") == pl.col("order").max().over(key))
        .drop("order")
    )
    if held.is_empty():
        return stands
    return pl.concat([stands.join(held.select(key).unique(), on=key, how="anti", nulls_equal=True), held])

"""What a later edition of a publisher's table no longer prints stays as the last edition that printed it had it."""

import polars as pl

from parentis.returns import Table


def keep_amounts(stands: pl.DataFrame, earlier: pl.DataFrame, table: Table) -> pl.DataFrame:
    """`stands` with each row that has no amount replaced by the last earlier edition's that has one.

    Both have the columns of a table as it is read; rows of `earlier` are of the loads that those of `stands`
    superseded, and carry the sequence of the load that stands. A row that was kept still names the load it is from, so
    that it is traced to the file which printed it. Rows that cannot be told apart by `table.same` are left as they are.
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

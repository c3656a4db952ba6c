"""Child populations by authority, and each authority's position on a region's tile-grid map."""

from typing import TYPE_CHECKING

from parentis.region.reference import rows
from parentis.region.references import submitted

if TYPE_CHECKING:
    import polars as pl


def population_0_17() -> "pl.DataFrame":
    """`authority`, `year` (mid-year), `population` aged 0 to 17; ONS mid-year estimates, 2012 on.

    There is no row where ONS gives no figure: for years before an authority was created or after it was abolished, and
    for the three abolished in Dorset in 2019. From the edition in force (`references.edition`)."""
    import polars as pl

    table = submitted("population_0_17")
    if table is not None:
        return table

    held = [
        (row["authority"], int(year), int(people))
        for row in rows("population_0_17")
        for year, people in row.items()
        if year != "authority" and people
    ]
    schema = {"authority": pl.String, "year": pl.Int32, "population": pl.Int64}
    return pl.DataFrame(held, schema=schema, orient="row")


def tiles() -> "pl.DataFrame":
    """`footprint`, `authority`, `column` (west to east) and `row` (north to south), from 0: one cell of a
    region's grid for each of its authorities, so that small ones are as easy to see as large. A region without a
    grid has no rows."""
    import polars as pl

    drawn = [(row["footprint"], row["authority"], int(row["column"]), int(row["row"])) for row in rows("tiles")]
    schema = {"footprint": pl.String, "authority": pl.String, "column": pl.Int32, "row": pl.Int32}
    return pl.DataFrame(drawn, schema=schema, orient="row")

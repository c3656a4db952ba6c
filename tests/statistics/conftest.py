"""Lake tables of the statistics service, made from a few rows."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from parentis.returns import the_return

TABLES = (
    ("open_statistics.lait", "lines"),
    ("open_statistics.lait", "dictionary"),
    ("open_statistics.dfe", "values"),
)
KEPT = {
    "authority": pl.String,
    "period": pl.String,
    "part": pl.String,
    "submission_id": pl.String,
    "load_id": pl.String,
    "row": pl.UInt32,
    "sequence": pl.Int64,
    "provisional": pl.Boolean,
}


def lake_table(return_id: str, name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A typed table with the columns the lake adds; what a row does not say has a plain default."""
    columns = the_return(return_id).spec.latest.tables[name].columns
    schema = {**{column.name: column.dtype for column in columns}, **KEPT}
    usual = {"period": "2025", "part": "", "load_id": "one", "sequence": 1, "provisional": False}
    return pl.DataFrame(
        [{**dict.fromkeys(schema), **usual, "row": number, **row} for number, row in enumerate(rows)],
        schema=schema,
    )


@pytest.fixture
def tables() -> Callable[..., dict[str, pl.DataFrame]]:
    """`tables(lines=[…], dictionary=[…], values=[…])` → the service's tables; those not given have no rows."""

    def make(**rows: list[dict[str, Any]]) -> dict[str, pl.DataFrame]:
        return {f"{return_id}/{name}": lake_table(return_id, name, rows.get(name, [])) for return_id, name in TABLES}

    return make

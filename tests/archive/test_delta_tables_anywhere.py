"""A home may lie anywhere: its tables read alike below a folder with spaces in its name."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from parentis.archive import delta_tables

ROWS = pl.DataFrame(
    {
        "name": ["Søren", "Ann"],
        "number": pl.Series([1, 2], dtype=pl.UInt32),
        "at": [datetime(2025, 3, 31, 12, tzinfo=UTC)] * 2,
        "on": [date(2025, 3, 31), None],
        "pounds": pl.Series([Decimal("1.20"), None], dtype=pl.Decimal(18, 2)),
        "several": [["a", "b"], None],
        "whole": [True, None],
    }
)


@pytest.mark.integration
def test_below_a_folder_with_spaces_a_table_reads_as_anywhere_else(tmp_path: Path) -> None:
    read = []
    for folder in ("home", "a home of ours, é"):
        path = tmp_path / folder / "table"
        delta_tables.write(path, ROWS, mode="append")
        delta_tables.write(path, ROWS.with_columns(later=pl.lit("new")), mode="append", schema_mode="merge")
        whole = delta_tables.read(path).sort("name", "later")
        chosen = delta_tables.scan(delta_tables.opened(path), path).filter(
            pl.col("name") == "Ann", pl.col("later") == "new", pl.col("number") == 2
        )
        assert chosen.collect().height == 1
        read.append(whole)
    assert read[0].equals(read[1])
    assert read[0].schema == read[1].schema
    assert read[0].height == 4

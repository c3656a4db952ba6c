"""The kernels on a real Spark cluster: a standalone master and two workers on loopback."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from parentis import engine


def total(table: pa.Table) -> pa.Table:
    return pa.table({"total": [pc.sum(table["nights"]).as_py()], "from": [table.schema.metadata[b"from"].decode()]})


def refuse(table: pa.Table) -> pa.Table:
    raise ValueError("kernel refused")


PARTITIONS = [
    pa.table({"nights": nights}).replace_schema_metadata({"from": name})
    for name, nights in (("a", [1, 2]), ("b", [10]), ("c", list(range(30_000))))
]


@pytest.mark.integration
def test_same_tables_in_the_same_order_as_here(spark_master: str) -> None:
    seen: list[tuple[int, int]] = []
    there = engine.map(total, PARTITIONS, on=spark_master, progress=lambda done, of: seen.append((done, of)))
    here = engine.map(total, PARTITIONS, workers=1)
    assert [table.to_pydict() for table in there] == [table.to_pydict() for table in here]
    assert [table["from"].to_pylist() for table in there] == [["a"], ["b"], ["c"]]
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.integration
def test_a_kernels_error_is_raised(spark_master: str) -> None:
    with pytest.raises(Exception, match="kernel refused"):
        engine.map(refuse, PARTITIONS[:1], on=spark_master)

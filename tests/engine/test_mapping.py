import pyarrow as pa
import pyarrow.compute as pc
import pytest

from parentis import engine
from parentis.engine.spark import pack, per_row, unpack
from parentis.errors import NotFoundError


def total(table: pa.Table) -> pa.Table:
    return pa.table({"total": [pc.sum(table["nights"]).as_py()]})


def refuse(table: pa.Table) -> pa.Table:
    raise ValueError("kernel refused")


PARTITIONS = [pa.table({"nights": [1, 2]}), pa.table({"nights": [10]}), pa.table({"nights": [100, 200, 300]})]


@pytest.mark.spec
@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_partitions(workers):
    seen = []
    answers = engine.map(total, PARTITIONS, workers=workers, progress=lambda done, of: seen.append((done, of)))
    assert [answer["total"].to_pylist() for answer in answers] == [[3], [10], [600]]
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.unit
def test_spark_rows_carry_the_same_tables():
    rows = pa.RecordBatch.from_pydict({"index": [2, 0], "stream": [pack(PARTITIONS[2]), pack(PARTITIONS[0])]})
    answers = [(b["index"][0].as_py(), unpack(b["stream"][0].as_py())) for b in per_row(total)(iter([rows]))]
    assert [(index, table["total"].to_pylist()) for index, table in answers] == [(2, [600]), (0, [3])]


@pytest.mark.unit
@pytest.mark.parametrize("workers", [1, 2])
def test_a_kernels_error_is_raised(workers):
    with pytest.raises(ValueError, match="kernel refused"):
        engine.map(refuse, PARTITIONS, workers=workers)


@pytest.mark.unit
def test_no_partitions_and_unknown_places():
    assert engine.map(total, []) == []
    with pytest.raises(NotFoundError, match="Spark master"):
        engine.map(total, PARTITIONS, on="moon")

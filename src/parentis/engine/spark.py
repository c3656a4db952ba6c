"""Runs the same kernels on a Spark cluster.

Each partition is sent as one row `(index, Arrow stream)`, so Spark neither sees nor changes its schema, and
the kernel receives the same table as on this machine. The workers need Parentis installed in the
Python that PYSPARK_PYTHON names.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from parentis import remedies
from parentis.engine.kernels import Kernel, Progress
from parentis.errors import NotFoundError

_ENVELOPE = pa.schema([("index", pa.int64()), ("stream", pa.binary())])


def map_on_spark(
    kernel: "Kernel", partitions: Sequence[pa.Table], *, master: str, progress: "Progress | None"
) -> list[pa.Table]:
    """`engine.map` on the cluster at `master`; one Spark task per partition."""
    rows = [(index, pack(partition)) for index, partition in enumerate(partitions)]
    results: dict[int, pa.Table] = {}
    with _session(master) as session:
        spread = session.sparkContext.parallelize(rows, len(rows))
        frame = session.createDataFrame(spread, "index long, stream binary")
        answers = frame.mapInArrow(per_row(kernel), "index long, stream binary")
        for done, row in enumerate(answers.toLocalIterator(prefetchPartitions=True), 1):
            results[row["index"]] = unpack(bytes(row["stream"]))
            if progress:
                progress(done, len(rows))
    return [results[index] for index in range(len(rows))]


def per_row(kernel: "Kernel") -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """`kernel` in the form Spark's `mapInArrow` needs: batches of `(index, stream)` to batches of the same."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for index, stream in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
                answer = pack(kernel(unpack(stream)))
                yield pa.RecordBatch.from_pydict({"index": [index], "stream": [answer]}, schema=_ENVELOPE)

    return run


def pack(table: pa.Table) -> bytes:
    """A table as one Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def unpack(stream: bytes) -> pa.Table:
    """Inverse of `pack`."""
    return pa.ipc.open_stream(stream).read_all()


@contextmanager
def _session(master: str) -> Iterator[Any]:
    """The open Spark session, or a new one that is closed afterwards."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise NotFoundError(
            expected="the pyspark package",
            found="none",
            where=f"engine on {master}",
            do=remedies.INSTALL_SPARK,
        ) from None
    open_one = SparkSession.getActiveSession()
    session = open_one or (
        SparkSession.builder.master(master)
        .appName("parentis")
        .config("spark.ui.enabled", "false")
        # One large partition per row, so Spark's limit of 10,000 rows per batch never splits one.
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "1")
        .getOrCreate()
    )
    try:
        yield session
    finally:
        if open_one is None:
            session.stop()

"""`map`: a kernel over partitions gives the same tables in the same order, wherever it runs."""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

import pyarrow as pa

from parentis import remedies
from parentis.engine.kernels import Kernel, Progress
from parentis.errors import NotFoundError


def map(  # noqa: A001 - called as `engine.map`
    kernel: Kernel,
    partitions: Sequence[pa.Table],
    *,
    on: str = "local",
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[pa.Table]:
    """`kernel(p)` for each partition, in the order given.

    Args:
        kernel: imported by name in the worker, so a module-level function (or a `partial` of one).
        partitions: few and large, because each is sent whole to a worker.
        on: `local`, or the master of a Spark cluster, `spark://host:7077`.
        workers: processes on this machine; by default one per core. One worker runs in this process.
        progress: called after each partition.

    An exception in a kernel is raised here, and partitions not yet started are not run.
    """
    if not partitions:
        return []
    if on == "local":
        return _on_this_machine(kernel, partitions, min(workers or os.cpu_count() or 1, len(partitions)), progress)
    if on.startswith(("spark://", "local[")):
        from parentis.engine.spark import map_on_spark

        return map_on_spark(kernel, partitions, master=on, progress=progress)
    raise NotFoundError(
        expected="'local' or the address of a Spark master, 'spark://host:port'",
        found=repr(on),
        where="engine",
        do=remedies.RUN_HERE,
    )


def _on_this_machine(
    kernel: Kernel, partitions: Sequence[pa.Table], workers: int, progress: Progress | None
) -> list[pa.Table]:
    if workers == 1:
        results = []
        for done, partition in enumerate(partitions, 1):
            results.append(kernel(partition))
            if progress:
                progress(done, len(partitions))
        return results
    # Polars and Numba run threads whose locks a forked process would inherit, so workers are spawned.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(kernel, partition) for partition in partitions]
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                future.result()
                if progress:
                    progress(done, len(partitions))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in waiting]

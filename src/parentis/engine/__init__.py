"""Engine: run one kernel over a few large partitions, on this machine or on a Spark cluster."""

from parentis.engine.dispatch import Kernel, map  # noqa: A004 - read as `engine.map`

__all__ = ["Kernel", "map"]

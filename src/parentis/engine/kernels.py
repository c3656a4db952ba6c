"""Types of kernels and of progress callbacks."""

from collections.abc import Callable
from typing import TypeAlias

import pyarrow as pa

Kernel: TypeAlias = Callable[[pa.Table], pa.Table]
"""A function of one Arrow table that can be imported by name and depends on no other changing state."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (partitions done, partitions in all) after each."""

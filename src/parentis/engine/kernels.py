"""What is run, and what is told of it."""

from collections.abc import Callable
from typing import TypeAlias

import pyarrow as pa

Kernel: TypeAlias = Callable[[pa.Table], pa.Table]
"""A function that can be imported by name, of one Arrow table; it reads nothing else that changes."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (partitions done, partitions in all) after each."""

"""Benchmarks as declarations, each run in a process of its own so that its memory is its own."""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

KIB_PER_MIB = 1024


@dataclass
class Clock:
    """Handed to a benchmark: it times what stands inside `with clock.timing():`, and keeps notes.

    Preparation outside the block (imports, generated data) is not counted.
    """

    seconds: float = 0.0
    notes: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def timing(self) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - start

    def note(self, name: str, value: str) -> None:
        self.notes[name] = value


@dataclass(frozen=True)
class Benchmark:
    name: str
    run: Callable[[Clock], None]
    seconds: float | None
    "The limit it is held against; None where it is only shown."
    mebibytes: float | None


BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(
    name: str, *, seconds: float | None = None, mebibytes: float | None = None
) -> Callable[[Callable[[Clock], None]], Callable[[Clock], None]]:
    """Declare a benchmark and the limits it is shown beside."""

    def declare(run: Callable[[Clock], None]) -> Callable[[Clock], None]:
        if name in BENCHMARKS:
            raise ValueError(f"benchmark {name} is declared twice")
        BENCHMARKS[name] = Benchmark(name, run, seconds, mebibytes)
        return run

    return declare


def peak_mebibytes() -> float:
    """The largest resident size this process, or any one of its finished children, has had."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    unit = KIB_PER_MIB if sys.platform != "darwin" else KIB_PER_MIB * KIB_PER_MIB
    return max(own, children) / unit

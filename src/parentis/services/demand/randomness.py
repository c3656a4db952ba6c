"""Random numbers that depend on their purpose, not on the order in which they are drawn.

A stream is a key (seed, replicate, child) and a counter: each number is a hash of both (the finaliser of SplitMix64).
Results are therefore the same for any order, partition and number of threads, and a child has the same random numbers
in every scenario.
"""

import numpy as np
from numba import njit

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_BY_30, _BY_27, _BY_31, _BY_11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53


@njit(cache=True, nogil=True, inline="always")
def mixed(x):  # type: ignore[no-untyped-def]
    """A bijection of 64-bit numbers in which each input bit changes half of the output bits on average."""
    x = (x ^ (x >> _BY_30)) * _FIRST
    x = (x ^ (x >> _BY_27)) * _SECOND
    return x ^ (x >> _BY_31)


@njit(cache=True, nogil=True, inline="always")
def keyed(x, y):  # type: ignore[no-untyped-def]
    """Combine two keys into one; their order matters."""
    return mixed(mixed(x + _GOLDEN) ^ (np.uint64(y) * _GOLDEN))


@njit(cache=True, nogil=True, inline="always")
def following(stream):  # type: ignore[no-untyped-def]
    """Advance the stream by one number."""
    return stream + _GOLDEN


@njit(cache=True, nogil=True, inline="always")
def uniform(stream):  # type: ignore[no-untyped-def]
    """The current number of the stream, in (0, 1)."""
    return (float(mixed(stream) >> _BY_11) + 0.5) * _UNIT


def generator(seed: int, replicate: int, purpose: int) -> np.random.Generator:
    """NumPy's generator for the parameters of one replicate, with a counter-based stream of its own."""
    return np.random.Generator(np.random.Philox(key=np.array([seed, replicate * 16 + purpose], dtype=np.uint64)))

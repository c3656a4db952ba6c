"""Named streams of random numbers: each part of the region has its own, so that a change in one does not affect
another.
"""

import hashlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """The generator of `name` under `seed`: the same on every machine, independent of every other name's."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))


def pick(rng: np.random.Generator, weights: np.ndarray) -> np.ndarray:
    """One category for each row of `weights`, shape (rows, categories); rows need not sum to one."""
    reached = np.cumsum(weights, axis=1)
    return (rng.random(len(weights))[:, None] * reached[:, -1:] >= reached).sum(axis=1)


def choose(rng: np.random.Generator, group: np.ndarray, weight: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """True for `wanted[g]` members of each group `g` (fewer where it has fewer), drawn by weight without
    replacement; weight 0 is never drawn."""
    with np.errstate(divide="ignore"):
        key = np.log(weight) + rng.gumbel(size=len(weight))
    order = np.lexsort((-key, group))
    first = np.searchsorted(group[order], np.arange(len(wanted)))
    place = np.arange(len(order)) - first[group[order]]
    chosen = np.zeros(len(weight), dtype=bool)
    chosen[order] = (place < wanted[group[order]]) & np.isfinite(key[order])
    return chosen

"""Boundaries of planned looks: how far from 0 a test must be at each, so that all together err no more than once.

The chance of crossing at any look comes from the recursion of Armitage, McPherson & Rowe 1969 (Journal of the Royal
Statistical Society A 132: 235–244), looks after equal shares of the information; published tables: Jennison & Turnbull
2000, tables 2.1 and 2.3.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from parentis.services.trials.protocol.record import OBRIEN_FLEMING, POCOCK

Floats = npt.NDArray[np.float64]

_POINTS = 401
"Of Simpson's rule on each stretch that goes on: four correct places up to twenty looks."


def type_one(critical: Sequence[float]) -> float:
    """The chance that a test of nothing exceeds `critical[k]` in absolute value at any of the looks."""
    from scipy import stats

    bound = critical[0]
    crossed = 2.0 * float(stats.norm.sf(bound))
    grid, weights = _simpson(bound)
    density = stats.norm.pdf(grid)  # of the sum of k steps, each with variance 1
    for look, z in enumerate(critical[1:], 2):
        bound = z * np.sqrt(look)
        crossed += float((weights * density * (stats.norm.sf(bound - grid) + stats.norm.sf(bound + grid))).sum())
        following, new_weights = _simpson(bound)
        density = stats.norm.pdf(following[:, None] - grid[None, :]) @ (weights * density)
        grid, weights = following, new_weights
    return crossed


def type_one_of_repeated_looks(looks: int, z: float = 1.959963984540054) -> float:
    """The error of looking so often without a rule."""
    return type_one([z] * looks)


@lru_cache(maxsize=64)
def boundaries(rule: str, looks: int, alpha: float = 0.05) -> tuple[float, ...]:
    """Critical values of z at each look, two-sided error `alpha` in all. `rule` is `pocock` or `o'brien-fleming`."""
    from scipy import optimize, stats

    shapes = {POCOCK: np.ones(looks), OBRIEN_FLEMING: np.sqrt(looks / np.arange(1, looks + 1))}
    shape = shapes[rule]
    least = float(stats.norm.isf(alpha / 2))
    constant = optimize.brentq(lambda c: type_one(tuple(c * shape)) - alpha, least * 0.9, least * 3.0, xtol=1e-8)
    return tuple(float(constant * one) for one in shape)


def _simpson(bound: float) -> tuple[Floats, Floats]:
    grid = np.linspace(-bound, bound, _POINTS)
    weights = np.ones(_POINTS)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    return grid, weights * (grid[1] - grid[0]) / 3.0

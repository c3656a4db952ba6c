"""The mean of an answer given one of the quantities that it was drawn with: a smooth curve through the draws.

One set of draws then answers what each quantity is worth and where the answer turns, without running anything again.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

KNOTS: Final = 3
"Inner knots of the cubic spline, at even quantiles: enough for a curve that bends, too few to follow luck."
FEWEST: Final = 40
"Draws below which no curve is fitted."


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A cubic spline by least squares. `at` gives values at `x` of any shape, held level outside the draws."""

    knots: np.ndarray
    coefficients: np.ndarray
    low: float
    high: float

    def at(self, x: np.ndarray | float) -> np.ndarray:
        held = np.clip(np.asarray(x, dtype=float), self.low, self.high)
        values: np.ndarray = (_basis(held.ravel(), self.knots, self.low, self.high) @ self.coefficients).reshape(
            held.shape
        )
        return values


def curve(x: np.ndarray, y: np.ndarray) -> Curve:
    """The mean of `y` given `x`, both of shape (draws,). A quantity that was not drawn has a level curve."""
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError("one value of the quantity is needed for each draw")
    low, high = float(x.min()), float(x.max())
    distinct = np.unique(x).size
    if low == high or distinct < 2:
        return Curve(knots=np.empty(0), coefficients=np.array([y.mean(), 0.0, 0.0, 0.0]), low=low, high=low)
    inner = KNOTS if x.size >= FEWEST and distinct >= FEWEST else 0
    knots = np.unique(np.quantile(x, np.linspace(0, 1, inner + 2)[1:-1])) if inner else np.empty(0)
    knots = knots[(knots > low) & (knots < high)]
    basis = _basis(x, knots, low, high)
    coefficients, *_ = np.linalg.lstsq(basis, y, rcond=None)
    return Curve(knots=knots, coefficients=coefficients, low=low, high=high)


def _basis(x: np.ndarray, knots: np.ndarray, low: float, high: float) -> np.ndarray:
    """Powers to the third and truncated cubes, of `x` as a part of its range: shape (draws, 4 + knots)."""
    span = (high - low) or 1.0
    part, at = (x - low) / span, (knots - low) / span
    powers = np.stack([np.ones_like(part), part, part**2, part**3], axis=1)
    return np.concatenate([powers, np.maximum(part[:, None] - at[None, :], 0.0) ** 3], axis=1)

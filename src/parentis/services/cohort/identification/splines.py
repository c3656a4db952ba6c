"""Natural cubic splines: smooth between knots, straight beyond the outer ones (Harrell's restricted basis)."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def natural(values: Floats, knots: tuple[float, ...]) -> Floats:
    """`(values, knots − 1)`: the value itself, then a term for each knot but the last two; scaled by the knots'
    range."""
    k = np.array(knots, dtype=float)
    width = (k[-1] - k[0]) ** 2

    def cubed(at: float) -> Floats:
        return np.asarray(np.maximum(values - at, 0.0) ** 3)

    last, before = cubed(k[-1]), cubed(k[-2])
    gap = k[-1] - k[-2]
    bent = [(cubed(at) - before * (k[-1] - at) / gap + last * (k[-2] - at) / gap) / width for at in k[:-2]]
    return np.column_stack([values, *bent])

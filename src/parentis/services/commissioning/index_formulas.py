"""Price indices of two periods, for goods that are in both (Producer Price Index Manual 2004, chapters 15 to 17; Balk
2008, chapter 3).

With p, q the prices and quantities, v = p q and s the shares of spend of the earlier (0) and later (1) period. Goods
without a price or quantity in both periods are left out of their index.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from parentis.errors import ParentisError

Floats = npt.NDArray[np.float64]
Formula = Callable[[Floats, Floats, Floats, Floats], float]


class NothingInBothError(ParentisError):
    """No good was bought in both periods."""


def index(name: str, prices: tuple[Floats, Floats], quantities: tuple[Floats, Floats]) -> float:
    """The index called `name` (see FORMULAS) of the later period on the earlier; each array has shape (goods,)."""
    (p0, p1), (q0, q1) = prices, quantities
    both = (p0 > 0) & (p1 > 0) & (q0 > 0) & (q1 > 0)
    if not both.any():
        raise NothingInBothError("no home was paid for in both periods: their prices cannot be set side by side")
    return FORMULAS[name](p0[both], p1[both], q0[both], q1[both])


def _share(p: Floats, q: Floats) -> Floats:
    found: Floats = p * q / (p @ q)
    return found


def laspeyres(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    return float(p1 @ q0 / (p0 @ q0))


def paasche(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    return float(p1 @ q1 / (p0 @ q1))


def fisher(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    return float(np.sqrt(laspeyres(p0, p1, q0, q1) * paasche(p0, p1, q0, q1)))


def harmonic_laspeyres(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    return float(1.0 / (_share(p0, q0) @ (p0 / p1)))


def geometric_laspeyres(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    return float(np.exp(_share(p0, q0) @ np.log(p1 / p0)))


def geometric_paasche(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    return float(np.exp(_share(p1, q1) @ np.log(p1 / p0)))


def palgrave(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    return float(_share(p1, q1) @ (p1 / p0))


def tornqvist(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    return float(np.exp(0.5 * (_share(p0, q0) + _share(p1, q1)) @ np.log(p1 / p0)))


def marshall_edgeworth(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    return float(p1 @ (q0 + q1) / (p0 @ (q0 + q1)))


def walsh(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    return float(p1 @ np.sqrt(q0 * q1) / (p0 @ np.sqrt(q0 * q1)))


def sato_vartia(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    """Vartia's second: weights are logarithmic means of the shares."""
    weights = _logarithmic_mean(_share(p0, q0), _share(p1, q1))
    return float(np.exp(weights @ np.log(p1 / p0) / weights.sum()))


def montgomery_vartia(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    """Vartia's first: weights are logarithmic means of the values over that of their totals."""
    v0, v1 = p0 * q0, p1 * q1
    whole = _logarithmic_mean(np.array([v0.sum()]), np.array([v1.sum()]))
    return float(np.exp(_logarithmic_mean(v0, v1) @ np.log(p1 / p0) / whole[0]))


def stuvel(p0: Floats, p1: Floats, q0: Floats, q1: Floats) -> float:
    half = 0.5 * (laspeyres(p0, p1, q0, q1) - float(q1 @ p0 / (q0 @ p0)))
    return half + float(np.sqrt(half * half + p1 @ q1 / (p0 @ q0)))


def _logarithmic_mean(a: Floats, b: Floats) -> Floats:
    """(a − b) ÷ (ln a − ln b); a where they are equal."""
    gap = np.log(a) - np.log(b)
    near = np.abs(gap) < 1e-9
    found: Floats = np.where(near, (a + b) / 2, (a - b) / np.where(near, 1.0, gap))
    return found


FORMULAS: Final[dict[str, Formula]] = {
    "harmonic_laspeyres": harmonic_laspeyres,
    "geometric_laspeyres": geometric_laspeyres,
    "laspeyres": laspeyres,
    "paasche": paasche,
    "geometric_paasche": geometric_paasche,
    "palgrave": palgrave,
    "fisher": fisher,
    "tornqvist": tornqvist,
    "marshall_edgeworth": marshall_edgeworth,
    "walsh1": walsh,
    "vartia2": sato_vartia,
    "vartia1": montgomery_vartia,
    "stuvel": stuvel,
}

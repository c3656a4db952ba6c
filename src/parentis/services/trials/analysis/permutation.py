"""The permutation test: how many of the allocations that could have been drawn show as large an effect.

It assumes nothing but the draw itself, and so says when boroughs are too few for any result to be beyond chance. All
allocations are used where there are at most a million, otherwise a seeded sample of them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MOST = 1_000_000
"Allocations up to which all are used."
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Permuted:
    """`low` and `high` are None where no interval of this level exists: there are too few allocations."""

    effect: float
    p: float
    low: float | None
    high: float | None
    allocations: int
    exact: bool
    smallest_p: float

    def says(self, level: float = 0.95) -> str:
        if self.smallest_p > 1.0 - level:
            return (
                f"{self.allocations:,} allocations were possible, so that the smallest possible p is "
                f"{self.smallest_p:.3f}: no permutation test of so few boroughs can reach {1 - level:.2g}."
            )
        how = "all" if self.exact else "a sample"
        return f"Compared with {how} of the possible allocations ({self.allocations:,})."


def permutation_test(estimates: Floats, shifts: Floats, *, exact: bool, level: float = 0.95) -> Permuted:
    """The test, and its interval by inversion.

    Args:
        estimates: the effect as estimated under each allocation, (allocations,); the first is the true one.
        shifts: the same estimates of what the true allocation gives where the effect is 1 and nothing else happens: the
            estimates from outcomes with an effect d are `estimates - d · shifts` once it is taken off.
        exact: whether these are all allocations, or a sample that the true one has been put in front of.
    """
    effect = float(estimates[0])
    # An effect beyond all bounds leaves the allocations that give it, or its opposite, in full.
    smallest = float((np.abs(shifts) >= 1.0 - _ROUNDING).mean())
    low, high = _interval(estimates, shifts, effect, 1.0 - level)
    return Permuted(
        effect=effect, p=_p(estimates, shifts, effect, 0.0), low=low, high=high, allocations=len(estimates),
        exact=exact, smallest_p=smallest,
    )  # fmt: skip


def mean_differences(outcomes: Floats, arms: npt.NDArray[np.int64]) -> Floats:
    """Mean of the new arm less that of the comparison, under each allocation: (boroughs,), (allocations, boroughs).

    NaN where an arm has no borough left."""
    new = arms.astype(np.float64)
    count = new.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(new @ outcomes / count - (1 - new) @ outcomes / (new.shape[1] - count))


def wedge_estimates(outcomes: Floats, labels: npt.NDArray[np.int64], cells: Floats, covariance: Floats) -> Floats:
    """The weighted estimate of `cluster_robust` under each allocation.

    `outcomes` (boroughs, periods); `labels` (allocations, boroughs), each a row of `cells` (labels, periods), the
    periods with the new way; `covariance` (boroughs, periods, periods) the working one. A borough adds to the sums
    only by its label: they are looked up.
    """
    precision = np.linalg.inv(covariance)
    weighted = np.einsum("bts,ks->bkt", precision, cells)
    own, with_outcomes = np.einsum("bkt,kt->bk", weighted, cells), np.einsum("bkt,bt->bk", weighted, outcomes)
    at = np.arange(len(outcomes))
    together = weighted[at, labels].sum(axis=1)
    of_periods = together @ np.linalg.inv(precision.sum(axis=0))
    above = with_outcomes[at, labels].sum(axis=1) - of_periods @ np.einsum("bts,bs->t", precision, outcomes)
    return np.asarray(above / (own[at, labels].sum(axis=1) - (of_periods * together).sum(axis=1)))


def _p(estimates: Floats, shifts: Floats, effect: float, shift: float) -> float:
    """Share of allocations whose estimate, were the true effect `shift`, is at least as far from it as ours."""
    scale = max(1.0, abs(effect), abs(shift))
    return float((np.abs(estimates - shift * shifts) >= abs(effect - shift) - _ROUNDING * scale).mean())


def _interval(estimates: Floats, shifts: Floats, effect: float, alpha: float) -> tuple[float | None, float | None]:
    """Effects that the test does not reject: found by halving outward from the estimate, which it never rejects."""
    spread = float(np.abs(estimates - effect * shifts).max()) or 1.0
    bounds: list[float | None] = []
    for direction in (-1.0, 1.0):
        far = spread
        while _p(estimates, shifts, effect, effect + direction * far) > alpha:
            far *= 2.0
            if far > 1e6 * spread:
                break
        else:
            near = 0.0
            for _ in range(60):
                middle = (near + far) / 2.0
                if _p(estimates, shifts, effect, effect + direction * middle) > alpha:
                    near = middle
                else:
                    far = middle
            bounds.append(effect + direction * far)
            continue
        bounds.append(None)
    return bounds[0], bounds[1]

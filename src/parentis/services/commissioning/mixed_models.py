"""Linear models with random effects of groups, by restricted maximum likelihood (REML).

With θ the standard deviations of the random effects in units of the residual's, V(θ) the covariance of the rows in
units of its variance, everything the likelihood needs is the matrix `[X y]ᵀ V⁻¹ [X y]` and `log det V`: fixed effects
and residual variance are solved for (Bates, Mächler, Bolker & Walker 2015, Journal of Statistical Software 67(1),
section 2; Harville 1977). Here both come from sums by group, so that the time of a search step grows with the number
of groups and not of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from parentis.errors import ParentisError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NOWHERE = -1
"Code of a row without a group of this kind."


class NotIdentifiedError(ParentisError):
    """The columns of a model are collinear, or there are more of them than rows."""


class Weighted(Protocol):
    """A structure of random effects: its part of the likelihood, and its effects given a fit."""

    rows: int

    def start(self) -> Floats: ...
    def bounds(self) -> list[tuple[float | None, float | None]]: ...
    def gram(self, theta: Floats) -> tuple[Floats, float]:
        """`[X y]ᵀ V⁻¹ [X y]`, shape (p + 1, p + 1), and `log det V`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted model: `beta` (p,) with its `covariance` (p, p), σ of the residual, θ, the REML deviance and rows."""

    beta: Floats
    covariance: Floats
    sigma: float
    theta: Floats
    deviance: float
    rows: int

    @property
    def errors(self) -> Floats:
        """Standard errors of the fixed effects, shape (p,)."""
        found: Floats = np.sqrt(np.diag(self.covariance))
        return found


def fit(structure: Weighted, start: Floats | None = None) -> Fit:
    """The REML estimate, searched for from `start`; NotIdentifiedError where fixed effects are not identified."""
    from scipy.optimize import minimize

    start = structure.start() if start is None or len(start) != len(structure.start()) else start
    criterion, _ = _solved(structure, start)
    if not np.isfinite(criterion):
        raise NotIdentifiedError("the terms of the model cannot be told apart: some column repeats others")
    found = minimize(
        lambda theta: _solved(structure, theta)[0],
        start,
        method="L-BFGS-B",
        bounds=structure.bounds(),
        options={"ftol": 1e-10, "gtol": 1e-4, "eps": 1e-6},
    )
    theta = np.asarray(found.x, dtype=np.float64)
    criterion, parts = _solved(structure, theta)
    beta, inverse, sigma2 = parts
    return Fit(beta, sigma2 * inverse, float(np.sqrt(sigma2)), theta, criterion, structure.rows)


def _solved(structure: Weighted, theta: Floats) -> tuple[float, tuple[Floats, Floats, float]]:
    """The REML deviance at θ, with its fixed effects, the inverse of XᵀV⁻¹X, and σ²."""
    gram, log_det = structure.gram(theta)
    inner, cross, own = gram[:-1, :-1], gram[:-1, -1], gram[-1, -1]
    left = structure.rows - len(cross)
    try:
        scale = np.sqrt(np.diag(inner))
        root = np.linalg.cholesky(inner / scale / scale[:, None])
    except np.linalg.LinAlgError:
        return np.inf, (cross, inner, np.nan)
    if left <= 0 or np.diag(root).min() < ALIKE:
        return np.inf, (cross, inner, np.nan)
    half = np.linalg.inv(root) / scale
    inverse = half.T @ half
    beta = inverse @ cross
    sigma2 = float(own - cross @ beta) / left
    log_inner = 2.0 * float(np.log(np.diag(root) * scale).sum())
    return log_det + log_inner + left * (1.0 + np.log(2.0 * np.pi * sigma2)), (beta, inverse, sigma2)


ALIKE = 1e-7
"A column that the others explain to within this share of its own size counts as collinear."


class NestedIntercepts:
    """Random intercepts for groups, and for parts within groups (homes of a provider, where they have enough rows).

    A row without a part (`NOWHERE`) has its group's effect only. Θ is (group,) or (group, part).
    """

    def __init__(self, columns: Floats, outcome: Floats, group: Ints, part: Ints | None = None) -> None:
        """`columns` (n, p), `outcome` (n,); `group` 0 … G−1; `part` 0 … H−1 or NOWHERE, each within one group."""
        both = np.column_stack([columns, outcome])
        self.rows = len(outcome)
        self._whole = both.T @ both
        self._groups = int(group.max()) + 1
        self._group_sums = sums_by(group, both, self._groups)
        self._group_rows = np.bincount(group, minlength=self._groups).astype(np.float64)
        self._part, self._parts = part, 0
        if part is not None and (part != NOWHERE).any():
            held = part != NOWHERE
            self._parts = int(part.max()) + 1
            group_of = np.zeros(self._parts, dtype=np.int64)
            group_of[part[held]] = group[held]
            self._add_up_parts(
                sums_by(part[held], both[held], self._parts),
                np.bincount(part[held], minlength=self._parts),
                group_of,
            )

    def _add_up_parts(self, sums: Floats, rows: Ints, group_of: Ints) -> None:
        """Sums and squares by number of rows, and by group and number of rows, computed once: parts with the same
        number of rows are shrunk alike."""
        self._sizes, size_of = np.unique(rows, return_inverse=True)
        self._count = np.bincount(size_of).astype(np.float64)
        self._squares = np.stack([sums[size_of == one].T @ sums[size_of == one] for one in range(len(self._sizes))])
        pairs, pair_of = np.unique(group_of * len(self._sizes) + size_of, return_inverse=True)
        self._pair_sums = sums_by(pair_of, sums, len(pairs))
        self._pair_count = np.bincount(pair_of).astype(np.float64)
        self._pair_group, self._pair_size = pairs // len(self._sizes), pairs % len(self._sizes)
        self._pairs_in_group = _picks(self._pair_group, self._groups)

    def start(self) -> Floats:
        return np.full(2 if self._parts else 1, 0.5)

    def bounds(self) -> list[tuple[float | None, float | None]]:
        return [(0.0, None)] * len(self.start())

    def gram(self, theta: Floats) -> tuple[Floats, float]:
        gram, sums, rows, log_det = self._within(theta)
        held = 1.0 + theta[0] ** 2 * rows
        gram = gram - sums.T @ (sums * (theta[0] ** 2 / held)[:, None])
        return gram, log_det + float(np.log(held).sum())

    def _within(self, theta: Floats) -> tuple[Floats, Floats, Floats, float]:
        """The gram with parts' effects taken out, and for each group `1ᵀV⁻¹[X y]` and `1ᵀV⁻¹1` under them."""
        if not self._parts:
            return self._whole, self._group_sums, self._group_rows, 0.0
        held = 1.0 + theta[1] ** 2 * self._sizes
        share = theta[1] ** 2 / held
        gram = self._whole - np.tensordot(share, self._squares, axes=1)
        taken = (share * self._sizes)[self._pair_size]
        sums = self._group_sums - self._pairs_in_group @ (self._pair_sums * taken[:, None])
        rows = taken * self._sizes[self._pair_size] * self._pair_count
        left = self._group_rows - np.bincount(self._pair_group, weights=rows, minlength=self._groups)
        return gram, sums, left, float(self._count @ np.log(held))

    def effects(self, fitted: Fit) -> tuple[Floats, Floats]:
        """The groups' effects, shrunk towards zero (more for few rows), with their standard errors (of the effect
        given the fixed effects). Shapes (groups,)."""
        _, sums, rows, _ = self._within(fitted.theta)
        left = sums[:, -1] - sums[:, :-1] @ fitted.beta
        variance = fitted.theta[0] ** 2
        pull = variance / (1.0 + variance * rows)
        return pull * left, fitted.sigma * np.sqrt(pull)


class CorrelatedSlopes:
    """Correlated random intercepts and slopes for groups. Θ is the lower triangle of their Cholesky factor."""

    def __init__(self, columns: Floats, outcome: Floats, random: Floats, group: Ints) -> None:
        """`random` (n, 2): the columns whose effects vary by group."""
        both = np.column_stack([columns, outcome])
        count = int(group.max()) + 1
        self.rows = len(outcome)
        self._whole = both.T @ both
        self._inner = np.stack([random[group == one].T @ random[group == one] for one in range(count)])
        self._cross = np.stack([random[group == one].T @ both[group == one] for one in range(count)])

    def start(self) -> Floats:
        return np.array([1.0, 0.0, 1.0])

    def bounds(self) -> list[tuple[float | None, float | None]]:
        return [(0.0, None), (None, None), (0.0, None)]

    def gram(self, theta: Floats) -> tuple[Floats, float]:
        factor = _triangle(theta)
        held = np.eye(2) + factor.T @ self._inner @ factor
        crossed = factor.T @ self._cross
        gram = self._whole - np.einsum("gij,gik->jk", crossed, np.linalg.solve(held, crossed))
        return gram, float(np.linalg.slogdet(held)[1].sum())

    @staticmethod
    def deviations(fitted: Fit) -> tuple[float, float, float]:
        """Standard deviations of level and slope, and their correlation."""
        covariance = fitted.sigma**2 * _triangle(fitted.theta) @ _triangle(fitted.theta).T
        level, slope = np.sqrt(np.diag(covariance))
        return float(level), float(slope), float(covariance[0, 1] / (level * slope))


def _triangle(theta: Floats) -> Floats:
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])


def sums_by(codes: Ints, values: Floats, count: int) -> Floats:
    """Sums of the rows of `values` (n, k) by code, shape (count, k)."""
    found: Floats = _picks(codes, count) @ values
    return found


def _picks(codes: Ints, count: int) -> Any:
    """A sparse matrix (count, n) that sums rows by code."""
    from scipy.sparse import csr_matrix

    n = len(codes)
    return csr_matrix((np.ones(n), (codes, np.arange(n))), shape=(count, n))


def clustered(columns: Floats, outcome: Floats, beta: Floats, group: Ints) -> Floats:
    """Covariance of least squares, robust to any correlation within groups (Liang & Zeger 1986), with the correction
    for few groups that Stata calls CR1: G/(G−1) · (n−1)/(n−p). Shape (p, p). NotIdentifiedError where rows or groups
    are too few."""
    rows, width = columns.shape
    count = int(group.max()) + 1
    if rows <= width or count < 2:
        raise NotIdentifiedError(f"{rows} rows in {count} groups are too few for {width} terms")
    bread = np.linalg.inv(columns.T @ columns)
    scores = sums_by(group, columns * (outcome - columns @ beta)[:, None], count)
    factor = count / (count - 1) * (rows - 1) / (rows - width)
    found: Floats = factor * bread @ (scores.T @ scores) @ bread
    return found


def least_squares(columns: Floats, outcome: Floats) -> Floats:
    """Ordinary least squares by the normal equations; NotIdentifiedError where columns are collinear."""
    inner = columns.T @ columns
    scale = np.sqrt(np.diag(inner))
    if (scale == 0).any() or np.linalg.cond(inner / scale / scale[:, None]) > 1 / ALIKE**1.5:
        raise NotIdentifiedError("the terms of the model cannot be told apart: some column repeats others")
    return np.asarray(np.linalg.solve(inner, columns.T @ outcome), dtype=np.float64)


def codes(values: Sequence[object]) -> tuple[Ints, list[object]]:
    """Codes 0 … k−1 in order of first appearance, and their values."""
    seen: dict[object, int] = {}
    coded = np.fromiter((seen.setdefault(one, len(seen)) for one in values), dtype=np.int64, count=len(values))
    return coded, list(seen)

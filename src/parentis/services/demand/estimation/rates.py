"""Rates: how often children leave or move, by cell and authority, with partial pooling between similar cells.

A log-linear Poisson model. The log of the rate is a sum of effects: the group, the age, both together, the time in the
placement, and so on, and the authority. The effects of one family are drawn from a normal distribution whose spread is
itself estimated, by maximising the (Laplace) marginal likelihood: the effects of a family that explains nothing shrink
to 0, and the rate of a thin cell shrinks towards that implied by its families. docs/methods/demand.md has the formulas.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from threadpoolctl import threadpool_limits

from parentis.services.demand.estimation.bands import N_AGES, N_CARE, N_PLACEMENT, N_UASC, coordinates

STEPS = 40
TOLERANCE = 1e-4
SPREAD_START, SPREAD_LEAST, SPREAD_LEAST_MAIN = 0.5, 0.02, 0.3
"""Standard deviations of the effects of a family, on the log scale. Main effects have a floor: a family of four groups
has too few members to estimate its own spread well enough to shrink the smallest group by it."""
INTERCEPT_SPREAD = 20.0
MAIN_FAMILIES = 5
"How many families after the intercept are main effects: group, age, time in placement, time in care, UASC."


@dataclass(frozen=True, slots=True)
class Rates:
    """The posterior of the daily rate of one kind of event.

    Attributes:
        levels: index of each cell's effect in every family but the authorities', int64 (families, cells).
        mean: effects, float64 (effects,): the authorities' come last.
        root: inverse transpose of the Cholesky factor of the precision; `mean + root @ z` is a draw.
        spread: per family the standard deviation of its effects; the authorities' last.
        cell_correction, authority_correction: half the variance of the log rate, taken off a draw so that the
            mean of the drawn rates is the estimate.
        authorities: how many authorities.
    """

    levels: np.ndarray
    mean: np.ndarray
    root: np.ndarray
    spread: np.ndarray
    cell_correction: np.ndarray
    authority_correction: np.ndarray
    authorities: int

    def draw(self, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rates of the cells, and the factor of each authority, for standard normals of shape (effects,)."""
        return self._from(self.mean + self.root @ normals, self.cell_correction, self.authority_correction)

    def best(self) -> tuple[np.ndarray, np.ndarray]:
        """The point estimate, in the form that `draw` returns."""
        return self._from(self.mean, np.zeros_like(self.cell_correction), np.zeros(self.authorities))

    def _from(
        self, effects: np.ndarray, cell_correction: np.ndarray, authority_correction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        log = effects[self.levels].sum(axis=0) - cell_correction
        if self.authorities == 1:
            return np.exp(log), np.ones(1)
        own = effects[len(effects) - self.authorities :]
        return np.exp(log), np.exp(own - authority_correction)


def fit_rates(days: np.ndarray, events: np.ndarray, states: int) -> Rates:
    """Rates from child-days and events, both of shape (authorities, cells)."""
    authorities = days.shape[0]
    levels, sizes = _families(states)
    at, cell = np.nonzero(days > 0)
    design = levels[:, cell]
    if authorities > 1:
        design = np.vstack([design, sum(sizes) + at[None, :]])
        sizes = [*sizes, authorities]
    design = np.ascontiguousarray(design.T)
    # These matrices are too small for threads: several double the work, and on a busy machine multiply it by ten.
    with threadpool_limits(1, user_api="blas"):
        mean, precision, spread = _fitted(design, days[at, cell], events[at, cell], np.array(sizes))
        root = np.linalg.inv(np.linalg.cholesky(precision)).T
        spent = root @ root.T
    return Rates(
        levels=levels,
        mean=mean,
        root=root,
        spread=spread,
        cell_correction=0.5 * _variance(levels, spent),
        authority_correction=_authority_correction(spent, authorities),
        authorities=authorities,
    )


def _families(states: int) -> tuple[np.ndarray, list[int]]:
    """The index of each cell's effect in every family, numbered consecutively, and the sizes of the families."""
    state, age, uasc, care, placement = coordinates(states)
    families = [
        (np.zeros_like(state), 1),
        (state, states),
        (age, N_AGES),
        (placement, N_PLACEMENT),
        (care, N_CARE),
        (uasc, N_UASC),
        (state * N_AGES + age, states * N_AGES),
        (state * N_PLACEMENT + placement, states * N_PLACEMENT),
        (age * N_CARE + care, N_AGES * N_CARE),
        (state * N_UASC + uasc, states * N_UASC),
    ]
    offsets = np.cumsum([0, *(size for _, size in families)])
    levels = np.stack([level + offset for (level, _), offset in zip(families, offsets, strict=False)])
    return levels.astype(np.int64), [size for _, size in families]


def _fitted(
    design: np.ndarray, days: np.ndarray, events: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mode, precision there, and spreads: Newton steps for the effects between EM steps for the spreads."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    spread = np.full(len(sizes), SPREAD_START)
    spread[0] = INTERCEPT_SPREAD
    least = np.where(
        (np.arange(len(sizes)) >= 1) & (np.arange(len(sizes)) <= MAIN_FAMILIES), SPREAD_LEAST_MAIN, SPREAD_LEAST
    )
    mean = np.zeros(len(of))
    mean[0] = np.log((events.sum() + 0.5) / (days.sum() + 1.0))
    precision = np.eye(len(of))
    for step in range(STEPS):
        prior = 1 / spread[of] ** 2
        slope, precision = _newton(design, days, events, mean)
        slope -= np.concatenate([[0.0], mean[1:]]) * prior
        precision[np.diag_indices_from(precision)] += prior
        change = np.linalg.solve(precision, slope)
        # A step longer than a doubling or two overshoots where a family is still empty.
        mean = mean + change * min(1.0, 2.0 / max(np.abs(change).max(), 1e-12))
        variance = np.diag(np.linalg.inv(precision))
        square = np.bincount(of, mean**2 + variance) / sizes
        new = np.maximum(np.sqrt(square), least)
        new[0] = INTERCEPT_SPREAD
        moved = np.abs(np.log(new / spread)).max()
        # EM converges slowly when a spread tends to zero: twice its step on the log scale still increases the
        # likelihood.
        spread = np.maximum(spread * (new / spread) ** 1.9, least)
        spread[0] = INTERCEPT_SPREAD
        if step > 4 and moved < 0.02 and np.abs(change).max() < TOLERANCE * 100:
            break
    _, precision = _newton(design, days, events, mean)
    precision[np.diag_indices_from(precision)] += 1 / spread[of] ** 2
    return mean, precision, spread


@njit(cache=True, nogil=True)
def _newton(design, days, events, mean):  # type: ignore[no-untyped-def]
    """Slope of the log likelihood, and its curvature, at `mean`."""
    rows, families = design.shape
    slope = np.zeros(mean.shape[0])
    curve = np.zeros((mean.shape[0], mean.shape[0]))
    for row in range(rows):
        log = 0.0
        for family in range(families):
            log += mean[design[row, family]]
        expected = days[row] * np.exp(log)
        for family in range(families):
            own = design[row, family]
            slope[own] += events[row] - expected
            for other in range(family + 1):
                curve[own, design[row, other]] += expected
    for i in range(mean.shape[0]):
        for j in range(i):
            curve[j, i] = curve[i, j]
    return slope, curve


def _variance(levels: np.ndarray, spent: np.ndarray) -> np.ndarray:
    return sum(spent[a, b] for a in levels for b in levels)


def _authority_correction(spent: np.ndarray, authorities: int) -> np.ndarray:
    if authorities == 1:
        return np.zeros(1)
    own = np.arange(len(spent) - authorities, len(spent))
    return 0.5 * (spent[own, own] + 2 * spent[own, 0])

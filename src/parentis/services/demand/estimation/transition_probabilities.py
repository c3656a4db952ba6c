"""Shares of exits by kind and of moves by destination, shrunk towards those of coarser cells."""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from parentis.services.demand.estimation.bands import N_AGES, N_CARE, N_UASC, coordinates

_CONCENTRATIONS = np.geomspace(0.5, 200, 25)
"Candidate Dirichlet concentrations (pseudo-events) for shrinking to the coarser cell; the most likely is used."


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares by row, with their uncertainty.

    Attributes:
        row: which row each cell uses, int64 (cells,).
        alpha: Dirichlet parameters, float64 (rows, outcomes).
    """

    row: np.ndarray
    alpha: np.ndarray

    def best(self) -> np.ndarray:
        return self.alpha / self.alpha.sum(axis=1, keepdims=True)

    def draw(self, generator: np.random.Generator) -> np.ndarray:
        """Shares of shape (rows, outcomes)."""
        drawn = generator.standard_gamma(self.alpha) + 1e-12
        return drawn / drawn.sum(axis=1, keepdims=True)


def exit_mix(counts: np.ndarray, states: int) -> Mix:
    """Shares of exits by kind: by group, age and time in care. `counts` has shape (cells, exits)."""
    state, age, _, care, _ = coordinates(states)
    return _shrunk(counts, [state, state * N_AGES + age, (state * N_AGES + age) * N_CARE + care])


def move_mix(counts: np.ndarray, states: int) -> Mix:
    """Shares of moves by destination: by group, age and UASC. `counts` has shape (cells, states)."""
    state, age, uasc, *_ = coordinates(states)
    return _shrunk(counts, [state, state * N_AGES + age, (state * N_AGES + age) * N_UASC + uasc])


def _shrunk(counts: np.ndarray, partitions: list[np.ndarray]) -> Mix:
    """From the total to ever finer partitions of the cells, with each row shrunk towards the row that contains it."""
    outcomes = counts.shape[1]
    total = counts.sum(axis=0)
    parent = np.broadcast_to((total + 0.5) / (total.sum() + 0.5 * outcomes), (1, outcomes))
    parent_of_cell = np.zeros(len(counts), dtype=np.int64)
    alpha = parent
    for cells in partitions:
        rows = int(cells.max()) + 1
        own = np.zeros((rows, outcomes))
        np.add.at(own, cells, counts)
        above = np.zeros(rows, dtype=np.int64)
        above[cells] = parent_of_cell
        prior = parent[above]
        alpha = own + concentration(own, prior) * prior
        parent = alpha / alpha.sum(axis=1, keepdims=True)
        parent_of_cell = cells
    return Mix(row=parent_of_cell, alpha=alpha)


def concentration(counts: np.ndarray, prior: np.ndarray) -> float:
    """The Dirichlet concentration about `prior` under which `counts` (rows, outcomes) are most likely."""
    seen = counts.sum(axis=1) > 0
    if not seen.any():
        return float(_CONCENTRATIONS[-1])
    likelihood = _likelihood(counts[seen], np.ascontiguousarray(prior[seen]), _CONCENTRATIONS)
    return float(_CONCENTRATIONS[int(np.argmax(likelihood))])


@njit(cache=True, nogil=True)
def _likelihood(counts, prior, concentrations):  # type: ignore[no-untyped-def]
    """Dirichlet-multinomial log likelihood of each concentration, up to a constant."""
    found = np.zeros(concentrations.shape[0])
    for at in range(concentrations.shape[0]):
        k = concentrations[at]
        for row in range(counts.shape[0]):
            n = 0.0
            for outcome in range(counts.shape[1]):
                if counts[row, outcome] > 0:
                    n += counts[row, outcome]
                    pseudo = k * prior[row, outcome]
                    found[at] += math.lgamma(counts[row, outcome] + pseudo) - math.lgamma(pseudo)
            found[at] += math.lgamma(k) - math.lgamma(k + n)
    return found

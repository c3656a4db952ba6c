"""How often records of one child, and of two children, agree, estimated from pairs whose true match status is unknown.

Fellegi and Sunter's model, fitted by expectation maximisation: a pair is of one child with probability `share`; given
that, its levels of agreement are independent of one another. The weights in force are a table (`comparison.weights`);
this module estimates the weights that a given set of pairs would support.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from parentis.errors import UserError
from parentis.services.custody.comparison import Weight

CLOSE = 1e-8
MOST_ROUNDS = 2000
LEAST = 1e-6
"""Minimum frequency of a level: with zero its weight would be infinite."""


class EstimationError(UserError):
    """Pairs from which nothing can be estimated."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """`share` of the pairs are of one child; `weights`: by field and level, how often pairs of one child, and of two
    children, have it. `rounds`: the number of iterations until convergence."""

    share: float
    weights: Mapping[tuple[str, str], Weight]
    rounds: int


def estimate(patterns: Mapping[Sequence[str], int], fields: Mapping[str, Sequence[str]], *, share: float) -> Estimate:
    """`patterns`: for each combination of levels, in the order of `fields` (field to its levels), the number of pairs
    that have it. `share` is the initial guess of the proportion of pairs that are of one child: it should be of the
    right order of magnitude. The starting point assumes that pairs in full agreement (each field's first level) are of
    one child. Raises EstimationError if it does not converge."""
    names = list(fields)
    rows = np.array([[fields[name].index(level) for name, level in zip(names, one, strict=True)] for one in patterns])
    pairs = np.array(list(patterns.values()), dtype=float)
    if not len(rows):
        raise EstimationError(expected="pairs", found="none", where="patterns", do="Give some.")
    m = [_leaning(len(fields[name])) for name in names]
    u = [_frequencies(rows[:, at], pairs, len(fields[name])) for at, name in enumerate(names)]
    for done in range(1, MOST_ROUNDS + 1):
        likely, unlikely = (share * _product(m, rows), (1 - share) * _product(u, rows))
        of_one = pairs * likely / (likely + unlikely)
        before, share = share, float(of_one.sum() / pairs.sum())
        m = [_frequencies(rows[:, at], of_one, len(fields[name])) for at, name in enumerate(names)]
        u = [_frequencies(rows[:, at], pairs - of_one, len(fields[name])) for at, name in enumerate(names)]
        if abs(share - before) < CLOSE * share:
            found = {
                (name, level): Weight(float(m[at][number]), float(u[at][number]))
                for at, name in enumerate(names)
                for number, level in enumerate(fields[name])
            }
            return Estimate(share, found, done)
    raise EstimationError(
        expected="an estimate that settles", found=f"one that moves after {MOST_ROUNDS} rounds", where="patterns",
        do="Give more pairs, or another first guess.",
    )  # fmt: skip


def _leaning(levels: int) -> np.ndarray:
    """Shape (levels,): nine in ten at the first level."""
    rest = np.full(levels, 0.1 / (levels - 1))
    rest[0] = 0.9
    return rest


def _frequencies(column: np.ndarray, weighed: np.ndarray, levels: int) -> np.ndarray:
    """Shape (levels,), summing to 1: the share of each level, none below LEAST."""
    counted = np.bincount(column, weights=weighed, minlength=levels)
    shares = np.maximum(counted / counted.sum(), LEAST)
    found: np.ndarray = shares / shares.sum()
    return found


def _product(chances: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
    """Shape (patterns,): how often each pattern occurs."""
    found: np.ndarray = np.prod([one[rows[:, at]] for at, one in enumerate(chances)], axis=0)
    return found

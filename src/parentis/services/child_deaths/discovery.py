"""Many tests at once: which results stand when the false-discovery rate is limited.

Benjamini and Hochberg (1995): of m ordered p-values the k smallest stand, where k is the largest with p(k) ≤ k/m ×
share.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest, false_discovery_control


@dataclass(frozen=True, slots=True)
class Discoveries:
    """`adjusted`: least share at which each would stand, shape (questions,); `stands` likewise."""

    adjusted: np.ndarray
    stands: np.ndarray
    share: float


def discoveries(p_values: np.ndarray, *, share: float = 0.05) -> Discoveries:
    """Which results stand."""
    if not len(p_values):
        return Discoveries(adjusted=np.zeros(0), stands=np.zeros(0, dtype=bool), share=share)
    adjusted = np.asarray(false_discovery_control(np.asarray(p_values, dtype=float), method="bh"))
    return Discoveries(adjusted=adjusted, stands=adjusted <= share, share=share)


def bonferroni(p_values: np.ndarray, *, share: float = 0.05) -> np.ndarray:
    """Which results stand if the probability of any false one is at most `share`."""
    stands: np.ndarray = np.asarray(p_values) * len(p_values) <= share
    return stands


def share_differs(part: int, of: int, others_part: int, others_of: int) -> float:
    """Two-sided p that a footprint's share of reviews with a factor is that of the others together: exact, by the
    binomial of its part given the others' share with half a review added to each side."""
    if not of or not others_of:
        return 1.0
    return float(binomtest(part, of, (others_part + 0.5) / (others_of + 1)).pvalue)


def wilson(part: int, of: int, *, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's interval of a share (0 to 1)."""
    if not of:
        return 0.0, 1.0
    share, square = part / of, z * z
    middle, half = share + square / (2 * of), z * (share * (1 - share) / of + square / (4 * of * of)) ** 0.5
    return max(0.0, (middle - half) / (1 + square / of)), min(1.0, (middle + half) / (1 + square / of))

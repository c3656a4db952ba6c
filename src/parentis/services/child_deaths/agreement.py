"""How well two records of the same children agree (Cohen's kappa), and how complete they are."""

from dataclasses import dataclass

import numpy as np

from parentis.errors import DeclarationError


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance (1: whole, 0: none), with its standard error where the truth is not 0 (Fleiss 1969)."""

    value: float
    error: float
    children: int


def kappa(table: np.ndarray) -> Kappa:
    """Of a square table of counts: rows one record's codes, columns the other's, in the same order."""
    counts = np.asarray(table, dtype=float)
    total = counts.sum()
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or total <= 0:
        raise DeclarationError("kappa needs a square table with children in it")
    share = counts / total
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    seen, chance = np.trace(share), float(rows @ columns)
    if chance >= 1:
        return Kappa(1.0, 0.0, int(total))  # only one code was used: the records cannot disagree
    value = (seen - chance) / (1 - chance)
    diagonal = np.sum(np.diag(share) * (1 - (rows + columns) * (1 - value)) ** 2)
    away = share * (columns[:, None] + rows[None, :]) ** 2
    off = (1 - value) ** 2 * (away.sum() - np.trace(away))
    variance = (diagonal + off - (value - chance * (1 - value)) ** 2) / (total * (1 - chance) ** 2)
    return Kappa(float(value), float(np.sqrt(max(0.0, variance))), int(total))

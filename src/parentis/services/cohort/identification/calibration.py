"""Calibration: whether of those given a chance so many had the event, all together and in each group."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from parentis.services.cohort.identification.hazard import logistic

Floats = npt.NDArray[np.float64]

Z95: Final = 1.959963984540054
EDGE: Final = 1e-6
FEWEST_EVENTS: Final = 20
"Events, and children without one, below which no slope is given: its interval would hold anything."
STEPS: Final = 40


@dataclass(frozen=True, slots=True)
class Calibration:
    """`slope`: 1 is right; below it chances are too extreme. `intercept`: 0 is right; above it too few were foreseen
    (log-odds, with the slope held at 1). Each with a 95 % interval; None where there are too few to tell."""

    n: int
    events: int
    slope: tuple[float, float, float] | None
    intercept: tuple[float, float, float] | None


def calibrated(chance: Floats, happened: npt.NDArray[np.bool_], *, fewest: int = FEWEST_EVENTS) -> Calibration:
    """Of children with `chance` (children,), who `happened` to have the event (children,)."""
    n, events = len(chance), int(happened.sum())
    if min(events, n - events) < fewest:
        return Calibration(n, events, None, None)
    p = np.clip(chance, EDGE, 1 - EDGE)
    logit = np.log(p / (1 - p))
    only = _regression(np.ones((n, 1)), happened, logit)
    both = _regression(np.column_stack([np.ones(n), logit]), happened, np.zeros(n))
    return Calibration(n, events, _at(both, 1), _at(only, 0))


def _regression(design: Floats, happened: npt.NDArray[np.bool_], offset: Floats) -> tuple[Floats, Floats]:
    """Terms of a logistic regression, and their covariance."""
    share = float(happened.mean())
    at = np.zeros(design.shape[1])
    at[0] = np.log(share / (1 - share)) - float(offset.mean())
    information = np.eye(design.shape[1])
    for _ in range(STEPS):
        chance = logistic(design @ at + offset)
        information = design.T @ (design * (chance * (1 - chance))[:, None])
        step = np.linalg.solve(information, design.T @ (happened - chance))
        at = at + np.clip(step, -1, 1)
        if np.abs(step).max() < EDGE**1.5:
            break
    return np.asarray(at, dtype=float), np.asarray(np.linalg.inv(information), dtype=float)


def _at(found: tuple[Floats, Floats], which: int) -> tuple[float, float, float]:
    value, error = float(found[0][which]), float(found[1][which, which]) ** 0.5
    return value, value - Z95 * error, value + Z95 * error


def curve(
    chance: Floats, happened: npt.NDArray[np.bool_], *, groups: int = 10
) -> list[tuple[float, float, float, float, int]]:
    """Mean chance, share with the event, its exact 95 % interval, and children, for groups of about the same size in
    order of chance."""
    order = np.argsort(chance, kind="stable")
    rows = []
    for part in np.array_split(order, groups):
        if len(part):
            yes, n = int(happened[part].sum()), len(part)
            low = float(beta.ppf(0.025, yes, n - yes + 1)) if yes else 0.0
            high = float(beta.ppf(0.975, yes + 1, n - yes)) if yes < n else 1.0
            rows.append((float(chance[part].mean()), yes / n, low, high, n))
    return rows

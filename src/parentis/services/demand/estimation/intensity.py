"""The intensity of entries: a region's monthly counts filtered under many models, weighted by posterior probability.

The log of the intensity is a level that may wander, a damped slope, and a disturbance that dies away (an AR(1));
monthly counts are overdispersed. The size of each component is unknown: every combination on a grid is filtered (a
dynamic generalised linear model, with the gamma distribution matched to the log intensity before each month and updated
by its count), and weighted by its prior and its likelihood. Some of the models have a step at one month, which detects
a change of policy. docs/methods/demand.md has the formulas.
"""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numba import njit

DAMPING = 0.92
"Damping of the slope, per month."

_LEVEL = {0.0: 0.86, 0.025: 0.06, 0.05: 0.04, 0.1: 0.03, 0.2: 0.01}
_SLOPE = {0.0: 0.9, 0.004: 0.06, 0.012: 0.04}
# The grid of spreads extends far beyond the likely values: five years hold so few slow cycles that the spread looks
# smaller than it is, and a grid that stopped at the largest likely value would treat it as the largest possible.
_WAVE = {(0.0, 0.0): 0.7} | {
    (spread, memory): 0.3 / 16 for spread in (0.16, 0.25, 0.4, 0.63) for memory in (0.8, 0.9, 0.95, 0.98)
}
_SCATTER = {0.0: 0.75, 0.08: 0.13, 0.16: 0.07, 0.3: 0.05}
"Standard deviations on the log scale, per month, and their prior weights."

_STEP_PRIOR, _STEP_SPREAD = 0.12, 0.4
_STEP_WAVE = {(0.0, 0.0): 0.6, (0.25, 0.9): 0.2, (0.25, 0.96): 0.2}
_STEP_SCATTER = {0.0: 0.8, 0.16: 0.2}

_FIRST_LEVEL, _FIRST_SLOPE = 1.5, 4.0
"Prior spread of the first level about the first year's mean; of the first slope, in its monthly spreads."


@dataclass(frozen=True, slots=True)
class Intensity:
    """The posterior of the log intensity after the last month.

    Attributes:
        weight: posterior probability of each model, (models,).
        parameters: level, slope, wave, memory, scatter, month of the step or −1; (models, 6).
        mean: level, slope, wave; (models, 3). root: Cholesky factor of their covariance, (models, 3, 3).
    """

    weight: np.ndarray
    parameters: np.ndarray
    mean: np.ndarray
    root: np.ndarray

    def draw(self, generator: np.random.Generator, months: int) -> np.ndarray:
        """Draw intensities of future months, shape (months,), before seasonal factors."""
        model = int(np.searchsorted(np.cumsum(self.weight), generator.random()))
        model = min(model, len(self.weight) - 1)
        level_sd, slope_sd, wave_sd, memory, scatter, _ = self.parameters[model]
        level, slope, wave = self.mean[model] + self.root[model] @ generator.standard_normal(3)
        shocks = generator.standard_normal((4, months))
        slopes = _carried(slope, DAMPING, slope_sd * shocks[1])
        # The random walk keeps its mean, not its median, constant: otherwise a wide spread would imply growth.
        levels = level + np.cumsum(slopes) + np.cumsum(level_sd * shocks[0] - 0.5 * level_sd**2)
        waves = _carried(wave, memory, wave_sd * math.sqrt(1 - memory**2) * shocks[2])
        return np.exp(np.clip(levels + waves + scatter * shocks[3], -20, 20))

    def summary(self) -> dict[str, float]:
        """Posterior means of the spreads, and the probability that there was a step."""
        names = ("level_sd", "slope_sd", "wave_sd", "memory", "scatter")
        means = dict(zip(names, (self.weight @ self.parameters[:, :5]).tolist(), strict=True))
        return means | {"step_probability": float(self.weight[self.parameters[:, 5] >= 0].sum())}


def _carried(first: float, memory: float, shocks: np.ndarray) -> np.ndarray:
    values = np.empty(len(shocks))
    for month, shock in enumerate(shocks):
        first = memory * first + shock
        values[month] = first
    return values


def filtered(counts: np.ndarray, exposure: np.ndarray) -> Intensity:
    """Filter monthly counts with their exposure (season × share of the region observed × length), both (months,)."""
    parameters, prior = _models(len(counts))
    start = math.log((counts[:12].sum() + 0.5) / max(exposure[:12].sum(), 1e-9))
    evidence, mean, covariance = _filter(counts.astype(np.float64), exposure.astype(np.float64), parameters, start)
    log = evidence + np.log(prior)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    root = np.linalg.cholesky(covariance + 1e-12 * np.eye(3))
    kept = weight > 1e-7
    return Intensity(weight[kept] / weight[kept].sum(), parameters[kept], mean[kept], root[kept])


def _models(months: int) -> tuple[np.ndarray, np.ndarray]:
    rows = [
        (level, slope, wave, memory, scatter, -1.0, p * q * r * s * (1 - _STEP_PRIOR))
        for (level, p), (slope, q), ((wave, memory), r), (scatter, s) in product(
            _LEVEL.items(), _SLOPE.items(), _WAVE.items(), _SCATTER.items()
        )
    ]
    steps = range(2, months)
    rows += [
        (0.0, 0.0, wave, memory, scatter, float(month), r * s * _STEP_PRIOR / max(len(steps), 1))
        for month, ((wave, memory), r), (scatter, s) in product(steps, _STEP_WAVE.items(), _STEP_SCATTER.items())
    ]
    table = np.array(rows)
    return np.ascontiguousarray(table[:, :6]), table[:, 6]


@njit(cache=True, nogil=True)
def _filter(counts, exposure, parameters, start):  # type: ignore[no-untyped-def]
    models = parameters.shape[0]
    evidence = np.zeros(models)
    means = np.zeros((models, 3))
    covariances = np.zeros((models, 3, 3))
    for model in range(models):
        level_sd, slope_sd, wave_sd, memory, scatter, step = parameters[model]
        level, slope, wave = start, 0.0, 0.0
        ll, lb, lx, bb, bx, xx = _FIRST_LEVEL**2, 0.0, 0.0, (_FIRST_SLOPE * slope_sd) ** 2, 0.0, wave_sd**2
        total = 0.0
        for month in range(counts.shape[0]):
            if month > 0:
                slope *= DAMPING
                level += slope
                wave *= memory
                ll += DAMPING * (2 * lb + DAMPING * bb) + level_sd**2 + slope_sd**2
                lb = DAMPING * (lb + DAMPING * bb) + slope_sd**2
                lx = memory * (lx + DAMPING * bx)
                bb = DAMPING**2 * bb + slope_sd**2
                bx *= DAMPING * memory
                xx = memory**2 * xx + wave_sd**2 * (1 - memory**2)
            if month == step:
                ll += _STEP_SPREAD**2
            if exposure[month] <= 0:
                continue
            rl, rb, rx = ll + lx, lb + bx, lx + xx
            f = level + wave + math.log(exposure[month])
            q = rl + rx + scatter**2 + 1e-12
            shape = (1 + math.sqrt(1 + 2 * q)) / (2 * q)
            rate = math.exp(_digamma(shape) - f)
            y = counts[month]
            total += _chance(y, shape, rate)
            gain = (_digamma(shape + y) - math.log(rate + 1) - f) / q
            shrink = (1 - _trigamma(shape + y) / q) / q
            level, slope, wave = level + rl * gain, slope + rb * gain, wave + rx * gain
            ll, lb, lx = ll - rl * rl * shrink, lb - rl * rb * shrink, lx - rl * rx * shrink
            bb, bx, xx = bb - rb * rb * shrink, bx - rb * rx * shrink, xx - rx * rx * shrink
        evidence[model] = total
        means[model] = (level, slope, wave)
        covariances[model, 0] = (ll, lb, lx)
        covariances[model, 1] = (lb, bb, bx)
        covariances[model, 2] = (lx, bx, xx)
    return evidence, means, covariances


@njit(cache=True, nogil=True)
def _chance(y, shape, rate):  # type: ignore[no-untyped-def]
    """Log probability of the count y when its mean is gamma distributed."""
    if shape > 1e7:
        # The gamma is almost a point mass, and differences of log gamma functions would lose precision.
        return y * math.log(shape / rate) - shape / rate - math.lgamma(y + 1)
    found = math.lgamma(shape + y) - math.lgamma(shape) - math.lgamma(y + 1)
    return found - shape * math.log1p(1 / rate) - y * math.log1p(rate)


@njit(cache=True, nogil=True)
def _digamma(x):  # type: ignore[no-untyped-def]
    below = 0.0
    while x < 6:
        below -= 1 / x
        x += 1
    inverse = 1 / (x * x)
    return below + math.log(x) - 0.5 / x - inverse * (1 / 12 - inverse * (1 / 120 - inverse / 252))


@njit(cache=True, nogil=True)
def _trigamma(x):  # type: ignore[no-untyped-def]
    below = 0.0
    while x < 6:
        below += 1 / (x * x)
        x += 1
    inverse = 1 / (x * x)
    return below + 1 / x + inverse / 2 + inverse / x * (1 / 6 - inverse * (1 / 30 - inverse / 42))

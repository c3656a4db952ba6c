"""Power by formula: parallel, cluster and stepped-wedge trials, and comparisons without chance.

Stepped wedge: Hussey & Hughes 2007 (Contemporary Clinical Trials 28: 182–191), with a correlation that fades between
periods as in Girling & Hemming 2016 (Statistics in Medicine 35: 2149–2166). Checked against `swPwr` of R's swCRTdesign
4.0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt

from parentis.errors import SpecificationError

Floats = npt.NDArray[np.float64]

ALPHA, POWER = 0.05, 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """`power` from 0 to 1, the standard error of the effect, and the effect itself."""

    power: float
    error: float
    effect: float


def of_error(effect: float, error: float, alpha: float = ALPHA) -> Power:
    """The power of a two-sided test of an effect whose estimate has this standard error."""
    from scipy import special

    critical, away = float(special.ndtri(1 - alpha / 2)), abs(effect) / error
    power = float(special.ndtr(away - critical) + special.ndtr(-away - critical))
    return Power(power=power, error=error, effect=effect)


def children_per_arm(baseline: float, expected: float, *, power: float = POWER, alpha: float = ALPHA) -> float:
    """Children in each arm, before rounding up, for a difference of two shares (pooled variance under no effect)."""
    from scipy import special

    _shares(baseline, expected)
    middle = (baseline + expected) / 2
    none = float(special.ndtri(1 - alpha / 2)) * sqrt(2 * middle * (1 - middle))
    some = float(special.ndtri(power)) * sqrt(baseline * (1 - baseline) + expected * (1 - expected))
    return ((none + some) / (baseline - expected)) ** 2


def needed_per_arm(baseline: float, expected: float, *, power: float = POWER, alpha: float = ALPHA) -> int:
    """`children_per_arm`, rounded up: a part of a child cannot take part."""
    return ceil(children_per_arm(baseline, expected, power=power, alpha=alpha))


def parallel_power(
    children_per_arm: float, baseline: float, expected: float, *, family_size: float = 1.0, icc: float = 0.0,
    alpha: float = ALPHA,
) -> Power:  # fmt: skip
    """Children allocated by family: `family_size` children a family on average, whose outcomes have correlation
    `icc`."""
    _shares(baseline, expected)
    effect = 1.0 + (family_size - 1.0) * icc
    variance = (baseline * (1 - baseline) + expected * (1 - expected)) / children_per_arm * effect
    return of_error(expected - baseline, sqrt(variance), alpha)


def cluster_power(
    boroughs_per_arm: int, children: float, baseline: float, expected: float, *, icc: float, alpha: float = ALPHA
) -> Power:
    """Boroughs allocated, one period: `children` in each. The test has Student's t, as the analysis has."""
    from scipy import special, stats

    _shares(baseline, expected)
    middle = (baseline + expected) / 2
    variance = 2 / boroughs_per_arm * middle * (1 - middle) / (1 - icc) * (icc + (1 - icc) / children)
    degrees, away = 2 * boroughs_per_arm - 2, abs(expected - baseline) / sqrt(variance)
    if degrees < 1:
        raise _wrong("at least 2 boroughs in each arm", str(boroughs_per_arm), "Add boroughs.")
    critical = float(special.stdtrit(degrees, 1 - alpha / 2))
    power = float(stats.nct.sf(critical, degrees, away) + stats.nct.cdf(-critical, degrees, away))
    return Power(power=power, error=sqrt(variance), effect=expected - baseline)


def wedge(steps: Sequence[int], periods: int) -> Floats:
    """Which boroughs have the new way in which period, (boroughs, periods): step k crosses over before period k + 1."""
    rows = [np.arange(periods) >= step for step, boroughs in enumerate(steps, 1) for _ in range(boroughs)]
    return np.array(rows, dtype=np.float64)


def stepped_wedge_power(
    steps: Sequence[int], children: float, baseline: float, expected: float, *, icc: float | None = None,
    cac: float = 1.0, between: float | None = None, sigma: float | None = None, extra_periods: int = 0,
    alpha: float = ALPHA,
) -> Power:  # fmt: skip
    """A stepped wedge with `children` in each borough and period, other children in each period.

    Args:
        steps: boroughs that cross over at each step, one period apart, after one period in which none has.
        icc, cac: correlation of children within a borough and period, and the share of it left between periods.
        between: instead of `icc`, the standard deviation of boroughs about the mean.
        sigma: standard deviation of children, for an outcome that is a mean; without it a share's, at the mean of both.
        extra_periods: periods after the last step.
    """
    if sigma is None:
        _shares(baseline, expected)
    middle = (baseline + expected) / 2
    within = middle * (1 - middle) if sigma is None else sigma**2
    if (icc is None) == (between is None):
        raise _wrong("either a correlation or a spread between boroughs", "both or neither", "Give one of them.")
    if icc is not None and not 0 <= icc < 1:
        raise _wrong("a correlation from 0 to below 1", f"{icc}", "Correct it.")
    total = between**2 if between is not None else (icc or 0.0) / (1 - (icc or 0.0)) * within
    treated = wedge(steps, len(steps) + 1 + extra_periods)
    return of_error(expected - baseline, _error(treated, within / children, total * cac, total * (1 - cac)), alpha)


def _error(treated: Floats, noise: float, lasting: float, fading: float) -> float:
    periods = treated.shape[1]
    covariance = np.full((periods, periods), lasting) + (noise + fading) * np.eye(periods)
    precision = np.linalg.inv(covariance)
    whole = np.zeros((periods + 1, periods + 1))
    for row in treated:
        design = np.column_stack([np.eye(periods), row])
        whole += design.T @ precision @ design
    return float(np.sqrt(np.linalg.inv(whole)[-1, -1]))


def matched_power(
    starting: int, others: int, children: float, baseline: float, expected: float, *, icc: float, cac: float,
    before: int = 1, after: int = 1, alpha: float = ALPHA,
) -> Power:  # fmt: skip
    """Boroughs that start beside matched ones that do not, no chance: difference in differences of the means of
    `before` and `after` periods. What lasts of a borough's difference cancels; what fades between periods does not."""
    _shares(baseline, expected)
    middle = (baseline + expected) / 2
    within = middle * (1 - middle)
    of_cell = icc / (1 - icc) * within * (1 - cac) + within / children
    variance = of_cell * (1 / before + 1 / after) * (1 / starting + 1 / others)
    return of_error(expected - baseline, sqrt(variance), alpha)


def london_answers() -> list[tuple[str, Power]]:
    """What London can find out: 30 boroughs in 5 steps of 6, looked after within a year 44.8 → 36.2 %."""
    return [
        ("10 children a borough and period, ICC .03, CAC 1", stepped_wedge_power([6] * 5, 10, 0.448, 0.362, icc=0.03)),
        (
            "20 children a borough and period, ICC .01, CAC .8",
            stepped_wedge_power([6] * 5, 20, 0.448, 0.362, icc=0.01, cac=0.8),
        ),
    ]


def _shares(*values: float) -> None:
    for value in values:
        if not 0 < value < 1:
            raise _wrong("shares between 0 and 1", f"{value}", "Write 0.448 for 44.8 per cent.")
    if len(set(values)) < len(values):
        raise _wrong("an expected value that differs from the baseline", "the same", "Give what would be worth having.")


def _wrong(expected: str, found: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where="trial design", do=do)

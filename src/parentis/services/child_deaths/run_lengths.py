"""Run lengths of a CUSUM until it signals: exact for counts on a lattice, by an integral equation for the normal.

The average run length (ARL) from a start u is L(u) = 1 + E[L(next u)], the chart's next value if it has not
signalled. Page (1954); Lucas (1985) for counts. A chart signals when its value is *at or above* `decision` for counts
(Lucas), and above it for the normal, where equality has probability zero.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.linalg import solve_toeplitz
from scipy.stats import norm, poisson

from parentis.errors import DeclarationError

NODES = 48
"Gauss–Legendre nodes: enough for run lengths in the hundreds to ten significant figures."


@dataclass(frozen=True, slots=True)
class Chart:
    """An upper Poisson CUSUM: S = max(0, S + count - `reference`), which signals at S ≥ `decision`. Both are whole
    multiples of one `step`, so that the chart has finitely many values and an exact run length."""

    reference: Fraction
    decision: Fraction
    step: Fraction
    in_control: float
    "Events expected a month."
    run_length: float
    "Months between false signals."


def normal_run_length(reference: float, decision: float, shift: float, *, start: float = 0.0) -> float:
    """Two-sided CUSUM of a normal with standard deviation 1: 1/L = 1/L(up) + 1/L(down), from zero starts."""
    up = _normal_one_sided(reference, decision, shift, start)
    down = _normal_one_sided(reference, decision, -shift, start)
    return 1 / (1 / up + 1 / down)


def _normal_one_sided(reference: float, decision: float, shift: float, start: float) -> float:
    points, weights = np.polynomial.legendre.leggauss(NODES)
    points, weights = (points + 1) * decision / 2, weights * decision / 2
    drift = reference - shift
    at = np.concatenate([[start], [0.0], points])
    to_zero = norm.cdf(drift - at)
    density = norm.pdf(points[None, :] + drift - at[:, None]) * weights[None, :]
    matrix = np.eye(NODES + 1)
    matrix[:, 0] -= to_zero[1:]
    matrix[:, 1:] -= density[1:]
    solved = np.linalg.solve(matrix, np.ones(NODES + 1))
    return float(1 + to_zero[0] * solved[0] + density[0] @ solved[1:])


def poisson_run_length(
    mean: float, reference: Fraction, decision: Fraction, *, head_start: Fraction = Fraction(0), upper: bool = True
) -> float:
    """Of a CUSUM of Poisson counts, exactly. The lower one is max(0, S + reference - count)."""
    step = Fraction(1, math.lcm(reference.denominator, decision.denominator, head_start.denominator))
    states, slack, jump = int(decision / step), int(reference / step), int(1 / step)
    if states < 1 or not 0 <= head_start < decision:
        raise DeclarationError("a CUSUM needs a decision above zero, and a head start below it")
    lengths = _lengths(mean, states, slack, jump, upper=upper)
    return float(lengths[int(head_start / step)])


def _lengths(mean: float, states: int, slack: int, jump: int, *, upper: bool) -> np.ndarray:
    """ARL from each value 0, step, … below the decision; shape (states,).

    All columns but the first are those of a Toeplitz matrix T: a move's probability depends on its length alone.
    Moves to zero or below are summed in the first column, so that (T - c e0') L = 1, solved by two solves with T."""
    moves = np.arange(-(states - 1), states)
    counts = (moves + slack) if upper else (slack - moves)
    whole = counts % jump == 0
    chance = np.where(whole & (counts >= 0), poisson.pmf(np.where(whole, counts, 0) // jump, mean), 0.0)
    start = np.arange(states)
    # to zero: every move of -start or below
    reach = (slack - start) if upper else (slack + start)
    if upper:
        zero = np.where(reach >= 0, poisson.cdf(reach // jump, mean), 0.0)
    else:
        zero = poisson.sf(-(-reach // jump) - 1, mean)
    column = -chance[states - 1 :: -1].copy()  # from row i to 0: a move of -i
    row = -chance[states - 1 :].copy()
    column[0] += 1
    row[0] += 1
    gathered = zero - chance[states - 1 :: -1]
    solved = solve_toeplitz((column, row), np.column_stack([np.ones(states), gathered]))
    ones, carried = solved[:, 0], solved[:, 1]
    left = 1 - carried[0]
    lengths: np.ndarray = ones + carried * (ones[0] / left if left > 0 else math.inf)
    return lengths


def tuned_reference(mean: float, ratio: float) -> float:
    """The optimal reference to detect a rise from `mean` to `ratio` × `mean`: (λ1 - λ0) / ln(λ1/λ0)."""
    return mean * (ratio - 1) / math.log(ratio)


LONGEST_WAIT = 1200
"Most months searched for a median."
FINEST = 30
"Most steps to one event, and so the resolution of a decision."
VALUES = 120
"Fewest values of a chart; with fewer its run length could not be set closely."


def design(mean: float, ratio: float, run_length: float) -> Chart:
    """The chart tuned to a rise to `ratio` times `mean` with the least decision whose run length is not below
    `run_length` (months): it signals no more often than promised."""
    if mean <= 0 or ratio <= 1 or run_length <= 1:
        raise DeclarationError("a chart needs events, a rise, and a run length above one")
    exact = tuned_reference(mean, ratio)
    # A log-likelihood ratio's threshold is about ln(run length), that is ln(run length)/ln(ratio) events.
    about = math.log(run_length) / math.log(ratio)
    parts = _parts(exact, min(FINEST, max(1, math.ceil(VALUES / about))))
    reference = Fraction(round(exact * parts), parts)
    if reference <= 0:
        reference = Fraction(1, parts)

    def length(states: int) -> float:
        return float(_lengths(mean, states, int(reference * parts), parts, upper=True)[0])

    low, high = 0, max(2, int(about * parts))
    while length(high) < run_length:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if length(middle) >= run_length else (middle, high)
    step = Fraction(1, parts)
    return Chart(reference=reference, decision=high * step, step=step, in_control=mean, run_length=length(high))


def _parts(reference: float, fewest: int) -> int:
    """Steps to one event, from `fewest` to twice as many, such that a multiple of the step is nearest to
    `reference`."""
    return min(range(fewest, 2 * fewest + 1), key=lambda parts: abs(round(reference * parts) / parts - reference))


def months_to_signal(chart: Chart, ratio: float) -> float:
    """Months until `chart` signals, on average, from zero, when events are `ratio` times as many as in control."""
    states, slack = int(chart.decision / chart.step), int(chart.reference / chart.step)
    return float(_lengths(chart.in_control * ratio, states, slack, int(1 / chart.step), upper=True)[0])


def chance_within(chart: Chart, ratio: float, months: int) -> float:
    """The probability that `chart` signals within `months`, from zero, when events are `ratio` times as many."""
    passed = _passed(chart, ratio)
    at = np.zeros(len(passed))
    at[0] = 1.0
    for _ in range(months):
        at = at @ passed
    return float(1 - at.sum())


def median_to_signal(chart: Chart, ratio: float) -> int:
    """Months within which half of such charts signal, from zero, when events are `ratio` times as many."""
    passed = _passed(chart, ratio)
    at, months = np.zeros(len(passed)), 0
    at[0] = 1.0
    while at.sum() > 0.5 and months < LONGEST_WAIT:
        at, months = at @ passed, months + 1
    return months


def _passed(chart: Chart, ratio: float) -> np.ndarray:
    """Transition probabilities between the chart's values below the decision; shape (values, values)."""
    states, slack, jump = (int(one / chart.step) for one in (chart.decision, chart.reference, Fraction(1)))
    values = np.arange(states)
    moves = values[None, :] - values[:, None] + slack
    whole = (moves % jump == 0) & (moves >= 0)
    mean = chart.in_control * ratio
    passed = np.where(whole, poisson.pmf(np.where(whole, moves, 0) // jump, mean), 0.0)
    reach = slack - values
    passed[:, 0] = np.where(reach >= 0, poisson.cdf(np.where(reach >= 0, reach, 0) // jump, mean), 0.0)
    return passed


def smallest_visible_rise(chart: Chart, *, months: int = 12, power: float = 0.8) -> float:
    """The least ratio of events at which `chart` signals within `months` with probability `power`."""
    low, high = 1.0, 2.0
    while chance_within(chart, high, months) < power:
        low, high = high, high * 2
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (low, middle) if chance_within(chart, middle, months) >= power else (middle, high)
    return high

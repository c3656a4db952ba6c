"""Run lengths beside published tables, to the figures printed there."""

from fractions import Fraction

import numpy as np
import pytest

from parentis.errors import DeclarationError
from parentis.services.child_deaths.run_lengths import (
    chance_within,
    design,
    median_to_signal,
    months_to_signal,
    normal_run_length,
    poisson_run_length,
    smallest_visible_rise,
)

# NIST e-Handbook 6.3.2.3.1 (Montgomery), k = 0.5: shift → (h = 4, h = 5); to more figures by R package spc.
NORMAL = {
    0.00: (167.68379, 465.44351),
    0.25: (74.224028, 139.49369),
    0.50: (26.630203, 37.996143),
    0.75: (13.285088, 17.048326),
    1.00: (8.3831319, 10.37597),
    1.50: (4.7471682, 5.7472177),
    2.00: (3.3427701, 4.0088711),
    2.50: (2.6195189, 3.1136884),
    3.00: (2.1944809, 2.5732521),
    4.00: (1.7084572, 2.0125675),
}
EIGHT_FIGURES = 2e-7


@pytest.mark.spec
@pytest.mark.parametrize(
    ("decision", "shift", "expected"), [(4 + at, s, both[at]) for s, both in NORMAL.items() for at in (0, 1)]
)
def test_normal_run_lengths_are_those_published(decision: int, shift: float, expected: float) -> None:
    assert normal_run_length(0.5, decision, shift) == pytest.approx(expected, rel=EIGHT_FIGURES)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("upper", "head_start", "expected"),
    [(True, 0, 438.125), (True, 5, 333.12481), (False, 0, 436.76389), (False, 5, 318.33334)],
    ids=["table 2", "table 3", "table 4", "table 5"],
)
def test_poisson_run_lengths_are_those_of_lucas_1985(upper: bool, head_start: int, expected: float) -> None:
    found = poisson_run_length(0.25, Fraction(1, 4), Fraction(10), head_start=Fraction(head_start), upper=upper)
    assert found == pytest.approx(expected, rel=EIGHT_FIGURES)


@pytest.mark.unit
@pytest.mark.parametrize("upper", [True, False])
def test_the_solve_by_a_toeplitz_matrix_agrees_with_the_plain_chain(upper: bool) -> None:
    """The slow route: every value's moves written out, and the linear system solved whole."""
    mean, parts, slack, states = 1.3, 4, 7, 19
    chain = np.zeros((states, states))
    for value in range(states):
        chance = np.exp(-mean)
        for count in range(60):
            moved = value + parts * count - slack if upper else value + slack - parts * count
            if moved < states:
                chain[value, max(0, moved)] += chance
            chance *= mean / (count + 1)
    plain = np.linalg.solve(np.eye(states) - chain, np.ones(states))
    for start in (0, 5):
        fast = poisson_run_length(
            mean, Fraction(slack, parts), Fraction(states, parts), head_start=Fraction(start, parts), upper=upper
        )
        assert fast == pytest.approx(plain[start], rel=1e-9)


# The specification's §5: stream's deaths a year → months to +25 %, +50 %, ×2 at 120 and at 840 months in control.
LEVELS = {
    571: ((3.7, 1.3, 1.0), (6.2, 1.6, 1.0)),
    133: ((9.7, 3.4, 1.5), (18, 5.0, 2.1)),
    62: ((15, 5.9, 2.6), (30, 9.2, 3.8)),
    24: ((26, 11, 5.0), (64, 20, 8.0)),
    12: ((35, 17, 8.2), (85, 32, 14)),
    6: ((47, 26, 13), (132, 54, 24)),
}
LATTICE = 0.1
"""The table was made with another step. A chart of counts cannot have just any run length: between two decisions it
jumps by up to a fifth, and the time to a signal with it, by half as much."""
PRINTED = 0.06


@pytest.mark.spec
@pytest.mark.parametrize(("yearly", "months"), LEVELS.items())
def test_months_to_signal_are_those_of_the_level_table(yearly: int, months: tuple[tuple[float, ...], ...]) -> None:
    for run_length, expected in zip((120, 840), months, strict=True):
        chart = design(yearly / 12, 1.5, run_length)
        found = [months_to_signal(chart, rise) for rise in (1.25, 1.5, 2.0)]
        assert found == pytest.approx(expected, rel=LATTICE, abs=PRINTED), run_length


@pytest.mark.unit
@pytest.mark.parametrize("monthly", [0.3, 0.5, 2.0, 11.1, 47.6])
def test_a_chart_signals_no_more_often_than_asked_and_nearly_as_often(monthly: float) -> None:
    chart = design(monthly, 1.5, 840)
    assert 840 <= chart.run_length <= 840 * 1.15
    assert poisson_run_length(monthly, chart.reference, chart.decision) == pytest.approx(chart.run_length)


@pytest.mark.unit
def test_the_chance_of_a_signal_within_a_year_agrees_with_the_run_length() -> None:
    chart = design(2.0, 1.5, 120)
    waiting = [1 - chance_within(chart, 1.5, months) for months in range(400)]
    assert sum(waiting) == pytest.approx(months_to_signal(chart, 1.5), rel=1e-6)


@pytest.mark.unit
def test_the_smallest_visible_rise_is_seen_in_four_years_of_five() -> None:
    chart = design(62 / 12, 1.5, 120)
    rise = smallest_visible_rise(chart)
    assert chance_within(chart, rise, 12) >= 0.8 > chance_within(chart, rise - 0.02, 12)


@pytest.mark.unit
@pytest.mark.parametrize(("mean", "ratio", "length"), [(0, 1.5, 100), (1, 1.0, 100), (1, 1.5, 1)])
def test_a_chart_that_cannot_be_is_refused(mean: float, ratio: float, length: float) -> None:
    with pytest.raises(DeclarationError):
        design(mean, ratio, length)


@pytest.mark.unit
def test_the_median_is_where_half_have_signalled() -> None:
    chart = design(62 / 12, 1.5, 120)
    months = median_to_signal(chart, 1.5)
    assert chance_within(chart, 1.5, months) >= 0.5 > chance_within(chart, 1.5, months - 1)

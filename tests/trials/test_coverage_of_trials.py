"""Intervals hold what was planted, and tests of nothing err as often as they say: a small seeded run of the full study
(bench/trials_coverage.py, with its results in docs/methods/trials.md).
"""

from collections.abc import Callable

import pytest
from scipy import stats

import trials.trial_worlds as worlds

PLANTED = -0.086


def within(share: float, trials: int, truth: float) -> bool:
    """Whether chance alone explains the distance from `truth`, once in a thousand runs excepted."""
    low, high = stats.binom.ppf([0.0005, 0.9995], trials, truth) / trials
    return bool(low <= share <= high)


@pytest.mark.generative
@pytest.mark.parametrize(
    ("world", "units", "trials"),
    [
        (worlds.cluster, 6, 2000),
        (worlds.cluster, 12, 2000),
        (worlds.cluster, 30, 1000),
        (worlds.wedge, 6, 1000),
        (worlds.wedge, 12, 1000),
        (worlds.wedge, 30, 500),
        (worlds.permuted_cluster, 12, 200),
        (worlds.permuted_wedge, 6, 200),
        (worlds.families, 60, 150),
        (worlds.staggered, 33, 150),
        (worlds.synthetic, 33, 60),
    ],
)
def test_intervals_cover_and_tests_err_as_they_say(world: Callable, units: int, trials: int) -> None:
    planted, none = world(trials, units, PLANTED, 1), world(trials, units, 0.0, 2)
    assert within(planted.covered, trials, 0.95)
    assert within(none.covered, trials, 0.95)
    assert within(none.rejected, trials, 0.05)


@pytest.mark.generative
def test_looking_three_times_by_pococks_boundary_errs_no_more_than_once_in_twenty() -> None:
    found = worlds.pocock(1500, 60, 0.0, 2)
    assert within(found.rejected, 1500, 0.055)
    assert found.covered == pytest.approx(1 - found.rejected, abs=0.002)


@pytest.mark.generative
def test_a_posterior_interval_holds_what_the_prior_drew() -> None:
    assert within(worlds.bayesian(150, 30, 0.0, 1).covered, 150, 0.95)

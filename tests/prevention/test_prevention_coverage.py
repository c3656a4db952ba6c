"""A handful of the coverage study's worlds: enough to catch bands that are wrong, not to measure those that are right.

docs/methods/prevention-coverage.md has the study itself.
"""

import pytest
from planted_effects import before_and_after, check, summary

WORLDS, FIRST_SEED = 30, 700


@pytest.mark.generative
def test_bands_of_pounds_saved_hold_the_planted_truth() -> None:
    found = [check("constant", 400, seed, replicates=200) for seed in range(FIRST_SEED, FIRST_SEED + WORLDS)]
    for at in (0, 1):
        held, error = summary(found, at)
        # Of 30 worlds: three binomial standard errors below 94.4 %, rounded outward.
        assert 80 <= held <= 100
        assert abs(error) < 15
        # A band that is ten times too wide would hold the truth as well.
        assert sum(one.high[at] - one.low[at] for one in found) < 1.6 * sum(one.truth[at] for one in found)
    # Where a programme begins after a bad year, before-and-after claims what a year like any other would have brought.
    assert before_and_after(found, worst=0.2) > before_and_after(found) + 10

"""A handful of the coverage study's worlds: enough to catch a model that is wrong, not to measure one that is right.

docs/methods/demand-coverage.md has the study itself.
"""

import numpy as np
import pytest
from worlds import KINDS, World, world

from parentis.services.demand import simulate
from parentis.services.demand.estimation.model import fit_histories

WORLDS, CHILDREN, REPLICATES, FIRST_SEED = 36, 400, 150, 900
WITHIN = {0.8: (0.62, 0.95), 0.95: (0.82, 1.0)}
"Of 36 worlds: three binomial standard errors either side, rounded outward."


def forecast(made: World, seed: int) -> tuple[np.ndarray, int, int]:
    """Children in all at the twelfth month end: drawn, at the cut, and as they came."""
    model = fit_histories(made.known)
    drawn = simulate(model, months=12, replicates=REPLICATES, seed=seed, threads=1).total()[:, -1]
    return drawn, len(model.stock.key), int(made.after[:, 11].sum())


@pytest.mark.generative
@pytest.mark.parametrize("kind", KINDS)
def test_intervals_hold_the_truth_about_as_often_as_they_say(kind: str) -> None:
    found = [forecast(world(kind, CHILDREN, seed), seed) for seed in range(FIRST_SEED, FIRST_SEED + WORLDS)]
    drawn, now, came = (np.array(part) for part in zip(*found, strict=True))
    for level, (least, most) in WITHIN.items():
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=1)
        assert least <= np.mean((low <= came) & (came <= high)) <= most
        width = np.mean(high - low)
    error, flat = np.abs(drawn.mean(axis=1) - came).mean(), np.abs(now - came).mean()
    # A step goes on working its way through the stock: staying where one is cannot know that.
    assert error < (flat if kind == "step" else 1.15 * flat)
    if kind == "constant":
        assert width < np.mean(4 * np.sqrt(2 * drawn.mean(axis=1)))
    # The total is not over- or underestimated by more than chance makes it.
    assert abs((drawn.mean(axis=1) - came).mean()) < 3.5 * (drawn.mean(axis=1) - came).std() / np.sqrt(WORLDS)

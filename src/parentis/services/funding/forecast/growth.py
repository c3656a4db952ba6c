"""Growth of spend that is not followed child by child: its rate learnt from past years, and drawn for future ones."""

import numpy as np

WORTH = 4.0
"Years of data that a prior of growth is worth."
OWN_RISE, OWN_SHOCK = 0.012, 0.02
"Standard deviations of one authority's growth, and of one of its years."


def rise(history: np.ndarray, prior: float, spread: float) -> tuple[float, float]:
    """Centre and spread of a yearly growth, from the observed years and the years that the prior is worth."""
    years = len(history)
    centre = (history.sum() + WORTH * prior) / (years + WORTH)
    squares = ((history - history.mean()) ** 2).sum() if years else 0.0
    scale = np.sqrt((squares + WORTH * spread**2) / (years + WORTH))
    return float(centre), float(scale)


def grown(
    streams: list[np.random.Generator],
    learnt: int,
    centre: float,
    scale: float,
    authorities: int,
    years: int,
    gap: int,
) -> np.ndarray:
    """Growth since the starting year, (replicates, authorities, years): one unknown mean and yearly shocks for all,
    and each authority's own growth and years. `learnt` is the number of years behind the mean."""
    out = np.empty((len(streams), authorities, years))
    for row, stream in enumerate(streams):
        shared = centre + scale / np.sqrt(learnt + WORTH) * stream.standard_normal()
        own = OWN_RISE * stream.standard_normal((authorities, 1))
        shocks = scale * np.cumsum(stream.standard_normal(years))
        chance = OWN_SHOCK * stream.standard_normal((authorities, years))
        out[row] = (shared + own) * (np.arange(years) + gap) + shocks + chance
    return np.exp(out)

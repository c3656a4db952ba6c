"""Growth of spend that is not followed child by child: its rate learnt from past years, and drawn for future ones."""

import numpy as np

WORTH = 4.0
"Years of data that a prior of growth is worth."
OWN_RISE, OWN_SHOCK = 0.012, 0.02
"Standard deviations of one authority's growth, and the prior of that of one of its years about its own path."
SHOCK_WORTH = 8.0
"Number of authorities' years that the prior of their shocks is worth."


def rise(history: np.ndarray, prior: float, spread: float) -> tuple[float, float]:
    """Centre and spread of a yearly growth, from the observed years and the years that the prior is worth."""
    years = len(history)
    centre = (history.sum() + WORTH * prior) / (years + WORTH)
    squares = ((history - history.mean()) ** 2).sum() if years else 0.0
    scale = np.sqrt((squares + WORTH * spread**2) / (years + WORTH))
    return float(centre), float(scale)


def own_shock(deviations: np.ndarray) -> float:
    """Standard deviation of one authority's year about its own path, from how its growth departed from all
    authorities' together, (authorities, years). A year that stands out departs twice, up and down again: half of the
    square is its own."""
    squares, count = float((deviations**2).sum()) / 2, deviations.size
    return float(np.sqrt((squares + SHOCK_WORTH * OWN_SHOCK**2) / (count + SHOCK_WORTH)))


def grown(
    streams: list[np.random.Generator],
    learnt: int,
    centre: float,
    scale: float,
    shock: float,
    authorities: int,
    years: int,
    gap: int,
) -> np.ndarray:
    """Growth since the starting year, (replicates, authorities, years): one unknown mean and yearly shocks for all,
    and each authority's own growth and years. `learnt` is the number of years behind the mean, `shock` the standard
    deviation of an authority's year; the starting year had one too, from which its path goes on."""
    out = np.empty((len(streams), authorities, years))
    for row, stream in enumerate(streams):
        shared = centre + scale / np.sqrt(learnt + WORTH) * stream.standard_normal()
        own = OWN_RISE * stream.standard_normal((authorities, 1))
        shocks = scale * np.cumsum(stream.standard_normal(years))
        chance = shock * (stream.standard_normal((authorities, years)) - stream.standard_normal((authorities, 1)))
        # Chance of single authorities must not raise the mean: that of exp(chance) is exp(shock²).
        out[row] = (shared + own) * (np.arange(years) + gap) + shocks + chance - shock**2
    return np.exp(out)

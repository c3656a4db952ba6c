"""How soon a stream would detect a rise, by simulation of its chart with the months stored so far.

A chart that estimates its rate from the past gradually counts a rise as part of the usual rate. With few months of
history it detects a rise later than a chart with a known rate would (`run_lengths`).
"""

from typing import Final

import numpy as np
from scipy.special import bdtr

from parentis.errors import DeclarationError
from parentis.services.child_deaths.budget import RISE, Share
from parentis.services.child_deaths.charts import ranks, standard_of

WORLDS: Final = 300
LONGEST: Final = 120
"Months after the rise in which its signal is looked for."


def median_wait(
    share: Share, history: int, *, baseline: int, ratio: float = RISE, worlds: int = WORLDS, seed: int = 1
) -> float:
    """Months from the start of a rise to its signal, in half of such rises; infinite beyond `LONGEST`. For a CUSUM
    with `history` months, of which `baseline` came before the chart began."""
    if share.chart is None or history < baseline:
        raise DeclarationError(f"stream {share.stream.id} has no chart yet whose wait could be told")
    random = np.random.Generator(np.random.Philox(key=np.array([seed, 79], dtype=np.uint64)))
    monthly = share.stream.monthly
    rates = np.full(history + LONGEST, monthly)
    rates[history:] *= ratio
    counts = random.poisson(rates, (worlds, len(rates)))
    so_far = np.cumsum(counts, axis=1)
    months = np.arange(baseline, len(rates))
    part = 1 / (months + 1.0)
    drawn = random.random((worlds, len(months)))
    standard = standard_of(ranks(lambda least: bdtr(least, so_far[:, months], part), counts[:, months], drawn), monthly)
    reference, decision = float(share.chart.reference), float(share.chart.decision) - 1e-9
    value, wait = np.zeros(worlds), np.full(worlds, np.inf)
    for at, month in enumerate(months):
        value = np.maximum(0.0, value + standard[:, at] - reference)
        fired = value >= decision
        if month >= history:
            wait = np.where(fired & np.isinf(wait), month - history + 1.0, wait)
        value[fired] = 0.0
    return float(np.median(wait))

"""Attribution: the change of a cost on its starting year, split draw by draw into what caused it.

The order is fixed: the number of children and young people (demography), how many of them need the service (need),
which kind they get (mix), and what it costs (price). It is the order of the drivers of past years, volume before mix
before price, so that the bridge continues them; and unlike an average over orders its steps of two authorities or pots
add up to the steps of both. docs/methods/forecast.md has the formulas.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from parentis.region import population_0_17

POPULATION_YEARS = 5
"Yearly changes of the population behind the trend that continues it."

CAUSES = ("demography", "need", "mix", "price", "pay")
"What changes spend; `pay` is the cost of staff and other services that are not bought child by child."


def people_index(authorities: Sequence[str], start: str, years: Sequence[str]) -> np.ndarray:
    """Residents aged 0 to 17 in the June of each financial year, relative to the starting year's, (authorities, years).

    Years beyond the estimates continue the mean yearly change of the last `POPULATION_YEARS`; an authority without
    estimates has the index 1. It attributes the change of spend and does not influence the forecast.
    """
    held = population_0_17().filter(pl.col("authority").is_in(list(authorities)))
    out = np.ones((len(authorities), len(years)))
    for (name,), rows in held.group_by("authority"):
        by_year = {year: np.log(people) for year, people in rows.select("year", "population").iter_rows() if people > 0}
        if len(by_year) < 2:
            continue
        last = max(by_year)
        recent = [year for year in sorted(by_year) if year >= last - POPULATION_YEARS]
        slope = (by_year[last] - by_year[recent[0]]) / (last - recent[0])
        level = [
            by_year.get(int(label[:4]), by_year[last] + slope * (int(label[:4]) - last)) for label in (start, *years)
        ]
        out[list(authorities).index(str(name))] = np.exp(np.array(level[1:]) - level[0])
    return out


def by_cause(
    units_before: np.ndarray, prices_before: np.ndarray, units: np.ndarray, cost: np.ndarray, people: np.ndarray
) -> dict[str, np.ndarray]:
    """Demography, need, mix and price, each (replicates, authorities, years); they sum to `cost`, less
    `units_before · prices_before`.

    Args:
        units_before: nights or plans of the starting year by kind, (authorities, kinds).
        prices_before: their price, (authorities, kinds) or (replicates, authorities, kinds).
        units: those of future years, (replicates, authorities, kinds, years).
        cost: what they cost, (replicates, authorities, years).
        people: the index of `people_index`, (authorities, years).
    """
    volume_before, volume = units_before.sum(axis=-1), units.sum(axis=2)
    begun = (units_before * prices_before).sum(axis=-1)
    # An authority that had no units has no price for the average of them: what comes is then all mix.
    average = np.divide(begun, volume_before, out=np.zeros_like(begun), where=volume_before > 0)[..., None]
    at_old_prices = (units * prices_before[..., None]).sum(axis=-2)
    demography = begun[..., None] * (people - 1)
    need = (volume - volume_before[..., None] * people) * average
    steps = {
        "demography": np.broadcast_to(demography, cost.shape),
        "need": need,
        "mix": at_old_prices - volume * average,
        "price": cost - at_old_prices,
    }
    return {name: np.asarray(step) for name, step in steps.items()}

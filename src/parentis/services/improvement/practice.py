"""Practice quarters of the collection with planted effects: see `PROGRAMME` and `BY_CHANCE`.

Sizes are near London's published ones; every number is made up. A borough's true level is constant, apart from the
programme.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from parentis.region import Authority, authorities, population_0_17
from parentis.returns import ReturnData
from parentis.returns.improvement import Slot, slots

QUARTERS: Final = ("2023-24 Q3", "2023-24 Q4", *(f"2024-25 Q{at}" for at in range(1, 5)))
LEVELS: Final[dict[str, tuple[float, float, float]]] = {
    # indicator: London's usual share, its spread between boroughs (logit), denominator per 1,000 children
    "S01": (0.18, 0.22, 9.5), "S02": (0.85, 0.45, 9.0), "S03": (0.78, 0.40, 1.1), "S04": (0.21, 0.18, 1.0),
    "S05": (0.04, 0.35, 1.0), "S06": (0.94, 0.50, 1.9), "S07": (0.11, 0.25, 4.7), "S08": (0.70, 0.20, 1.2),
    "S09": (0.20, 0.35, 4.7), "S10": (0.11, 0.30, 5.2), "S12": (0.89, 0.40, 0.9), "S13": (0.56, 0.20, 0.9),
    "S14": (0.06, 0.00, 0.9), "S15": (0.92, 0.45, 3.3), "S16": (0.24, 0.40, 2.4), "S17": (0.21, 0.35, 2.4),
}  # fmt: skip
BY_CHANCE: Final = "S14"
"The indicator in which boroughs do not differ: any difference on the wall is chance."
PROGRAMME: Final = ("S07", 3, ("E09000008", "E09000010", "E09000032"), 0.9)
"Indicator, first quarter (from 0), boroughs, and true effect of the programme from then on (a fall, in logits)."
REPEATED: Final = ("E09000025", 4)
"The borough that submitted the previous quarter again, and the quarter in which it did."
_RATE, _CASES = 51.0, 15.5
"Children looked after per 10,000, and cases per social worker."


def returns(seed: int) -> Iterator[ReturnData]:
    """`improvement.collection` of every authority of London for `QUARTERS`."""
    london = [one for one in authorities() if one.region_gss == "E12000007"]
    population = dict(population_0_17().sort("year").group_by("authority").agg(pl.col("population").last()).iter_rows())
    for number, one in enumerate(london):
        rng = np.random.Generator(np.random.Philox(key=np.array([seed, 1_000 + number], dtype=np.uint64)))
        children = population.get(one.gss, 0)
        level = {slot: rng.normal(0, spread) for slot, (_, spread, _) in LEVELS.items()}
        before: pl.DataFrame | None = None
        for at, quarter in enumerate(QUARTERS):
            table = _quarter(rng, one, children, level, at)
            if (one.gss, at) == REPEATED and before is not None:
                table = before
            before = table
            yield ReturnData(
                return_id="improvement.collection", submitter=one.gss, period=quarter, tables={"indicators": table}
            )


def _quarter(rng: np.random.Generator, one: Authority, children: int, level: dict[str, float], at: int) -> pl.DataFrame:
    rows = [_counts(rng, slot, one, children, level, at) for slot in slots()]
    return pl.DataFrame(
        [(slot.id, *counts, "0", None) for slot, counts in zip(slots(), rows, strict=True)],
        schema={"INDICATOR": pl.String, "NUMERATOR": pl.Int64, "DENOMINATOR": pl.Int64, "REBASED": pl.String,
                "NOTE": pl.String}, orient="row",
    )  # fmt: skip


def _counts(
    rng: np.random.Generator, slot: Slot, one: Authority, children: int, level: dict[str, float], at: int
) -> tuple[int, int]:
    if slot.id == "S11":
        return int(rng.poisson(children * _RATE / 10_000)), children
    if slot.id == "S18":
        workers = max(2, round(children * 1.6 / 1_000))
        return int(rng.poisson(workers * _CASES)), workers
    share, _, size = LEVELS[slot.id]
    denominator = max(1, int(rng.poisson(children * size / 1_000)))
    programme, start, boroughs, effect = PROGRAMME
    helped = effect if (slot.id == programme and one.gss in boroughs and at >= start) else 0.0
    logit = np.log(share / (1 - share)) + level[slot.id] - helped
    return int(rng.binomial(denominator, 1 / (1 + np.exp(-logit)))), denominator

"""Computed neighbours: the authorities most alike in stated variables, beside those that DfE lists.

DfE's model is not published in full, and its list is updated only after years. These neighbours are simple: the ten
nearest in the variables below, each standardised over England's authorities, from the latest published values.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from parentis.figures.benchmarks import NEVER_RANKED, most_alike
from parentis.region import population_0_17
from parentis.services.improvement.published import NEIGHBOURS, last_values

VARIABLES: Final[Mapping[str, str]] = {
    "ChildPov": "Children in low-income families (%)",
    "PriFSM": "Pupils in primary schools with free school meals (%)",
    "EALPri": "Pupils in primary schools whose first language is not English (%)",
    "population": "Children aged 0 to 17, as a logarithm",
}
"LAIT's short names, and the population of the Office for National Statistics."
EDITION: Final = "computed"


def computed_neighbours(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`NEIGHBOURS` of the edition `computed`, without closeness; empty while LAIT is not loaded."""
    published = [name for name in VARIABLES if name != "population"]
    values = last_values(tables, published)
    if values.is_empty():
        return NEIGHBOURS.to_frame()
    people = population_0_17().sort("year").group_by("authority").agg(pl.col("population").last())
    wide = values.pivot(on="name", index="geography", values="value", aggregate_function="first").join(
        people, left_on="geography", right_on="authority", how="left"
    )
    if missing := [name for name in published if name not in wide.columns]:
        wide = wide.with_columns(pl.lit(None, pl.Float64).alias(name) for name in missing)
    kept = wide.filter(~pl.col("geography").is_in(list(NEVER_RANKED))).sort("geography").with_columns(
        pl.col("population").cast(pl.Float64).log()
    )  # fmt: skip
    near = most_alike(kept["geography"].to_list(), kept.select(list(VARIABLES)).to_numpy().astype(np.float64))
    rows = [
        (place, other, at, None, EDITION) for place, others in near.items() for at, other in enumerate(others, 1)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=NEIGHBOURS, orient="row").sort("geography", "place")

"""Placement-cost returns of known truth, and tables as the lake gives them."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from parentis.region import authorities

YEAR, FIRST = "2024-25", date(2024, 4, 1)
LONDON = tuple(one.gss for one in authorities() if one.region_gss == "E12000007")
LOAD = {"load_id": "load-1", "sequence": 1, "provisional": False, "part": "", "submission_id": "s-1"}


def cost_rows(rows: list[tuple[str, str, str, int, float]], **columns: object) -> pl.DataFrame:
    """`placements.costs/placements` of (authority, place, provider, nights, cost), all from 1 April on."""
    frame = pl.DataFrame(
        {
            "authority": [row[0] for row in rows],
            "Placement type": [row[1] for row in rows],
            "Provider type": [row[2] for row in rows],
            "Placement start date": [FIRST] * len(rows),
            "Placement end date": [FIRST + timedelta(days=row[3]) for row in rows],
            "Total committed cost accrued in FY to date": [row[4] for row in rows],
        },
        schema_overrides={"Total committed cost accrued in FY to date": pl.Float64},
    )
    extra = {
        "Legal status": "C2",
        "Contribution from health provider/s": 0.0,
        "Contribution from education provider/s": 0.0,
        "Ofsted URN": "SYN",
        "period": YEAR,
        **LOAD,
        **columns,
    }
    return frame.with_columns(pl.lit(value).alias(name) for name, value in extra.items() if name not in frame.columns)


def price_world(
    seed: int, *, spread: float = 0.15, within: float = 0.45, mean: float = 800.0
) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Rows of children's homes, the authorities' true mean prices, and what next year's children really cost a
    night on average: others, at the same authority's prices."""
    rng = np.random.default_rng(seed)
    truth = mean * np.exp(rng.normal(0, spread, len(LONDON)) + rng.normal(0, 0.1))
    count = rng.integers(1, 40, len(LONDON))
    rows, after = [], np.empty(len(LONDON))
    for at, name in enumerate(LONDON):
        for year in range(2):
            nights = rng.integers(20, 365, count[at])
            rate = truth[at] * np.exp(rng.normal(-(within**2) / 2, within, count[at]))
            if year:
                after[at] = (rate * nights).sum() / nights.sum()
            else:
                rows += [(name, "K2", "PR4", int(n), float(n * r)) for n, r in zip(nights, rate, strict=True)]
    return cost_rows(rows), truth, after

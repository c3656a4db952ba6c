"""Practice placement-cost returns: the region's placements of one year, synthetic like everything of practice.

Prices are near those of the practice budget monitoring in 2024-25, so that the two sources agree. The children are not
those of the practice looked-after children return, and no row refers to one of them.
"""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from parentis.region import authorities, financial_year, population_0_17
from parentis.returns import ReturnData

PERIOD = "2024-25"
LOOKED_AFTER = 9290
"Looked-after children in the region (DfE: London, 31 March 2025)."
TURNOVER = 1.55
"Placements in a year for each child on a day."

KINDS: tuple[tuple[str, str, float, float, float], ...] = (
    ("U6", "PR1", 0.27, 69.0, 0.20),
    ("U6", "PR4", 0.30, 134.0, 0.22),
    ("U3", "PR1", 0.13, 50.0, 0.15),
    ("K2", "PR4", 0.095, 876.0, 0.38),
    ("K2", "PR5", 0.01, 800.0, 0.35),
    ("K3", "PR4", 0.16, 150.0, 0.35),
    ("K1", "PR2", 0.003, 1075.0, 0.12),
    ("Z1", "PR4", 0.032, 50.0, 0.30),
)
"Place, provider, share of placements, price per night, and its spread between placements (log scale)."
BETWEEN = 0.08
"Spread of authorities' prices on the log scale."
CONTRIBUTING = 0.12
"Share of children's homes placements to which health or education contributes a quarter of the price."


def returns(seed: int) -> Iterator[ReturnData]:
    """`placements.costs` of every authority of London for `PERIOD`."""
    london = [one for one in authorities() if one.region_gss == "E12000007"]
    population = dict(population_0_17().sort("year").group_by("authority").agg(pl.col("population").last()).iter_rows())
    total = sum(population.get(one.gss, 0) for one in london)
    for number, one in enumerate(london):
        count = max(4, round(TURNOVER * LOOKED_AFTER * population.get(one.gss, 0) / total))
        rng = np.random.Generator(np.random.Philox(key=np.array([seed, number], dtype=np.uint64)))
        yield ReturnData(
            return_id="placements.costs",
            submitter=one.gss,
            period=PERIOD,
            tables={"placements": _placements(rng, one.gss, count)},
        )


def _placements(rng: np.random.Generator, gss: str, count: int) -> pl.DataFrame:
    year = financial_year(PERIOD)
    share = np.array([kind[2] for kind in KINDS])
    which = rng.choice(len(KINDS), count, p=share / share.sum())
    price = np.array([kind[3] for kind in KINDS]) * np.exp(rng.normal(0, BETWEEN))
    spread = np.array([kind[4] for kind in KINDS])[which]
    rate = price[which] * np.exp(spread * rng.standard_normal(count) - spread**2 / 2)
    # Placements begun in earlier years or in this one; two in five end during the year.
    begun = rng.integers(-700, 330, count)
    stays = rng.random(count) > 0.4
    last = np.minimum(np.maximum(begun, 0) + 1 + rng.integers(7, 330, count), 364)
    nights = np.where(stays, 365, last) - np.maximum(begun, 0)
    cost = np.round(nights * rate, 2)
    home = np.array([kind[0] == "K2" for kind in KINDS])[which]
    helped = home & (rng.random(count) < CONTRIBUTING)
    health = np.where(helped & (rng.random(count) < 0.5), np.round(cost / 4, 2), 0.0)
    education = np.where(helped & (health == 0), np.round(cost / 4, 2), 0.0)
    starts = [year.start + timedelta(days=int(day)) for day in begun]
    ends = [None if on else year.start + timedelta(days=int(day)) for on, day in zip(stays, last, strict=True)]
    return pl.DataFrame(
        {
            "Child ID": [f"SYN{gss[-2:]}{at:05}" for at in range(count)],
            "Does the child have an EHCP": ["No"] * count,
            "Is the child UASC": ["No"] * count,
            "Legal status": ["C2"] * count,
            "Placement start date": starts,
            "Placement end date": pl.Series(ends, dtype=pl.Date),
            "Placement type": [KINDS[at][0] for at in which],
            "Provider type": [KINDS[at][1] for at in which],
            "Procurement platform": np.where(home, "Spot", "Framework"),
            "Total committed cost accrued in FY to date": cost,
            "Contribution from social care provider/s": np.round(cost - health - education, 2),
            "Contribution from health provider/s": health,
            "Contribution from education provider/s": education,
        }
    )

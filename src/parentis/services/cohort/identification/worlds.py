"""Worlds of children at risk whose monthly hazard is known, to see whether the model finds it and claims nothing
else."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from parentis.services.cohort.identification.hazard import logistic
from parentis.services.cohort.identification.person_months import EVENT, FACTS, HORIZON, LEFT, OUTCOME, STAYED

Floats = npt.NDArray[np.float64]

BASE: Final = -4.75
"Log-odds of the event a month of a child of 13 with nothing else known."
LEAVING: Final = -4.2
EFFECTS: Final = {
    "moved": 0.8,
    "carer_ended": 0.9,
    "missing": 0.5,
    "kinship": -0.5,
    "supported": 0.3,
    "late_entry": 0.3,
    "behaviour": 0.4,
}
SPREAD: Final = 0.3
"Of boroughs, a standard deviation of log-odds."


@dataclass(frozen=True, slots=True)
class World:
    """`rows` of `person_months.at_risk`, on the days asked; `chance`, the true chance of each within a year."""

    rows: pl.DataFrame
    chance: Floats


def world(
    children: int, days: pl.Series, *, signal: float = 1.0, boroughs: int = 33, seed: int = 0, spread: float = SPREAD
) -> World:
    """`children` on each of the days, each child on one day alone; `signal` multiplies every effect: with 0 all
    children have one hazard."""
    rng = np.random.default_rng(seed)
    n = children * len(days)
    age = rng.uniform(10, 17.8, n)
    to_18 = np.maximum(np.floor((18 - age) * 12), 1).astype(np.int64)
    missing = rng.choice([0, 1, 3], n, p=[0.88, 0.08, 0.04])
    kind = rng.choice(["fostering", "kinship", "supported", "parents", "other"], n, p=[0.62, 0.15, 0.15, 0.04, 0.04])
    borough = rng.integers(0, boroughs, n)
    rows = pl.DataFrame({
        "day": np.repeat(days.to_numpy(), children),
        "authority": np.char.add("B", np.char.zfill(borough.astype(str), 2)),
        "child": np.char.add("C", np.arange(n).astype(str)),
        "sex": rng.choice(["F", "M"], n), "ethnicity": rng.choice(["WBRI", "BCRB", "ABAN", "MOTH"], n),
        "age": age, "months_in_care": rng.exponential(36, n), "entry_seen": rng.random(n) < 0.7,
        "moved": rng.random(n) < 0.25, "carer_ended": rng.random(n) < 0.06, "missing": missing,
        "moves": rng.poisson(0.8, n), "kind": kind, "been_in_home": rng.random(n) < 0.1,
        "need": rng.choice(["N1", "N2", "N6", "N8"], n, p=[0.7, 0.06, 0.08, 0.16]),
        "law": rng.choice(["C", "V"], n, p=[0.65, 0.35]), "uasc": rng.random(n) < 0.15,
        "late_entry": (age > 14) & (rng.random(n) < 0.4), "months_to_18": to_18,
    }).select(pl.col(name).cast(dtype) for name, dtype in FACTS.items())  # fmt: skip
    facts = {
        "moved": rows["moved"].to_numpy(), "carer_ended": rows["carer_ended"].to_numpy(), "missing": missing >= 1,
        "kinship": kind == "kinship", "supported": kind == "supported", "late_entry": rows["late_entry"].to_numpy(),
        "behaviour": rows["need"].to_numpy() == "N6",
    }  # fmt: skip
    aged = 0.5 * np.exp(-(((age - 15) / 1.5) ** 2))
    places = rng.normal(0, spread, boroughs)
    linear = BASE + signal * (aged + sum(EFFECTS[name] * flag for name, flag in facts.items()) + places[borough])
    if not signal:
        linear = linear + 0.45  # as many events as with one
    hazard, leave = logistic(linear), logistic(np.full(n, LEAVING))
    at_most = np.minimum(to_18, HORIZON)
    event, left = rng.geometric(hazard), rng.geometric(leave / (1 - hazard))
    first = np.minimum(event, left)
    became = np.where(first > at_most, STAYED, np.where(event <= left, EVENT, LEFT))
    stay = 1 - hazard - leave
    chance = hazard * (1 - stay**at_most) / (1 - stay)
    told = rows.with_columns(
        became=pl.Series(became), month=pl.Series(np.minimum(first, at_most)), seen=pl.lit(HORIZON)
    ).select(pl.col(name).cast(dtype) for name, dtype in (FACTS | OUTCOME).items())
    return World(told, chance)

"""A1, A2, A3 and A10 of the adoption scorecards: how long children who were adopted or placed had waited.

A1: days from entering care to moving in with the adopters, of children adopted in the years asked. A10: the same with
the clock stopped when the child first lived with foster carers who adopted them. A2: days from placement order to
match. A3: the share who moved in within 426 days of entering care (14 months). Means of few children vary by chance,
so each comes with its median, quartiles, number, interval and smallest detectable change.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

A1_DAYS, A2_DAYS = 426, 121
"Thresholds of 2013-16, still in use: 14 months, and 4 months."
SHIFT_POWER = 2.8
"1.96 + 0.84: a change of this many standard errors of a difference is detected with probability 0.8."


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """Days of `n` children. `low` and `high` are the 95 % interval of the mean (Student's t); missing for one child.
    `detectable` is the change of the mean between two such groups that would be detected with probability 0.8."""

    n: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    median: float | None = None
    lower_quartile: float | None = None
    upper_quartile: float | None = None
    within: float | None = None
    detectable: float | None = None


NO_CHILDREN = Waited(n=0)


def waited(days: pl.Series, threshold: int) -> Waited:
    """Describe days; nulls (a date not known) are not counted."""
    from scipy import stats

    known = days.drop_nulls().cast(pl.Float64).to_numpy()
    if not len(known):
        return NO_CHILDREN
    mean = float(known.mean())
    error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else None
    margin = error * float(stats.t.ppf(0.975, len(known) - 1)) if error is not None else None
    quartiles = np.quantile(known, (0.25, 0.5, 0.75))
    within = float((known <= threshold).mean())
    return Waited(
        n=len(known), mean=mean, low=mean - margin if margin is not None else None,
        high=mean + margin if margin is not None else None, median=float(quartiles[1]),
        lower_quartile=float(quartiles[0]), upper_quartile=float(quartiles[2]), within=within,
        detectable=SHIFT_POWER * np.sqrt(2.0) * error if error is not None else None,
    )  # fmt: skip


def scorecard(children: pl.DataFrame, *, start: date, end: date) -> dict[str, Waited]:
    """A1, A2, A3 and A10 of the list's children whose event lies in `start` … `end`, both included.

    Takes the columns of Annex A list 10 as dates: `entered_care`, `placement_order`, `matched`, `placed`, `adopted`,
    `fostered` (moved in as a foster child with those who adopted). A1, A3 and A10 are of children adopted in the
    time, A2 of children matched in it who had an order; a match before the order counts as 0 days.
    """
    adopted = children.filter(pl.col("adopted").is_between(start, end) & pl.col("placed").is_not_null())
    matched = children.filter(pl.col("matched").is_between(start, end) & pl.col("placement_order").is_not_null())
    a1 = adopted.select((pl.col("placed") - pl.col("entered_care")).dt.total_days()).to_series()
    stopped = pl.min_horizontal("placed", pl.coalesce("fostered", "placed"))
    a10 = adopted.select((stopped - pl.col("entered_care")).dt.total_days()).to_series()
    a2 = matched.select((pl.col("matched") - pl.col("placement_order")).dt.total_days().clip(lower_bound=0)).to_series()
    return {
        "A1": waited(a1, A1_DAYS),
        "A2": waited(a2, A2_DAYS),
        "A3": waited(a1, A1_DAYS),
        "A10": waited(a10, A1_DAYS),
    }

"""From benchmarks to what might be worked on: the five parts of each measure's score."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from parentis.figures import Polarity
from parentis.figures.benchmarks import Benchmark
from parentis.services.improvement.priorities import PARTS, Candidate

COSTS: Final[Mapping[str, float]] = {
    "Children Looked After": 1.0,
    "Adoption": 0.8,
    "Child Protection": 0.5,
    "Children in Need": 0.4,
    "Children's Services Workforce": 0.6,
    "Collected": 0.6,
}
"""What a topic's children cost, beside a child looked after: a judgement, after the shares of section 251 spending."""
USUAL_COST: Final = 0.4
BEYOND: Final = 0.5
"Standard deviations beyond expectation from which a neighbour's gain is something to learn from."
LAST: Final = 4
"Periods, back from the last, in which others' gains are looked for."
CANDIDATES: Final = pl.Schema(
    {"measure": pl.String(), **dict.fromkeys(PARTS, pl.Float64()),
     **{f"error_{part}": pl.Float64() for part in PARTS}, "children_count": pl.Float64()}
)  # fmt: skip


def candidates(found: Mapping[str, Benchmark], topics: Mapping[str, str]) -> pl.DataFrame:
    """`CANDIDATES`: of every measure that has neighbours to be compared with."""
    rows = [made for name, one in found.items() if (made := _candidate(one, topics.get(name, ""))) is not None]
    frame = pl.DataFrame(rows, schema=CANDIDATES)
    most = float(frame["children_count"].max() or 0.0)  # type: ignore[arg-type]
    share = (pl.col("children_count") + 1).log() / np.log(most + 1) if most else pl.lit(0.5)
    # where no denominator is published nobody knows how many: the middle
    return frame.with_columns(children=share.fill_null(0.5))


def listed(frame: pl.DataFrame) -> list[Candidate]:
    """Rows of `CANDIDATES` as candidates."""
    return [
        Candidate(
            measure=row["measure"], parts={part: row[part] for part in PARTS},
            errors={part: row[f"error_{part}"] for part in PARTS},
        )
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip


def _candidate(one: Benchmark, topic: str) -> dict[str, object] | None:
    known = one.rows.filter(pl.col("p_worse").is_not_null())
    spread = one.rows["value"].std()
    if known.is_empty() or not spread:
        return None
    # of neighbours in one region as many are better as worse: what tells measures apart is how sure that is
    worse = (2 * known["p_worse"].to_numpy() - 1).clip(0)
    far = float((known["gap"].clip(0) / float(spread)).mean())  # type: ignore[arg-type]
    learnt, tries = _learnt(one)
    size = one.rows["denominator"].sum() if one.rows["denominator"].drop_nulls().len() else None
    return {
        "measure": one.measure.id,
        "worse": float(worse.mean()),
        "distance": 1 - float(np.exp(-2 * far)),
        "children": 0.5,
        "cost": COSTS.get(topic, USUAL_COST),
        "learnable": learnt,
        "error_worse": float(worse.std() / np.sqrt(len(worse))),
        "error_distance": 0.1,
        "error_children": 0.05,
        "error_cost": 0.1,
        "error_learnable": float(np.sqrt(max(learnt * (1 - learnt), 0.05) / max(tries, 1))),
        "children_count": size,
    }


def _learnt(one: Benchmark) -> tuple[float, int]:
    """Of boroughs' gains in the last periods, the share beyond what their start let one expect; and of how many."""
    ends = one.history["period_end"].unique().sort().to_list()[-LAST - 1 :]
    wide = one.history.filter(pl.col("period_end").is_in(ends)).pivot(
        on="period_end", index="geography", values="value", aggregate_function="first"
    )
    sign = 1.0 if one.measure.polarity is Polarity.LOWER else -1.0
    table = wide.drop("geography").to_numpy().astype(float) * sign
    beyond = tries = 0
    for before, after in zip(table.T[:-1], table.T[1:], strict=True):
        both = ~np.isnan(before) & ~np.isnan(after)
        x, y = before[both], (before - after)[both]
        if both.sum() < 5 or x.std() == 0:
            continue
        centred = x - x.mean()
        rest = y - y.mean() - (centred @ y) / (centred @ centred) * centred
        beyond += int((rest / x.std() > BEYOND).sum())
        tries += int(both.sum())
    return (min(4 * beyond / tries, 1.0) if tries else 0.5), tries

"""Candidate priorities from benchmarks: the five parts of each measure's score."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from parentis.figures import Polarity
from parentis.figures.benchmarks import Benchmark
from parentis.services.improvement.priorities import PARTS, Candidate
from parentis.services.improvement.published import last_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

UNIT_COSTS: Final[Mapping[str, str]] = {
    "Children Looked After": "LACFinance",
    "Adoption": "AdoptionFinance",
    "Child Protection": "SWFinance",
    "Children in Need": "SWFinance",
    "Children's Services Workforce": "SWFinance",
}
"The published unit cost (section 251 outturn, £ a week a child, in LAIT) that stands for each topic of LAIT."
USUAL_COST: Final = 0.4
"Used where no unit cost is published: the middle of the range, with a wide error."
BEYOND: Final = 0.5
"A neighbour's gain counts as worth learning from above this many standard deviations beyond expectation."
FEWEST: Final = 5
"Fewest places with both periods for a gain to be judged."
LAST: Final = 4
"Number of latest periods in which others' gains are counted."
CANDIDATES: Final = pl.Schema(
    {"measure": pl.String(), **dict.fromkeys(PARTS, pl.Float64()),
     **{f"error_{part}": pl.Float64() for part in PARTS}, "children_count": pl.Float64()}
)  # fmt: skip


def costs(tables: Mapping[str, pl.DataFrame], places: Collection[str]) -> dict[str, float]:
    """By topic, the usual unit cost of the region's authorities relative to that of a child looked after; empty while
    no unit costs are published."""
    values = last_values(tables, sorted(set(UNIT_COSTS.values()))).filter(
        pl.col("geography").is_in(list(places)), pl.col("value") > 0
    )  # fmt: skip
    usual = dict(values.group_by("name").agg(pl.col("value").median()).iter_rows())
    most = max(usual.values(), default=0.0)
    return {topic: usual[name] / most for topic, name in UNIT_COSTS.items() if name in usual}


def candidates(
    found: Mapping[str, Benchmark],
    topics: Mapping[str, str],
    near: Mapping[str, Sequence[str]],
    cost: Mapping[str, float],
) -> pl.DataFrame:
    """`CANDIDATES`, for every measure with neighbours for comparison. `topics` are LAIT's."""
    rows = [
        made for name, one in found.items()
        if (made := _candidate(one, near, cost.get(topics.get(name, "")))) is not None
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=CANDIDATES)
    most = float(frame["children_count"].max() or 0.0)  # type: ignore[arg-type]
    share = (pl.col("children_count") + 1).log() / np.log(most + 1) if most else pl.lit(0.5)
    # without a published denominator the number of children is unknown: the middle is used
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


def _candidate(one: Benchmark, near: Mapping[str, Sequence[str]], cost: float | None) -> dict[str, object] | None:
    known = one.rows.filter(pl.col("p_worse").is_not_null())
    spread = one.rows["value"].std()
    if known.is_empty() or not spread:
        return None
    # in one region as many neighbours are better as are worse: measures differ only in the certainty of it
    worse = (2 * known["p_worse"].to_numpy() - 1).clip(0)
    far = float((known["gap"].clip(0) / float(spread)).mean())  # type: ignore[arg-type]
    learnt, tries = _learnt(one, near)
    size = one.rows["denominator"].sum() if one.rows["denominator"].drop_nulls().len() else None
    return {
        "measure": one.measure.id,
        "worse": float(worse.mean()),
        "distance": 1 - float(np.exp(-2 * far)),
        "children": 0.5,
        "cost": USUAL_COST if cost is None else cost,
        "learnable": learnt,
        "error_worse": float(worse.std() / np.sqrt(len(worse))),
        "error_distance": 0.1,
        "error_children": 0.05,
        "error_cost": 0.3 if cost is None else 0.05,
        "error_learnable": float(np.sqrt(max(learnt * (1 - learnt), 0.05) / max(tries, 1))),
        "children_count": size,
    }


def _learnt(one: Benchmark, near: Mapping[str, Sequence[str]]) -> tuple[float, int]:
    """For boroughs worse than their neighbours: the share of those neighbours' recent gains that exceeded what their
    starting values predicted (times four, at most 1), and the number of gains. Neighbours outside the region are left
    out."""
    ends = one.history["period_end"].unique().sort().to_list()[-LAST - 1 :]
    wide = one.history.filter(pl.col("period_end").is_in(ends)).pivot(
        on="period_end", index="geography", values="value", aggregate_function="first"
    )
    at = {place: number for number, place in enumerate(wide["geography"])}
    behind = one.rows.filter(pl.col("p_worse") > 0.5)["geography"]
    asked = [at[other] for place in behind for other in near.get(place, ()) if other in at]
    sign = 1.0 if one.measure.polarity is Polarity.LOWER else -1.0
    table = wide.drop("geography").to_numpy().astype(float) * sign
    beyond = tries = 0
    for before, after in zip(table.T[:-1], table.T[1:], strict=True):
        rest = _beyond_start(before, after)
        if rest is None:
            continue
        known = rest[asked][~np.isnan(rest[asked])]
        beyond += int((known > BEYOND).sum())
        tries += len(known)
    return (min(4 * beyond / tries, 1.0) if tries else 0.5), tries


def _beyond_start(before: "Array", after: "Array") -> "Array | None":
    """Each place's gain beyond its expectation, in standard deviations at the start; NaN where unknown."""
    both = ~np.isnan(before) & ~np.isnan(after)
    x, y = before[both], (before - after)[both]
    if both.sum() < FEWEST or x.std() == 0:
        return None
    centred = x - x.mean()
    found = np.full(len(before), np.nan)
    found[both] = (y - y.mean() - (centred @ y) / (centred @ centred) * centred) / x.std()
    return found

"""The analysis of trials that allocate boroughs: cluster trials and stepped wedges."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from parentis.services.trials.allocation.boroughs import every, minimised, possible, some
from parentis.services.trials.allocation.draw import Allocation, borough_blocks
from parentis.services.trials.allocation.seals import Draws
from parentis.services.trials.analysis.cluster_robust import borough_periods, working_covariance
from parentis.services.trials.analysis.outcomes import bounds, not_returned, settled
from parentis.services.trials.analysis.permutation import (
    MOST,
    Permuted,
    mean_differences,
    permutation_test,
    wedge_estimates,
)
from parentis.services.trials.analysis.result import Beside, named, wrong_data
from parentis.services.trials.protocol.record import MINIMISATION, PERMUTATION, STEPPED_WEDGE, Protocol

SAMPLED, REDRAWN = 9_999, 1_999
"Allocations of a sample, and of a minimisation, which is drawn again as a whole each time."
_AT_ONCE = 20_000
_SEED = 20

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def analyse_boroughs(protocol: Protocol, data: pl.DataFrame, allocation: Allocation, look: int) -> dict[str, Any]:
    """The parts of a `TrialResult`. `data`: `borough, outcome` of each child, in a stepped wedge `period` (from 1)
    too, and `treated` (0 or 1) where a borough did not cross over as planned."""
    wedge = protocol.design == STEPPED_WEDGE
    given = settled(protocol, data, ("borough", "period", "outcome") if wedge else ("borough", "outcome"))
    rows = given if wedge else given.with_columns(period=pl.lit(1))
    periods = protocol.timing.periods if wedge else 1
    _require_planned(protocol, rows, periods)
    planned = _planned(protocol, allocation, periods)
    codes = allocation.rows["borough"].to_list()
    means, counts = _cells(rows, codes, periods)
    missing = rows["outcome"].null_count()
    notes = not_returned(_with_all(rows, codes))
    if missing:
        notes.append(f"{missing:,} of {rows.height:,} children have no known outcome.")

    def effect(treated: Floats, means: Floats, counts: Floats) -> float:
        prepared = borough_periods(treated, counts, protocol.analysis.icc, protocol.analysis.cac)
        return float(prepared.estimate(means).effect)

    def effect_of(frame: pl.DataFrame) -> float:
        return effect(planned, *_cells(frame, codes, periods))

    beside: list[Beside] = []
    if missing:
        beside += bounds(protocol, _with_arm(rows, codes, planned), effect_of)
    crossed, sentences = _crossings(rows, codes, planned, periods)
    if sentences:
        notes += [*sentences, "All boroughs are analysed as allocated."]
        beside.append(
            Beside(
                name="as crossed over", value=effect(crossed, means, counts),
                says="By when boroughs in fact worked in the new way: why they did so may be part of the difference.",
            )
        )  # fmt: skip
    run = _permuted if protocol.analysis.method == PERMUTATION else _robust
    parts, said = run(protocol, allocation, planned, means, counts)
    known = int(counts.sum())
    return {
        **parts, "n": known, "clusters": int((counts.sum(axis=1) > 0).sum()), "missing": missing,
        "notes": (*notes, *said), "beside": tuple(beside),
    }  # fmt: skip


def _require_planned(protocol: Protocol, rows: pl.DataFrame, periods: int) -> None:
    if strange := set(rows["borough"].drop_nulls()) - set(protocol.boroughs):
        raise wrong_data("children of the boroughs that take part", f"some of {len(strange)} others", "Leave them out.")
    outside = rows.filter(~pl.col("period").is_between(1, periods)).height
    if outside or rows["period"].null_count() or rows["borough"].null_count():
        raise wrong_data(
            f"a borough, and a period from 1 to {periods}, for each child", "others", "Correct these rows."
        )
    seen = rows.filter(pl.col("outcome").is_not_null())["period"].n_unique()
    if protocol.design == STEPPED_WEDGE and seen < periods:
        raise wrong_data(
            f"outcomes of all {periods} periods",
            f"outcomes of {seen}",
            "Wait for the last period: a look before it is not in the plan.",
        )


def _planned(protocol: Protocol, allocation: Allocation, periods: int) -> Floats:
    """Cells in which the new way was to be, (boroughs, periods)."""
    if protocol.design != STEPPED_WEDGE:
        return allocation.rows["arm"].to_numpy().astype(float)[:, None]
    return _treated(allocation.rows["step"].to_numpy(), periods)


def _treated(steps: Labels, periods: int) -> Floats:
    return (np.arange(periods) >= steps[..., None]).astype(np.float64)


def _cells(rows: pl.DataFrame, codes: list[str], periods: int) -> tuple[Floats, Floats]:
    """Means and numbers of known outcomes, both (boroughs, periods)."""
    known = (
        rows.filter(pl.col("outcome").is_not_null())
        .group_by("borough", "period")
        .agg(pl.col("outcome").mean().alias("mean"), pl.len().alias("count"))
    )
    means, counts = np.zeros((len(codes), periods)), np.zeros((len(codes), periods))
    place = {code: at for at, code in enumerate(codes)}
    for borough, period, mean, count in known.iter_rows():
        means[place[borough], period - 1], counts[place[borough], period - 1] = mean, count
    return means, counts


def _with_all(rows: pl.DataFrame, codes: list[str]) -> pl.DataFrame:
    """With a row without an outcome for a borough that has none at all."""
    every_one = pl.DataFrame({"borough": codes})
    return every_one.join(rows.select("borough", "outcome"), on="borough", how="left")


def _with_arm(rows: pl.DataFrame, codes: list[str], planned: Floats) -> pl.DataFrame:
    cells = pl.DataFrame(
        {
            "borough": np.repeat(np.array(codes), planned.shape[1]),
            "period": np.tile(np.arange(1, planned.shape[1] + 1), len(codes)),
            "arm": planned.ravel(),
        }
    )
    return rows.with_columns(pl.col("period").cast(pl.Int64)).join(cells, on=["borough", "period"], how="left")


def _crossings(rows: pl.DataFrame, codes: list[str], planned: Floats, periods: int) -> tuple[Floats, list[str]]:
    """Cells as they were in fact, and a sentence for boroughs that crossed over early, late or never, or went back."""
    crossed = planned.copy()
    if "treated" not in rows.columns:
        return crossed, []
    place = {code: at for at, code in enumerate(codes)}
    seen = rows.group_by("borough", "period").agg(pl.col("treated").cast(pl.Float64).max())
    for borough, period, value in seen.iter_rows():
        if value is not None:
            crossed[place[borough], period - 1] = value
    kinds: dict[str, list[str]] = {"early": [], "late": [], "never": [], "differently": []}
    for code, own, plan in zip(codes, crossed, planned, strict=True):
        if (own == plan).all():
            continue
        begins = int(np.argmax(own > 0)) if own.any() else None
        should = int(np.argmax(plan > 0)) if plan.any() else periods
        if begins is None:
            kinds["never"].append(code)
        elif begins != should:
            kinds["early" if begins < should else "late"].append(code)
        else:
            kinds["differently"].append(code)
    words = {
        "early": "crossed over earlier than allocated", "late": "crossed over later than allocated",
        "never": "never crossed over", "differently": "did not keep to the new way",
    }  # fmt: skip
    return crossed, [f"{named(found)}: {words[kind]}." for kind, found in kinds.items() if found]


def _robust(
    protocol: Protocol, allocation: Allocation, planned: Floats, means: Floats, counts: Floats
) -> tuple[dict[str, Any], list[str]]:
    found = borough_periods(planned, counts, protocol.analysis.icc, protocol.analysis.cac).estimate(means)
    effect, half = float(found.effect), float(found.half_width(protocol.analysis.level))
    said = []
    if found.degrees < 4:
        said.append(
            f"The interval has {float(found.degrees):.1f} degrees of freedom: below 4 it is a rough one. "
            "Read the permutation test beside it."
        )
    return {
        "effect": effect, "low": effect - half, "high": effect + half, "p": float(found.p()),
        "degrees": float(found.degrees),
    }, said  # fmt: skip


def _permuted(
    protocol: Protocol, allocation: Allocation, planned: Floats, means: Floats, counts: Floats
) -> tuple[dict[str, Any], list[str]]:
    found = permuted(protocol, allocation, planned, means, counts)
    level = protocol.analysis.level
    return {"effect": found.effect, "low": found.low, "high": found.high, "p": found.p}, [found.says(level)]


def permuted(protocol: Protocol, allocation: Allocation, planned: Floats, means: Floats, counts: Floats) -> Permuted:
    """The permutation test among the allocations that the protocol could have drawn."""
    estimate = _estimator(protocol, means, counts)
    unit_effect = _estimator(protocol, planned, counts)
    exact, chunks = _references(protocol, allocation)
    parts = [(estimate(labels), unit_effect(labels)) for labels in chunks]
    whole, moved = (np.concatenate(part) for part in zip(*parts, strict=True))
    real = np.flatnonzero(np.isfinite(whole))
    own = allocation.rows["step" if protocol.design == STEPPED_WEDGE else "arm"].to_numpy()[None, :]
    first = [estimate(own), unit_effect(own)]
    # The true allocation stands first; among all of them it is there already, and must not count twice.
    whole, moved = (np.concatenate([one, other[real]]) for one, other in zip(first, (whole, moved), strict=True))
    if exact:
        at = 1 + int(np.argmin(np.abs(whole[1:] - whole[0]) + np.abs(moved[1:] - moved[0])))
        whole, moved = np.delete(whole, at), np.delete(moved, at)
    return permutation_test(whole, moved, exact=exact, level=protocol.analysis.level)


def _estimator(protocol: Protocol, values: Floats, counts: Floats) -> Callable[[Labels], Floats]:
    if protocol.design != STEPPED_WEDGE:
        there = counts[:, 0] > 0
        return lambda labels: mean_differences(values[there, 0], labels[:, there])
    covariance = working_covariance(counts, protocol.analysis.icc, protocol.analysis.cac)
    known = counts > 0
    # An empty cell has no weight: its variance is beyond all others.
    covariance = covariance + np.where(known, 0.0, 1e9)[..., None] * np.eye(counts.shape[1])
    cells = _treated(np.arange(len(protocol.timing.steps) + 1), counts.shape[1])
    return lambda labels: wedge_estimates(values, labels, cells, covariance)


def _references(protocol: Protocol, allocation: Allocation) -> tuple[bool, Iterator[Labels]]:
    """Whether these are all allocations that could have been drawn, and they in chunks."""
    sizes = allocation.rows["size"].to_list()
    if protocol.allocation == MINIMISATION:
        strata = allocation.rows["stratum"].fill_null("").to_list()
        again = [minimised(sizes, strata, Draws(f"again {number}", protocol.id)) for number in range(REDRAWN)]
        return False, iter([np.array(again)])
    blocks = borough_blocks(protocol, sizes)
    count = possible(blocks)
    if count > MOST:
        return False, iter([some(blocks, SAMPLED, np.random.Generator(np.random.Philox(_SEED)))])
    return True, (every(blocks, first, min(first + _AT_ONCE, count)) for first in range(0, count, _AT_ONCE))

"""How often adoption's intervals hold the truth, on worlds whose truth is known: script/bench "adoption: coverage".

It takes many minutes, so it is declared only when it is asked for. The result is docs/methods/adoption-coverage.md.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np

from measuring import Clock, benchmark

PAGE = Path(__file__).parents[1] / "docs" / "methods" / "adoption-coverage.md"
WORLDS = int(os.environ.get("ADOPTION_WORLDS", "400"))
FIRST_SEED = int(os.environ.get("ADOPTION_SEED", "1000"))
PROCESSES = int(os.environ.get("ADOPTION_PROCESSES", "2"))
EVERY = 4
"Families needed are worked out in every so many worlds: they take most of the time."
DRAWS = 60
TRUTH_RUNS = 600
DAYS = 365.0
HEAD = """# Coverage of adoption's intervals, measured

Made by `script/bench "adoption: coverage"`; nothing here is written by hand. Practice worlds of London's size
(seeds from {seed} on), whose rates and acceptance are known; four years of lists each, of which three are learned
from. The truth of *placed within 12 months of the order* is the share in {runs} long runs of the same world, of
*families needed* the step at which the mean share of {runs} runs reaches 80 %. ± is one standard error of the
study.

| interval of 95 % | worlds | truth | mean of estimates | holds the truth, % | mean width |
|---|---:|---:|---:|---:|---:|
"""


def truth() -> tuple[float, float]:
    """The share placed within 12 months of the order, and the families a year to add for 80 % to be matched in that
    time; both by children. The lists date the placement 10 to 39 days after the match."""
    from parentis.services.adoption import practice
    from parentis.services.adoption.families_needed import STEPS, TARGET, _crossing
    from parentis.services.adoption.pool import NATIONAL, OWN, REGION
    from parentis.services.adoption.simulation import replicate, summary

    boroughs, agency, _ = practice.region()
    known, shape = practice.truth(boroughs), practice.as_now(boroughs, agency)
    mix = np.array(practice.APPROVED) / sum(practice.APPROVED)
    placed = whole = 0.0
    shares = np.zeros((TRUTH_RUNS, len(STEPS)))
    for number in range(TRUTH_RUNS):
        for at, step in enumerate(STEPS):
            run = replicate(known, shape, seed=77, number=number, years=5.0, more=step * mix)
            shares[number, at] = summary(run, known)["placed_12"]
            if not at:
                size = known.size[run.children.kind] * run.counted
                took = np.floor(run.outcome.child_end) - np.floor(run.children.at)
                matched = np.isin(run.outcome.child_state, (OWN, REGION, NATIONAL))
                within = np.mean([took + lag <= DAYS for lag in range(10, 40)], axis=0)
                placed, whole = placed + float((size * matched * within).sum()), whole + float(size.sum())
    return placed / whole, _crossing(shares.mean(axis=0), TARGET)


def one(seed: int) -> list[float]:
    """Of a world: share placed within 12 months with its interval, and families needed with theirs."""
    import polars as pl

    from parentis.services.adoption import practice
    from parentis.services.adoption.between_pools import between_pools
    from parentis.services.adoption.compute import YEARS
    from parentis.services.adoption.families_needed import families_needed
    from parentis.services.adoption.lists import children, families
    from parentis.services.adoption.needs import ADOPTERS, CHILDREN
    from parentis.services.adoption.simulation import replicate
    from parentis.services.adoption.waiting import WAYS, waits
    from parentis.services.adoption.world import Window, approved, world
    from parentis.services.methods.competing_risks import Waits, cumulative_incidence, log_log

    boroughs, agency, hosts = practice.region()
    shape = practice.as_now(boroughs, agency)
    run = replicate(practice.truth(boroughs), shape, seed=seed, number=0, years=practice.LAST - practice.FIRST + 2)
    people = practice._people(run, boroughs, agency, hosts, seed)
    more = {"period": "2024-25", "sequence": 1, "provisional": False}
    tables = {}
    for name, frame, submitters in zip((CHILDREN, ADOPTERS), people, (boroughs, hosts), strict=True):
        whose = pl.col("at").replace_strict(dict(enumerate(submitters)), return_dtype=pl.String)
        tables[name] = frame.with_columns(authority=whose, **{key: pl.lit(value) for key, value in more.items()})
    listed, theirs = children(tables), families(tables)
    ends = date(practice.LAST + 1, 3, 31)
    window = Window(starts=date(ends.year - YEARS, 4, 1), ends=ends)
    known = Waits.of(waits(listed, opened=window.starts, extracted=ends), WAYS, together="unit")
    row = cumulative_incidence(known, (DAYS,)).row(by_predicate=pl.col("exit") == "placed", named=True)
    learned = world(listed, theirs, dict(zip(boroughs, agency, strict=True)), window, draws=DRAWS, seed=seed)
    spread = between_pools(learned, shape, {"all": boroughs}, seed=seed).filter(pl.col("months") == 12)["spread"][0]
    wider = log_log(row["share"], float(np.hypot(row["error"], spread)))
    beyond = float("inf")
    if seed % EVERY:
        return [row["share"], row["low"], row["high"], row["share"], *wider, np.nan, np.nan, np.nan]
    kinds = approved(theirs).filter(pl.col("approved").is_between(window.starts, ends))["kind"].to_numpy()
    mix = np.bincount(kinds, minlength=3).astype(np.float64) + 0.1
    need = families_needed(learned, shape, mix=mix, seed=seed, draws=DRAWS)
    return [
        row["share"], row["low"], row["high"], row["share"], *wider,
        beyond if need.median is None else need.median,
        beyond if need.low is None else need.low,
        beyond if need.high is None else need.high,
    ]  # fmt: skip


def _row(name: str, found: np.ndarray, true: float, scale: float) -> str:
    found = found[~np.isnan(found[:, 0])]
    held = (found[:, 1] <= true) & (true <= found[:, 2])
    share, error = 100 * held.mean(), 100 * held.std() / np.sqrt(len(held))
    finite = np.isfinite(found).all(axis=1)
    middle, width = found[finite, 0].mean() * scale, (found[finite, 2] - found[finite, 1]).mean() * scale
    return f"| {name} | {len(found)} | {true * scale:.1f} | {middle:.1f} | {share:.1f} ± {error:.1f} | {width:.1f} |\n"


def coverage(clock: Clock) -> None:
    share, need = truth()
    found: list[list[float]] = []
    with clock.timing(), ProcessPoolExecutor(PROCESSES) as pool:
        for values in pool.map(one, range(FIRST_SEED, FIRST_SEED + WORLDS)):
            found.append(values)
            if len(found) % 20 == 0:
                rows = np.array(found)
                PAGE.write_text(
                    HEAD.format(seed=FIRST_SEED, runs=TRUTH_RUNS)
                    + _row("placed within 12 months, %: the pool taken as given", rows[:, :3], share, 100.0)
                    + _row("placed within 12 months, %: as shown, luck of the pool added", rows[:, 3:6], share, 100.0)
                    + _row("families a year to add", rows[:, 6:], need, 1.0)
                )


if any("adoption: coverage" in argument for argument in sys.argv):
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    benchmark("adoption: coverage study")(coverage)

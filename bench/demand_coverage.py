"""How often the demand model's intervals hold the truth, on worlds whose truth is known: script/bench coverage.

It takes hours, so it is declared only when it is asked for. The result is docs/methods/demand-coverage.md.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np

from measuring import Clock, benchmark

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "demand"))

WORLDS = {300: 400, 3_000: 400, 30_000: 80}
"How many worlds of each size: the largest take five seconds each."
if "COVERAGE_WORLDS" in os.environ:
    WORLDS = {
        int(size): int(count) for size, count in (one.split(":") for one in os.environ["COVERAGE_WORLDS"].split())
    }
FIRST_SEED = int(os.environ.get("COVERAGE_SEED", "0"))
PROCESSES = int(os.environ.get("COVERAGE_PROCESSES", "2"))
REPLICATES = 200
ROUNDS = 20
PAGE = ROOT / "docs" / "methods" / "demand-coverage.md"

HEAD = """# Coverage of the demand model, measured

Made by `script/bench coverage`; nothing here is written by hand. Each row is of generated worlds
(`tests/demand/worlds.py`, seeds from {seed} on) with five years of history, forecast twelve months ahead with
{replicates} replicates. The worlds' process is not the model's: rates fall smoothly with time in care and with age.
Entries are constant; or an AR(1) with a 25 % coefficient of variation and a monthly memory of 0.8, 0.9 or 0.95; or step
by −30 % or +35 % six to thirty months before the cut. What is forecast is the children looked after at the twelfth
month end.

± is one standard error of the Monte Carlo study. *Flat* is "the same as today", and *gain* how much smaller the model's
mean absolute error (MAE) is than its. *Width* is the mean width of the 95 % interval over that of mean ± 2√(2·mean).
*Bias* is the sum of the errors over the sum of the truths. PIT is the Kolmogorov–Smirnov distance of the randomised
probability integral transform from uniform, times √worlds: one in twenty calibrated cells exceeds 1.36. Quantiles of
{replicates} draws hold a little less than their name says: a perfect forecast would show {eighty:.1f} and
{ninety:.1f} %.

    COVERAGE_SEED={seed} script/bench coverage

| entries | children | worlds | MAE | flat | gain | within 80 % | within 95 % | width | bias % | PIT: {groups}, total |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|
"""


def one(kind: str, children: int, seed: int) -> list[float]:
    """Truth less mean, truth less flat, within 80, within 95, width, mean, PIT by group and in total."""
    from worlds import world

    from parentis.services.demand import simulate
    from parentis.services.demand.estimation.model import fit_histories

    made = world(kind, children, seed)
    model = fit_histories(made.known)
    paths = simulate(model, months=12, replicates=REPLICATES, seed=seed, threads=1)
    groups, total = paths.region()[:, :, -1], paths.total()[:, -1]
    truth = made.after[:, 11]
    low95, low80, high80, high95 = np.quantile(total, [0.025, 0.1, 0.9, 0.975])
    luck = np.random.default_rng(seed)
    drawn, came = [*groups.T, total], [*truth, truth.sum()]
    pit = [
        ((d < c).sum() + luck.random() * ((d == c).sum() + 1)) / (REPLICATES + 1)
        for d, c in zip(drawn, came, strict=True)
    ]
    actual = truth.sum()
    return [
        total.mean() - actual, len(model.stock.key) - actual, low80 <= actual <= high80, low95 <= actual <= high95,
        (high95 - low95) / (4 * np.sqrt(2 * total.mean())), total.mean(), *pit,
    ]  # fmt: skip


def _held(tail: float) -> float:
    """Per cent of truths between the `tail` quantiles of so many draws, if truth and draws are alike."""
    place = tail * (REPLICATES - 1) + 1
    return 100 * (1 - 2 * place / (REPLICATES + 1))


def row(kind: str, children: int, found: np.ndarray) -> str:
    n = len(found)
    uniform = (np.arange(n) + 0.5) / n
    pit = [np.sqrt(n) * np.abs(np.sort(found[:, at]) - uniform).max() for at in range(6, found.shape[1])]
    error, flat = np.abs(found[:, 0]), np.abs(found[:, 1])
    truth = (found[:, 5] - found[:, 0]).mean()
    return (
        f"| {kind} | {children:,} | {n} | {error.mean():.1f} | {flat.mean():.1f} | {_with_error(flat - error)} "
        f"| {_with_error(100 * found[:, 2])} | {_with_error(100 * found[:, 3])} | {found[:, 4].mean():.2f} "
        f"| {_with_error(100 * found[:, 0] / truth, 2)} | {' '.join(f'{one:.2f}' for one in pit)} |\n"
    )


def _with_error(values: np.ndarray, digits: int = 1) -> str:
    return f"{values.mean():.{digits}f} ± {values.std() / np.sqrt(len(values)):.{digits}f}"


def coverage(clock: Clock) -> None:
    from worlds import KINDS

    from parentis.services.demand import FOUR

    head = HEAD.format(
        seed=FIRST_SEED, replicates=REPLICATES, groups=", ".join(FOUR.names), eighty=_held(0.1), ninety=_held(0.025)
    )
    found: dict[tuple[int, str], list[list[float]]] = {cell: [] for cell in product(WORLDS, KINDS)}
    with clock.timing(), ProcessPoolExecutor(PROCESSES) as pool:
        # Round by round over all cells, the page written after each: a study that is cut short is a smaller study.
        for turn in range(ROUNDS):
            todo = [
                (kind, children, FIRST_SEED + seed)
                for children, kind in found
                for seed in range(WORLDS[children] * turn // ROUNDS, WORLDS[children] * (turn + 1) // ROUNDS)
            ]
            for (kind, children, _), values in zip(todo, pool.map(one, *zip(*todo, strict=True)), strict=True):
                found[children, kind].append(values)
            rows = (row(kind, children, np.array(values, float)) for (children, kind), values in found.items())
            PAGE.write_text(head + "".join(rows))


if any("coverage" in argument for argument in sys.argv):
    # Two processes already use both cores: the linear algebra must not start threads of its own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    benchmark("demand: coverage study")(coverage)

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

WORLDS = int(os.environ.get("COVERAGE_WORLDS", "400"))
SIZES = tuple(int(size) for size in os.environ.get("COVERAGE_SIZES", "300,3000,30000").split(","))
REPLICATES = 400
PAGE = ROOT / "docs" / "methods" / "demand-coverage.md"

HEAD = """# Coverage of the demand model, measured

Made by `script/bench coverage`; nothing here is written by hand. Each row is {worlds} generated worlds
(`tests/demand/worlds.py`) with five years of history, forecast twelve months ahead with {replicates} replicates. The
worlds' process is not the model's: rates fall smoothly with time in care and with age. Entries are constant; or an
AR(1) with a 25 % coefficient of variation; or step by −30 % or +35 % six to thirty months before the cut. The total
is the children looked after at the twelfth month end. *Flat* is "the same as today". *Width* is the mean width of the
95 % interval over that of mean ± 2√(2·mean). PIT is the Kolmogorov–Smirnov distance of the randomised probability
integral transform from uniform, times √worlds: above 1.36 is unlikely (5 %) for a calibrated group.

| entries | children | MAE | MAE flat | within 80 % | within 95 % | width | bias % | PIT: {groups}, total |
|---|---:|---:|---:|---:|---:|---:|---:|---|
"""


def one(kind: str, children: int, seed: int) -> list[float]:
    """Truth less mean, truth less flat, within 80, within 95, width, mean, PIT by group and in total."""
    from worlds import world

    from parentis.services.demand import simulate
    from parentis.services.demand.model import fit_histories

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


def row(kind: str, children: int, found: np.ndarray) -> str:
    n = len(found)
    uniform = (np.arange(n) + 0.5) / n
    pit = [np.sqrt(n) * np.abs(np.sort(found[:, at]) - uniform).max() for at in range(6, found.shape[1])]
    return (
        f"| {kind} | {children:,} | {np.abs(found[:, 0]).mean():.1f} | {np.abs(found[:, 1]).mean():.1f} "
        f"| {100 * found[:, 2].mean():.1f} | {100 * found[:, 3].mean():.1f} | {found[:, 4].mean():.2f} "
        f"| {100 * (found[:, 0] / found[:, 5]).mean():+.2f} | {' '.join(f'{one:.2f}' for one in pit)} |\n"
    )


def coverage(clock: Clock) -> None:
    from worlds import KINDS

    from parentis.services.demand import FOUR

    text = HEAD.format(worlds=WORLDS, replicates=REPLICATES, groups=", ".join(FOUR.names))
    with clock.timing(), ProcessPoolExecutor(2) as pool:
        for children, kind in product(SIZES, KINDS):
            found = np.array(
                list(pool.map(one, [kind] * WORLDS, [children] * WORLDS, range(WORLDS), chunksize=4)), float
            )
            text += row(kind, children, found)
            PAGE.write_text(text)
            print(text.splitlines()[-1], file=sys.stderr, flush=True)


if any("coverage" in argument for argument in sys.argv):
    # Two processes already use both cores: the linear algebra must not start threads of its own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    benchmark("demand: coverage study")(coverage)

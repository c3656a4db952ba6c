"""How often a bid's bands of pounds saved hold the truth, on worlds with a planted effect: script/bench "prevention:
coverage".

It takes minutes, so it is declared only when it is asked for. The result is docs/methods/prevention-coverage.md.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from measuring import Clock, benchmark

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "demand"), str(ROOT / "tests" / "prevention")]

PAGE = ROOT / "docs" / "methods" / "prevention-coverage.md"
WORLDS = int(os.environ.get("PREVENTION_WORLDS", "500"))
FIRST_SEED = int(os.environ.get("PREVENTION_SEED", "2000"))
PROCESSES = int(os.environ.get("PREVENTION_PROCESSES", "2"))
CHILDREN, DRAWS, PART = 400, 300, 50

HEAD = """# Coverage of promised savings, measured

Made by `script/bench "prevention: coverage"`; nothing here is written by hand. Worlds of about {children} looked-after
children (`tests/demand/worlds.py`, seeds from {seed} on), whose process is not the model's and whose entries are
constant but for chance. A programme keeps a quarter of the children out of care; the bid is given that effect with the
error of its trial (0.08 on the log scale), prices with an error of 5 %, and not how prices will rise. {draws} draws; a
perfect band would hold {perfect:.1f} %. ± is one standard error of the study.

| pounds saved from the start to | worlds | 95 % band holds the truth, % | mean of promises less truth, % |
|---|---:|---:|---:|
"""
AFTER = """
Before-and-after on the same worlds, entries of the year before less those of the first year with the programme:

| worlds | error of the estimate, % of the entries really avoided |
|---|---:|
| all | {every:+.0f} |
| the fifth whose last year was highest above the four before | {worst:+.0f} |

A programme is begun where last year was bad, and a bad year is followed by a better one without it.
"""


def one(seed: int):  # type: ignore[no-untyped-def]
    from planted_effects import check

    return check("constant", CHILDREN, seed, replicates=DRAWS)


def study(clock: Clock) -> None:
    found: list = []
    with clock.timing(), ProcessPoolExecutor(PROCESSES) as pool:
        # The page is written after each part: a study that is cut short is a smaller study.
        for first in range(0, WORLDS, PART):
            found += pool.map(one, range(FIRST_SEED + first, FIRST_SEED + min(first + PART, WORLDS)), chunksize=5)
            PAGE.write_text(_page(found, clock))


def _page(found: list, clock: Clock) -> str:
    from planted_effects import CHECKS, before_and_after, summary

    place = 0.025 * (DRAWS - 1) + 1
    perfect = 100 * (1 - 2 * place / (DRAWS + 1))
    page = HEAD.format(children=CHILDREN, seed=FIRST_SEED, draws=DRAWS, perfect=perfect)
    for at, months in enumerate(CHECKS):
        held, error = summary(found, at)
        spread = np.std([(made.mean[at] - made.truth[at]) for made in found]) / np.sqrt(len(found))
        spread *= 100 / np.mean([made.truth[at] for made in found])
        page += f"| {months} months | {len(found)} | {held:.1f} ± {np.sqrt(held * (100 - held) / len(found)):.1f} "
        page += f"| {error:+.1f} ± {spread:.1f} |\n"
        clock.note(f"{months} months, % held (93 to 97)", f"{held:.1f}")
    every, worst = before_and_after(found), before_and_after(found, worst=0.2)
    clock.note("before-and-after's error, all and worst fifth, %", f"{every:+.0f} and {worst:+.0f}")
    return page + AFTER.format(every=every, worst=worst)


if any("coverage" in argument for argument in sys.argv):
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    benchmark("prevention: coverage")(study)

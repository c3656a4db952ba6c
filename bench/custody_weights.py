"""The weights of matching in custody beside what generated cases of known truth count, and what is estimated from them.

    python bench/custody_weights.py [--cases 400] [--people 1000] [--seed 903] [--pairs FILE.csv]

Compares every case with every child on the indexes, unblocked. `table` is `matching.csv`; `counted` from the truth;
`estimated` by `services.custody.weight_estimation` without it. `--pairs` writes the patterns of agreement and how many
pairs have them, which `bench/custody_weights_splink.py` reads in an environment that has splink. The practice
children's slips are made up: this shows that three ways agree, and which weights a region's own data should be asked
about first.
"""

import argparse
import csv
import sys
from collections import Counter
from math import log2
from pathlib import Path

import numpy as np

from parentis.services.custody.comparison import LEVELS, compare, weights
from parentis.services.custody.practice_kinds import KINDS, case
from parentis.services.custody.practice_people import anywhere, drawn_at, index_of, known_children
from parentis.services.custody.weight_estimation import estimate

PLAIN = 0.6
"Share of cases without any ambiguity; the others are of every kind alike."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=903)
    parser.add_argument("--pairs", type=Path)
    asked = parser.parse_args()
    of_one, of_two = patterns(asked.cases, asked.people, asked.seed)
    every = of_one + of_two
    if asked.pairs:
        with asked.pairs.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([[*LEVELS, "pairs"], *([*one, number] for one, number in every.items())])
    found = estimate(every, LEVELS, share=1 / asked.people)
    print(f"{every.total():,} pairs, {of_one.total():,} of one child; estimated {found.share * every.total():,.0f}")
    print(f"{'field':<14}{'level':<15}{'table':>7}{'counted':>9}{'estimated':>11}   bits")
    for field, level in weights():
        counted = _bits(_share(of_one, field, level), _share(of_two, field, level))
        estimated = found.weights[field, level]
        print(f"{field:<14}{level:<15}{weights()[field, level].bits:>7.1f}{counted:>9}"
              f"{_bits(estimated.m, estimated.u):>11}")  # fmt: skip
    return 0


def patterns(cases: int, people: int, seed: int) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
    """How many pairs of one child, and of two, have each pattern of agreement."""
    rng = np.random.Generator(np.random.Philox(key=np.array([seed, 7], dtype=np.uint64)))
    known = known_children(rng, people)
    entries, kinds = index_of(known, drawn_at()), list(KINDS)
    of_one: Counter[tuple[str, ...]] = Counter()
    of_two: Counter[tuple[str, ...]] = Counter()
    for _ in range(cases):
        who = int(rng.integers(len(known)))
        kind = kinds[0] if rng.random() < PLAIN else kinds[int(rng.integers(len(kinds)))]
        subject = case(rng, kind, known[who], anywhere(rng)).subject
        for number, entry in enumerate(entries):
            agreements = compare(subject, entry).agreements
            (of_one if number == who else of_two)[tuple(agreements[name] for name in LEVELS)] += 1
    return of_one, of_two


def _share(counted: Counter[tuple[str, ...]], field: str, level: str) -> float:
    at = list(LEVELS).index(field)
    return sum(number for one, number in counted.items() if one[at] == level) / counted.total()


def _bits(m: float, u: float) -> str:
    return f"{log2(m / u):.1f}" if m > 1e-5 and u > 1e-5 else "–"


if __name__ == "__main__":
    sys.exit(main())

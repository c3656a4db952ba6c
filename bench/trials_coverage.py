"""Whether intervals of every design hold a planted effect, and how often tests of nothing err: the full study.

`python bench/trials_coverage.py [TRIALS]` prints the table of docs/methods/trials.md; a small run of it is in the
suite.
"""

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "trials"))

PLANTED = -0.086
TRIALS = 1_000


def study(trials: int) -> None:
    import trial_worlds as worlds

    rows: tuple[tuple[str, Callable, tuple[int, ...]], ...] = (
        ("boroughs, cluster-robust", worlds.cluster, (6, 12, 30)),
        ("stepped wedge, cluster-robust", worlds.wedge, (6, 12, 30)),
        ("boroughs, permutation", worlds.permuted_cluster, (12, 30)),
        ("stepped wedge, permutation", worlds.permuted_wedge, (6, 12, 30)),
        ("families, cluster-robust", worlds.families, (60, 240)),
        ("staggered starts", worlds.staggered, (33,)),
        ("synthetic control", worlds.synthetic, (33,)),
        ("Pocock, three looks", worlds.pocock, (60,)),
        ("Bayesian, shares from the prior", worlds.bayesian, (60,)),
    )
    heads = ("covers the effect", "covers none", "type I", "power")
    print(f"{'analysis':<34} {'units':>5} {'trials':>6} " + " ".join(f"{head:>17}" for head in heads))
    for name, world, sizes in rows:
        for units in sizes:
            planted, none = world(trials, units, PLANTED, 1), world(trials, units, 0.0, 2)
            print(
                f"{name:<34} {units:>5} {trials:>6} {100 * planted.covered:>17.1f} {100 * none.covered:>17.1f} "
                f"{100 * none.rejected:>17.1f} {100 * planted.rejected:>17.1f}",
                flush=True,
            )


if __name__ == "__main__":
    study(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS)

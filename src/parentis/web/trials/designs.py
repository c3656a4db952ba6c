"""The design room's answers: power by formula."""

from dataclasses import dataclass
from typing import Final

from parentis.services.trials import (
    Power,
    cluster_power,
    needed_per_arm,
    parallel_power,
    stepped_wedge_power,
)
from parentis.services.trials.protocol.record import CLUSTER, PARALLEL, STEPPED_WEDGE

FEWEST: Final = 6
"Fewer boroughs have too few allocations for a permutation test to reach .05."


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A design that is asked about. `boroughs` in all; `children` in each borough and period (parallel: in each arm);
    `baseline` and `expected` as shares; `steps` of a stepped wedge."""

    design: str
    boroughs: int
    steps: tuple[int, ...]
    children: int
    baseline: float
    expected: float
    icc: float
    cac: float


LONDON: Final = (
    Question(design=STEPPED_WEDGE, boroughs=30, steps=(6,) * 5, children=10, baseline=0.448, expected=0.362, icc=0.03,
             cac=1.0),
    Question(design=STEPPED_WEDGE, boroughs=30, steps=(6,) * 5, children=20, baseline=0.448, expected=0.362, icc=0.01,
             cac=0.8),
)  # fmt: skip
"The two London examples of the specification."


def power_of(asked: Question, children: int | None = None) -> Power:
    """The power of a design by formula, with other children where given. Raises SpecificationError."""
    number = children if children is not None else asked.children
    if asked.design == PARALLEL:
        return parallel_power(number, asked.baseline, asked.expected)
    if asked.design == CLUSTER:
        return cluster_power(asked.boroughs // 2, number, asked.baseline, asked.expected, icc=asked.icc)
    return stepped_wedge_power(asked.steps, number, asked.baseline, asked.expected, icc=asked.icc, cac=asked.cac)


def alone(asked: Question) -> tuple[int, int]:
    """Children that one borough alone needs in each arm: for the effect, and for half of it."""
    half = asked.baseline + (asked.expected - asked.baseline) / 2
    return needed_per_arm(asked.baseline, asked.expected), needed_per_arm(asked.baseline, half)


def around(children: int) -> list[int]:
    """Numbers of children about the one asked for, for the table."""
    return sorted({max(1, round(children * factor)) for factor in (0.25, 0.5, 0.75, 1, 1.5, 2, 3)})
